"""Undo and redo: everything a coder did comes back step by step, and nothing that somebody else did is touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Person
from qualcoder.codebooks.models import Code, CodeStatus
from qualcoder.coding import changing, log, service, undoing
from qualcoder.coding.changing import Wanted
from qualcoder.coding.models import Coding, Command, Memo, Valence
from qualcoder.coding.service import NewCoding, TakenId, Touched
from qualcoder.coding.steps import StepKind
from qualcoder.coding.undoing import ChangedSince, CodeOutOfUse, LogMoved, NothingLeft, PlaceUnsure
from qualcoder.core.errors import DomainError, NotFound
from qualcoder.core.ids import CodingId, TextVersionId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts.access import NotCodable
from qualcoder.transcripts.models import TextVersion, Transcript, TranscriptState
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef
from tests.homes import World, reopened
from tests.transcripts import making


class Bench:
    """What a coder does on one transcript, each act in a transaction of its own."""

    def __init__(self, home: Home, world: World) -> None:
        self.home, self.world, self.me = home, world, world.coder
        self.codes = making.import_codes(home, world)
        self.transcript: Transcript = making.to_codable(home, world, None, world.coder, world.other_coder)

    def new(self, start: int, end: int, code: str = "WATER", **more: Any) -> NewCoding:
        ids = (CodingId(new_id()), TranscriptId(self.transcript.id))
        return NewCoding(*ids, 1, Span(start, end), self.codes[code], **more)

    def do(self, act: Callable[[Session], Touched], home: Home | None = None) -> Touched:
        with (home or self.home).data.transaction() as db:
            touched = act(db)
            db.flush()
            return touched

    def add(self, start: int, end: int, code: str = "WATER", who: Person | None = None, **more: Any) -> Touched:
        new = self.new(start, end, code, **more)
        return self.send(new, who)

    def send(self, new: NewCoding, who: Person | None = None) -> Touched:
        return self.do(lambda db: service.add_coding(db, who or self.me, new))

    def change(self, touched: Touched, **more: Any) -> Touched:
        names = {"is_unsure": "unsure"}
        wanted = Wanted(1, frozenset(names.get(name, name) for name in more), **more)
        return self.do(lambda db: changing.change_coding(db, self.me, CodingId(touched.coding.id), wanted))

    def remove(self, touched: Touched, act: UUID | None = None) -> Touched:
        return self.do(lambda db: service.remove_coding(db, self.me, CodingId(touched.coding.id), act))

    def undo(self, seen: int | None = None, act: UUID | None = None, who: Person | None = None) -> undoing.Turned:
        with self.home.data.transaction() as db:
            return undoing.undo(db, who or self.me, TranscriptId(self.transcript.id), seen, act or uuid4())

    def redo(self, seen: int | None = None, act: UUID | None = None) -> undoing.Turned:
        with self.home.data.transaction() as db:
            return undoing.redo(db, self.me, TranscriptId(self.transcript.id), seen, act or uuid4())

    def ends(self, who: Person | None = None) -> tuple[StepKind | None, StepKind | None]:
        with self.home.data.read() as db:
            _, ends = undoing.ends_of(db, who or self.me, TranscriptId(self.transcript.id))
        return ends.undo.kind if ends.undo else None, ends.redo.kind if ends.redo else None

    def state(self, home: Home | None = None) -> list[tuple[object, ...]]:
        return state_of(home or self.home)


def state_of(home: Home) -> list[tuple[object, ...]]:
    """Every living coding with its words proved, and every memo opened."""
    with home.data.read() as db:
        codings = [
            (str(one.id), one.start, one.end, one.valence, one.weight, one.is_unsure, one.quote_mac)
            for one in db.exec(select(Coding).where(col(Coding.deleted_at).is_(None)))
        ]
        memos: list[tuple[object, ...]] = []
        for memo in db.exec(select(Memo)):
            assert memo.interview_id is not None
            key = KeyRef.interview(memo.interview_id, memo.study_id)
            memos.append((str(memo.about_id), sealing.open_(db, key, f.MEMO_BODY, memo, memo.body_ct)))
    return sorted(codings) + sorted(memos)


@pytest.fixture
def bench(home: Home, world: World) -> Bench:
    return Bench(home, world)


# The same code again -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "union"), [(6, 20, (4, 20)), (8, 20, (4, 20)), (0, 4, (0, 8)), (0, 30, (0, 30))]
)
def test_the_same_code_over_or_beside_an_older_one_extends_it_in_one_step(
    bench: Bench, start: int, end: int, union: tuple[int, int]
) -> None:
    older = bench.add(4, 8, valence=Valence.HELPS, weight=2)
    before = bench.state()
    touched = bench.add(start, end)
    assert touched.coding.id == older.coding.id
    assert (touched.coding.start, touched.coding.end) == union
    assert (touched.coding.valence, touched.coding.weight) == (Valence.HELPS, 2)
    assert bench.ends() == (StepKind.EXTENDED, None)
    bench.undo()
    assert bench.state() == before
    bench.redo()
    assert len(bench.state()) == 1


def test_a_bridge_joins_both_sides_with_their_memos_and_comes_apart_again(bench: Bench) -> None:
    bench.add(0, 4, memo="Бірінші")
    bench.add(8, 12, memo="Екінші")
    before = bench.state()
    joined = bench.add(2, 10)
    assert (joined.coding.start, joined.coding.end) == (0, 12)
    assert [len(row) for row in bench.state()] == [7, 2, 2]
    bench.undo()
    assert bench.state() == before


def test_exactly_the_same_again_takes_it_off_and_a_resend_never_does(bench: Bench) -> None:
    first, second = bench.new(4, 12), bench.new(4, 12)
    for _ in range(3):
        bench.send(first)
    assert len(bench.state()) == 1
    for _ in range(3):
        assert bench.send(second).coding.deleted_at is not None
        assert bench.state() == []
    for _ in range(2):
        bench.send(first)
        assert bench.state() == []
    bench.undo()
    for again in (second, first, second):
        bench.send(again)
        assert len(bench.state()) == 1


def test_a_resend_does_nothing_after_an_undo_a_change_or_a_cut(bench: Bench) -> None:
    sent = bench.new(4, 12)
    touched = bench.send(sent)
    bench.change(touched, end=20)
    assert bench.send(sent).coding.end == 20
    bench.undo()
    bench.undo()
    bench.send(sent)
    assert bench.state() == []
    bench.add(30, 40, "ROADS")
    bench.send(sent)
    assert [row[1] for row in bench.state()] == [30]
    other = replace(sent, code_id=bench.codes["COURT"])
    with pytest.raises(TakenId):
        bench.send(other)


def test_a_stretch_that_says_something_of_its_own_is_not_lost_in_another(bench: Bench) -> None:
    bench.add(0, 20)
    bench.add(3, 12, valence=Valence.HELPS)
    bench.add(4, 12, weight=3)
    bench.add(5, 12, is_unsure=True)
    assert len(bench.state()) == 4
    assert bench.add(2, 6).coding.start == 0
    assert len(bench.state()) == 4


def test_the_same_stretch_with_more_said_marks_the_older_one(bench: Bench) -> None:
    older = bench.add(4, 12)
    marked = bench.add(4, 12, valence=Valence.HINDERS)
    assert marked.coding.id == older.coding.id
    assert bench.add(4, 12, valence=Valence.HELPS).coding.id != older.coding.id
    assert [row[3] for row in bench.state()].count(Valence.HINDERS) == 1
    assert len(bench.state()) == 2
    bench.undo()
    bench.undo()
    assert [row[3] for row in bench.state()] == [None]


def test_a_stretch_inside_an_older_one_is_no_step(bench: Bench) -> None:
    bench.add(0, 20)
    before = bench.state()
    inside = bench.new(4, 12)
    for _ in range(2):
        assert bench.send(inside).coding.start == 0
    assert bench.state() == before
    assert bench.ends() == (StepKind.ADDED, None)


def test_an_act_that_joined_another_stands_for_it(bench: Bench) -> None:
    older = bench.add(0, 12)
    joining = bench.new(8, 20)
    bench.send(joining)
    wanted = Wanted(1, frozenset({"valence", "start", "end"}), start=8, end=20, valence=Valence.HELPS)
    changed = bench.do(lambda db: changing.change_coding(db, bench.me, joining.id, wanted))
    assert (changed.coding.id, changed.coding.start, changed.coding.end) == (older.coding.id, 0, 20)
    assert changed.coding.valence is Valence.HELPS


# Undo and redo ------------------------------------------------------------------------------------------------------


def test_every_kind_of_act_comes_back_and_goes_again(bench: Bench) -> None:
    states = [bench.state()]
    one = bench.add(4, 12, memo="Ойдантап айтты")
    states.append(bench.state())
    acts: list[Callable[[], Touched]] = [
        lambda: bench.change(one, end=20, valence=Valence.DENIES, weight=5, is_unsure=True),
        lambda: bench.change(one, valence=None, weight=None),
        lambda: bench.change(one, memo="Басқаша"),
        lambda: bench.change(one, memo=""),
        lambda: bench.add(15, 25, valence=None),
        lambda: bench.remove(one),
        lambda: bench.add(40, 50, "ROADS"),
    ]
    for act in acts:
        act()
        states.append(bench.state())
    for wanted in reversed(states[:-1]):
        bench.undo()
        assert bench.state() == wanted
    with pytest.raises(NothingLeft):
        bench.undo()
    for wanted in states[1:]:
        bench.redo()
        assert bench.state() == wanted
    with pytest.raises(NothingLeft):
        bench.redo()


def test_a_new_act_cuts_off_what_was_undone(bench: Bench) -> None:
    for start in (0, 20, 40):
        bench.add(start, start + 8)
    bench.undo()
    bench.undo()
    assert bench.ends() == (StepKind.ADDED, StepKind.ADDED)
    bench.add(60, 68, "ROADS")
    with pytest.raises(NothingLeft):
        bench.redo()
    for left in (1, 0):
        bench.undo()
        assert len(bench.state()) == left
    bench.redo()
    bench.redo()
    assert [row[1] for row in sorted(bench.state(), key=lambda row: str(row[1]))] == [0, 60]


def test_an_undo_sent_twice_is_one_and_a_stale_one_is_told_the_truth(bench: Bench) -> None:
    for start in (0, 20, 40):
        bench.add(start, start + 8)
    act = uuid4()
    turned = [bench.undo(act=act) for _ in range(3)]
    assert len(bench.state()) == 2
    assert all(one.spans == turned[0].spans for one in turned)
    assert turned[0].ends.redo is not None
    seen = turned[0].ends.redo.seq
    with pytest.raises(LogMoved) as moved:
        bench.undo(seen)
    assert moved.value.params == {"seen": seen, "now": turned[0].ends.undo and turned[0].ends.undo.seq}
    bench.redo(seen)
    bench.undo(seen)
    assert len(bench.state()) == 2


def test_a_removal_sent_again_late_does_not_remove_what_was_brought_back(bench: Bench) -> None:
    one, act = bench.add(0, 8), uuid4()
    bench.remove(one, act)
    bench.undo()
    bench.remove(one, act)
    assert len(bench.state()) == 1


def test_nobody_undoes_what_another_did(bench: Bench, world: World) -> None:
    bench.add(0, 8)
    bench.add(0, 8, who=world.pi)
    bench.undo()
    with pytest.raises(NothingLeft):
        bench.undo()
    for who, refusal in ((world.other_coder, NothingLeft), (world.outsider, NotFound), (world.observer, DomainError)):
        with pytest.raises(refusal):
            bench.undo(who=who)
    assert bench.ends(world.other_coder) == (None, None)
    assert len(bench.state()) == 1
    with bench.home.data.read() as db:
        theirs = db.exec(select(Command.id).where(col(Command.person_id) == world.pi.id)).one()
    with pytest.raises(NotFound):
        bench.undo(act=theirs)


def test_the_log_is_sealed_and_says_nothing_in_clear(bench: Bench) -> None:
    bench.add(0, 8, memo="Ойдантап айтты")
    with bench.home.data.read() as db:
        line = db.exec(select(Command)).one()
        assert b"WATER" not in line.payload_ct
        assert "Ойдантап".encode() not in line.payload_ct
        assert (line.kind, line.seq, line.is_undone) == ("added", 1, False)


# What can't be undone any more --------------------------------------------------------------------------------------


def _retire(bench: Bench) -> None:
    with bench.home.data.transaction() as db:
        db.get_one(Code, bench.codes["WATER"]).status = CodeStatus.RETIRED


def _merge_code(bench: Bench) -> None:
    with bench.home.data.transaction() as db:
        db.exec(select(Coding)).one().code_id = bench.codes["ROADS"]


def _change_behind(bench: Bench) -> None:
    with bench.home.data.transaction() as db:
        db.exec(select(Coding)).one().weight = 5


def _new_text(bench: Bench, *, placed: bool) -> None:
    with bench.home.data.transaction() as db:
        transcript = db.get_one(Transcript, bench.transcript.id)
        old = db.get_one(TextVersion, transcript.text_version_id)
        fresh = TextVersion(**{**old.model_dump(), "id": TextVersionId(new_id()), "number": 9})
        db.add(fresh)
        db.flush()
        transcript.text_version_id, transcript.text_number = fresh.id, 9
        coding = db.exec(select(Coding)).one()
        if placed:
            coding.text_version_id, coding.text_number = fresh.id, 9


def _withdraw(bench: Bench) -> None:
    with bench.home.data.transaction() as db:
        db.get_one(Transcript, bench.transcript.id).state = TranscriptState.WITHDRAWN


def _mask(bench: Bench) -> None:
    with bench.home.data.transaction() as db:
        line = db.exec(select(Command).where(col(Command.seq) > 0).order_by(col(Command.seq).desc())).first()
        assert line is not None
        key = KeyRef.interview(bench.transcript.interview_id, bench.transcript.study_id)
        line.payload_ct = sealing.seal_json(db, key, f.COMMAND_PAYLOAD, line, {})


@pytest.mark.parametrize(
    ("happened", "refusal"),
    [
        (_retire, CodeOutOfUse),
        (_merge_code, CodeOutOfUse),
        (_change_behind, ChangedSince),
        (lambda bench: _new_text(bench, placed=False), PlaceUnsure),
        (lambda bench: _new_text(bench, placed=True), PlaceUnsure),
        (_withdraw, NotCodable),
        (_mask, log.Unreadable),
    ],
    ids=["retired", "merged", "changed", "unplaced", "moved", "withdrawn", "masked"],
)
def test_what_can_not_be_undone_any_more_is_said_and_nothing_changes(
    bench: Bench, happened: Callable[[Bench], None], refusal: type[DomainError]
) -> None:
    bench.change(bench.add(4, 12), end=20)
    happened(bench)
    before = bench.state()
    with pytest.raises(refusal):
        bench.undo()
    assert bench.state() == before


def test_an_act_that_needs_no_place_is_undone_in_a_corrected_text_too(bench: Bench) -> None:
    bench.add(4, 12)
    _new_text(bench, placed=True)
    bench.undo()
    assert bench.state() == []
    bench.redo()
    assert len(bench.state()) == 1


@pytest.mark.both_backends
def test_undo_goes_on_in_another_process(bench: Bench) -> None:
    bench.add(4, 12)
    bench.add(20, 28)
    with reopened(bench.home) as other, other.data.transaction() as db:
        undoing.undo(db, bench.me, TranscriptId(bench.transcript.id), None, uuid4())
    assert len(bench.state()) == 1
    bench.redo()
    assert len(bench.state()) == 2
