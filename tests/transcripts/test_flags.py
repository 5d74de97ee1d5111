"""A flagged passage is hidden at once and for everybody until a reviewer decides; who may what; what flags can't do."""

from __future__ import annotations

import threading
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Person, Role
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.audit.models import AuditEntry
from qualcoder.coding import service as coding
from qualcoder.coding.models import Coding
from qualcoder.coding.service import NewCoding
from qualcoder.core.errors import Conflict, DomainError, Invalid, NotFound, Refused
from qualcoder.core.ids import CodingId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts import flagged, flags, publishing
from qualcoder.transcripts.access import NotCodable, reach_codable
from qualcoder.transcripts.flag_models import Standing
from qualcoder.transcripts.hiding import MARK
from qualcoder.transcripts.models import Transcript, TranscriptState
from tests.homes import World, access_of, add_member, make_person
from tests.transcripts import making
from tests.transcripts.flagging import MISSED, TEXT, flag_of, flag_words, new_flag, place_of, shown


@pytest.fixture
def transcript(home: Home, world: World) -> Transcript:
    return making.to_codable(home, world, making.upload(TEXT), world.coder, world.other_researcher)


def lift(home: Home, by: Person, flag_id: object, reason: str = "Это не имя", *, is_name: bool = False) -> None:
    with home.data.transaction() as db:
        flag = flag_of(home, flag_id)  # type: ignore[arg-type]  # an id
        flags.decide(db, by, flag.id, is_name=is_name, seen_version=flag.version, reason=reason)


@pytest.mark.both_backends
def test_a_flagged_passage_is_hidden_and_comes_back_only_by_a_decision(home: Home, world: World) -> None:
    transcript = making.to_codable(home, world, making.upload(TEXT))
    before = shown(home, transcript)
    flag_id = flag_words(home, world.coder, transcript, note="Это же сосед Ойлап")
    now = shown(home, transcript)
    assert (len(now), now.count(MISSED)) == (len(before), 1)
    assert f"Приходил {MARK * 8} из конторы" in now
    lift(home, world.pi, flag_id, "", is_name=True)
    assert shown(home, transcript) == now
    lift(home, world.pi, flag_id)
    assert shown(home, transcript) == before
    assert flag_of(home, flag_id).standing is Standing.NO_NAME
    with home.data.read() as db:
        assert all(verdict.is_whole for verdict in chain.verify_all(db))


def test_a_reason_is_needed_to_show_it_again_and_the_record_holds_no_word(
    home: Home, world: World, transcript: Transcript
) -> None:
    flag_id = flag_words(home, world.coder, transcript, note="Сосед Ойлап")
    with pytest.raises(Invalid):
        lift(home, world.pi, flag_id, "  ")
    lift(home, world.pi, flag_id, "Ойлап здесь колодец")
    with home.data.read() as db:
        acts = db.exec(select(AuditEntry).where(col(AuditEntry.act).startswith("passage."))).all()
        assert [(entry.act, entry.object_id, entry.counts) for entry in acts] == [
            ("passage.flagged", transcript.id, {"passages": 1}),
            ("passage.shown", transcript.id, {"passages": 1}),
        ]
        _access, queue = flagged.queue(db, world.pi, "demo", Standing.NO_NAME)
    (line,) = queue.lines
    assert (line.words, line.note, line.reason, line.turn) == (MISSED, "Сосед Ойлап", "Ойлап здесь колодец", 2)
    assert line.before.endswith("Приходил ")
    assert line.after.startswith(" из конторы")


