"""What a coder did, as it is remembered: how each coding and memo was before and after. Pure.

A step is one line of the command log however many codings it touched, so that it is undone as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from qualcoder.coding.models import Coding, Valence
from qualcoder.core.ids import CodeId, CodingId
from qualcoder.core.text import Span


class StepKind(StrEnum):
    """What kind of act a step was; the last three are remembered against repetition and can't be undone."""

    ADDED = "added"
    REMOVED = "removed"
    RESTORED = "restored"
    EXTENDED = "extended"
    MOVED = "moved"
    MARKED = "marked"
    MEMO = "memo"
    NOTHING = "nothing"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, slots=True)
class State:
    """A coding at one moment; offsets in the text version that the step names."""

    start: int
    end: int
    valence: Valence | None
    weight: int | None
    is_unsure: bool
    is_gone: bool

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def marks(self) -> tuple[object, ...]:
        """Everything but the place."""
        return self.valence, self.weight, self.is_unsure, self.is_gone


@dataclass(frozen=True, slots=True)
class Change:
    """One coding in a step. The code is named, since another may have taken its place meanwhile."""

    coding_id: CodingId
    code_id: CodeId
    before: State
    after: State

    @property
    def is_of_place(self) -> bool:
        return self.before.span != self.after.span


@dataclass(frozen=True, slots=True)
class Note:
    """A memo at one moment: the coding it is about, and its words."""

    about_id: CodingId
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoteChange:
    """One memo in a step; None is a memo that is not there."""

    memo_id: UUID
    before: Note | None
    after: Note | None


@dataclass(frozen=True, slots=True)
class Step:
    """One act. `text_number` is the version that its offsets count in, `asked` the stretch that was sent."""

    kind: StepKind
    text_number: int
    changes: tuple[Change, ...] = ()
    notes: tuple[NoteChange, ...] = ()
    asked: Span | None = None

    @property
    def code_id(self) -> CodeId | None:
        """The code that the step is called after."""
        return self.changes[0].code_id if self.changes else None

    @property
    def coding_ids(self) -> tuple[CodingId, ...]:
        """Every coding that the step touches, those with a memo of it too."""
        noted = (note.about_id for one in self.notes for note in (one.before, one.after) if note is not None)
        return tuple(dict.fromkeys((*(change.coding_id for change in self.changes), *noted)))


def state_of(coding: Coding) -> State:
    """How a coding is now."""
    return State(
        start=coding.start,
        end=coding.end,
        valence=coding.valence,
        weight=coding.weight,
        is_unsure=coding.is_unsure,
        is_gone=coding.deleted_at is not None,
    )


def as_json(step: Step) -> dict[str, Any]:
    """A step as its row seals it."""
    kept = asdict(step)
    kept["asked"] = [step.asked.start, step.asked.end] if step.asked else None
    for change in kept["changes"]:
        change["coding_id"], change["code_id"] = str(change["coding_id"]), str(change["code_id"])
    for one in kept["notes"]:
        one["memo_id"] = str(one["memo_id"])
        for side in ("before", "after"):
            if one[side] is not None:
                one[side]["about_id"] = str(one[side]["about_id"])
    return kept


def from_json(kept: Mapping[str, Any]) -> Step:
    """The step that was sealed."""
    return Step(
        kind=StepKind(kept["kind"]),
        text_number=kept["text_number"],
        changes=tuple(map(_change, kept["changes"])),
        notes=tuple(
            NoteChange(UUID(one["memo_id"]), _note(one["before"]), _note(one["after"])) for one in kept["notes"]
        ),
        asked=Span(*kept["asked"]) if kept["asked"] else None,
    )


def _change(kept: Mapping[str, Any]) -> Change:
    before, after = (_state(kept[side]) for side in ("before", "after"))
    return Change(CodingId(UUID(kept["coding_id"])), CodeId(UUID(kept["code_id"])), before, after)


def _state(kept: Mapping[str, Any]) -> State:
    valence = Valence(kept["valence"]) if kept["valence"] else None
    return State(kept["start"], kept["end"], valence, kept["weight"], kept["is_unsure"], kept["is_gone"])


def _note(kept: Mapping[str, Any] | None) -> Note | None:
    return None if kept is None else Note(CodingId(UUID(kept["about_id"])), kept["words"])
