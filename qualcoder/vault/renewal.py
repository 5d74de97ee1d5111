"""Sealing anew, under the newest key of an interview, what its older keys had sealed.

The order is: a newer key (`Keyring.renew`), then all values in one transaction of the data, then the older keys are
destroyed (`shredding.destroy_older`). Interrupted between the first two, everything opens with the older key still;
between the last two, nothing needs it, and a sweep destroys it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlmodel import Session, col

from qualcoder.core.tables import Table
from qualcoder.vault import aead, sealing
from qualcoder.vault import fields as f
from qualcoder.vault.fields import SealedField
from qualcoder.vault.keys import KeyRef
from qualcoder.vault.models import Blob, BlobChunk


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one table that belong to an interview, and their fields that its key seals."""

    table: type[Table]
    fields: tuple[SealedField, ...]
    where: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    sealed_rev: int
    values: tuple[bytes, ...]


def seal_anew(db: Session, ref: KeyRef, sheets: Sequence[Sheet]) -> int:
    """Seal every value that an older key of the interview sealed with its newest one; returns how many rows."""
    db.flush()
    done = 0
    for sheet in sheets:
        table: Any = sheet.table
        renewed = [_renewed(db, ref, sheet, row) for row in _rows(db, sheet) if _is_older(db, ref, row.values)]
        names = _columns(sheet)
        statement = (
            update(table.__table__)
            .where(table.__table__.c.id == bindparam("of_row"))
            .values({name: bindparam(f"new_{name}") for name in ("sealed_rev", *names)})
        )
        if renewed:
            db.connection().execute(statement, renewed)
        done += len(renewed)
    done += _blobs_anew(db, ref)
    db.expire_all()
    return done


def needs_older(db: Session, ref: KeyRef, sheets: Sequence[Sheet]) -> bool:
    """Whether something is left that only an older key of the interview opens."""
    if any(_is_older(db, ref, row.values) for sheet in sheets for row in _rows(db, sheet)):
        return True
    return any(_is_older(db, ref, [chunk.body_ct for chunk in _chunks(db, blob)]) for blob in _blobs(db, ref))


def _columns(sheet: Sheet) -> list[str]:
    return [field.name.partition(".")[2] for field in sheet.fields]


def _rows(db: Session, sheet: Sheet) -> Iterator[_Row]:
    table: Any = sheet.table
    columns = [getattr(table, name) for name in _columns(sheet)]
    for found in db.execute(select(table.id, table.sealed_rev, *columns).where(sheet.where)):
        yield _Row(found[0], found[1], tuple(found[2:]))


def _is_older(db: Session, ref: KeyRef, values: Sequence[bytes]) -> bool:
    """Whether a former key of the interview sealed one of these. What the identity vault holds is none of its."""
    newest = sealing.keyring_of(db).current(ref).generation
    headers = [aead.read_header(value) for value in values if value]
    return any(algorithm == aead.AES_256_GCM and generation < newest for algorithm, generation in headers)


def _renewed(db: Session, ref: KeyRef, sheet: Sheet, row: _Row) -> dict[str, object]:
    # All values of a row share its count of sealings, so all are sealed anew.
    again = sealing.RowKey(row.id, row.sealed_rev + 1)
    now: dict[str, object] = {"of_row": row.id, "new_sealed_rev": again.sealed_rev}
    for field, name, value in zip(sheet.fields, _columns(sheet), row.values, strict=True):
        text = sealing.open_(db, ref, field, sealing.RowKey(row.id, row.sealed_rev), value)
        now[f"new_{name}"] = sealing.seal(db, ref, field, again, text)
    return now


def _blobs(db: Session, ref: KeyRef) -> list[Blob]:
    mine = select(Blob).where(col(Blob.interview_id) == ref.id, col(Blob.in_vault).is_(False))
    return list(db.execute(mine).scalars())


def _chunks(db: Session, blob: Blob) -> list[BlobChunk]:
    return list(db.execute(select(BlobChunk).where(col(BlobChunk.blob_id) == blob.id)).scalars())


def _blobs_anew(db: Session, ref: KeyRef) -> int:
    done = 0
    for blob in _blobs(db, ref):
        chunks = _chunks(db, blob)
        if not any(_is_older(db, ref, [chunk.body_ct]) for chunk in chunks):
            continue
        key = sealing.current_key(db, ref)
        for chunk in chunks:
            held = sealing.chunk_binding(ref, f.BLOB_CHUNK, blob.id, blob.sealed_rev, chunk.n, last=chunk.last)
            _algorithm, generation = aead.read_header(chunk.body_ct)
            former = sealing.keyring_of(db).of_generation(ref, generation)
            content = aead.open_(former.secret, chunk.body_ct, held)
            again = sealing.chunk_binding(ref, f.BLOB_CHUNK, blob.id, blob.sealed_rev + 1, chunk.n, last=chunk.last)
            chunk.body_ct = aead.seal(key.secret, key.generation, content, again)
        blob.sealed_rev += 1
        done += 1
    db.flush()
    return done
