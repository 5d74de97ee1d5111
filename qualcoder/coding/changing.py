"""Changing one's own coding: its extent, what it claims, and the note on it. One step of the log."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlmodel import Session

from qualcoder.accounts.models import Person
from qualcoder.coding import acting, memos
from qualcoder.coding.models import Coding, Valence
from qualcoder.coding.passages import passage_at, put_at, turns_at
from qualcoder.coding.service import TextChanged, Touched, as_it_is, held
from qualcoder.coding.steps import State, Step, StepKind, state_of
from qualcoder.core.errors import Conflict, Invalid
from qualcoder.core.ids import CodingId, new_id
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach


class CodingChanged(Conflict):
    """A coding that is not as the person saw it."""

    def __init__(self, coding: Coding, seen: int) -> None:
        super().__init__(
            N_("This coding was changed meanwhile (%(now)s; you saw %(seen)s). Reload the page to see it."),
            now=coding.version,
            seen=seen,
        )


class CodingGone(Conflict):
    """A removed coding can't be changed."""

    def __init__(self) -> None:
        super().__init__(N_("This coding was removed meanwhile. Bring it back first."))


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a coding shall be. `given` names what is to change, so that None can take a mark away.

    `text_number` is the version that the offsets count in, `revision` the coding's own that was seen, if it matters.
    """

    text_number: int
    given: frozenset[str]
    start: int = 0
    end: int = 0
    valence: Valence | None = None
    weight: int | None = None
    is_unsure: bool = False
    memo: str = field(default="", repr=False)
    revision: int | None = None


def change_coding(db: Session, me: Person, coding_id: CodingId, wanted: Wanted, act_id: UUID | None = None) -> Touched:
    """Make a coding as it is wanted; what is so already is no act. The same act again does nothing.

    TextChanged when the text has a newer version than was seen and a place is given, or the coding waits in an older
    one: marks and a memo don't depend on where it lies. CodingChanged when the coding has a newer version.
    """
    touched = _changed(db, me, coding_id, wanted, act_id)
    # A page that shows another text gets no turns of this one.
    is_shown = wanted.text_number == touched.reach.transcript.text_number
    return touched if is_shown else replace(touched, turns=())


def _changed(db: Session, me: Person, coding_id: CodingId, wanted: Wanted, act_id: UUID | None) -> Touched:
    own = held(db, me, coding_id, act_id)
    coding, found = own.coding, own.found
    if own.line is not None:
        return as_it_is(db, found, coding, own.line)
    text_number = found.transcript.text_number
    is_older = wanted.text_number != text_number and not wanted.given.isdisjoint({"start", "end"})
    if is_older or coding.text_number != text_number:
        raise TextChanged(found.transcript, wanted.text_number)
    if coding.deleted_at is not None:
        raise CodingGone
    if wanted.revision is not None and wanted.revision != coding.version:
        raise CodingChanged(coding, wanted.revision)
    before = state_of(coding)
    _mark(coding, wanted)
    if own.joined is None or own.joined.asked != Span(wanted.start, max(wanted.start, wanted.end)):
        # Else the stretch is the one that was joined, sent along with other claims.
        _move(db, found, coding, wanted)
    note = memos.write(db, found, coding_id, wanted.memo) if "memo" in wanted.given else None
    kind = _kind(before, state_of(coding))
    if kind is None and note is None:
        return as_it_is(db, found, coding)
    changes = acting.changes([(coding, before)])
    step = Step(kind or StepKind.MEMO, found.transcript.text_number, changes, (note,) if note else ())
    ends = acting.perform(db, found, act_id or new_id(), step, is_cut_due=own.is_cut_due)
    spans = acting.spans(changes)
    turns = turns_at(db, found, Span(spans[0].start, spans[-1].end))
    return Touched(coding, found, turns, spans, ends, own.code)


def _mark(coding: Coding, wanted: Wanted) -> None:
    if "valence" in wanted.given:
        coding.valence = wanted.valence
    if "weight" in wanted.given:
        coding.weight = wanted.weight
    if "unsure" in wanted.given:
        coding.is_unsure = wanted.is_unsure


def _move(db: Session, found: Reach, coding: Coding, wanted: Wanted) -> None:
    start = wanted.start if "start" in wanted.given else coding.start
    end = wanted.end if "end" in wanted.given else coding.end
    if (start, end) == (coding.start, coding.end):
        return
    if start >= end:
        message = N_("A coding needs at least one character. Remove it instead.")
        raise Invalid(message, fields={"end": message})
    here = passage_at(db, found, Span(start, end))
    if (here.span.start, here.span.end) != (coding.start, coding.end):
        put_at(db, found, coding, here)


def _kind(before: State, after: State) -> StepKind | None:
    if before.span != after.span:
        return StepKind.MOVED
    return StepKind.MARKED if before != after else None
