"""Derived figures, against the published case of Koyandy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.races.derived import (
    Ballots,
    Base,
    effective_number,
    golosov_number,
    herfindahl,
    is_competitive,
    margin_pp,
    margin_votes,
    percent,
    shares,
    turnout,
)

KOYANDY = Ballots(votes=(1, 6, 75, 0, 10, 308, 7, 278), against_all=4, invalid=14)
VOTES = st.lists(st.integers(0, 5_000), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("votes", "cast", "valid", "candidates"),
    [(308, 43.81, 44.70, 44.96), (278, 39.54, 40.35, 40.58)],
)
def test_shares_stand_on_three_bases(votes: int, cast: float, valid: float, candidates: float) -> None:
    on = shares(votes, KOYANDY)
    assert on[Base.CAST] == pytest.approx(cast, abs=0.005)
    assert on[Base.VALID] == pytest.approx(valid, abs=0.005)
    assert on[Base.CANDIDATES] == pytest.approx(candidates, abs=0.005)


@pytest.mark.parametrize(("base", "expected"), [(Base.CAST, 4.27), (Base.VALID, 4.35), (Base.CANDIDATES, 4.38)])
def test_the_margin_is_thirty_votes(base: Base, expected: float) -> None:
    assert margin_votes(KOYANDY) == 30
    assert margin_pp(KOYANDY, base) == pytest.approx(expected, abs=0.005)


def test_turnout_and_the_share_of_the_first_round_are_as_published() -> None:
    assert turnout(3304, KOYANDY.cast) == pytest.approx(21.277, abs=0.0005)
    assert percent(190, 661) == pytest.approx(28.74, abs=0.005)


def test_concentration_figures_are_as_computed_by_hand() -> None:
    assert effective_number(KOYANDY.votes) == pytest.approx(2.637, abs=0.0005)
    assert effective_number([*KOYANDY.votes, 4]) == pytest.approx(2.667, abs=0.0005)
    assert effective_number([*KOYANDY.votes, 4, 14]) == pytest.approx(2.774, abs=0.0005)
    assert herfindahl(KOYANDY.votes) == pytest.approx(0.3793, abs=0.00005)
    assert golosov_number(KOYANDY.votes) == pytest.approx(2.445, abs=0.0005)


@pytest.mark.parametrize(("share", "claim"), [(54.99, True), (55.0, True), (55.01, False), (None, None)])
def test_the_threshold_belongs_to_the_competitive_side(share: float | None, claim: object) -> None:
    assert is_competitive(share, 55) is claim


def test_what_was_not_published_stays_unknown() -> None:
    only_winner = Ballots(votes=(190,))
    assert (only_winner.valid, only_winner.cast, margin_votes(only_winner)) == (None, None, None)
    assert shares(190, only_winner) == {Base.CAST: None, Base.VALID: None, Base.CANDIDATES: 100.0}
    assert turnout(None, 661) is None
    assert turnout(0, 0) is None
    assert effective_number([]) is None
    assert golosov_number([0, 0]) is None


@given(VOTES)
def test_effective_numbers_lie_between_one_and_the_candidates(votes: list[int]) -> None:
    number, golosov = effective_number(votes), golosov_number(votes)
    if number is None or golosov is None:
        assert not any(votes)
        return
    candidates = sum(1 for v in votes if v)
    assert 1 - 1e-9 <= golosov <= candidates + 1e-6
    assert 1 - 1e-9 <= number <= candidates + 1e-6


@given(VOTES, st.integers(0, 100), st.integers(0, 100))
def test_shares_of_all_lines_sum_to_a_hundred(votes: list[int], against_all: int, invalid: int) -> None:
    ballots = Ballots(tuple(votes), against_all, invalid)
    lines = [shares(v, ballots)[Base.CAST] for v in (*votes, against_all, invalid)]
    if ballots.cast:
        assert sum(share for share in lines if share is not None) == pytest.approx(100)
    margin = margin_votes(ballots)
    assert margin is None or margin >= 0
