"""The parts in which a raw text is read through: a screen or two each, known from the turns' places alone (pure)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

PART_CHARS = 4000
# Where a part begins inside a sentence, so much of what stands before is shown too: a name may lie across the cut.
LEAD_IN = 80


class Placed(Protocol):
    """A turn's place in the text, without its words."""

    @property
    def start(self) -> int: ...
    @property
    def length(self) -> int: ...
    @property
    def bounds(self) -> Sequence[int]: ...


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A stretch of the text, counted in code points; numbers begin at 1."""

    number: int
    start: int
    end: int
    is_cut: bool = False

    @property
    def shown_from(self) -> int:
        return max(0, self.start - LEAD_IN) if self.is_cut else self.start

    def touches(self, start: int, end: int) -> bool:
        return start < self.end and self.start < end


def parts_of(turns: Sequence[Placed]) -> tuple[Part, ...]:
    """Cut a text before turns, and long turns before sentences, into parts of about PART_CHARS; they leave no gap."""
    if not turns:
        return ()
    end = turns[-1].start + turns[-1].length
    starts: list[tuple[int, bool]] = []
    for place, is_cut in _places(turns):
        if not starts or place - starts[-1][0] >= PART_CHARS:
            starts.append((place, is_cut))
    ends = [start for start, _is_cut in starts[1:]] + [end]
    return tuple(
        Part(number, start, stop, is_cut)
        for number, ((start, is_cut), stop) in enumerate(zip(starts, ends, strict=True), start=1)
    )


def _places(turns: Sequence[Placed]) -> Iterator[tuple[int, bool]]:
    """Where a part may begin, in reading order, and whether that lies inside a sentence."""
    for turn in turns:
        yield turn.start, False
        if turn.length <= PART_CHARS:
            continue
        at = 0
        for bound in [*turn.bounds, turn.length]:
            while bound - at > 2 * PART_CHARS:
                at += PART_CHARS
                yield turn.start + at, True
            if 0 < bound < turn.length:
                at = bound
                yield turn.start + bound, False


def part_at(parts: Sequence[Part], offset: int) -> Part:
    """The part in which an offset lies; the last one for what lies behind."""
    return parts[max(0, bisect_right(parts, offset, key=lambda part: part.start) - 1)]
