"""A corrected text keeps everybody's codings, or asks about them; what was coded meanwhile is not lost."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlmodel import col, select

from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.leaks import NamesSomebody
from qualcoder.coding import revising, service
from qualcoder.coding.models import Coding
from qualcoder.coding.new_version import current, whole_turns
from qualcoder.coding.new_version import text_of as text_of_turns
from qualcoder.coding.revising import Change, Revised, revise_text
from qualcoder.coding.service import NewCoding, TextChanged
from qualcoder.core.errors import Invalid, NotFound
from qualcoder.core.ids import CodeId, CodingId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts import flags
from qualcoder.transcripts.access import reach
from qualcoder.transcripts.flag_models import Flag
from qualcoder.transcripts.flags import NewFlag
from qualcoder.transcripts.models import Transcript
from tests.homes import World
from tests.transcripts import making

pytestmark = pytest.mark.both_backends


@pytest.fixture
def codes(home: Home, world: World) -> dict[str, CodeId]:
    return making.import_codes(home, world)


@pytest.fixture
def transcript(home: Home, world: World, codes: dict[str, CodeId]) -> Transcript:
    return making.to_codable(home, world, None, world.coder, world.other_coder)


def text_of(home: Home, transcript: Transcript) -> str:
    return "\n".join(turn.body for turn in making.text_of(home, transcript))


def code(home: Home, world: World, transcript: Transcript, quote: str, code_id: CodeId) -> CodingId:
    start = text_of(home, transcript).index(quote)
    wanted = NewCoding(
        CodingId(new_id()),
        TranscriptId(transcript.id),
        making.again(home, transcript).text_number,
        Span(start, start + len(quote)),
        code_id,
    )
    with home.data.transaction() as db:
        service.add_coding(db, world.coder, wanted)
    return wanted.id


def words(home: Home, transcript: Transcript, coding_id: CodingId) -> str:
    with home.data.read() as db:
        coding = db.get_one(Coding, coding_id)
        assert coding.text_number == db.get_one(Transcript, transcript.id).text_number
        return text_of(home, transcript)[coding.start : coding.end]


def revise(home: Home, world: World, transcript: Transcript, n: int, *bodies: str, last: int = 0) -> Revised:
    seen = making.again(home, transcript).text_number
    return revise_text(home.data, world.pi, transcript.id, seen, Change(n, last or n, bodies))


def body(home: Home, transcript: Transcript, n: int) -> str:
    return making.text_of(home, transcript)[n - 1].body


def test_a_corrected_word_moves_what_stands_behind_it_and_keeps_what_holds_it(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    behind = code(home, world, transcript, "Остальных видели в телефоне", codes["WATER"])
    around = code(home, world, transcript, "Воды не было, и все спрашивали, кто это исправит", codes["ROADS"])
    corrected = body(home, transcript, 2).replace("спрашивали", "переспрашивали")
    assert revise(home, world, transcript, 2, corrected) == Revised(2, 1, 1, 0)
    assert words(home, transcript, behind) == "Остальных видели в телефоне"
    assert words(home, transcript, around) == "Воды не было, и все переспрашивали, кто это исправит"


def test_a_split_and_a_join_come_back_to_the_first_text(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    before = text_of(home, transcript)
    coding = code(home, world, transcript, "Воды не было", codes["WATER"])
    first, second = body(home, transcript, 2).split(" Воды", 1)
    assert revise(home, world, transcript, 2, first, f"Воды{second}").same == 1
    assert making.again(home, transcript).n_turns == 6
    assert [turn.n for turn in making.text_of(home, transcript)] == [1, 2, 3, 4, 5, 6]
    assert words(home, transcript, coding) == "Воды не было"
    assert revise(home, world, transcript, 2, f"{first} Воды{second}", last=3).same == 1
    assert text_of(home, transcript) == before
    assert words(home, transcript, coding) == "Воды не было"


def test_a_passage_that_is_gone_waits_with_old_and_new_words(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    coding = code(home, world, transcript, "Воды не было", codes["WATER"])
    changed = body(home, transcript, 2).replace("Воды не было", "Дорог не строили")
    assert revise(home, world, transcript, 2, changed).unsure == 1
    with home.data.read() as db:
        (waiting,) = revising.unplaced(db, world.coder, transcript.id)
        assert revising.unplaced(db, world.other_coder, transcript.id) == []
        assert len(revising.unplaced(db, world.pi, transcript.id)) == 1
        assert db.get_one(Coding, coding).deleted_at is None
    assert waiting.coding_id == coding
    assert waiting.old.words == "Воды не было"
    assert waiting.new is not None
    assert "Дорог" in waiting.new.words
    with home.data.transaction() as db:
        revising.place(db, world.coder, coding, 2, waiting.new.span)
    with home.data.read() as db:
        assert revising.unplaced(db, world.coder, transcript.id) == []
    assert "Дорог" in words(home, transcript, coding)


def test_a_removed_coding_moves_too_and_comes_back_in_its_place(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    coding = code(home, world, transcript, "Остальных видели", codes["WATER"])
    with home.data.transaction() as db:
        service.remove_coding(db, world.coder, coding)
    revise(home, world, transcript, 1, "Расскажите, пожалуйста, о выборах.")
    with home.data.transaction() as db:
        service.restore_coding(db, world.coder, coding)
    assert words(home, transcript, coding) == "Остальных видели"


@pytest.mark.parametrize(
    ("n", "last", "bodies"),
    [(9, 9, ("Да.",)), (2, 9, ("Да.",)), (3, 2, ("Да.",)), (2, 2, ()), (2, 2, ("  \n ",)), (1, 2, ("Вместе.",))],
)
def test_what_can_not_be_changed_is_refused_and_changes_nothing(
    home: Home, world: World, transcript: Transcript, n: int, last: int, bodies: tuple[str, ...]
) -> None:
    before = text_of(home, transcript)
    with pytest.raises(Invalid):
        revise(home, world, transcript, n, *bodies, last=last)
    with pytest.raises(Invalid):
        revise(home, world, transcript, 2, body(home, transcript, 2))
    assert (text_of(home, transcript), making.again(home, transcript).text_number) == (before, 1)


def test_a_known_name_does_not_come_in_with_a_correction(home: Home, world: World, transcript: Transcript) -> None:
    with pytest.raises(NamesSomebody):
        revise(home, world, transcript, 2, body(home, transcript, 2) + " Это был Выдуманов.")


def test_who_saw_another_version_or_may_not_review_changes_nothing(
    home: Home, world: World, transcript: Transcript
) -> None:
    with pytest.raises(TextChanged):
        revise_text(home.data, world.pi, transcript.id, 7, Change(2, 2, ("Да.",)))
    for somebody in (world.outsider, world.other_researcher):
        with pytest.raises(NotFound):
            revise_text(home.data, somebody, transcript.id, 1, Change(2, 2, ("Да.",)))


def test_nobody_else_places_a_coding(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    coding = code(home, world, transcript, "Воды не было", codes["WATER"])
    with home.data.transaction() as db, pytest.raises(NotFound):
        revising.place(db, world.other_coder, coding, 1, Span(0, 5))
    with home.data.read() as db:
        assert db.exec(select(col(Coding.text_number))).all() == [1]


def flag_words(home: Home, world: World, transcript: Transcript, quote: str) -> UUID:
    start = text_of(home, transcript).index(quote)
    seen = making.again(home, transcript).text_number
    new = NewFlag(new_id(), TranscriptId(transcript.id), seen, Span(start, start + len(quote)))
    with home.data.transaction() as db:
        flags.flag(db, world.coder, new)
    return new.id


def test_what_a_flag_hides_stays_hidden_in_the_corrected_text_and_is_not_lost_under_it(
    home: Home, world: World, transcript: Transcript
) -> None:
    flag_words(home, world, transcript, "Остальных видели")
    near = flag_words(home, world, transcript, "зимой")
    shown = body(home, transcript, 2)
    assert "зимой" not in shown
    revise(home, world, transcript, 2, shown.replace("Воды", "Совсем воды"))
    with home.data.read() as db:
        flag = db.get_one(Flag, near)
        found = reach(db, world.pi, transcript.id, Act.READ_TEXT)
        whole = text_of_turns(whole_turns(db, found.key, current(found.transcript)))
        assert whole[flag.start : flag.end] == "зимой"
        assert flag.text_version_id == found.transcript.text_version_id
        assert {whole[span.start : span.end] for span in flags.spans_hidden(db, flag.text_version_id)} == {
            "Остальных видели",
            "зимой",
        }
    now = text_of(home, transcript)
    assert "зимой" not in now
    assert "Остальных" not in now
    for typed in ("█ дописано", "зимой", "█████████"):
        with pytest.raises(Invalid):
            revise(home, world, transcript, 2, body(home, transcript, 2).replace("█████", typed, 1))


def test_words_that_were_flagged_later_are_hidden_beside_a_waiting_coding_too(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    code(home, world, transcript, "Воды не было", codes["WATER"])
    revise(home, world, transcript, 2, body(home, transcript, 2).replace("Воды не было", "Дорог не строили"))
    flag_words(home, world, transcript, "зимой")
    with home.data.read() as db:
        (waiting,) = revising.unplaced(db, world.coder, transcript.id)
        assert waiting.new is not None
        for side in (waiting.old, waiting.new):
            assert "█████" in side.before
            assert "зимой" not in side.before


def test_a_coding_of_an_earlier_version_goes_to_its_place_or_is_asked_about(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    text = text_of(home, transcript)
    revise(home, world, transcript, 2, body(home, transcript, 2).replace("Воды не было", "Зимой дорог не строили"))
    revise(home, world, transcript, 1, "Расскажите, пожалуйста, о выборах.")

    def send(coding_id: CodingId, quote: str) -> service.Touched:
        start = text.index(quote)
        new = NewCoding(coding_id, transcript.id, 1, Span(start, start + len(quote)), codes["WATER"])
        with home.data.transaction() as db:
            return service.add_coding(db, world.coder, new)

    sure = CodingId(new_id())
    for _ in range(2):
        # The page that sends it shows another text, and gets no turns of this one.
        assert send(sure, "Остальных видели").turns == ()
    assert words(home, transcript, sure) == "Остальных видели"
    with pytest.raises(TextChanged):
        send(CodingId(new_id()), "Воды не было")


def test_a_coding_that_waits_is_there_already_when_it_is_sent_again(
    home: Home, world: World, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    coding = code(home, world, transcript, "Воды не было", codes["WATER"])
    start = text_of(home, transcript).index("Воды не было")
    again = NewCoding(coding, transcript.id, 1, Span(start, start + 12), codes["WATER"])
    revise(home, world, transcript, 2, body(home, transcript, 2).replace("Воды не было", "Дорог не строили"))
    with home.data.transaction() as db:
        assert service.add_coding(db, world.coder, again).coding.id == coding
    with home.data.read() as db:
        (waiting,) = revising.unplaced(db, world.coder, transcript.id)
    with home.data.transaction() as db:
        revising.place(db, world.coder, waiting.coding_id, 2, waiting.new.span if waiting.new else Span(0, 9))
        db.flush()
        assert service.add_coding(db, world.coder, again).coding.text_number == 2
