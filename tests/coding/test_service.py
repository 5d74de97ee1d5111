"""Giving a passage a code and taking it back: repeated requests, other people's codings, what may be coded at all."""

from __future__ import annotations

import pytest
from sqlmodel import col, func, select

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit.models import AuditEntry
from qualcoder.codebooks.models import Code, CodeStatus
from qualcoder.coding import queries, service
from qualcoder.coding.models import Coding, Memo, Valence
from qualcoder.coding.service import NewCoding, NotYours, TextChanged
from qualcoder.core.errors import Conflict, DomainError, Invalid, NotFound, Refused
from qualcoder.core.ids import CodeId, CodingId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts.access import NotCodable, reach_codable
from qualcoder.transcripts.models import Transcript
from qualcoder.vault import fields as f
from qualcoder.vault import hashing, sealing
from qualcoder.vault.keys import KeyRef
from tests.homes import World
from tests.transcripts import making

FAMILY = "👨‍👩‍👧"
TEXT = f"Интервьюер: Кто пришёл?\nРеспондент: Воды не было {FAMILY} летом.\nРеспондент: Су жоқ, жол да жоқ.\n"


@pytest.fixture
def codes(home: Home, world: World) -> dict[str, CodeId]:
    return making.import_codes(home, world)


@pytest.fixture
def transcript(home: Home, world: World) -> Transcript:
    """Released to the coder of the world; its three turns hold a family of emoji and Kazakh words."""
    return making.to_codable(home, world, making.upload(TEXT.encode()))


def whole(home: Home, transcript: Transcript) -> str:
    return "\n".join(turn.body for turn in making.text_of(home, transcript))


def new(
    transcript: Transcript,
    code: CodeId,
    start: int = 0,
    end: int = 4,
    *,
    coding_id: CodingId | None = None,
    seen: int = 1,
) -> NewCoding:
    return NewCoding(coding_id or CodingId(new_id()), TranscriptId(transcript.id), seen, Span(start, end), code)


def add(home: Home, who: Person, wanted: NewCoding) -> Coding:
    with home.data.transaction() as db:
        return service.add_coding(db, who, wanted).coding


def remove(home: Home, who: Person, coding: Coding) -> Coding:
    with home.data.transaction() as db:
        return service.remove_coding(db, who, CodingId(coding.id)).coding


def living(home: Home) -> int:
    with home.data.read() as db:
        return db.exec(select(func.count()).select_from(Coding).where(col(Coding.deleted_at).is_(None))).one()


def acts(home: Home, act: str) -> int:
    with home.data.read() as db:
        return len(db.exec(select(AuditEntry.id).where(col(AuditEntry.act) == act)).all())


