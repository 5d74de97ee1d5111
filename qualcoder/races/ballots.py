"""Who stood on which ballot, as the public record tells anybody: what the combination check compares a text with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.anonymise.oblast_names import BY_ISO
from qualcoder.core.ids import RoundId, StudyId
from qualcoder.races import queries
from qualcoder.races.derived import percent
from qualcoder.races.models import Candidacy, Round
from qualcoder.races.queries import RaceLine


@dataclass(frozen=True, slots=True)
class OnBallot:
    """A candidate, or the winner of a race whose candidates are not on record; the share is one of ballots cast, in %.

    `places` are the names of village, district and oblast, in all languages that are known.
    """

    contest_id: UUID
    places: tuple[str, ...]
    held_in: int | None = None
    birth_year: int | None = None
    age_then: int | None = None
    is_winner: bool = False
    share: float | None = None
    votes: int | None = None


def ballots_of(db: Session, study_id: StudyId) -> list[OnBallot]:
    """Everybody on the ballots of a study's races."""
    variables, values = queries.values_by_round(db, study_id)
    ids = {variable.id: variable.name for variable in variables}
    numbers: dict[RoundId, dict[str, float]] = {}
    for (round_id, variable_id), value in values.items():
        if value.number is not None:
            numbers.setdefault(round_id, {})[ids[variable_id]] = value.number
    rows = select(Candidacy).join(Round, col(Round.id) == col(Candidacy.round_id))
    candidates: dict[RoundId, list[Candidacy]] = {}
    for row in db.exec(rows.where(col(Round.study_id) == study_id)):
        candidates.setdefault(RoundId(row.round_id), []).append(row)
    return [
        person
        for line in queries.rounds_of(db, study_id)
        for person in _ballot(line, candidates.get(line.id, []), numbers.get(line.id, {}))
    ]


def _ballot(line: RaceLine, candidates: Sequence[Candidacy], numbers: Mapping[str, float]) -> Iterator[OnBallot]:
    race = OnBallot(line.contest_id, (line.unit, line.district, *_oblast(line)), _year(line))
    cast, age, votes = (_whole(numbers.get(name)) for name in ("voted", "winnerage", "winner_votes"))
    for row in candidates:
        yield replace(
            race,
            birth_year=row.birth_year,
            age_then=age if row.is_elected else None,
            is_winner=bool(row.is_elected),
            share=percent(row.votes, cast),
            votes=row.votes,
        )
    if not any(row.is_elected for row in candidates):
        yield replace(race, age_then=age, is_winner=True, share=line.competitiongov, votes=votes)


def _year(line: RaceLine) -> int | None:
    return line.held_on.year if line.held_on else None


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _oblast(line: RaceLine) -> tuple[str, ...]:
    known = BY_ISO.get(line.oblast_iso)
    return (line.oblast,) if known is None else (line.oblast, known.kk, known.ru, known.en)
