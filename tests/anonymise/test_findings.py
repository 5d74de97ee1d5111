"""Findings and their union."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcoder.anonymise.findings import Finding, Label, Tier, union
from qualcoder.core.text import Span


def a_finding(
    start: int, end: int, label: Label = Label.PERSON, tier: Tier = Tier.A, score: float = 0.5, source: str = "one"
) -> Finding:
    return Finding(start, end, label, tier, score, (source,), "because")


spans = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))
findings = st.builds(
    lambda span, label, tier, score, source: a_finding(span[0], span[1], label, tier, score, source),
    spans,
    st.sampled_from(Label),
    st.sampled_from(Tier),
    st.floats(0, 1),
    st.sampled_from(["one", "two", "three"]),
)


def test_a_finding_has_a_span() -> None:
    assert a_finding(3, 9).span == Span(3, 9)


@pytest.mark.parametrize(("start", "end"), [(3, 3), (5, 2), (-1, 4)])
def test_an_empty_or_backward_finding_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="start < end"):
        a_finding(start, end)


def test_two_detectors_that_agree_are_surer_than_either() -> None:
    merged = union([a_finding(0, 5, score=0.6, source="one"), a_finding(3, 9, score=0.5, source="two")])
    assert [(f.start, f.end, f.sources) for f in merged] == [(0, 9, ("one", "two"))]
    assert merged[0].score == pytest.approx(0.8)


def test_one_detector_saying_it_twice_is_not_surer() -> None:
    merged = union([a_finding(0, 5, score=0.6), a_finding(3, 9, score=0.4)])
    assert merged[0].score == pytest.approx(0.6)


def test_the_strongest_tier_leads_a_union() -> None:
    place = a_finding(0, 20, Label.PLACE_FINE, Tier.B, 0.9, "place")
    person = a_finding(4, 9, Label.PERSON, Tier.A, 0.6, "person")
    assert [(f.label, f.tier, f.span) for f in union([place, person])] == [(Label.PERSON, Tier.A, Span(0, 20))]


def test_findings_that_only_touch_stay_apart() -> None:
    assert len(union([a_finding(0, 5), a_finding(5, 9)])) == 2


@settings(deadline=None)
@given(st.lists(findings, max_size=12))
def test_a_union_covers_the_same_text_without_overlaps(found: list[Finding]) -> None:
    merged = union(found)
    assert {at for f in merged for at in range(f.start, f.end)} == {at for f in found for at in range(f.start, f.end)}
    assert all(left.end <= right.start for left, right in pairwise(merged))
    assert union(merged) == merged
    assert {source for f in merged for source in f.sources} == {source for f in found for source in f.sources}