def test_the_same_flag_sent_again_is_one_flag_whatever_was_decided(
    home: Home, world: World, transcript: Transcript
) -> None:
    new = new_flag(home, transcript)
    for _ in range(2):
        with home.data.transaction() as db:
            flags.flag(db, world.coder, new)
    lift(home, world.pi, new.id)
    with home.data.transaction() as db:
        _found, again = flags.flag(db, world.coder, new)
        assert again.standing is Standing.NO_NAME
    assert MISSED in shown(home, transcript)
    for who, other, wanted in (
        (world.coder, replace(new, span=place_of(home, transcript, "никого")), Conflict),
        (world.pi, new, NotFound),
    ):
        with pytest.raises(wanted), home.data.transaction() as db:
            flags.flag(db, who, other)


def test_a_passage_flagged_twice_stays_hidden_until_both_are_decided(
    home: Home, world: World, transcript: Transcript
) -> None:
    wide = flag_words(home, world.pi, transcript, f"{MISSED} из конторы")
    place = place_of(home, transcript, "█" * 8)
    with pytest.raises(flags.HiddenAlready), home.data.transaction() as db:
        flags.flag(db, world.coder, flags.NewFlag(new_id(), transcript.id, 1, place))
    edge = Span(place.start, place.end + len(" из конторы, и воды"))
    with home.data.transaction() as db:
        flags.flag(db, world.coder, flags.NewFlag(uuid4(), transcript.id, 1, edge))
    assert "воды" not in shown(home, transcript)
    lift(home, world.pi, wide)
    assert MISSED + " из" not in shown(home, transcript)
    assert "воды" not in shown(home, transcript)


def test_a_passage_over_turns_is_hidden_in_each_and_nothing_else_moves(
    home: Home, world: World, transcript: Transcript
) -> None:
    before = making.text_of(home, transcript)
    span = Span(place_of(home, transcript, "воды").start, place_of(home, transcript, MISSED, 1).end)
    new = flags.NewFlag(new_id(), transcript.id, 1, span)
    with home.data.transaction() as db:
        flags.flag(db, world.coder, new)
    after = making.text_of(home, transcript)
    assert [(turn.n, turn.start, turn.length, len(turn.body)) for turn in after] == [
        (turn.n, turn.start, turn.length, len(turn.body)) for turn in before
    ]
    assert [bool(turn.hidden) for turn in after] == [False, True, True, True, False]
    # The ending of the name is hidden with it.
    assert after[3].body.startswith(MARK * len(f"{MISSED}ты") + " көрдік")
    lift(home, world.pi, new.id)
    assert making.text_of(home, transcript) == before


def test_codings_over_a_hidden_passage_stay_and_can_be_made_and_sent_again(
    home: Home, world: World, transcript: Transcript
) -> None:
    codes = making.import_codes(home, world)
    place = place_of(home, transcript, f"Приходил {MISSED} из")
    new = NewCoding(CodingId(new_id()), transcript.id, 1, place, codes["WATER"])
    later = NewCoding(CodingId(new_id()), transcript.id, 1, place_of(home, transcript, MISSED), codes["ROADS"])
    with home.data.transaction() as db:
        coding.add_coding(db, world.coder, new)
    flag_id = flag_words(home, world.coder, transcript)
    for one in (new, later, later):
        with home.data.transaction() as db:
            touched = coding.add_coding(db, world.coder, one)
            assert MISSED not in "".join(turn.body for turn in touched.turns)
    lift(home, world.pi, flag_id)
    with home.data.transaction() as db:
        rows = db.exec(select(Coding).order_by(col(Coding.start))).all()
        assert [(row.start, row.end, row.deleted_at) for row in rows] == [
            (place.start, place.end, None),
            (later.span.start, later.span.end, None),
        ]
        key = reach_codable(db, world.pi, transcript.id, Act.CODE).key
        assert rows[1].quote_mac == coding.quote_mac(db, key, MISSED)


