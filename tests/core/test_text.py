"""Half-open stretches, counted in code points."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.core.text import Span, merge

TEXT = "Әкім 🗳 и\u0306 Ойдантап"

SPANS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: Span(min(pair), max(pair)))


@pytest.mark.parametrize(
    ("span", "found"),
    [(Span(0, 4), "Әкім"), (Span(5, 6), "🗳"), (Span(7, 9), "и\u0306"), (Span(10, 18), "Ойдантап"), (Span(3, 3), "")],
)
def test_offsets_count_code_points(span: Span, found: str) -> None:
    assert span.of(TEXT) == found
    assert len(span) == len(found)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (-2, -1)])
def test_a_stretch_that_ends_before_it_starts_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError):
        Span(start, end)


@pytest.mark.parametrize(
    ("a", "b", "overlaps", "contains"),
    [
        (Span(0, 5), Span(5, 9), False, False),
        (Span(0, 5), Span(4, 9), True, False),
        (Span(0, 9), Span(2, 3), True, True),
        (Span(0, 5), Span(0, 5), True, True),
        (Span(0, 5), Span(5, 5), False, True),
    ],
)
def test_touching_is_not_overlapping(a: Span, b: Span, *, overlaps: bool, contains: bool) -> None:
    assert a.overlaps(b) is overlaps
    assert b.overlaps(a) is overlaps
    assert a.contains(b) is contains


@given(st.lists(SPANS, max_size=12))
def test_merged_stretches_cover_the_same_letters_and_never_touch(spans: list[Span]) -> None:
    merged = merge(spans)
    assert {n for span in spans for n in range(span.start, span.end)} == {
        n for span in merged for n in range(span.start, span.end)
    }
    assert all(before.end < after.start for before, after in pairwise(merged))


@given(SPANS, st.integers(0, 10))
def test_shifting_keeps_the_length(span: Span, by: int) -> None:
    assert len(span.shifted(by)) == len(span)
    assert span.shifted(by).shifted(-by) == span
