"""A released interview to be read or printed: its turns, and under each what is coded from there on."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from qualcoder.accounts.models import Person
from qualcoder.coding.drawing import cut
from qualcoder.coding.queries import marks_in, whole_text
from qualcoder.coding.spans import snap_to_graphemes
from qualcoder.coding.view import CodingMark, TurnText
from qualcoder.core.ids import TranscriptId
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach

# Of a longer passage the beginning and the end are quoted, in characters each.
QUOTED = 60


@dataclass(frozen=True, slots=True)
class Noted:
    """A coding beside the turn in which it begins; `last_turn` is where it ends, 0 for the same."""

    mark: CodingMark = field(repr=False)
    words: str = field(repr=False)
    last_turn: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """A turn and the codings that begin in it, in reading order."""

    turn: TurnText
    noted: tuple[Noted, ...] = ()

    @property
    def pieces(self) -> tuple[tuple[str, bool], ...]:
        """The words of the turn in order, each with whether it is what a flag hides."""
        body = self.turn.body
        return tuple((body[start:end], hidden) for start, end, hidden in cut(0, len(body), self.turn.hidden))


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole interview; `has_codes` tells whether codings were asked for, of which the person sees all or the own."""

    transcript_id: TranscriptId
    serial: str
    turns: tuple[Read, ...]
    has_codes: bool


def read(
    db: Session, me: Person, transcript_id: TranscriptId, language: str, *, with_codes: bool
) -> tuple[Reach, Reading]:
    """The interview for reading; the opening is recorded as that of the coding page is."""
    found, turns = whole_text(db, me, transcript_id)
    marks = marks_in(db, found, language) if with_codes else []
    return found, Reading(transcript_id, found.transcript.serial, beside(turns, marks), with_codes)


def beside(turns: Sequence[TurnText], marks: Sequence[CodingMark]) -> tuple[Read, ...]:
    """Each turn with the codings that begin in it."""
    starts = [turn.start for turn in turns]
    begun: dict[int, list[Noted]] = defaultdict(list)
    for mark in marks:
        first, last = (bisect_right(starts, place) - 1 for place in (mark.start, mark.end - 1))
        pieces = [(mark.start, mark.end)]
        if mark.end - mark.start > 4 * QUOTED:
            # However long it is, only its ends are read: thousands may go over the whole text.
            pieces = [(mark.start, mark.start + 2 * QUOTED), (mark.end - 2 * QUOTED, mark.end)]
        words = " ".join(_between(turns, starts, start, end) for start, end in pieces)
        begun[first].append(Noted(mark, shortened(words), turns[last].n if last > first else 0))
    return tuple(Read(turn, tuple(begun[at])) for at, turn in enumerate(turns))


def _between(turns: Sequence[TurnText], starts: Sequence[int], start: int, end: int) -> str:
    touched = turns[bisect_right(starts, start) - 1 : bisect_right(starts, end - 1)]
    return " ".join(turn.body[max(0, start - turn.start) : max(0, end - turn.start)] for turn in touched)


def shortened(words: str) -> str:
    """A passage as it is quoted beside its turn: whole, or its beginning and its end."""
    if len(words) <= 2 * QUOTED:
        return words
    # Not inside what is read as one letter: an accent stays with its letter, a family is one sign.
    head, tail = words[: 2 * QUOTED], words[-2 * QUOTED :]
    first = snap_to_graphemes(head, Span(0, QUOTED)).of(head)
    last = snap_to_graphemes(tail, Span(QUOTED, 2 * QUOTED)).of(tail)
    return f"{first.rstrip()} … {last.lstrip()}"
