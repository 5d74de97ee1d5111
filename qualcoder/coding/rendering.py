"""Turns and codings to flat segments and margin stripes.

Every cost is linear in the text and n log n in the codings of a turn, so that a reply to one coding stays small.
Offsets are code points; a coding may cross turns and then shows in each of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TypeAlias

from qualcoder.coding.view import CodingMark, Segment, Stripe, TurnText, TurnView

LANES = 7
STEPS = 20
CHUNK_TURNS = 10

# A code and a coder, as numbers: they are compared for every bar.
Key: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Bar:
    """Overlapping codings of one code by one coder, joined; positions in twentieths of the turn."""

    key: Key
    top: int
    bottom: int
    marks: tuple[CodingMark, ...]
    goes_on: bool

    @property
    def steps(self) -> int:
        """The twentieths that it fills, a bit each."""
        return (1 << self.bottom) - (1 << self.top)


def segments(turn: TurnText, marks: Iterable[CodingMark]) -> tuple[Segment, ...]:
    """Cut a turn wherever a coding starts or ends; the texts joined are the body, exactly."""
    change: dict[int, int] = {}
    for mark in marks:
        start, end = _within(turn, mark)
        if start < end:
            change[start] = change.get(start, 0) + 1
            change[end] = change.get(end, 0) - 1
    cuts = sorted({0, turn.length, *change})
    depth = 0
    found: list[Segment] = []
    for start, end in pairwise(cuts):
        depth += change.get(start, 0)
        found.append(Segment(turn.body[start:end], depth, len(found)))
    return tuple(found)


def stripes(
    turn: TurnText,
    marks: Iterable[CodingMark],
    carried: Mapping[Key, int] | None = None,
) -> tuple[tuple[Stripe, ...], int, dict[Key, int]]:
    """Lay bars into lanes without overlap; returns the bars, how many found no lane, and each key's lane.

    A key that had a lane in `carried` (the turn before) keeps it where it can, so that a coding over several turns
    reads as one line; one that crosses the border always keeps it.
    """
    habits = carried or {}
    bars = sorted(_bars(turn, marks), key=lambda bar: (_turn_to_choose(bar, habits), bar.top, -bar.bottom, bar.key))
    reserved = {habits[bar.key] for bar in bars if bar.key in habits}
    taken = [0] * LANES
    lanes: dict[Key, int] = {}
    placed: list[Stripe] = []
    hidden = 0
    for bar in bars:
        lane = _lane_for(bar, taken, habits.get(bar.key), reserved)
        if lane is None:
            hidden += 1
            lanes.pop(bar.key, None)
            continue
        taken[lane] |= bar.steps
        lanes[bar.key] = lane
        placed.append(_stripe(bar, lane))
    return tuple(sorted(placed, key=lambda stripe: (stripe.lane, stripe.y))), hidden, lanes


def turn_views(
    turns: Sequence[TurnText],
    marks: Iterable[CodingMark],
    shown: Container[int] | None = None,
) -> tuple[TurnView, ...]:
    """Draw turns given in reading order.

    `shown` names the turns wanted back by number; the others only lend their lanes and need no body (a reply to one
    coding passes the turn before as such a neighbour).
    """
    return tuple(views_of(turns, marks, shown))


def views_of(
    turns: Sequence[TurnText], marks: Iterable[CodingMark], shown: Container[int] | None = None
) -> Iterator[TurnView]:
    """The same one after another, each worked out when it is asked for."""
    carried: dict[Key, int] = {}
    for turn, here in zip(turns, _by_turn(turns, marks), strict=True):
        bars, hidden, carried = stripes(turn, here, carried)
        if shown is None or turn.n in shown:
            yield TurnView(turn, segments(turn, here), bars, hidden, tuple(here))


def chunks(views: Iterable[TurnView], size: int = CHUNK_TURNS) -> Iterator[tuple[TurnView, ...]]:
    """Group turns for the browser, which skips drawing whole groups that are off the screen."""
    left = iter(views)
    while group := tuple(islice(left, size)):
        yield group


def _within(turn: TurnText, mark: CodingMark) -> tuple[int, int]:
    return max(0, mark.start - turn.start), min(turn.length, mark.end - turn.start)


def _by_turn(turns: Sequence[TurnText], marks: Iterable[CodingMark]) -> list[list[CodingMark]]:
    starts = [turn.start for turn in turns]
    found: list[list[CodingMark]] = [[] for _ in turns]
    for mark in sorted(marks, key=lambda m: (m.start, -m.end, m.id.int)):
        for i in range(max(0, bisect_right(starts, mark.start) - 1), len(turns)):
            if turns[i].start >= mark.end:
                break
            start, end = _within(turns[i], mark)
            if start < end:
                found[i].append(mark)
    return found


def _bars(turn: TurnText, marks: Iterable[CodingMark]) -> Iterator[_Bar]:
    grouped: dict[Key, list[tuple[int, int, CodingMark]]] = {}
    for mark in marks:
        start, end = _within(turn, mark)
        if start < end:
            top, bottom = start * STEPS // turn.length, -(-end * STEPS // turn.length)
            grouped.setdefault((mark.code_id.int, mark.coder_id.int), []).append((top, bottom, mark))
    for key, pieces in grouped.items():
        pieces.sort(key=lambda piece: piece[:2])
        top, bottom, joined = pieces[0][0], pieces[0][1], [pieces[0][2]]
        for next_top, next_bottom, mark in pieces[1:]:
            if next_top < bottom:
                bottom = max(bottom, next_bottom)
                joined.append(mark)
                continue
            yield _bar(turn, key, top, bottom, joined)
            top, bottom, joined = next_top, next_bottom, [mark]
        yield _bar(turn, key, top, bottom, joined)


def _bar(turn: TurnText, key: Key, top: int, bottom: int, joined: list[CodingMark]) -> _Bar:
    return _Bar(key, top, bottom, tuple(joined), any(mark.start < turn.start for mark in joined))


def _turn_to_choose(bar: _Bar, habits: Mapping[Key, int]) -> int:
    if not bar.goes_on:
        return 2
    return 0 if bar.key in habits else 1


def _lane_for(bar: _Bar, taken: Sequence[int], habit: int | None, reserved: set[int]) -> int | None:
    steps = bar.steps
    if habit is not None and not taken[habit] & steps:
        return habit
    free = [lane for lane, filled in enumerate(taken) if not filled & steps]
    return next((lane for lane in free if lane not in reserved), free[0] if free else None)


def _stripe(bar: _Bar, lane: int) -> Stripe:
    first = bar.marks[0]
    return Stripe(
        coding_ids=tuple(mark.id for mark in bar.marks),
        lane=lane,
        y=bar.top,
        h=bar.bottom - bar.top,
        colour=first.colour,
        texture=first.texture,
        label=first.code_label,
        coder_name=first.coder_name,
        is_mine=first.is_mine,
    )
