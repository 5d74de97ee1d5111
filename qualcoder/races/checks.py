"""Contradictions inside race files. A finding names rows and figures; nothing is corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from qualcoder.core.messages import N_
from qualcoder.races.candidates import BallotLine, CandidateRow, ballots_of
from qualcoder.races.derived import is_competitive, percent, turnout
from qualcoder.races.files import RaceRow

# Published turnout has one decimal; a difference beyond it is an error of somebody's.
TURNOUT_ROUNDING_PP = 0.1
TURNOUT_RANGE = (5.0, 100.0)
SHARE_ROUNDING_PP = 0.05
SECOND_DECIMAL_PP = 0.005
YOUTH_UP_TO = 35
_FLOAT_SLACK = 1e-9
_THRESHOLDS = {"eq_or_less_than_55": 55.0, "eq_or_less_than_60": 60.0}
_AMANAT, _SELF_NOMINATED, _SITTING_AKIM = 1, 9, 1


class Check(StrEnum):
    """What a check looks for."""

    REPETITION = "repetition"
    SAME_PLACE_AND_DATE = "same_place_and_date"
    TURNOUT = "turnout"
    FLAG = "flag"
    SHARE = "share"
    COUNTS = "counts"


@dataclass(frozen=True, slots=True)
class Finding:
    """A contradiction in the rows `keys`: an English msgid and its parameters."""

    check: Check
    keys: tuple[str, ...]
    message: str
    params: Mapping[str, str | int]

    @classmethod
    def of(cls, check: Check, keys: tuple[str, ...], message: str, **params: str | int) -> Finding:
        return cls(check, keys, message, MappingProxyType(params))


def all_findings(rows: Sequence[RaceRow], candidates: tuple[CandidateRow, ...] = ()) -> list[Finding]:
    """Every check over a file, in the order of the checks."""
    checks = (repetitions, same_place_and_date, turnout_mismatches, flag_mismatches, share_mismatches, count_mismatches)
    found = [finding for check in checks for finding in check(rows)]
    return found + list(candidate_mismatches(rows, candidates))


def repetitions(rows: Sequence[RaceRow]) -> Iterator[Finding]:
    """Rows equal in everything but their key: one finding for each row beyond the first."""
    for keys in _groups(rows, _all_but_key):
        for later in keys[1:]:
            yield Finding.of(Check.REPETITION, (keys[0], later), N_("The same race stands twice under two keys."))


def same_place_and_date(rows: Sequence[RaceRow]) -> Iterator[Finding]:
    """Rows of one place and day that differ in something: one finding for each row beyond the first."""
    repeated = {finding.keys[1] for finding in repetitions(rows)}
    for keys in _groups([row for row in rows if row.key not in repeated], _place_and_date):
        for later in keys[1:]:
            message = N_("Two different rows are about the same place on the same day.")
            yield Finding.of(Check.SAME_PLACE_AND_DATE, (keys[0], later), message)


def _groups(rows: Iterable[RaceRow], identity: Callable[[RaceRow], Hashable]) -> Iterator[tuple[str, ...]]:
    keys: dict[Hashable, list[str]] = defaultdict(list)
    for row in rows:
        keys[identity(row)].append(row.key)
    return (tuple(same) for same in keys.values() if len(same) > 1)


def _place_and_date(row: RaceRow) -> Hashable:
    return row.oblast_iso, row.district.casefold(), row.unit.casefold(), row.election_date


def _all_but_key(row: RaceRow) -> Hashable:
    contest = "" if row.contest_key == row.key else row.contest_key
    return _place_and_date(row), contest, row.round_no, row.result_status, tuple(sorted(row.values.items()))


def turnout_mismatches(rows: Iterable[RaceRow]) -> Iterator[Finding]:
    """Published turnout that differs from the recomputed one by more than rounding, or that can't be."""
    for row in rows:
        published = row.number("turnoutgov")
        counted = turnout(row.number("registered"), row.number("voted"))
        own = row.number("turnoutour") if counted is None else counted
        if published is not None and own is not None and abs(published - own) > TURNOUT_ROUNDING_PP + _FLOAT_SLACK:
            message = N_("Turnout was published as %(published)s%% and comes to %(own)s%%.")
            yield Finding.of(Check.TURNOUT, (row.key,), message, published=_figure(published), own=_figure(own))
        for value in {published, own} - {None}:
            if value is not None and not TURNOUT_RANGE[0] <= value <= TURNOUT_RANGE[1]:
                message = N_("A turnout of %(value)s%% is hardly possible.")
                yield Finding.of(Check.TURNOUT, (row.key,), message, value=_figure(value))


def flag_mismatches(rows: Iterable[RaceRow]) -> Iterator[Finding]:
    """Flags and codes that contradict the values they are made from."""
    for row in rows:
        for name, expected in _expected_flags(row).items():
            written = row.number(name)
            if written is not None and expected is not None and written != expected:
                message = N_("%(column)s is %(written)s and the other columns make it %(expected)s.")
                params: dict[str, str | int] = {"column": name, "written": int(written), "expected": expected}
                yield Finding.of(Check.FLAG, (row.key,), message, **params)


