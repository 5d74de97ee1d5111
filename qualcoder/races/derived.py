"""Figures computed from counted votes, never typed in. Shares, turnout and margins are percentages from 0 to 100.

Formulas: Laakso and Taagepera (1979) for the effective number of candidates, Golosov (2010) for his variant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Base(StrEnum):
    """What a share is a share of; every share is shown with its base."""

    CAST = "cast"
    VALID = "valid"
    CANDIDATES = "candidates"


@dataclass(frozen=True, slots=True)
class Ballots:
    """The counted ballots of a round; a figure that was not published is None.

    Valid ballots hold the votes for candidates and those against all.
    """

    votes: tuple[int, ...]
    against_all: int | None = None
    invalid: int | None = None

    @property
    def for_candidates(self) -> int:
        return sum(self.votes)

    @property
    def valid(self) -> int | None:
        return None if self.against_all is None else self.for_candidates + self.against_all

    @property
    def cast(self) -> int | None:
        return None if self.valid is None or self.invalid is None else self.valid + self.invalid

    def total(self, base: Base) -> int | None:
        return {Base.CAST: self.cast, Base.VALID: self.valid, Base.CANDIDATES: self.for_candidates}[base]


def percent(part: float | None, whole: float | None) -> float | None:
    """`part` of `whole` in percent; None when either is missing or the whole is 0."""
    return None if part is None or not whole else 100.0 * part / whole


def shares(votes: int, ballots: Ballots) -> dict[Base, float | None]:
    """One candidate's share on each of the three bases."""
    return {base: percent(votes, ballots.total(base)) for base in Base}


def margin_votes(ballots: Ballots) -> int | None:
    """The winner's lead over the runner-up in votes; None with fewer than two candidates."""
    first_two = sorted(ballots.votes, reverse=True)[:2]
    return first_two[0] - first_two[1] if len(first_two) == 2 else None


def margin_pp(ballots: Ballots, base: Base = Base.CAST) -> float | None:
    """The winner's lead over the runner-up in percentage points of `base`."""
    return percent(margin_votes(ballots), ballots.total(base))


def turnout(registered: float | None, cast: float | None) -> float | None:
    """Ballots cast in percent of registered voters."""
    return percent(cast, registered)


def herfindahl(votes: Sequence[int]) -> float | None:
    """Sum of squared shares, between 1/n and 1; None when nobody got a vote."""
    total = sum(votes)
    return sum((v / total) ** 2 for v in votes) if total else None


def effective_number(votes: Sequence[int]) -> float | None:
    """Laakso–Taagepera effective number of candidates, 1 divided by the sum of squared shares."""
    concentration = herfindahl(votes)
    return None if concentration is None else 1 / concentration


def golosov_number(votes: Sequence[int]) -> float | None:
    """Golosov's effective number, which counts a dominant winner for more."""
    total = sum(votes)
    if not total:
        return None
    parts = [v / total for v in votes if v]
    return sum(p / (p + max(parts) ** 2 - p**2) for p in parts)


def is_competitive(share: float | None, threshold: float) -> bool | None:
    """Whether the winner's share is at or below the threshold, in percent; None when the share is missing."""
    return None if share is None else share <= threshold
