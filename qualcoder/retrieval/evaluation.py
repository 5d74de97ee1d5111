"""What a question over codes finds: codings as places, joined by AND, OR, NOT, nearness and order.

A term is a set of codings; nearness and order narrow it. Terms are joined from first to last as sets of units:
- a **passage** is a coded stretch of one text. A code stands in it when a coding of that code shares a character with
  it. The passages that are asked about are the stretches of the codings of all terms that are not excluded;
- a **turn** has a code when a coding of it touches the turn;
- an **interview** has a code when a coding of it stands in one of its texts;
- a **race** has a code when an interview that is linked to it does. Without a link there is no race.

Offsets are half-open code points. Between two codings there are 0 characters and 0 turns when they touch.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from qualcoder.core.ids import CodeId, CodingId, InterviewId, RoundId


class Unit(StrEnum):
    """In what the codes of a question must stand together."""

    PASSAGE = "passage"
    TURN = "turn"
    INTERVIEW = "interview"
    RACE = "race"


class Join(StrEnum):
    """How a term is joined to what stands before it."""

    AND = "and"
    OR = "or"
    NOT = "not"


class Relation(StrEnum):
    """How another coding must stand to one of the term."""

    NEAR = "near"
    FOLLOWED_BY = "followed"


class Measure(StrEnum):
    """In what distances are counted."""

    TURNS = "turns"
    CHARACTERS = "chars"


@dataclass(frozen=True, slots=True)
class Mark:
    """A coding as a place: `text` is the number of its transcript."""

    coding_id: CodingId
    code_id: CodeId
    text: int
    start: int
    end: int

    @property
    def stretch(self) -> Stretch:
        return self.text, self.start, self.end


Stretch = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Text:
    """What is known about a transcript: its interview, where its turns begin, the races it is linked to."""

    interview_id: InterviewId
    starts: Sequence[int] = ()
    races: tuple[RoundId, ...] = ()

    def turns_of(self, mark: Mark) -> tuple[int, int]:
        """The first and the last turn that a coding touches, counted from 0."""
        return bisect_right(self.starts, mark.start) - 1, bisect_left(self.starts, mark.end) - 1


@dataclass(frozen=True, slots=True)
class Nearness:
    """Another coding, of one of `codes` (None: of any), at most `within` away; FOLLOWED_BY: after the end of the first.

    The same code over some of the same words is no other coding: two coders found one thing.
    """

    relation: Relation
    codes: frozenset[CodeId] | None
    within: int
    measure: Measure


@dataclass(frozen=True, slots=True)
class Term:
    """Codings of these codes (None: of any) for which every nearness holds."""

    codes: frozenset[CodeId] | None
    nearness: tuple[Nearness, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """A term and how it is joined to those before it; the join of the first says nothing."""

    join: Join
    term: Term


@dataclass(frozen=True, slots=True)
class Found:
    """Codings of the terms that stand in a unit that fits, in reading order, and how many units fit."""

    marks: tuple[Mark, ...]
    units: int


def evaluate(question: Sequence[Joined], unit: Unit, marks: Iterable[Mark], texts: Mapping[int, Text]) -> Found:
    """Answer a question over these codings; a coding that is given twice counts once."""
    everything = list({mark.coding_id: mark for mark in marks}.values())
    terms = [_codings_of(joined.term, everything, texts) for joined in question]
    asked = {
        mark.coding_id: mark
        for n, (joined, found) in enumerate(zip(question, terms, strict=True))
        if n == 0 or joined.join is not Join.NOT
        for mark in found
    }
    if unit is Unit.PASSAGE:
        stretches = sorted({mark.stretch for mark in asked.values()})
        sets: list[set[Hashable]] = [set(touched(stretches, found)) for found in terms]
    else:
        sets = [{one for mark in found for one in units_of(mark, unit, texts)} for found in terms]
    fitting = _fold(question, sets)
    kept = [mark for mark in asked.values() if not fitting.isdisjoint(units_of(mark, unit, texts))]
    return Found(tuple(sorted(kept, key=_place)), len(fitting))


def _place(mark: Mark) -> tuple[Stretch, str, str]:
    return mark.stretch, str(mark.code_id), str(mark.coding_id)


def _fold(question: Sequence[Joined], sets: Sequence[set[Hashable]]) -> set[Hashable]:
    fitting: set[Hashable] = set()
    for n, (joined, found) in enumerate(zip(question, sets, strict=True)):
        if n == 0 or joined.join is Join.OR:
            fitting = fitting | found
        elif joined.join is Join.AND:
            fitting = fitting & found
        else:
            fitting = fitting - found
    return fitting


def units_of(mark: Mark, unit: Unit, texts: Mapping[int, Text]) -> Collection[Hashable]:
    """The units in which a coding stands by itself."""
    if unit is Unit.PASSAGE:
        return (mark.stretch,)
    text = texts[mark.text]
    if unit is Unit.TURN:
        first, last = text.turns_of(mark)
        return [(mark.text, n) for n in range(first, last + 1)]
    return (text.interview_id,) if unit is Unit.INTERVIEW else text.races


def touched(stretches: Sequence[Stretch], marks: Iterable[Mark]) -> Iterable[Stretch]:
    """Those of the stretches that share a character with one of the codings."""
    by_text = _by_text(marks)
    for stretch in stretches:
        text, start, end = stretch
        if others := by_text.get(text):
            before = bisect_left(others.lows, end)
            if before and others.reach[before - 1] > start:
                yield stretch


# Nearness ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Others:
    """Codings of one text by where they begin. `reach` is how far those up to here go."""

    marks: Sequence[Mark]
    lows: Sequence[int]
    highs: Sequence[int]
    reach: Sequence[int]


def _by_text(marks: Iterable[Mark], texts: Mapping[int, Text] | None = None) -> dict[int, _Others]:
    """Codings by text, measured in turns where `texts` are given, else in characters."""
    found: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        found[mark.text].append(mark)
    return {number: _others(group, texts[number] if texts else None) for number, group in found.items()}


def _others(group: list[Mark], text: Text | None) -> _Others:
    group.sort(key=lambda mark: (mark.start, mark.end))
    places = [_measured(mark, text) for mark in group]
    highs = [high for _low, high in places]
    return _Others(group, [low for low, _high in places], highs, list(accumulate(highs, max)))


def _measured(mark: Mark, text: Text | None) -> tuple[int, int]:
    return text.turns_of(mark) if text else (mark.start, mark.end)


def _codings_of(term: Term, marks: Sequence[Mark], texts: Mapping[int, Text]) -> list[Mark]:
    found = _of(term.codes, marks)
    for nearness in term.nearness:
        in_turns = nearness.measure is Measure.TURNS
        others = _by_text(_of(nearness.codes, marks), texts if in_turns else None)
        fits = _is_near if nearness.relation is Relation.NEAR else _is_followed
        found = [
            mark
            for mark in found
            if mark.text in others and fits(mark, others[mark.text], texts[mark.text] if in_turns else None, nearness)
        ]
    return found


def _of(codes: frozenset[CodeId] | None, marks: Sequence[Mark]) -> list[Mark]:
    return list(marks) if codes is None else [mark for mark in marks if mark.code_id in codes]


def _is_near(mark: Mark, others: _Others, text: Text | None, nearness: Nearness) -> bool:
    low, high = _measured(mark, text)
    for at in range(bisect_right(others.lows, high + nearness.within) - 1, -1, -1):
        if others.reach[at] < low - nearness.within:
            return False
        if others.highs[at] >= low - nearness.within and _is_another(mark, others.marks[at]):
            return True
    return False


def _is_followed(mark: Mark, others: _Others, text: Text | None, nearness: Nearness) -> bool:
    after = bisect_left(others.marks, mark.end, key=lambda other: other.start)
    # Who begins first after the end is also the nearest.
    return after < len(others.marks) and others.lows[after] - _measured(mark, text)[1] <= nearness.within


def _is_another(mark: Mark, other: Mark) -> bool:
    is_over = mark.start < other.end and other.start < mark.end
    return not (mark.code_id == other.code_id and is_over)
