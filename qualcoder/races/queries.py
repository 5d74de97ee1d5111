"""Reads of the race record: lists, one round with its derived figures, look-ups by key."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy import select as sa_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from qualcoder.accounts.access import study_by_id
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.core.errors import NotFound
from qualcoder.core.ids import RoundId, StudyId
from qualcoder.races import derived
from qualcoder.races.derived import Ballots, Base
from qualcoder.races.models import Candidacy, Contest, Place, RaceValue, Round, Variable
from qualcoder.races.variables import UNIT_TYPES, VARIABLES, Words
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class RaceLine:
    """A round as lists show it. `competitiongov` is the winner's share in percent, as published."""

    id: RoundId
    key: str
    contest_id: UUID
    contest_key: str
    round_no: int
    unit: str
    district: str
    oblast: str
    oblast_iso: str
    held_on: date | None
    kind: str
    status: str
    competitiongov: float | None = None
    winner: str | None = None

    @property
    def where(self) -> str:
        """The place from small to large."""
        return ", ".join(name for name in (self.unit, self.district, self.oblast) if name)


@dataclass(frozen=True, slots=True)
class RacePage:
    """One page of a list; pages count from 1."""

    lines: tuple[RaceLine, ...]
    found: int
    page: int
    pages: int

    @property
    def previous(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def next(self) -> int | None:
        return self.page + 1 if self.page < self.pages else None


@dataclass(frozen=True, slots=True)
class ValueLine:
    """A variable's value for one round; `meaning` says what a code stands for."""

    name: str
    label: Words
    number: float | None
    text: str | None
    meaning: Words | None

    @property
    def shown(self) -> str:
        """As figures are written in race files: no needless decimals."""
        if self.number is None:
            return self.text or ""
        return str(int(self.number)) if self.number.is_integer() else f"{self.number:.4f}".rstrip("0")


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A name on the ballot; shares in percent of ballots cast, valid ballots and votes for candidates."""

    number: int
    name: str
    birth_year: int | None
    residence: str | None
    votes: int | None
    is_elected: bool | None
    of_cast: float | None = None
    of_valid: float | None = None
    of_candidates: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What follows from the counts: turnout in percent, margins, the effective number of candidates."""

    turnout: float | None
    margin_votes: int | None
    margin_of_cast_pp: float | None
    margin_of_valid_pp: float | None
    margin_of_candidates_pp: float | None
    effective_number: float | None


@dataclass(frozen=True, slots=True)
class RaceDetail:
    """One round with everything the record holds about it."""

    line: RaceLine
    unit_type: Words
    source: str | None
    values: tuple[ValueLine, ...]
    candidates: tuple[CandidateLine, ...]
    against_all: int | None
    invalid: int | None
    figures: Figures
    other_rounds: tuple[RaceLine, ...]


def rounds_of(db: Session, study_id: StudyId) -> list[RaceLine]:
    """Every round of a study, by key."""
    return _lines(db, study_id, _round_rows(study_id))


def _round_rows(study_id: StudyId) -> Select[Round, Contest, Place, Place, Place]:
    unit, parent, top = aliased(Place), aliased(Place), aliased(Place)
    return (
        sa_select(Round, Contest, unit, parent, top)
        .join(Contest, col(Contest.id) == col(Round.contest_id))
        .join(unit, col(unit.id) == col(Contest.place_id))
        .join(parent, col(parent.id) == col(unit.parent_id), isouter=True)
        .join(top, col(top.id) == col(parent.parent_id), isouter=True)
        .where(col(Round.study_id) == study_id)
        .order_by(col(Round.key))
    )


def _lines(db: Session, study_id: StudyId, rows: Select[Round, Contest, Place, Place, Place]) -> list[RaceLine]:
    shares, winners = _published_shares(db, study_id), _winners(db, study_id)
    return [
        _line(found, contest, unit, (parent, top), shares.get(found.id), winners.get(found.id))
        for found, contest, unit, parent, top in db.execute(rows)
    ]


def _line(
    found: Round,
    contest: Contest,
    unit: Place,
    parents: tuple[Place | None, Place | None],
    share: float | None,
    winner: str | None,
) -> RaceLine:
    above = [place for place in parents if place is not None]
    oblast = next((place for place in above if place.level == "oblast"), None)
    district = next((place for place in above if place is not oblast), None)
    return RaceLine(
        id=found.id,
        key=found.key,
        contest_id=contest.id,
        contest_key=contest.key,
        round_no=found.round_no,
        unit=unit.name,
        district=district.name if district else "",
        oblast=oblast.name if oblast else "",
        oblast_iso=(oblast.iso if oblast else None) or "",
        held_on=found.held_on,
        kind=found.kind,
        status=found.status,
        competitiongov=share,
        winner=winner,
    )


def _published_shares(db: Session, study_id: StudyId) -> dict[RoundId, float | None]:
    rows = db.exec(
        select(RaceValue.round_id, RaceValue.number)
        .join(Variable, col(Variable.id) == col(RaceValue.variable_id))
        .where(col(Variable.study_id) == study_id, col(Variable.name) == "competitiongov")
    )
    return {RoundId(round_id): number for round_id, number in rows}


def _winners(db: Session, study_id: StudyId) -> dict[RoundId, str]:
    rows = db.exec(
        select(Candidacy.round_id, Candidacy.name)
        .join(Round, col(Round.id) == col(Candidacy.round_id))
        .where(col(Round.study_id) == study_id, col(Candidacy.is_elected).is_(True))
    )
    return {RoundId(round_id): name for round_id, name in rows}


def search(lines: Iterable[RaceLine], text: str = "", oblast: str = "") -> list[RaceLine]:
    """Lines that hold every typed word in key, place, date or winner, whatever the case; `oblast` is its ISO code."""
    words = text.casefold().split()
    return [
        line
        for line in lines
        if (not oblast or oblast == line.oblast_iso) and all(word in _searchable(line) for word in words)
    ]


def _searchable(line: RaceLine) -> str:
    held_on = line.held_on.isoformat() if line.held_on else ""
    return f"{line.key} {line.where} {held_on} {line.winner or ''}".casefold()


def page_of(lines: Sequence[RaceLine], number: int) -> RacePage:
    """A page of 50 lines; a number beyond the last page gives the last one."""
    pages = max(1, -(-len(lines) // PAGE_SIZE))
    page = min(max(number, 1), pages)
    start = (page - 1) * PAGE_SIZE
    return RacePage(tuple(lines[start : start + PAGE_SIZE]), len(lines), page, pages)


def oblasts_in(lines: Iterable[RaceLine]) -> tuple[tuple[str, str], ...]:
    """ISO codes and names of the oblasts that occur, by name."""
    found = {line.oblast_iso: line.oblast for line in lines if line.oblast_iso}
    return tuple(sorted(found.items(), key=lambda pair: pair[1]))


def race(db: Session, study_id: StudyId, round_id: RoundId) -> RaceDetail:
    """One round of the study, or NotFound."""
    found = db.get(Round, round_id)
    if found is None or found.study_id != study_id:
        raise NotFound
    lines = _lines(db, study_id, _round_rows(study_id).where(col(Round.contest_id) == found.contest_id))
    contest = db.get_one(Contest, found.contest_id)
    values = _values(db, round_id)
    numbers = {value.name: value.number for value in values}
    on_ballot = db.exec(
        select(Candidacy).where(col(Candidacy.round_id) == round_id).order_by(col(Candidacy.number))
    ).all()
    against_all, invalid = _count(numbers.get("against_all")), _count(numbers.get("invalid"))
    ballots = Ballots(tuple(c.votes for c in on_ballot if c.votes is not None), against_all, invalid)
    return RaceDetail(
        line=next(line for line in lines if line.id == round_id),
        unit_type=UNIT_TYPES.get(contest.unit_type) or _plain(contest.unit_type),
        source=found.source,
        values=values,
        candidates=tuple(_candidate(c, ballots) for c in on_ballot),
        against_all=against_all,
        invalid=invalid,
        figures=_figures(ballots, numbers.get("registered"), numbers.get("voted")),
        other_rounds=tuple(line for line in lines if line.id != round_id),
    )


def race_for(db: Session, me: Person, round_id: RoundId) -> RaceDetail:
    """One round, for somebody who belongs to its study; NotFound for everybody else."""
    found = db.get(Round, round_id)
    if found is None:
        raise NotFound
    access = study_by_id(db, me, found.study_id, Act.SEE_RACES)
    return race(db, access.study.id, round_id)


def _count(number: float | None) -> int | None:
    return None if number is None else int(number)


def _plain(text: str) -> Words:
    return Words(text, text, text)


def _values(db: Session, round_id: RoundId) -> tuple[ValueLine, ...]:
    rows = db.exec(
        select(RaceValue, Variable)
        .join(Variable, col(Variable.id) == col(RaceValue.variable_id))
        .where(col(RaceValue.round_id) == round_id)
        .order_by(col(Variable.position), col(Variable.name))
    )
    return tuple(_value_line(value, variable) for value, variable in rows)


def _value_line(value: RaceValue, variable: Variable) -> ValueLine:
    known = VARIABLES.get(variable.name)
    is_code = known is not None and value.number is not None and value.number.is_integer()
    meaning = known.codes.get(int(value.number)) if known and is_code and value.number is not None else None
    label = known.label if known else _plain(variable.label)
    return ValueLine(variable.name, label, value.number, value.text, meaning)


def _candidate(row: Candidacy, ballots: Ballots) -> CandidateLine:
    shares = derived.shares(row.votes, ballots) if row.votes is not None else {}
    return CandidateLine(
        number=row.number,
        name=row.name,
        birth_year=row.birth_year,
        residence=row.residence,
        votes=row.votes,
        is_elected=row.is_elected,
        of_cast=shares.get(Base.CAST),
        of_valid=shares.get(Base.VALID),
        of_candidates=shares.get(Base.CANDIDATES),
    )


def _figures(ballots: Ballots, registered: float | None, voted: float | None) -> Figures:
    return Figures(
        turnout=derived.turnout(registered, voted),
        margin_votes=derived.margin_votes(ballots),
        margin_of_cast_pp=derived.margin_pp(ballots, Base.CAST),
        margin_of_valid_pp=derived.margin_pp(ballots, Base.VALID),
        margin_of_candidates_pp=derived.margin_pp(ballots, Base.CANDIDATES),
        effective_number=derived.effective_number(ballots.votes),
    )


def values_by_round(
    db: Session, study_id: StudyId
) -> tuple[tuple[Variable, ...], dict[tuple[RoundId, UUID], RaceValue]]:
    """The variables of a study in the published order, and every value by round and variable."""
    variables = db.exec(
        select(Variable).where(col(Variable.study_id) == study_id).order_by(col(Variable.position), col(Variable.name))
    ).all()
    rows = select(RaceValue).join(Round, col(Round.id) == col(RaceValue.round_id))
    values = db.exec(rows.where(col(Round.study_id) == study_id))
    return tuple(variables), {(value.round_id, value.variable_id): value for value in values}


def wording_of(db: Session, study_id: StudyId, variable: str, words: str) -> str:
    """What stands in addresses and kept questions for a wording of a variable: the same for the same words, whatever
    becomes of the races, and no word of it.
    """
    return sealing.lookup(db, KeyRef.study(study_id), "race wording", variable, words).hex()[:16]


def find_round_by_key(db: Session, study_id: StudyId, key: str) -> Round | None:
    return db.exec(select(Round).where(col(Round.study_id) == study_id, col(Round.key) == key)).first()


def round_keys(db: Session, study_id: StudyId) -> list[str]:
    """The keys of all rounds of a study, in order."""
    return list(db.exec(select(Round.key).where(col(Round.study_id) == study_id).order_by(col(Round.key))))


def round_ids(db: Session, study_id: StudyId, keys: Collection[str]) -> dict[str, UUID]:
    """Ids of the rounds with these keys; a key that is not known is left out."""
    rows = select(Round.key, Round.id).where(col(Round.study_id) == study_id, col(Round.key).in_(set(keys)))
    return dict(db.exec(rows).all())


def keys_of_rounds(db: Session, study_id: StudyId, ids: Collection[UUID]) -> dict[UUID, str]:
    """Keys by id; an id that is not of this study is left out."""
    rows = select(Round.id, Round.key).where(col(Round.study_id) == study_id, col(Round.id).in_(set(ids)))
    return dict(db.exec(rows).all())


def keys_of_contests(db: Session, study_id: StudyId, ids: Collection[UUID]) -> dict[UUID, str]:
    """The same for contests."""
    rows = select(Contest.id, Contest.key).where(col(Contest.study_id) == study_id, col(Contest.id).in_(set(ids)))
    return dict(db.exec(rows).all())


def paths_of_places(db: Session, study_id: StudyId, ids: Collection[UUID]) -> dict[UUID, str]:
    """The same for places, whose path leads from the oblast down."""
    rows = select(Place.id, Place.path).where(col(Place.study_id) == study_id, col(Place.id).in_(set(ids)))
    return dict(db.exec(rows).all())
