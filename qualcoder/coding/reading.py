"""A released interview to be read or printed: its turns, and under each what is coded from there on."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.coding.drawing import cut
from qualcoder.coding.queries import marks_in, whole_text
from qualcoder.coding.view import CodingMark, TurnText
from qualcoder.core.ids import TranscriptId
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
    can_code: bool


def read(
    db: Session, me: Person, transcript_id: TranscriptId, language: str, *, with_codes: bool
) -> tuple[Reach, Reading]:
    """The interview for reading; the opening is recorded as that of the coding page is."""
    found, turns = whole_text(db, me, transcript_id)
    marks = marks_in(db, found, language) if with_codes else []
    reading = Reading(
        transcript_id, found.transcript.serial, beside(turns, marks), with_codes, found.access.may(Act.CODE)
    )
    return found, reading


def beside(turns: Sequence[TurnText], marks: Sequence[CodingMark]) -> tuple[Read, ...]:
    """Each turn with the codings that begin in it."""
    starts = [turn.start for turn in turns]
    begun: dict[int, list[Noted]] = defaultdict(list)
    for mark in marks:
        first, last = (bisect_right(starts, place) - 1 for place in (mark.start, mark.end - 1))
        words = " ".join(_words(turn, mark) for turn in turns[first : last + 1])
        begun[first].append(Noted(mark, shortened(words), turns[last].n if last > first else 0))
    return tuple(Read(turn, tuple(begun[at])) for at, turn in enumerate(turns))


def _words(turn: TurnText, mark: CodingMark) -> str:
    return turn.body[max(0, mark.start - turn.start) : max(0, mark.end - turn.start)]


def shortened(words: str) -> str:
    """A passage as it is quoted beside its turn: whole, or its beginning and its end."""
    if len(words) <= 2 * QUOTED:
        return words
    return f"{words[:QUOTED].rstrip()} … {words[-QUOTED:].lstrip()}"