# Who may ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["coder", "pi", "other_researcher"])
def test_everybody_who_reads_it_may_flag(home: Home, world: World, transcript: Transcript, who: str) -> None:
    flag_words(home, world.by_name[who], transcript)
    assert shown(home, transcript).count(MISSED) == 1


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("observer", Refused),
        ("admin", Refused),
        ("other_coder", NotFound),
        ("researcher", NotFound),
        ("outsider", NotFound),
    ],
)
def test_nobody_else_may(
    home: Home, world: World, transcript: Transcript, who: str, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        flag_words(home, world.by_name[who], transcript)
    assert shown(home, transcript).count(MISSED) == 2


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("coder", Refused),
        ("other_researcher", Refused),
        ("researcher", NotFound),
        ("observer", Refused),
        ("admin", Refused),
        ("outsider", NotFound),
    ],
)
def test_the_flagger_and_others_lift_nothing(
    home: Home, world: World, transcript: Transcript, who: str, refusal: type[DomainError]
) -> None:
    flag_id = flag_words(home, world.coder, transcript)
    for is_name in (True, False):
        with pytest.raises(refusal):
            lift(home, world.by_name[who], flag_id, is_name=is_name)
    assert flag_of(home, flag_id).standing is Standing.WAITING


def test_a_researcher_decides_on_own_interviews_only_and_sees_no_other(home: Home, world: World) -> None:
    making.open_vault(home, world.study)
    own = making.release(
        home, making.to_review(home, world, making.upload(TEXT), by=world.researcher, marks=()), world.researcher
    )
    foreign = making.to_codable(home, world, making.upload(TEXT), world.coder, world.researcher)
    mine = flag_words(home, world.researcher, own)
    flag_words(home, world.coder, foreign)
    with home.data.read() as db:
        assert flagged.waiting_for(db, access_of(db, world.study, world.researcher)) == 1
        assert flagged.waiting_for(db, access_of(db, world.study, world.pi)) == 2
        assert flagged.waiting_for(db, access_of(db, world.study, world.coder)) == 0
        _access, queue = flagged.queue(db, world.researcher, "demo")
        assert [line.id for line in queue.lines] == [mine]
        for who in (world.coder, world.observer):
            with pytest.raises(Refused):
                flagged.queue(db, who, "demo")
    lift(home, world.researcher, mine)


def test_flags_of_another_study_are_out_of_reach(home: Home, world: World, transcript: Transcript) -> None:
    flag_id = flag_words(home, world.coder, transcript)
    with home.data.transaction() as db:
        assert flags.show_again(db, world.outsider, world.other_study.id, world.coder.id, "не имя") == 0
        with pytest.raises(NotFound):
            flags.show_again(db, world.outsider, world.study.id, world.coder.id, "не имя")
    assert flag_of(home, flag_id).standing is Standing.WAITING


# What flags can't do -----------------------------------------------------------------------------------


def test_what_is_not_a_place_in_the_text_is_refused(home: Home, world: World, transcript: Transcript) -> None:
    end = transcript.n_chars
    blank = place_of(home, transcript, " ")
    for span in (Span(0, end + 1), Span(end, end + 9), blank, Span(3, 3)):
        with pytest.raises(Invalid), home.data.transaction() as db:
            flags.flag(db, world.coder, flags.NewFlag(new_id(), transcript.id, 1, span))
    with pytest.raises(flags.NewerText), home.data.transaction() as db:
        flags.flag(db, world.coder, flags.NewFlag(new_id(), transcript.id, 2, Span(0, 9)))


def test_a_transcript_that_is_not_released_has_no_flags(home: Home, world: World, transcript: Transcript) -> None:
    flag_id = flag_words(home, world.coder, transcript)
    with home.data.transaction() as db:
        db.get_one(Transcript, transcript.id).state = TranscriptState.WITHDRAWN
    with pytest.raises(NotCodable):
        lift(home, world.pi, flag_id)
    with home.data.read() as db:
        assert flagged.queue(db, world.pi, "demo")[1].lines == ()


