"""JSON: the public record of races. A race is one round of a contest."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from qualcoder.accounts.access import study_named
from qualcoder.accounts.permissions import Act
from qualcoder.core.ids import RoundId
from qualcoder.races import queries
from qualcoder.races.queries import CandidateLine, RaceDetail, RaceLine, ValueLine
from qualcoder.web.bearer import ApiMe, ApiRead
from qualcoder.web.replies import Listed, Paging, Reply, paging

router = APIRouter(tags=["races"])


class RaceOut(Reply):
    """A race in a list. `competitiongov` is the winner's share in percent, as published."""

    id: UUID
    key: str
    contest_id: UUID
    contest_key: str
    round_no: int
    kind: str
    status: str
    held_on: date | None
    unit: str
    district: str
    oblast: str
    oblast_iso: str
    competitiongov: float | None
    winner: str | None


class ValueOut(Reply):
    """A variable under its published name: a number or a text."""

    name: str
    number: float | None
    text: str | None


class CandidateOut(Reply):
    """A name on the ballot; shares are percentages of ballots cast, valid ballots and votes for candidates."""

    number: int
    name: str
    birth_year: int | None
    residence: str | None
    votes: int | None
    is_elected: bool | None
    of_cast: float | None
    of_valid: float | None
    of_candidates: float | None


class RaceFull(RaceOut):
    """A race with its variables, its ballot and what follows from the counts."""

    source: str | None
    values: tuple[ValueOut, ...]
    candidates: tuple[CandidateOut, ...]
    against_all: int | None
    invalid: int | None
    turnout: float | None
    margin_votes: int | None
    margin_of_cast_pp: float | None
    margin_of_valid_pp: float | None
    margin_of_candidates_pp: float | None
    effective_number: float | None
    other_rounds: tuple[UUID, ...]


def _out(line: RaceLine) -> RaceOut:
    return RaceOut(
        id=line.id,
        key=line.key,
        contest_id=line.contest_id,
        contest_key=line.contest_key,
        round_no=line.round_no,
        kind=line.kind,
        status=line.status,
        held_on=line.held_on,
        unit=line.unit,
        district=line.district,
        oblast=line.oblast,
        oblast_iso=line.oblast_iso,
        competitiongov=line.competitiongov,
        winner=line.winner,
    )


def _value(line: ValueLine) -> ValueOut:
    return ValueOut(name=line.name, number=line.number, text=line.text)


def _candidate(line: CandidateLine) -> CandidateOut:
    return CandidateOut(
        number=line.number,
        name=line.name,
        birth_year=line.birth_year,
        residence=line.residence,
        votes=line.votes,
        is_elected=line.is_elected,
        of_cast=line.of_cast,
        of_valid=line.of_valid,
        of_candidates=line.of_candidates,
    )


def _full(found: RaceDetail) -> RaceFull:
    figures = found.figures
    return RaceFull(
        **_out(found.line).model_dump(),
        source=found.source,
        values=tuple(_value(value) for value in found.values),
        candidates=tuple(_candidate(candidate) for candidate in found.candidates),
        against_all=found.against_all,
        invalid=found.invalid,
        turnout=figures.turnout,
        margin_votes=figures.margin_votes,
        margin_of_cast_pp=figures.margin_of_cast_pp,
        margin_of_valid_pp=figures.margin_of_valid_pp,
        margin_of_candidates_pp=figures.margin_of_candidates_pp,
        effective_number=figures.effective_number,
        other_rounds=tuple(line.id for line in found.other_rounds),
    )


@router.get("/studies/{s}/races", name="api:races")
def races(
    db: ApiRead,
    me: ApiMe,
    s: str,
    page: Annotated[Paging, Depends(paging)],
    q: Annotated[str, Query(max_length=200, description="Words in key, place, date or winner")] = "",
    oblast: Annotated[str, Query(max_length=10, description="ISO code of an oblast")] = "",
) -> Listed[RaceOut]:
    """The races of a study, by key."""
    access = study_named(db, me, s, Act.SEE_RACES)
    lines = queries.search(queries.rounds_of(db, access.study.id), q, oblast)
    after = page.after
    # Databases order letters in their own ways; the walk needs one order.
    left = sorted((line for line in lines if after is None or line.key > after), key=lambda line: line.key)
    listed = page.page(left[: page.limit + 1], lambda line: line.key)
    return Listed(items=tuple(_out(line) for line in listed.items), next=listed.next)


@router.get("/races/{race_id}", name="api:race")
def race(db: ApiRead, me: ApiMe, race_id: RoundId) -> RaceFull:
    """One race with everything that the record holds about it."""
    return _full(queries.race_for(db, me, race_id))
