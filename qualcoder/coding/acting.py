"""Every act of coding ends here: it goes on the study's record and, as one step, into its coder's command log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from qualcoder.audit import chain
from qualcoder.coding import log
from qualcoder.coding.models import Coding
from qualcoder.coding.steps import Change, NoteChange, State, Step, StepKind, state_of
from qualcoder.core.clock import now
from qualcoder.core.ids import CodeId, CodingId
from qualcoder.core.text import Span, merge
from qualcoder.transcripts.access import Reach


def take_off(found: Reach, coding: Coding) -> None:
    """Mark a coding as removed. The row stays, so that it can come back."""
    coding.deleted_at = now()
    coding.deleted_by = found.me.id


def bring_back(coding: Coding) -> None:
    """A removed coding is there again, with its memos."""
    coding.deleted_at = coding.deleted_by = None


def changes(changed: Sequence[tuple[Coding, State]]) -> tuple[Change, ...]:
    """Codings with how they were before, as a step holds them."""
    return tuple(
        Change(CodingId(coding.id), CodeId(coding.code_id), before, state_of(coding)) for coding, before in changed
    )


def changes_now(codings: Sequence[Coding], changed: Sequence[Change]) -> tuple[Change, ...]:
    """The same changes where the codings are in the text of today, for drawing."""
    drawn = []
    for coding, change in zip(codings, changed, strict=True):
        there = state_of(coding)
        before = change.before if change.is_of_place else replace(change.before, start=there.start, end=there.end)
        drawn.append(replace(change, before=before, after=there))
    return tuple(drawn)


def spans(changed: Sequence[Change]) -> tuple[Span, ...]:
    """The stretches that changed: where codings were, and where they are."""
    return tuple(merge(side.span for change in changed for side in (change.before, change.after)))


def spans_of(found: Reach, step: Step, codings: Sequence[Coding]) -> tuple[Span, ...]:
    """Where these codings are and, if the text is the same, what the step changed: for the answer to a repetition."""
    there = [Span(coding.start, coding.end) for coding in codings]
    is_same_text = step.text_number == found.transcript.text_number
    return tuple(merge([*there, *(spans(step.changes) if is_same_text and there else ())]))


def perform(db: Session, found: Reach, act_id: UUID, step: Step, *, is_cut_due: bool) -> log.Ends:
    """Put an act on record and into the log; says what can be undone and redone after it."""
    record(db, found, step.changes, step.notes, restoring=step.kind is StepKind.RESTORED)
    return log.write(db, found, act_id, step, is_cut_due=is_cut_due)


def record(
    db: Session, found: Reach, changed: Sequence[Change], notes: Sequence[NoteChange], *, restoring: bool
) -> None:
    """What happened to each coding and memo, on the study's record."""
    acts: list[tuple[str, str, UUID]] = [
        (act, "coding", change.coding_id)
        for change in changed
        if (act := _act(change.before, change.after, restoring=restoring)) is not None
    ]
    acts += [(_note_act(note), "memo", note.memo_id) for note in notes]
    study_id = found.transcript.study_id
    if len(acts) == 1:
        act, kind, object_id = acts[0]
        chain.record(db, found.me.id, act, kind, object_id, study_id=study_id)
    else:
        # Without any act too: the head is locked, so that the number in the log is free.
        chain.record_all(db, [chain.Act(found.me.id, *one) for one in acts], study_id=study_id)


def _act(before: State, after: State, *, restoring: bool) -> str | None:
    if before == after:
        return None
    if after.is_gone:
        return "coding.removed"
    if before.is_gone:
        return "coding.restored" if restoring else "coding.added"
    return "coding.changed"


def _note_act(note: NoteChange) -> str:
    if note.before is None:
        return "memo.added"
    return "memo.changed" if note.after is not None else "memo.removed"
