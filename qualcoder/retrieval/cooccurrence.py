"""Which codes stand together, and how often: counts of units for every pair, with Jaccard's measure beside them.

For a pair in passages only the stretches of these two codes count (see `evaluation`), so that a cell counts what the
question "one AND the other" finds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from qualcoder.core.ids import CodeId
from qualcoder.retrieval.evaluation import Mark, Stretch, Text, Unit, units_of


@dataclass(frozen=True, slots=True)
class Pair:
    """In how many units both codes stand, and in how many at least one of them."""

    both: int
    either: int

    @property
    def jaccard(self) -> float | None:
        """0 for never together, 1 for never apart; None where neither stands anywhere."""
        return self.both / self.either if self.either else None


@dataclass(frozen=True, slots=True)
class Together:
    """A figure for every pair of codes, in both orders; beside itself a code has its own units."""

    codes: tuple[CodeId, ...]
    pairs: Mapping[tuple[CodeId, CodeId], Pair]


def together(
    marks: Iterable[Mark],
    texts: Mapping[int, Text],
    unit: Unit,
    codes: Sequence[CodeId],
    lines: Mapping[CodeId, Sequence[CodeId]],
) -> Together:
    """Count pairs of `codes`. `lines` says for the code of a coding which of them it counts for."""
    order = {code: n for n, code in enumerate(dict.fromkeys(codes))}
    masks = {code: sum(1 << order[row] for row in {*rows} if row in order) for code, rows in lines.items()}
    distinct = {mark.coding_id: mark for mark in marks}.values()
    own: dict[Hashable, int] = defaultdict(int)
    passages: dict[Stretch, int] = defaultdict(int)
    for mark in distinct:
        if mask := masks.get(mark.code_id, 0):
            if unit is Unit.PASSAGE:
                passages[mark.stretch] |= mask
            else:
                for one in units_of(mark, unit, texts):
                    own[one] |= mask
    beside = _touching(passages)
    tally = Counter((mask, beside[one]) for one, mask in passages.items())
    tally.update((mask, mask) for mask in own.values())
    return _figures(tuple(order), tally)


def _touching(own: Mapping[Stretch, int]) -> dict[Stretch, int]:
    """The codes that share a character with each stretch, its own among them."""
    found = dict(own)
    stretches = sorted(own)
    for n, (text, start, end) in enumerate(stretches):
        for m in range(n + 1, len(stretches)):
            other = stretches[m]
            if other[0] != text or other[1] >= end:
                break
            found[text, start, end] |= own[other]
            found[other] |= own[text, start, end]
    return found


def _figures(codes: tuple[CodeId, ...], tally: Mapping[tuple[int, int], int]) -> Together:
    both: Counter[tuple[int, int]] = Counter()
    shared: Counter[tuple[int, int]] = Counter()
    for (mine, here), count in tally.items():
        for first, second in combinations_with_replacement(_bits(here), 2):
            is_first, is_second = mine >> first & 1, mine >> second & 1
            if is_first or is_second:
                both[first, second] += count
            if is_first and is_second:
                shared[first, second] += count
    pairs: dict[tuple[CodeId, CodeId], Pair] = {}
    for first, second in combinations_with_replacement(range(len(codes)), 2):
        either = shared[first, first] + shared[second, second] - shared[first, second]
        pair = Pair(both[first, second] if first != second else shared[first, first], either)
        pairs[codes[first], codes[second]] = pairs[codes[second], codes[first]] = pair
    return Together(codes, pairs)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
