"""The public record of races. A round (`round`) is what "race" means in pages, API and exports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint

from qualcoder.core.ids import RoundId, StudyId
from qualcoder.core.tables import IdColumn, Table, Versioned, moment, plain_text

PUBLIC = "public record"


class Place(Table, table=True):
    """An oblast, a district or a unit with an elected akim."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("study_id", "path"),)
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    parent_id: UUID | None = IdColumn(foreign="place.id", nullable=True)
    level: str = plain_text("oblast, district or unit", length=20)
    name: str = plain_text(PUBLIC)
    path: str = plain_text(PUBLIC, length=600)
    iso: str | None = plain_text(PUBLIC, length=10, nullable=True)
    kato: str | None = plain_text(PUBLIC, length=12, nullable=True)


class Party(Table, table=True):
    """A party or another way of nomination, under the code of the race file."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("study_id", "code"),)
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    code: int
    name: str = plain_text(PUBLIC)


class Contest(Table, table=True):
    """An office that was voted on, in one or more rounds."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("study_id", "key"),)
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    key: str = plain_text(PUBLIC, length=60)
    place_id: UUID = IdColumn(foreign="place.id")
    unit_type: str = plain_text(PUBLIC, length=40)


class Round(Versioned, Table, table=True):
    """One vote of a contest: the unit that interviews link to and matrices count."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("study_id", "key"),)
    id: RoundId = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    contest_id: UUID = IdColumn(foreign="contest.id")
    key: str = plain_text(PUBLIC, length=60)
    round_no: int
    kind: str = plain_text(PUBLIC, length=30)
    held_on: date | None = None
    status: str = plain_text(PUBLIC, length=30)
    source: str | None = plain_text(PUBLIC, length=2000, nullable=True)
    version: int = 1


class Candidacy(Table, table=True):
    """A name on the ballot of a round, with its votes."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("round_id", "number"),)
    id: UUID = IdColumn()
    round_id: RoundId = IdColumn(foreign="round.id")
    number: int
    name: str = plain_text(PUBLIC)
    birth_year: int | None = None
    residence: str | None = plain_text(PUBLIC, nullable=True)
    votes: int | None = None
    is_elected: bool | None = None


class Variable(Table, table=True):
    """A variable of the race file, under its published name."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("study_id", "name"),)
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    name: str = plain_text(PUBLIC, length=60)
    label: str = plain_text(PUBLIC, length=300)
    kind: str = plain_text("number or text", length=10)
    position: int = 0


class RaceValue(Table, table=True):
    """One variable's value for one round. A missing value has no row."""

    __tablename__ = "race_value"
    __table_args__: ClassVar[Any] = (UniqueConstraint("round_id", "variable_id"),)
    id: UUID = IdColumn()
    round_id: RoundId = IdColumn(foreign="round.id")
    variable_id: UUID = IdColumn(foreign="variable.id")
    number: float | None = None
    text: str | None = plain_text(PUBLIC, length=2000, nullable=True)


class SourceDoc(Table, table=True):
    """A protocol or page that a value comes from."""

    __tablename__ = "source_doc"
    id: UUID = IdColumn()
    round_id: RoundId = IdColumn(foreign="round.id")
    title: str = plain_text(PUBLIC, length=500)
    address: str | None = plain_text(PUBLIC, length=1000, nullable=True)
    sha256: str | None = plain_text(PUBLIC, length=64, nullable=True)
    seen_at: datetime | None = moment(nullable=True)


class RoundEvent(Table, table=True):
    """A dated decision about a round: registration, annulment, court act."""

    __tablename__ = "round_event"
    id: UUID = IdColumn()
    round_id: RoundId = IdColumn(foreign="round.id")
    held_on: date | None = None
    kind: str = plain_text(PUBLIC, length=60)
    note: str | None = plain_text(PUBLIC, length=1000, nullable=True)
