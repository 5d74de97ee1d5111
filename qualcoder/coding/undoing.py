"""Undo and redo: the newest step of one's own log is taken back, or brought back, as a whole or not at all.

Unlimited, and kept with the home: it goes on after a reload and a restart. Nobody else's act is ever touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks.models import Code, CodeStatus
from qualcoder.coding import acting, log, memos
from qualcoder.coding.models import Coding, Command
from qualcoder.coding.passages import passage_at, put_at, turns_at
from qualcoder.coding.service import Touched
from qualcoder.coding.steps import Change, NoteChange, State, Step, StepKind, state_of
from qualcoder.core.errors import Conflict, NotFound
from qualcoder.core.ids import CodeId, CodingId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach, reach_codable


class LogMoved(Conflict):
    """Something was done since the person looked; `now` is the number of the step that is next, 0 for none."""

    def __init__(self, seen: int, next_one: log.StepName | None) -> None:
        message = N_("Something else was done meanwhile. Nothing was undone or redone; look at the button again.")
        super().__init__(message, seen=seen, now=next_one.seq if next_one else 0)


class NothingLeft(Conflict):
    """There is no step to undo or redo."""

    def __init__(self) -> None:
        super().__init__(N_("There is nothing to undo or redo here."))


class CodeOutOfUse(Conflict):
    """The code of a step was retired or merged into another."""

    def __init__(self) -> None:
        super().__init__(N_("The code of this step is not in use any more. Nothing was undone or redone."))


class PlaceUnsure(Conflict):
    """A coding that has no certain place in the text of today, or had another extent in the text of then."""

    def __init__(self) -> None:
        super().__init__(
            N_("The text was corrected since, and the place of this passage is not certain. Nothing was changed.")
        )


class ChangedSince(Conflict):
    """A coding is not as the step left it."""

    def __init__(self) -> None:
        super().__init__(N_("The coding was changed in another way since. Nothing was undone or redone."))


@dataclass(frozen=True, slots=True)
class Turned:
    """What an undo or redo did, and what can be undone and redone now."""

    found: Reach
    ends: log.Ends
    codings: tuple[Coding, ...] = ()
    spans: tuple[Span, ...] = ()


def touched(db: Session, turned: Turned) -> Touched | None:
    """The turns to draw anew; None where no coding is concerned."""
    if not turned.codings:
        return None
    turns = turns_at(db, turned.found, Span(turned.spans[0].start, turned.spans[-1].end))
    others = tuple(CodeId(coding.code_id) for coding in turned.codings)
    return Touched(turned.codings[0], turned.found, turns, turned.spans, turned.ends, None, others)


def undo(db: Session, me: Person, transcript_id: TranscriptId, seen: int | None, act_id: UUID) -> Turned:
    """Take back one's own newest step in a transcript, as a whole; LogMoved when it is not number `seen`, if given.

    The same act again does nothing and says what can be undone now. NothingLeft when there is no step.
    """
    return _turn(db, me, transcript_id, seen, act_id, kind=StepKind.UNDO)


def redo(db: Session, me: Person, transcript_id: TranscriptId, seen: int | None, act_id: UUID) -> Turned:
    """Bring back the step that was undone last; the same rules."""
    return _turn(db, me, transcript_id, seen, act_id, kind=StepKind.REDO)


def ends_of(db: Session, me: Person, transcript_id: TranscriptId) -> tuple[Reach, log.Ends]:
    """What a person could undo and redo in a transcript."""
    found = reach_codable(db, me, transcript_id, Act.CODE)
    return found, log.ends(db, found)


def _turn(
    db: Session, me: Person, transcript_id: TranscriptId, seen: int | None, act_id: UUID, *, kind: StepKind
) -> Turned:
    found = reach_codable(db, me, transcript_id, Act.CODE)
    done = db.get(Command, act_id)
    if done is not None:
        if (done.person_id, done.transcript_id, done.kind) != (me.id, transcript_id, kind.value):
            raise NotFound
        return _done_before(db, found, done)
    before = log.ends(db, found)
    next_one = before.undo if kind is StepKind.UNDO else before.redo
    if seen is not None and (next_one is None or next_one.seq != seen):
        raise LogMoved(seen, next_one)
    if next_one is None:
        raise NothingLeft
    line = log.line_at(db, found, next_one.seq)
    if line is None or line.is_undone is not (kind is StepKind.REDO):
        raise LogMoved(next_one.seq, next_one)
    step = log.open_step(db, found, line)
    changes, notes = (step.changes, step.notes) if kind is StepKind.REDO else _reversed(step)
    codings = _apply(db, found, step, changes)
    memos.turn_to(db, found, notes)
    line.is_undone = kind is StepKind.UNDO
    acting.record(db, found, changes, notes, restoring=True)
    shown = acting.changes_now(codings, changes)
    log.remember(db, found, act_id, Step(kind, found.transcript.text_number, shown))
    return Turned(found, log.ends(db, found), codings, acting.spans(shown))


def _done_before(db: Session, found: Reach, line: Command) -> Turned:
    """The answer to a repetition: the turns that it touched, as they are now."""
    try:
        step = log.open_step(db, found, line)
    except log.Unreadable:
        # It was done; what it touched went from the log with a masked name.
        return Turned(found, log.ends(db, found))
    codings = db.execute(sql(Coding).where(col(Coding.id).in_(step.coding_ids))).scalars().all()
    placed = tuple(coding for coding in codings if coding.text_version_id == found.transcript.text_version_id)
    return Turned(found, log.ends(db, found), placed, acting.spans_of(found, step, placed))


def _reversed(step: Step) -> tuple[tuple[Change, ...], tuple[NoteChange, ...]]:
    changes = tuple(Change(one.coding_id, one.code_id, one.after, one.before) for one in reversed(step.changes))
    notes = tuple(NoteChange(one.memo_id, one.after, one.before) for one in reversed(step.notes))
    return changes, notes


def _apply(db: Session, found: Reach, step: Step, changes: Sequence[Change]) -> tuple[Coding, ...]:
    """Make every coding as it is to be. The whole step is looked at before the first one is changed."""
    ids = [change.coding_id for change in changes]
    rows = db.execute(sql(Coding, Code).join(Code, col(Code.id) == col(Coding.code_id)).where(col(Coding.id).in_(ids)))
    held = {CodingId(coding.id): (coding, code) for coding, code in rows}
    for change in changes:
        if change.coding_id not in held:
            raise ChangedSince
        _check(found, step, change, *held[change.coding_id])
    codings = tuple(held[change.coding_id][0] for change in changes)
    for coding, change in zip(codings, changes, strict=True):
        _make(db, found, coding, change)
    return codings


def _check(found: Reach, step: Step, change: Change, coding: Coding, code: Code) -> None:
    if coding.coder_id != found.me.id or coding.transcript_id != found.transcript.id:
        raise NotFound
    if code.id != change.code_id or code.status is CodeStatus.RETIRED or not code.is_codable:
        raise CodeOutOfUse
    if coding.text_version_id != found.transcript.text_version_id:
        raise PlaceUnsure
    is_same_text = step.text_number == found.transcript.text_number
    if change.is_of_place and not is_same_text:
        raise PlaceUnsure
    there = state_of(coding)
    if there.marks != change.before.marks or (is_same_text and there.span != change.before.span):
        raise ChangedSince


def _make(db: Session, found: Reach, coding: Coding, change: Change) -> None:
    wanted: State = change.after
    if change.is_of_place:
        put_at(db, found, coding, passage_at(db, found, wanted.span))
    coding.valence, coding.weight, coding.is_unsure = wanted.valence, wanted.weight, wanted.is_unsure
    if wanted.is_gone and coding.deleted_at is None:
        acting.take_off(found, coding)
    if not wanted.is_gone:
        acting.bring_back(coding)
