"""The record as a whole: how much of it there is, and the lines of a file from which it could be made again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select as sql
from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.permissions import Act
from qualcoder.core.ids import RoundId
from qualcoder.races.candidates import BallotLine, CandidateRow
from qualcoder.races.checks import Finding, all_findings
from qualcoder.races.files import RaceRow, Value
from qualcoder.races.models import Candidacy, Contest, Round
from qualcoder.races.queries import RaceLine, rounds_of, values_by_round


@dataclass(frozen=True, slots=True)
class OblastLine:
    """How many races of the record are in an oblast."""

    iso: str
    name: str
    races: int


@dataclass(frozen=True, slots=True)
class VariableLine:
    """How many races have a value of a variable; the figures are of its numbers and none for a text."""

    name: str
    known: int
    missing: int
    mean: float | None
    least: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The record in figures. Dates are those of the first and the last vote."""

    races: int
    contests: int
    candidates: int
    first_date: date | None
    last_date: date | None
    statuses: dict[str, int]
    oblasts: tuple[OblastLine, ...]
    variables: tuple[VariableLine, ...]


def summary(db: Session, access: Access) -> Summary:
    """The record of a study in figures."""
    access.require(Act.SEE_RACES)
    lines = rounds_of(db, access.study.id)
    dates = sorted(line.held_on for line in lines if line.held_on)
    return Summary(
        races=len(lines),
        contests=len({line.contest_id for line in lines}),
        candidates=len(_ballots(db, access)),
        first_date=dates[0] if dates else None,
        last_date=dates[-1] if dates else None,
        statuses=dict(sorted(Counter(line.status for line in lines).items())),
        oblasts=tuple(_oblasts(lines)),
        variables=tuple(_variables(db, access, len(lines))),
    )


def _oblasts(lines: Iterable[RaceLine]) -> Iterator[OblastLine]:
    counts = Counter((line.oblast_iso, line.oblast) for line in lines)
    for (iso, name), count in sorted(counts.items()):
        yield OblastLine(iso, name, count)


def _variables(db: Session, access: Access, races: int) -> Iterator[VariableLine]:
    variables, values = values_by_round(db, access.study.id)
    numbers: dict[object, list[float]] = {variable.id: [] for variable in variables}
    known: Counter[object] = Counter()
    for (_round_id, variable_id), value in values.items():
        known[variable_id] += 1
        if value.number is not None:
            numbers[variable_id].append(value.number)
    for variable in variables:
        own = numbers[variable.id]
        mean = sum(own) / len(own) if own else None
        count = known[variable.id]
        yield VariableLine(variable.name, count, races - count, mean, min(own, default=None), max(own, default=None))


def findings(db: Session, access: Access) -> list[Finding]:
    """Contradictions inside the record: every check that an import makes, over everything."""
    access.require(Act.SEE_RACES)
    return all_findings(list(rows_of(db, access)), tuple(_candidates(db, access)))


def rows_of(db: Session, access: Access) -> Iterator[RaceRow]:
    """The record as the lines of a race file, by key; `line` counts from 1."""
    variables, values = values_by_round(db, access.study.id)
    names = {variable.id: variable.name for variable in variables}
    of_round: dict[RoundId, dict[str, Value]] = {}
    for (round_id, variable_id), value in values.items():
        held = value.text if value.number is None else value.number
        of_round.setdefault(round_id, {})[names[variable_id]] = held
    contests = db.exec(select(Contest).where(col(Contest.study_id) == access.study.id))
    unit_types = {contest.id: contest.unit_type for contest in contests}
    for number, line in enumerate(rounds_of(db, access.study.id), start=1):
        yield RaceRow(
            key=line.key,
            contest_key=line.contest_key,
            round_no=line.round_no,
            round_kind=line.kind,
            election_date=line.held_on,
            oblast=line.oblast,
            oblast_iso=line.oblast_iso,
            district=line.district,
            unit=line.unit,
            unit_type=unit_types[line.contest_id],
            result_status=line.status,
            values=of_round.get(line.id, {}),
            line=number,
        )


def _ballots(db: Session, access: Access) -> list[tuple[str, Candidacy]]:
    rows = db.execute(
        sql(col(Round.key), Candidacy)
        .join(Round, col(Round.id) == col(Candidacy.round_id))
        .where(col(Round.study_id) == access.study.id)
        .order_by(col(Round.key), col(Candidacy.number))
    )
    return [(key, candidacy) for key, candidacy in rows]


def _candidates(db: Session, access: Access) -> Iterator[CandidateRow]:
    """The ballots as lines of a candidate file; ballots against all and invalid ones from the figures of the round."""
    found = _ballots(db, access)
    for key, row in found:
        yield _candidate(key, BallotLine.CANDIDATE, row.number, row.name, row.votes)
    with_ballot = {key for key, _row in found}
    for race in rows_of(db, access):
        for name, kind in (("against_all", BallotLine.AGAINST_ALL), ("invalid", BallotLine.INVALID)):
            count = race.number(name)
            if race.key in with_ballot and count is not None:
                yield _candidate(race.key, kind, None, name, int(count))


def _candidate(key: str, kind: BallotLine, number: int | None, name: str, votes: int | None) -> CandidateRow:
    return CandidateRow(
        race_key=key,
        kind=kind,
        candidate_no=number,
        name_as_printed=name,
        name_variants=(),
        birth_year=None,
        residence="",
        is_resident=None,
        votes=votes,
        pct_published=None,
        pct_of_cast=None,
        pct_of_valid=None,
        pct_of_candidate_votes=None,
        is_elected=None,
        line=0,
    )
