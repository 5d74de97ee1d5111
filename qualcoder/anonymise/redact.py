"""Replacing stretches of a text, with a map of offsets between the old text and the new one. No text in any error."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """Put `text` in place of [start, end); an empty `text` leaves the stretch out, an empty stretch is refused."""

    start: int
    end: int
    text: str = field(repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError("a replacement needs 0 <= start < end")


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Where an offset of one text lies in the other. Offsets inside a replaced stretch go to its beginning.

    Both ways are monotone, and `to_old(to_new(x)) == x` for every x that isn't inside or at the start of a replaced
    stretch (at the start too, unless the replacement is empty).
    """

    _old: tuple[tuple[int, int], ...]
    _new: tuple[tuple[int, int], ...]
    old_length: int
    new_length: int

    def to_new(self, offset: int) -> int:
        """The offset in the new text of an offset in the old one; ValueError outside 0..old_length."""
        return _carry(offset, self._old, self._new, self.old_length)

    def to_old(self, offset: int) -> int:
        """The offset in the old text of an offset in the new one; ValueError outside 0..new_length."""
        return _carry(offset, self._new, self._old, self.new_length)


def _carry(offset: int, here: Sequence[tuple[int, int]], there: Sequence[tuple[int, int]], length: int) -> int:
    if not 0 <= offset <= length:
        raise ValueError("the offset lies outside the text")
    at = bisect_right(here, offset, key=lambda stretch: stretch[0]) - 1
    if at < 0:
        return offset
    if offset < here[at][1]:
        return there[at][0]
    return there[at][1] + offset - here[at][1]


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text after replacing, and the way back."""

    text: str = field(repr=False)
    map: OffsetMap


def redact(text: str, replacements: Sequence[Replacement]) -> Redacted:
    """Replace stretches of a text, given in any order; overlaps and stretches beyond the text raise ValueError."""
    ordered = sorted(replacements)
    _refuse_overlaps(ordered, len(text))
    pieces: list[str] = []
    old: list[tuple[int, int]] = []
    new: list[tuple[int, int]] = []
    read = written = 0
    for replacement in ordered:
        kept = text[read : replacement.start]
        start = written + len(kept)
        written = start + len(replacement.text)
        pieces += (kept, replacement.text)
        old.append((replacement.start, replacement.end))
        new.append((start, written))
        read = replacement.end
    pieces.append(text[read:])
    result = "".join(pieces)
    return Redacted(result, OffsetMap(tuple(old), tuple(new), len(text), len(result)))


def _refuse_overlaps(ordered: Sequence[Replacement], length: int) -> None:
    end = 0
    for replacement in ordered:
        if replacement.start < end:
            raise ValueError("replacements overlap")
        end = replacement.end
    if end > length:
        raise ValueError("a replacement lies outside the text")


class Turnlike(Protocol):
    """A turn as redaction needs it: where its body starts in the version, and the body."""

    @property
    def start(self) -> int: ...
    @property
    def body(self) -> str: ...


def redact_turns(turns: Sequence[Turnlike], replacements: Sequence[Replacement]) -> list[str]:
    """The new bodies of turns, in their order. Offsets of replacements are those of the version (bodies joined by LF).

    A replacement that crosses from one turn into the next is applied to its part in each, and the LF between stays.
    A replacement text with a line feed would make a turn of its own: refused, like overlaps and stretches that lie in
    no turn (ValueError).
    """
    ordered = sorted(replacements)
    if any("\n" in replacement.text for replacement in ordered):
        raise ValueError("a replacement text holds a line feed")
    _refuse_overlaps(ordered, max((turn.start + len(turn.body) for turn in turns), default=0))
    starts = [replacement.start for replacement in ordered]
    return [redact(turn.body, _parts_in(turn, ordered, starts)).text for turn in turns]


def _parts_in(turn: Turnlike, ordered: Sequence[Replacement], starts: Sequence[int]) -> list[Replacement]:
    end = turn.start + len(turn.body)
    parts: list[Replacement] = []
    # One replacement at most begins before the turn and reaches into it.
    for replacement in ordered[max(0, bisect_right(starts, turn.start) - 1) :]:
        if replacement.start >= end:
            break
        begin, stop = max(replacement.start, turn.start), min(replacement.end, end)
        if begin < stop:
            parts.append(Replacement(begin - turn.start, stop - turn.start, replacement.text))
    return parts