def long_text(words: int) -> str:
    return "Интервьюер: И?\n" + "".join(f"Респондент: {'слово ' * 30}номер {n}.\n" for n in range(words // 30))


def test_nobody_hides_a_whole_transcript(home: Home, world: World) -> None:
    transcript = making.to_codable(home, world, making.upload(long_text(6000)))
    with pytest.raises(Invalid), home.data.transaction() as db:
        flags.flag(db, world.coder, flags.NewFlag(new_id(), transcript.id, 1, Span(0, transcript.n_chars)))
    made = 0
    with pytest.raises(flags.TooManyWaiting):
        for start in range(0, transcript.n_chars - 20, 20):
            with home.data.transaction() as db:
                flags.flag(db, world.coder, flags.NewFlag(new_id(), transcript.id, 1, Span(start, start + 15)))
            made += 1
    assert made == flags.WAITING_AT_MOST


def test_a_pi_shows_all_of_a_vandals_flags_again_at_once(home: Home, world: World, transcript: Transcript) -> None:
    before = shown(home, transcript)
    second = making.to_codable(home, world, making.upload(TEXT))
    kept = flag_words(home, world.pi, transcript, MISSED, nth=1)
    confirmed = flag_words(home, world.coder, second, MISSED)
    lift(home, world.pi, confirmed, is_name=True)
    for one in (transcript, second):
        for words in ("конторы", "воды", "потом"):
            flag_words(home, world.coder, one, words)
    with pytest.raises(Invalid), home.data.transaction() as db:
        flags.show_again(db, world.pi, world.study.id, world.coder.id, " ")
    with home.data.transaction() as db:
        assert flags.show_again(db, world.pi, world.study.id, world.coder.id, "Не имена") == 6
    assert shown(home, transcript) == before.replace(f"{MISSED}ты", MARK * 10)
    assert shown(home, second).count(MISSED) == 1
    assert {flag_of(home, flag_id).standing for flag_id in (kept, confirmed)} == {Standing.WAITING, Standing.NAME}


def test_a_page_out_of_date_decides_nothing(home: Home, world: World, transcript: Transcript) -> None:
    flag_id = flag_words(home, world.coder, transcript)
    lift(home, world.pi, flag_id, is_name=True)
    with pytest.raises(flags.DecidedAlready), home.data.transaction() as db:
        flags.decide(db, world.pi, flag_id, is_name=False, seen_version=1, reason="Не имя")
    assert shown(home, transcript).count(MISSED) == 1
    lift(home, world.pi, flag_id)
    with pytest.raises(flags.DecidedAlready):
        lift(home, world.pi, flag_id, is_name=True)


@pytest.mark.both_backends
def test_two_who_flag_one_turn_at_the_same_time_both_hide(home: Home, world: World) -> None:
    transcript = making.to_codable(home, world, making.upload(TEXT))
    places = [new_flag(home, transcript, words) for words in (MISSED, "конторы", "воды", "стало")]
    barrier = threading.Barrier(len(places))
    failed: list[BaseException] = []

    def act(new: flags.NewFlag) -> None:
        barrier.wait()
        try:
            with home.data.transaction() as db:
                flags.flag(db, world.coder, new)
        except BaseException as error:  # noqa: BLE001  # told to the test
            failed.append(error)

    threads = [threading.Thread(target=act, args=(new,)) for new in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    turn = making.text_of(home, transcript)[1]
    assert [words for words in (MISSED, "конторы", "воды", "стало") if words in turn.body] == []
    assert making.again(home, transcript).hidden_revision == 4


def test_who_left_the_study_is_still_named_in_the_queue(home: Home, world: World, transcript: Transcript) -> None:
    guest = make_person(home, "guest@example.org", "Гость Ойлап")
    add_member(home, world.study, guest, Role.CODER)
    with home.data.transaction() as db:
        publishing.assign(db, world.pi, transcript.id, [guest.id])
    flag_words(home, guest, transcript)
    with home.data.read() as db:
        assert flagged.queue(db, world.pi, "demo")[1].people == ((guest.id, "Гость Ойлап", 1),)
