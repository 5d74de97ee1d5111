"""The demo as it is loaded: anonymised by its own services, coded by two, with something waiting for everybody."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from qualcoder.accounts import people
from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Membership, Person, Role, SignIn
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.audit import chain
from qualcoder.audit.models import AuditEntry
from qualcoder.coding.models import Coding, Memo
from qualcoder.core.errors import Conflict, Invalid
from qualcoder.demo.content import Coded, Stage, Told, description, interview, interviews
from qualcoder.demo.filling import fill, place_of
from qualcoder.demo.loading import demo_settings, make_demo
from qualcoder.home import Home
from qualcoder.interviews.models import Interview, InterviewKind, Mode
from qualcoder.matrices import cells
from qualcoder.matrices.cells import Question
from qualcoder.settings import Settings
from qualcoder.transcripts import queries
from qualcoder.transcripts.access import reach
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.queries import OpenTurn
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from tests.demos import MakeDemo

SLUG = description()["study"]["slug"]
TOLD = interviews()
RELEASED = [told for told in TOLD if told.stage is Stage.RELEASED]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, demo_copy: MakeDemo) -> Iterator[Home]:
    """The whole demo, which this file only reads."""
    home = demo_copy(tmp_path_factory.mktemp("demo") / "home", 8765)
    yield home
    home.close()


def person_of(db: Session, key: str) -> Person:
    found = people.find_by_email(db, people.normal_email(f"{key}@demo.example"))
    assert found is not None
    return found


def access_of(db: Session, key: str, act: Act = Act.SEE_STUDY) -> Access:
    return study_by_slug(db, person_of(db, key), SLUG, act)


def by_name(db: Session) -> dict[str, Transcript]:
    """Transcripts by the name of their interview, in the order they came in."""
    rows = db.exec(select(Transcript).order_by(col(Transcript.number))).all()
    return dict(zip((told.name for told in TOLD), rows, strict=True))


def released_turns(db: Session, transcript: Transcript) -> list[OpenTurn]:
    found = reach(db, person_of(db, "pi"), transcript.id, Act.READ_TEXT)
    return queries.open_turns(db, found.key, queries.turns_of(db, transcript.text_version_id))


def test_each_interview_is_as_far_as_its_record_says(demo: Home) -> None:
    states = {
        Stage.REVIEW: TranscriptState.REVIEW,
        Stage.SECOND_READING: TranscriptState.SECOND_READ,
        Stage.RELEASED: TranscriptState.CODABLE,
    }
    with demo.data.read() as db:
        found = by_name(db)
        assert {name: row.state for name, row in found.items()} == {told.name: states[told.stage] for told in TOLD}
        for told in TOLD:
            row = db.get_one(Interview, found[told.name].interview_id)
            assert (row.kind, row.mode) == (told.record.kind, told.record.mode)
        assert {row.mode for row in db.exec(select(Interview))} >= {Mode.IN_PERSON, Mode.PHONE, Mode.ONLINE}


@pytest.mark.parametrize("told", RELEASED, ids=[told.name for told in RELEASED])
def test_nothing_that_identifies_survives_release(demo: Home, told: Told) -> None:
    everything = {surface for other in TOLD for surface in other.identifying if len(surface) > 4}
    with demo.data.read() as db:
        turns = released_turns(db, by_name(db)[told.name])
        text = "\n".join(f"{turn.speaker}: {turn.body}" for turn in turns)
    for surface in {*told.identifying, *everything, *(missed.words for missed in told.by_hand)}:
        # From the start of a word: Колька is a name, сколько is not.
        assert not re.search(rf"(?<!\w){re.escape(surface)}", text, re.IGNORECASE), surface
    assert not re.search(r"\d{5}|@|№|\+7|Ойдан|Ойлап|Выдум|Небыв|Қиял|Oydan|Oylap|Vydum|Nebyv|Mysal", text)
    assert "[" in text


def test_speakers_of_the_focus_group_are_told_apart_and_nameless(demo: Home) -> None:
    (group,) = [told for told in TOLD if told.record.kind is InterviewKind.FOCUS_GROUP]
    with demo.data.read() as db:
        speakers = Counter(turn.speaker for turn in released_turns(db, by_name(db)[group.name]))
    assert set(speakers) == {"Интервьюер", "Респондент 1", "Респондент 2", "Респондент 3", "Респондент 4"}


def test_every_quote_is_coded_where_it_stands_by_the_one_who_chose_it(demo: Home) -> None:
    with demo.data.read() as db:
        keys = {person_of(db, key).id: key for key in ("coder1", "coder2")}
        for told in RELEASED:
            row = by_name(db)[told.name]
            codings = db.exec(select(Coding).where(col(Coding.text_version_id) == row.text_version_id)).all()
            assert Counter(keys[coding.coder_id] for coding in codings) == Counter(one.coder for one in told.codings)
            if not codings:
                continue
            text = "\n".join(turn.body for turn in released_turns(db, row))
            found = sorted((keys[one.coder_id], text[one.start : one.end], one.valence) for one in codings)
            assert found == sorted((one.coder, one.quote, one.valence) for one in told.codings)
        memos = db.exec(select(Memo)).all()
        assert len(memos) == sum(bool(one.memo) for told in TOLD for one in told.codings)


def test_something_waits_for_every_role(demo: Home) -> None:
    with demo.data.read() as db:
        names = by_name(db)
        in_review = [row for row in names.values() if row.state is TranscriptState.REVIEW]
        (passed,) = [row for row in names.values() if row.state is TranscriptState.SECOND_READ]
        assert {row.uploaded_by for row in in_review} == {person_of(db, "researcher").id}
        for row in in_review:
            spans = db.exec(select(PiiSpan).where(col(PiiSpan.transcript_id) == row.id)).all()
            assert {span.decision for span in spans} == {Decision.UNDECIDED}
        assert passed.first_reader == person_of(db, "researcher").id
        for key in ("coder1", "coder2"):
            coder = person_of(db, key)
            lines = queries.transcripts_of(db, access_of(db, key, Act.LIST_TRANSCRIPTS))
            coded = set(db.exec(select(Coding.text_version_id).where(col(Coding.coder_id) == coder.id)))
            assert len(lines) == len(RELEASED)
            assert any(
                row.text_version_id not in coded for row in names.values() if row.state is TranscriptState.CODABLE
            )
        assert access_of(db, "observer", Act.SEE_CODEBOOK).role is Role.OBSERVER
        assert access_of(db, "admin", Act.SEE_AUDIT).role is Role.ADMIN


def test_themes_are_joined_to_races_in_three_oblasts(demo: Home) -> None:
    with demo.data.read() as db:
        table = cells.build(db, access_of(db, "pi", Act.SEE_MATRIX), Question()).crosstab
        races = {race for (_code, race), cell in table.cells.items() if cell.segments}
    linked = {key for told in TOLD if told.codings for key in told.race_keys}
    assert len(races) == len(linked) >= 7


def test_what_was_done_is_on_record_as_done_by_those_who_did_it(demo: Home) -> None:
    with demo.data.read() as db:
        assert all(verdict.is_whole for verdict in chain.verify_all(db))
        acts = Counter((entry.act, entry.actor_id) for entry in db.exec(select(AuditEntry)))
        admin, pi, researcher = (person_of(db, key).id for key in ("admin", "pi", "researcher"))
        roles = db.exec(select(Membership.role)).all()
    assert acts["study.created", admin] == 1
    assert acts["member.role_set", admin] == 1
    assert acts["member.role_set", pi] == len(roles) - 1 == 4
    assert acts["identity.created", pi] == 1
    assert acts["transcript.published", researcher] == len(RELEASED)
    assert acts["review.first_done", researcher] == 1


def test_nobody_is_signed_in_when_the_demo_begins(demo: Home) -> None:
    with demo.data.read() as db:
        assert db.exec(select(SignIn)).all() == []


def test_titles_do_not_name_anybody(demo: Home) -> None:
    with demo.data.read() as db:
        for told in TOLD:
            row = by_name(db)[told.name]
            found = reach(db, person_of(db, "pi"), row.id, Act.LIST_TRANSCRIPTS)
            assert sealing.open_(db, found.key, f.TRANSCRIPT_TITLE, row, row.title_ct) == told.title


@pytest.mark.both_backends
def test_a_demo_with_an_interview_of_each_stage_fills_any_database(home: Home) -> None:
    chosen = [interview(name) for name in ("precinct_ru", "runner_up_ru", "elder_kk")]
    fill(home, chosen)
    with home.data.read() as db:
        states = [row.state for row in db.exec(select(Transcript).order_by(col(Transcript.number)))]
        assert states == [TranscriptState.CODABLE, TranscriptState.SECOND_READ, TranscriptState.REVIEW]
        assert len(db.exec(select(Coding)).all()) == len(chosen[0].codings)


def coded(quote: str, turn: int | None = None) -> Coded:
    return Coded(coder="coder1", code="RU", quote=quote, valence=None, memo="", turn=turn)


def text_turns() -> list[OpenTurn]:
    bodies = ("Су жоқ.", "Жол жоқ. Су бар.", "Су жоқ.")
    starts = (0, 8, 25)
    return [
        OpenTurn(n, start, len(body), (), "kk", is_interviewer=False, speaker="Респондент", body=body)
        for n, (start, body) in enumerate(zip(starts, bodies, strict=True), start=1)
    ]


@pytest.mark.parametrize(
    ("quote", "turn", "place"),
    [("Жол жоқ.", None, (8, 16)), ("Су жоқ.", 1, (0, 7)), ("Су жоқ.", 3, (25, 32)), ("Су бар.", 2, (17, 24))],
)
def test_a_quote_is_found_once_or_in_the_turn_that_is_told(
    quote: str, turn: int | None, place: tuple[int, int]
) -> None:
    found = place_of(coded(quote, turn), text_turns())
    assert (found.start, found.end) == place


@pytest.mark.parametrize(("quote", "turn"), [("Су жоқ.", None), ("Су жоқ.", 2), ("жоқ", None), ("Нан жоқ.", None)])
def test_a_quote_that_is_missing_or_there_twice_stops_the_loading(quote: str, turn: int | None) -> None:
    with pytest.raises(Invalid):
        place_of(coded(quote, turn), text_turns())


def test_the_demo_refuses_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(Conflict, match="something else than a demo"):
        make_demo(demo_settings(Settings(), tmp_path, 8765))
    assert (tmp_path / "letters.txt").read_text() == "mine"
