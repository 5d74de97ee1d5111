"""The base of all tables: unknown keywords refused, nothing printed but class and id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic_core import PydanticUndefined
from sqlalchemy import JSON, Column, DateTime, Dialect, Enum, LargeBinary, MetaData, String, Text, TypeDecorator, Uuid
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from qualcoder.core.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment with its zone, kept in UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Strict(SQLModel):
    """SQLModel takes unknown keywords in silence and prints every field; this refuses and keeps quiet."""

    def __init__(self, **values: Any) -> None:
        unknown = values.keys() - type(self).model_fields.keys()
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        super().__init__(**values)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'id', '?')}>"

    __str__ = __repr__

    def __repr_args__(self) -> Sequence[tuple[str | None, Any]]:
        return [("id", getattr(self, "id", None))]


class Table(_Strict):
    """Base of the tables in the data database."""

    metadata = MetaData(naming_convention=NAMING)


class Versioned:
    """Mixin: every update names the row version it saw, on both databases; 0 rows raise StaleDataError."""

    version: int

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]  # set by the mapper


class KeysTable(_Strict):
    """Base of the tables in the keys database, which is never part of a data backup."""

    metadata = MetaData(naming_convention=NAMING)


def IdColumn(*, foreign: str | None = None, nullable: bool = False, index: bool = True) -> Any:
    """The row's own id, or with `foreign` a reference to `table.column`."""
    if foreign is None:
        return Field(default_factory=new_id, primary_key=True, sa_type=Uuid)
    default: Any = None if nullable else PydanticUndefined
    return Field(default=default, foreign_key=foreign, nullable=nullable, index=index, sa_type=Uuid)


def bare_id(why: str, *, nullable: bool = False, index: bool = True, unique: bool = False) -> Any:
    """An id without a foreign key; `why` says what it names (another database, or one of several tables)."""
    default: Any = None if nullable else PydanticUndefined
    return Field(
        default=default,
        nullable=nullable,
        index=index,
        unique=unique,
        sa_type=Uuid,
        sa_column_kwargs={"info": {"harmless": why}},
    )


def plain_text(
    why: str,
    *,
    length: int = 200,
    nullable: bool = False,
    index: bool = False,
    unique: bool = False,
    default: Any = ...,
) -> Any:
    """A text column that stays readable; `why` says why that harms nobody (a house test asks for it)."""
    given: Any = (None if nullable else PydanticUndefined) if default is ... else default
    return Field(
        default=given,
        nullable=nullable,
        index=index,
        unique=unique,
        sa_type=String(length) if length <= 2000 else Text,
        sa_column_kwargs={"info": {"harmless": why}},
    )


def plain_bytes(why: str, *, nullable: bool = False, index: bool = False, unique: bool = False) -> Any:
    """A binary column that is no ciphertext of ours: a digest, a wrapped key."""
    default: Any = None if nullable else PydanticUndefined
    return Field(
        default=default,
        nullable=nullable,
        index=index,
        unique=unique,
        sa_type=LargeBinary,
        sa_column_kwargs={"info": {"harmless": why}},
    )


def plain_json(why: str, *, nullable: bool = False) -> Any:
    """A small JSON value without text of people."""
    default: Any = None if nullable else PydanticUndefined
    column = Column(JSON(none_as_null=nullable), nullable=nullable, info={"harmless": why})
    return Field(default=default, sa_column=column)


def text_enum(
    kind: type[StrEnum], *, name: str, default: Any = ..., nullable: bool = False, index: bool = False
) -> Any:
    """A closed set as VARCHAR with a CHECK, alike on both databases."""
    given: Any = (None if nullable else PydanticUndefined) if default is ... else default
    return Field(
        default=given,
        sa_column=Column(
            Enum(
                kind,
                name=name,
                native_enum=False,
                create_constraint=True,
                length=40,
                values_callable=lambda members: [member.value for member in members],
            ),
            nullable=nullable,
            index=index,
            info={"harmless": "a closed set of words"},
        ),
    )


def moment(*, nullable: bool = False, index: bool = False) -> Any:
    """A point in time."""
    default: Any = None if nullable else PydanticUndefined
    return Field(default=default, nullable=nullable, index=index, sa_type=Instant)
