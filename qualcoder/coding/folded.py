"""A transcript as the index keeps it: folded once, so that a search neither opens nor folds it again.

It says in which turns the words stand, never where in them: whoever asked opens those turns and looks for himself.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from sys import getsizeof

from qualcoder.coding import search
from qualcoder.coding.search import Query


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many hits a transcript has, in how many turns, and the numbers of the first of these turns."""

    hits: int
    turns: int
    shown: tuple[int, ...]


@dataclass(frozen=True, slots=True, repr=False)
class FoldedText:
    """The folded turns joined by LF; where each begins, with the end of all, and its number in the transcript."""

    text: str
    starts: Sequence[int]
    numbers: Sequence[int]
    size: int = field(init=False)

    def __post_init__(self) -> None:
        parts = (self, self.text, self.starts, self.numbers)
        object.__setattr__(self, "size", sum(getsizeof(part) for part in parts))

    @classmethod
    def of(cls, bodies: Sequence[bytes], numbers: Sequence[int]) -> FoldedText:
        """Fold turns (UTF-8) that have these numbers."""
        folded, starts, at = [], array("I", [0]), 0
        is_plain = not search.is_odd(b"\n".join(bodies))
        for body in bodies:
            turn = search.fold_plain(body.decode()) if is_plain else search.fold(body.decode())[0]
            folded.append(turn)
            at += len(turn) + 1
            starts.append(at)
        return cls("\n".join(folded), starts, array("I", numbers))

    def verdict(self, query: Query, shown: int) -> Verdict | None:
        """What `search.hits` finds in the turns, with at most `shown` of their numbers; None for nothing.

        With other endings, turns that hold every word as it was typed come first.
        """
        anchors = query.anchors
        text = search.as_russian(self.text) if query.reads_kazakh_as_russian else self.text
        if not all(anchor in text for anchor in anchors):
            return None
        hits = 0
        exact: list[int] = []
        turns: list[int] = []
        for at in sorted(search.turns_with(text, anchors, self.starts[:-1])):
            if found := search.count(query, text[self.starts[at] : self.starts[at + 1] - 1]):
                hits += found
                is_exact = query.exact and search.count(query.exact, text[self.starts[at] : self.starts[at + 1] - 1])
                (exact if is_exact else turns).append(self.numbers[at])
        return Verdict(hits, len(exact) + len(turns), tuple((exact + turns)[:shown])) if exact or turns else None
