"""The restore drill: does what was restored really open? One sealed value of every field, every chain, every key."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, FromClause, func, literal, select
from sqlalchemy import Table as SqlTable
from sqlmodel import Session, col

from qualcoder.accounts.models import Study
from qualcoder.audit import chain
from qualcoder.audit.models import AuditHead
from qualcoder.core.db import Database
from qualcoder.core.ids import ZERO
from qualcoder.core.tables import Table
from qualcoder.interviews.models import Interview, Respondent
from qualcoder.vault import aead, sealing
from qualcoder.vault.fields import KeyKind, SealedField
from qualcoder.vault.keys import KeyRef, Shredded
from qualcoder.vault.models import BlobChunk, InterviewKey, RespondentKey, StudyKey
from qualcoder.vault.sealing import RowKey

_OURS = aead.MAGIC + bytes([aead.AES_256_GCM])


class Outcome(StrEnum):
    """How trying to open a field ended."""

    OPENED = "opened"
    EMPTY = "empty"
    VAULT = "vault"
    NO_KEY = "no key"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Tried:
    """A sealed column and whether a value of it opened. `vault`: only a PI's passphrase opens what is there."""

    field: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Keyless:
    """How many have no key in the keys copy."""

    studies: int
    interviews: int
    respondents: int

    @property
    def total(self) -> int:
        return self.studies + self.interviews + self.respondents


def keyless(data: Session, keys: Database) -> Keyless:
    """Compare ids only; needs no root key."""
    pairs: tuple[tuple[Any, Any], ...] = ((Study, StudyKey), (Interview, InterviewKey), (Respondent, RespondentKey))
    with keys.read() as db:
        known = [set(db.execute(select(col(held.id))).scalars()) for _model, held in pairs]
    counts = [
        len(set(data.execute(select(col(model.id))).scalars()) - ids)
        for (model, _held), ids in zip(pairs, known, strict=True)
    ]
    return Keyless(*counts)


def broken_chains(db: Session) -> list[UUID]:
    """Chains of the record of acts that are not whole, or that no key checks any more."""
    found = []
    for chain_id in sorted({ZERO, *db.execute(select(col(AuditHead.id))).scalars()}):
        try:
            is_whole = chain.verify(db, chain_id).is_whole
        except (Shredded, aead.CannotOpen):
            is_whole = False
        if not is_whole:
            found.append(chain_id)
    return found


def open_one_of_each(db: Session) -> list[Tried]:
    """Open one value of every sealed column. What it says is not looked at."""
    return [
        Tried(f"{table.name}.{column.name}", _try(db, table, column))
        for table in Table.metadata.sorted_tables
        for column in table.columns
        if "sealed" in column.info
    ]


@dataclass(frozen=True, slots=True)
class _Value:
    """A sealed value with whatever decides which key it needs."""

    blob: bytes
    row: RowKey
    study: UUID | None
    interview: UUID | None
    respondent: UUID | None
    place: tuple[UUID, int, bool]


def _try(db: Session, table: SqlTable, column: Column[Any]) -> Outcome:
    fields: tuple[SealedField, ...] = column.info["sealed"]
    outcome = Outcome.EMPTY
    for value in _values(db, table, column):
        field, ref = _key_for(fields, value)
        try:
            _open(db, table, ref, field, value)
        except Shredded:
            outcome = Outcome.NO_KEY
            continue
        except aead.CannotOpen:
            return Outcome.FAILED
        return Outcome.OPENED
    if outcome is Outcome.EMPTY and db.execute(select(column).where(column.is_not(None)).limit(1)).first():
        return Outcome.VAULT
    return outcome


def _key_for(fields: tuple[SealedField, ...], value: _Value) -> tuple[SealedField, KeyRef]:
    """The field and its key; where an interview's or the study's key may seal, the row decides."""
    by_kind = {field.kind: field for field in fields}
    study = value.study or ZERO
    if KeyKind.INTERVIEW in by_kind and value.interview is not None:
        return by_kind[KeyKind.INTERVIEW], KeyRef.interview(value.interview, study)
    if KeyKind.RESPONDENT in by_kind and value.respondent is not None:
        return by_kind[KeyKind.RESPONDENT], KeyRef.respondent(value.respondent, study)
    if KeyKind.STUDY in by_kind:
        return by_kind[KeyKind.STUDY], KeyRef.study(study)
    return fields[0], KeyRef.system()


def _open(db: Session, table: SqlTable, ref: KeyRef, field: SealedField, value: _Value) -> None:
    if table.name != BlobChunk.__tablename__:
        sealing.open_(db, ref, field, value.row, value.blob)
        return
    blob_id, n, is_last = value.place
    _algorithm, generation = aead.read_header(value.blob)
    key = sealing.keyring_of(db).of_generation(ref, generation)
    aead.open_(
        key.secret, value.blob, sealing.chunk_binding(ref, field, blob_id, value.row.sealed_rev, n, last=is_last)
    )


def _values(db: Session, table: SqlTable, column: Column[Any]) -> Iterator[_Value]:
    """Values that keys of this home open, one after the other; those of the identity vault are passed over."""
    source: FromClause = table
    owners = []
    for name in ("study", "interview", "respondent"):
        source, owner = _owner(source, table, name)
        owners.append(owner)
    source, sealed_rev = _sealings(source, table)
    place = [table.c[name] if name in table.c else literal(None) for name in ("blob_id", "n", "last")]
    query = select(column, table.c.id, sealed_rev, *owners, *place).select_from(source)
    found = db.execute(query.where(func.substr(column, 1, len(_OURS)) == _OURS).execution_options(yield_per=50))
    try:
        for blob, row_id, rev, study, interview, respondent, blob_id, n, last in found:
            yield _Value(blob, RowKey(row_id, rev), study, interview, respondent, (blob_id, n, last))
    finally:
        found.close()


def _sealings(source: FromClause, table: SqlTable) -> tuple[FromClause, Any]:
    """How often a row was sealed; a chunk is counted with its blob."""
    if "sealed_rev" in table.c:
        return source, table.c.sealed_rev
    for key in table.foreign_keys:
        if "sealed_rev" in key.column.table.c:
            parent = key.column.table.alias()
            return source.outerjoin(parent, parent.c[key.column.name] == key.parent), parent.c.sealed_rev
    return source, literal(0)


def _owner(source: FromClause, table: SqlTable, name: str) -> tuple[FromClause, Any]:
    """Follow foreign keys by the shortest way to the study, interview or respondent that a row belongs to."""
    steps: deque[tuple[FromClause, SqlTable, FromClause]] = deque([(source, table, table)])
    seen = {table.name}
    while steps:
        joined, here, alias = steps.popleft()
        if here.name == name:
            return joined, alias.c.id
        if f"{name}_id" in here.c:
            return joined, alias.c[f"{name}_id"]
        for key in sorted(here.foreign_keys, key=lambda key: key.parent.name):
            parent = key.column.table
            if parent.name not in seen:
                seen.add(parent.name)
                other = parent.alias()
                on = alias.c[key.parent.name] == other.c[key.column.name]
                steps.append((joined.outerjoin(other, on), parent, other))
    return source, literal(None)