def test_a_coding_says_who_when_what_and_where_and_proves_the_words(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    coding = add(home, world.coder, new(transcript, codes["WATER"], 12, 16))
    text = whole(home, transcript)
    assert (coding.coder_id, coding.code_id, coding.text_number) == (world.coder.id, codes["WATER"], 1)
    assert text[coding.start : coding.end] == "Воды"
    assert coding.created_at.tzinfo is not None
    key = home.keyring.derived(KeyRef.interview(transcript.interview_id, transcript.study_id), "quote")
    assert coding.quote_mac == hashing.mac(key, "Воды".encode())
    assert acts(home, "coding.added") == 1


def test_the_same_request_again_is_the_same_coding(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    wanted = new(transcript, codes["WATER"], 12, 16)
    first, second = add(home, world.coder, wanted), add(home, world.coder, wanted)
    assert (first.id, first.start, first.end) == (second.id, second.start, second.end)
    assert living(home) == acts(home, "coding.added") == 1


def test_an_id_that_is_taken_by_something_else_is_a_conflict(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    mine = add(home, world.coder, new(transcript, codes["WATER"], 12, 16))
    other = making.to_codable(home, world)
    for who, wanted in (
        (world.pi, new(transcript, codes["WATER"], 12, 16, coding_id=CodingId(mine.id))),
        (world.coder, new(transcript, codes["ROADS"], 12, 16, coding_id=CodingId(mine.id))),
        (world.coder, new(transcript, codes["WATER"], 17, 19, coding_id=CodingId(mine.id))),
        (world.coder, new(other, codes["WATER"], 12, 16, coding_id=CodingId(mine.id))),
    ):
        with pytest.raises(Conflict):
            add(home, who, wanted)
    assert living(home) == 1


def test_a_removed_coding_stays_as_a_row_and_comes_back_when_sent_again(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    wanted = new(transcript, codes["WATER"], 12, 16)
    coding = add(home, world.coder, wanted)
    for _ in range(2):
        gone = remove(home, world.coder, coding)
        assert (gone.deleted_by, living(home)) == (world.coder.id, 0)
    assert acts(home, "coding.removed") == 1
    back = add(home, world.coder, wanted)
    assert (back.id, back.deleted_at, living(home)) == (coding.id, None, 1)
    assert acts(home, "coding.restored") == 1


def test_a_page_of_an_older_text_is_told_both_versions(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    with pytest.raises(TextChanged) as refused:
        add(home, world.coder, new(transcript, codes["WATER"], seen=0))
    assert refused.value.params == {"now": 1, "seen": 0}


def test_only_codes_in_use_are_given(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    with home.data.transaction() as db:
        db.get_one(Code, codes["ROADS"]).status = CodeStatus.RETIRED
    foreign = homes_other_code(home, world)
    for code in (codes["FACTOR"], codes["ROADS"], CodeId(new_id()), foreign):
        with pytest.raises(Invalid):
            add(home, world.coder, new(transcript, code))
    assert living(home) == 0


def homes_other_code(home: Home, world: World) -> CodeId:
    """A code of another study."""
    from qualcoder.codebooks import service as codebooks
    from qualcoder.codebooks.book import CodebookFile, Localised
    from qualcoder.codebooks.queries import codes_of
    from tests.homes import access_of

    with home.data.transaction() as db:
        access = access_of(db, world.other_study, world.outsider)
        codebooks.import_codebook(db, access, CodebookFile(slug="x", title=Localised(en="X"), codes=making.CODES))
        db.flush()
        return next(code.id for code in codes_of(db, world.other_study.id) if code.is_codable)


@pytest.mark.parametrize(("start", "end"), [(0, 10_000), (60, 61), (10_000, 10_001), (5, 5)])
def test_nothing_outside_the_text_is_coded(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId], start: int, end: int
) -> None:
    length = transcript.n_chars
    start, end = (length, length + 1) if start == 60 else (start, end)
    with pytest.raises(Invalid):
        add(home, world.coder, new(transcript, codes["WATER"], start, end))


def test_blanks_alone_are_not_coded_and_blank_ends_are_left_out(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    text = whole(home, transcript)
    blank = text.index(" не было")
    with pytest.raises(Invalid):
        add(home, world.coder, new(transcript, codes["WATER"], blank, blank + 1))
    coding = add(home, world.coder, new(transcript, codes["WATER"], blank, blank + 4))
    assert text[coding.start : coding.end] == "не"


def test_a_character_as_seen_is_never_cut(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    text = whole(home, transcript)
    family = text.index(FAMILY)
    coding = add(home, world.coder, new(transcript, codes["WATER"], family + 1, family + 2))
    assert text[coding.start : coding.end] == FAMILY


def test_a_passage_may_go_over_turns(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    text = whole(home, transcript)
    coding = add(home, world.coder, new(transcript, codes["WATER"], 4, len(text)))
    assert text[coding.start : coding.end] == text[4:]


def test_a_coder_reaches_assigned_transcripts_only(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    for who, error in (
        ("other_coder", NotFound),
        ("researcher", NotFound),
        ("outsider", NotFound),
        ("observer", Refused),
        ("admin", Refused),
    ):
        with pytest.raises(error):
            add(home, world.by_name[who], new(transcript, codes["WATER"]))


def test_what_is_not_released_is_not_coded(home: Home, world: World, codes: dict[str, CodeId]) -> None:
    with pytest.raises(NotCodable):
        add(home, world.pi, new(making.to_review(home, world), codes["WATER"]))


# Other people's codings -----------------------------------------------------------------------


def test_a_coding_is_removed_by_who_made_it(home: Home, world: World, codes: dict[str, CodeId]) -> None:
    shared = making.to_codable(home, world, None, world.coder, world.other_coder)
    coding = add(home, world.coder, new(shared, codes["WATER"]))
    refusals: list[tuple[Person, type[DomainError]]] = [
        (world.other_coder, NotFound),
        (world.pi, NotYours),
        (world.outsider, NotFound),
    ]
    for who, error in refusals:
        with pytest.raises(error):
            remove(home, who, coding)
        with pytest.raises(error), home.data.transaction() as db:
            service.add_memo(db, who, CodingId(coding.id), "чужая")
    assert living(home) == 1


def test_coders_work_blind_and_the_pi_sees_everybody(home: Home, world: World, codes: dict[str, CodeId]) -> None:
    shared = making.to_codable(home, world, None, world.coder, world.other_coder)
    add(home, world.coder, new(shared, codes["WATER"], 0, 11))
    add(home, world.other_coder, new(shared, codes["ROADS"], 0, 11))
    seen = {}
    for who in ("coder", "other_coder", "pi"):
        with home.data.read() as db:
            _found, view = queries.open_transcript(db, world.by_name[who], shared.id, "ru")
        marks = [mark for chunk in view.chunks for turn in chunk for mark in turn.marks]
        seen[who] = (
            sorted(mark.code_label for mark in marks),
            view.coding_count,
            sum(code.count for code in view.codes),
        )
    assert seen == {"coder": (["Вода"], 1, 1), "other_coder": (["Дороги"], 1, 1), "pi": (["Вода", "Дороги"], 2, 2)}


# Memos, and coding by quote -------------------------------------------------------------------


def test_a_memo_is_sealed_and_belongs_to_its_coding(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    coding = add(home, world.coder, new(transcript, codes["WATER"]))
    with home.data.transaction() as db:
        service.add_memo(db, world.coder, CodingId(coding.id), "  Ойлап осылай деді  ")
    with home.data.read() as db:
        memo = db.exec(select(Memo)).one()
        assert "Ойлап".encode() not in memo.body_ct
        key = KeyRef.interview(transcript.interview_id, transcript.study_id)
        assert sealing.open_(db, key, f.MEMO_BODY, memo, memo.body_ct) == "Ойлап осылай деді"
    remove(home, world.coder, coding)
    with pytest.raises(NotFound), home.data.transaction() as db:
        service.add_memo(db, world.coder, CodingId(coding.id), "поздно")


def test_words_copied_from_a_turn_are_found_in_it(home: Home, world: World, transcript: Transcript) -> None:
    text = whole(home, transcript)
    with home.data.read() as db:
        found = reach_codable(db, world.coder, transcript.id, Act.CODE)
        assert service.span_by_quote(db, found, 2, " Воды ").of(text) == "Воды"
        assert service.span_by_quote(db, found, 1, "").of(text) == "Кто пришёл?"
        for turn, quote in ((9, ""), (2, "жоқ"), (3, "жоқ")):
            with pytest.raises(Invalid):
                service.span_by_quote(db, found, turn, quote)


def test_a_valence_is_kept(home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]) -> None:
    wanted = NewCoding(
        CodingId(new_id()),
        TranscriptId(transcript.id),
        1,
        Span(0, 4),
        codes["WATER"],
        Valence.DENIES,
        3,
        is_unsure=True,
    )
    coding = add(home, world.coder, wanted)
    assert (coding.valence, coding.weight, coding.is_unsure) == (Valence.DENIES, 3, True)
