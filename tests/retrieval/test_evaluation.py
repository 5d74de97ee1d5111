"""Questions over codes against their definition, taken literally: every character, every pair, every unit."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import product
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from qualcoder.core.ids import CodeId, CodingId, InterviewId, RoundId
from qualcoder.retrieval.cooccurrence import Pair, together
from qualcoder.retrieval.evaluation import (
    Join,
    Joined,
    Mark,
    Measure,
    Nearness,
    Relation,
    Term,
    Text,
    Unit,
    evaluate,
)

CODES = tuple(CodeId(UUID(int=n)) for n in range(1, 5))
LONG = 60
# Three texts of two interviews; the second interview is about two races, the first about one, the last about none.
TEXTS = {
    1: Text(InterviewId(UUID(int=101)), (0, 10, 13, 30, 45), (RoundId(UUID(int=201)),)),
    2: Text(InterviewId(UUID(int=102)), (0, 20, 40), (RoundId(UUID(int=201)), RoundId(UUID(int=202)))),
    3: Text(InterviewId(UUID(int=103)), (0, 31), ()),
}


@st.composite
def some_marks(draw: st.DrawFn) -> list[Mark]:
    found = []
    for n in range(draw(st.integers(0, 14))):
        start = draw(st.integers(0, LONG - 1))
        end = draw(st.integers(start + 1, min(LONG, start + 25)))
        found.append(Mark(CodingId(UUID(int=n)), draw(st.sampled_from(CODES)), draw(st.integers(1, 3)), start, end))
    return found


SETS = st.one_of(st.none(), st.frozensets(st.sampled_from(CODES), min_size=1, max_size=2))
NEARNESS = st.builds(
    Nearness,
    st.sampled_from(Relation),
    SETS,
    st.one_of(st.integers(0, 3), st.integers(0, 40)),
    st.sampled_from(Measure),
)
TERMS = st.builds(Term, SETS, st.lists(NEARNESS, max_size=2).map(tuple))
QUESTIONS = st.lists(st.builds(Joined, st.sampled_from(Join), TERMS), min_size=1, max_size=4)


# The definition ---------------------------------------------------------------------------------


def characters(mark: Mark) -> set[int]:
    return set(range(mark.start, mark.end))


def turns(mark: Mark) -> set[int]:
    """A turn holds the characters from where it begins up to where the next one does."""
    ends = [*TEXTS[mark.text].starts[1:], LONG]
    return {
        n
        for n, (start, end) in enumerate(zip(TEXTS[mark.text].starts, ends, strict=True))
        if characters(mark) & set(range(start, end))
    }


def apart(one: Mark, other: Mark, measure: Measure) -> int:
    if measure is Measure.CHARACTERS:
        return max(0, other.start - one.end, one.start - other.end)
    return min(abs(a - b) for a, b in product(turns(one), turns(other)))


def holds(nearness: Nearness, one: Mark, marks: Sequence[Mark]) -> bool:
    for other in marks:
        if other.text != one.text or (nearness.codes is not None and other.code_id not in nearness.codes):
            continue
        if one.code_id == other.code_id and characters(one) & characters(other):
            continue
        if nearness.relation is Relation.FOLLOWED_BY and other.start < one.end:
            continue
        if apart(one, other, nearness.measure) <= nearness.within:
            return True
    return False


def codings(term: Term, marks: Sequence[Mark]) -> list[Mark]:
    return [
        mark
        for mark in marks
        if (term.codes is None or mark.code_id in term.codes)
        and all(holds(nearness, mark, marks) for nearness in term.nearness)
    ]


def units(mark: Mark, unit: Unit) -> set[Hashable]:
    found: dict[Unit, set[Hashable]] = {
        Unit.PASSAGE: {mark.stretch},
        Unit.TURN: {(mark.text, n) for n in turns(mark)},
        Unit.INTERVIEW: {TEXTS[mark.text].interview_id},
        Unit.RACE: set(TEXTS[mark.text].races),
    }
    return found[unit]


def stands_in(found: Sequence[Mark], one: Hashable, unit: Unit) -> bool:
    if unit is not Unit.PASSAGE:
        return any(one in units(mark, unit) for mark in found)
    assert isinstance(one, tuple)
    text, start, end = one
    return any(mark.text == text and characters(mark) & set(range(start, end)) for mark in found)


def answer(question: Sequence[Joined], unit: Unit, marks: Sequence[Mark]) -> tuple[set[CodingId], int]:
    terms = [codings(joined.term, marks) for joined in question]
    asked = [mark for n, found in enumerate(terms) if n == 0 or question[n].join is not Join.NOT for mark in found]
    universe: set[Hashable] = set()
    for mark in asked if unit is Unit.PASSAGE else marks:
        universe |= units(mark, unit)
    fitting = set()
    for one in universe:
        is_in = stands_in(terms[0], one, unit)
        for joined, found in list(zip(question, terms, strict=True))[1:]:
            is_here = stands_in(found, one, unit)
            is_in = {Join.AND: is_in and is_here, Join.OR: is_in or is_here, Join.NOT: is_in and not is_here}[
                joined.join
            ]
        if is_in:
            fitting.add(one)
    return {mark.coding_id for mark in asked if units(mark, unit) & fitting}, len(fitting)


# Claims -----------------------------------------------------------------------------------------


@given(QUESTIONS, st.sampled_from(Unit), some_marks())
@settings(max_examples=300, deadline=None)
def test_a_question_finds_what_its_definition_says(question: list[Joined], unit: Unit, marks: list[Mark]) -> None:
    found = evaluate(question, unit, marks, TEXTS)
    assert ({mark.coding_id for mark in found.marks}, found.units) == answer(question, unit, marks)
    assert [mark.stretch for mark in found.marks] == sorted(mark.stretch for mark in found.marks)


@given(some_marks(), st.sampled_from(Unit), st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_cell_counts_what_the_question_of_its_two_codes_finds(
    marks: list[Mark], unit: Unit, is_rolled_up: bool
) -> None:
    lines: Mapping[CodeId, list[CodeId]] = {code: [code] for code in CODES}
    under = {code: frozenset({code}) for code in CODES}
    if is_rolled_up:  # the second lies under the first
        lines = {**lines, CODES[1]: [CODES[1], CODES[0]]}
        under = {**under, CODES[0]: frozenset(CODES[:2])}
    table = together(marks, TEXTS, unit, CODES, lines)
    for first, second in product(CODES, CODES):
        sought = Term(under[first]), Term(under[second])
        figures = [
            evaluate([Joined(Join.AND, sought[0]), Joined(join, sought[1])], unit, marks, TEXTS).units
            for join in (Join.AND, Join.OR)
        ]
        assert table.pairs[first, second] == Pair(*figures)


def test_the_same_words_under_one_code_by_two_people_are_not_near_each_other() -> None:
    one, other = (Mark(CodingId(UUID(int=n)), CODES[0], 1, 0, 8 + n) for n in range(2))
    near = Nearness(Relation.NEAR, frozenset({CODES[0]}), 40, Measure.CHARACTERS)
    question = [Joined(Join.AND, Term(frozenset({CODES[0]}), (near,)))]
    assert evaluate(question, Unit.PASSAGE, [one, other], TEXTS).marks == ()
    later = Mark(CodingId(UUID(int=9)), CODES[0], 1, 20, 24)
    assert len(evaluate(question, Unit.PASSAGE, [one, other, later], TEXTS).marks) == 3


def test_pairs_that_never_occur_have_no_measure() -> None:
    table = together([], TEXTS, Unit.TURN, CODES, {})
    assert table.pairs[CODES[0], CODES[1]].jaccard is None
    assert Pair(1, 4).jaccard == 0.25