def _expected_flags(row: RaceRow) -> dict[str, int | None]:
    share, party, age = row.number("competitiongov"), row.number("party"), row.number("winnerage")
    expected = {name: _competitive_flag(share, threshold) for name, threshold in _THRESHOLDS.items()}
    expected["amanatfix"] = None if party is None else int(party != _AMANAT)
    expected["partyoutsider"] = None if party is None else int(party == _SELF_NOMINATED)
    expected["agegroupbinaryyouth"] = None if age is None else int(age <= YOUTH_UP_TO)
    expected["instafill"] = _SITTING_AKIM if row.number("incumbent") == 1 else None
    expected["year"] = row.election_date.year if row.election_date else None
    return expected


def _competitive_flag(share: float | None, threshold: float) -> int | None:
    claim = is_competitive(share, threshold)
    return None if claim is None else int(claim)


def share_mismatches(rows: Iterable[RaceRow]) -> Iterator[Finding]:
    """Shares of winners that fit their votes neither on ballots cast nor on valid ones.

    Half a decimal of a published share is allowed, or half a vote where the electorate is small.
    """
    for row in rows:
        share, votes = row.number("competitiongov"), row.number("winner_votes")
        bases = [base for name in ("voted", "valid_votes") if (base := row.number(name))]
        if share is None or votes is None or not bases:
            continue
        if not any(_fits(share, votes, base) for base in bases):
            message = N_("The winner's share is %(share)s%%, and %(votes)s of %(cast)s ballots are %(own)s%%.")
            own = _figure(percent(votes, bases[0]) or 0.0)
            params: dict[str, str | int] = {"votes": int(votes), "cast": int(bases[0]), "own": own}
            yield Finding.of(Check.SHARE, (row.key,), message, share=_figure(share), **params)


def _fits(share: float, votes: float, base: float) -> bool:
    allowed = max(SHARE_ROUNDING_PP, 50.0 / base + SECOND_DECIMAL_PP) + _FLOAT_SLACK
    return abs(share - 100.0 * votes / base) <= allowed


def count_mismatches(rows: Iterable[RaceRow]) -> Iterator[Finding]:
    """Counts of ballots that can't all be right."""
    for row in rows:
        cast, valid = row.number("voted"), row.number("valid_votes")
        for less, more in (("voted", "registered"), ("valid_votes", "voted"), ("winner_votes", "voted")):
            if _exceeds(row.number(less), row.number(more)):
                message = N_("%(less)s is larger than %(more)s.")
                yield Finding.of(Check.COUNTS, (row.key,), message, less=less, more=more)
        invalid = row.number("invalid")
        if cast is not None and valid is not None and invalid is not None and valid + invalid != cast:
            message = N_("Valid and invalid ballots make %(sum)s, and %(cast)s were cast.")
            yield Finding.of(Check.COUNTS, (row.key,), message, sum=int(valid + invalid), cast=int(cast))


def _exceeds(less: float | None, more: float | None) -> bool:
    return less is not None and more is not None and less > more


def candidate_mismatches(rows: Iterable[RaceRow], candidates: tuple[CandidateRow, ...]) -> Iterator[Finding]:
    """Candidates without a race, and votes of candidates that do not add up to the figures of their race."""
    races = {row.key: row for row in rows}
    for key in dict.fromkeys(row.race_key for row in candidates):
        if key not in races:
            yield Finding.of(Check.COUNTS, (key,), N_("There are candidates for this race and no such race."))
            continue
        ballots, race = ballots_of(candidates, key), races[key]
        best = max(ballots.votes, default=None)
        sums = {"valid_votes": ballots.valid, "voted": ballots.cast, "winner_votes": best}
        for name, total in sums.items():
            written = race.number(name)
            if written is not None and total is not None and written != total:
                message = N_("%(column)s is %(written)s and the candidates' votes make it %(total)s.")
                params: dict[str, str | int] = {"column": name, "written": int(written), "total": total}
                yield Finding.of(Check.COUNTS, (key,), message, **params)
        if not _is_on_list(race.values.get("winner"), [row for row in candidates if row.race_key == key]):
            yield Finding.of(Check.COUNTS, (key,), N_("The winner is not on the list of candidates."))


def _is_on_list(winner: object, rows: Sequence[CandidateRow]) -> bool:
    if not isinstance(winner, str):
        return True
    wanted = set(winner.casefold().split())
    names = [
        name for row in rows if row.kind is BallotLine.CANDIDATE for name in (row.name_as_printed, *row.name_variants)
    ]
    return any(wanted <= set(name.casefold().split()) for name in names)


def _figure(value: float) -> str:
    return f"{value:.2f}"
