"""Where passages of one text version lie in the next one. Pure: texts and offsets in, places with their certainty out.

Never a silent loss: each passage is either placed or handed to a person, with the best guess there is. The distance of
200 characters within which words must be unique is the product's own measure; the edit script is that of Ratcliff and
Obershelp (difflib), over lines first and words within changed lines.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from qualcoder.core.text import Span

NEAR = 200
# How much of a passage must be left for it to stay without asking, its first and last word being held.
_SAME_ENOUGH = 0.8
_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_LINE = re.compile(r"[^\n]*\n?")


class Fate(StrEnum):
    """What became of a passage: the same words, the same ends with a correction between them, or nobody can say."""

    SAME = "same"
    CORRECTED = "corrected"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Placed:
    """A passage in the new text. An unsure one has a guess, or None where nothing like it is left."""

    span: Span | None
    fate: Fate


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """`length` characters that stand at `old` in the one text and at `new` in the other."""

    old: int
    new: int
    length: int


def blocks(old: str, new: str) -> list[Block]:
    """What two texts have in common, in reading order; neighbours that touch in both are one block."""
    found: list[Block] = []
    for block in _common(old, new):
        last = found[-1] if found else None
        if last and last.old + last.length == block.old and last.new + last.length == block.new:
            found[-1] = Block(last.old, last.new, last.length + block.length)
        else:
            found.append(block)
    return found


def _common(old: str, new: str) -> Iterator[Block]:
    before = _shared_start(old, new)
    after = _shared_start(old[before:][::-1], new[before:][::-1])
    if before:
        yield Block(0, 0, before)
    yield from _by_pieces(old, new, Span(before, len(old) - after), Span(before, len(new) - after), _LINE)
    if after:
        yield Block(len(old) - after, len(new) - after, after)


def _shared_start(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _by_pieces(old: str, new: str, of_old: Span, of_new: Span, piece: re.Pattern[str]) -> Iterator[Block]:
    """Common pieces of two stretches; stretches of lines that differ are compared word by word."""
    mine = [match for match in piece.finditer(old, of_old.start, of_old.end) if match[0]]
    theirs = [match for match in piece.finditer(new, of_new.start, of_new.end) if match[0]]
    script = SequenceMatcher(None, [m[0] for m in mine], [m[0] for m in theirs], autojunk=False)
    for act, i, j, k, m in script.get_opcodes():
        if act == "equal":
            yield Block(mine[i].start(), theirs[k].start(), mine[j - 1].end() - mine[i].start())
        elif act == "replace" and piece is _LINE:
            changed = Span(mine[i].start(), mine[j - 1].end())
            yield from _by_pieces(old, new, changed, Span(theirs[k].start(), theirs[m - 1].end()), _WORD)


def reanchor(old: str, new: str, spans: Sequence[Span]) -> list[Placed]:
    """Where each span of `old` lies in `new`, in the order given. Spans are not empty and lie inside `old`."""
    mover = _Mover(old, new, blocks(old, new))
    return [mover.place(span) for span in spans]


class _Mover:
    def __init__(self, old: str, new: str, common: Sequence[Block]) -> None:
        self._old, self._new, self._common = old, new, common
        self._starts = [block.old for block in common]

    def place(self, span: Span) -> Placed:
        moved = self._whole(span)
        if moved is not None and (self._is_untouched_around(span) or self._is_alone(span, moved)):
            return Placed(moved, Fate.SAME)
        guess = moved or self._between(span)
        nearest = self._again(span, guess or Span(self._carried(span.start), self._carried(span.start)))
        if nearest is not None and self._is_alone(span, nearest):
            return Placed(nearest, Fate.SAME)
        if moved is None and guess is not None and self._is_corrected(span, guess):
            return Placed(guess, Fate.CORRECTED)
        return Placed(nearest or guess, Fate.UNSURE)

    def _at(self, offset: int) -> Block | None:
        """The block that holds an old offset."""
        at = bisect_right(self._starts, offset) - 1
        if at < 0 or offset >= self._common[at].old + self._common[at].length:
            return None
        return self._common[at]

    def _whole(self, span: Span) -> Span | None:
        """The span, if one block holds all of it."""
        block = self._at(span.start)
        if block is None or span.end > block.old + block.length:
            return None
        return span.shifted(block.new - block.old)

    def _is_untouched_around(self, span: Span) -> bool:
        """Whether nothing changed near the span, so that its place among equal words is certain."""
        return self._whole(Span(max(0, span.start - NEAR), min(len(self._old), span.end + NEAR))) is not None

    def _is_alone(self, span: Span, moved: Span) -> bool:
        """Whether the words stand once around the old place, and once around the new one."""
        quote = span.of(self._old)
        return _count(self._old, quote, span) == 1 and _count(self._new, quote, moved) == 1

    def _carried(self, offset: int) -> int:
        """Where an old offset lies now; one in a removed stretch, where that stretch was."""
        at = bisect_right(self._starts, offset) - 1
        if at < 0:
            return 0
        block = self._common[at]
        return block.new + min(offset - block.old, block.length)

    def _between(self, span: Span) -> Span | None:
        """What stands in the place of the span now, an end that is gone reaching to what is left beside it."""
        first = self._carried(span.start)
        if self._at(span.end - 1) is not None:
            last = self._carried(span.end - 1) + 1
        else:
            after = bisect_right(self._starts, span.end - 1)
            last = self._common[after].new if after < len(self._common) else len(self._new)
        return Span(first, last) if first < last and self._new[first:last].strip() else None

    def _again(self, span: Span, around: Span) -> Span | None:
        """The same words near the place where they were, if they stand there once."""
        quote = span.of(self._old)
        low = max(0, around.start - NEAR - len(quote))
        at = self._new.find(quote, low, around.end + NEAR + len(quote))
        return Span(at, at + len(quote)) if at >= 0 else None

    def _is_corrected(self, span: Span, guess: Span) -> bool:
        """Whether both ends are held and most of the words between them are the same."""
        if self._at(span.start) is None or self._at(span.end - 1) is None:
            return False
        kept = sum(
            max(0, min(span.end, block.old + block.length) - max(span.start, block.old)) for block in self._common
        )
        return kept >= _SAME_ENOUGH * max(len(span), len(guess))


def _count(text: str, quote: str, place: Span) -> int:
    """How often words stand around a place, overlapping ones counted too; no more than two."""
    low, high = max(0, place.start - NEAR), min(len(text), place.end + NEAR)
    first = text.find(quote, low, high)
    return 0 if first < 0 else 1 + (text.find(quote, first + 1, high) >= 0)
