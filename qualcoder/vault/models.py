"""Tables of keys.db (wrapped keys only) and of the sealed chunks that hold large content."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from qualcoder.core.ids import BlobId
from qualcoder.core.tables import (
    IdColumn,
    KeysTable,
    Table,
    bare_id,
    moment,
    plain_bytes,
    plain_json,
    plain_text,
    text_enum,
)
from qualcoder.vault import fields as f

WRAPPED = "a key wrapped by another key"


class SlotKind(StrEnum):
    """What opens a root slot."""

    PASSPHRASE = "passphrase"
    KEYFILE = "keyfile"
    RECOVERY = "recovery"


class RootSlot(KeysTable, table=True):
    """The root key, wrapped by one secret that a person or a file holds."""

    __tablename__ = "root_slot"
    id: UUID = IdColumn()
    kind: SlotKind = text_enum(SlotKind, name="slot_kind")
    salt: bytes = plain_bytes("random salt")
    parameters: dict[str, int] = plain_json("argon2id cost")
    check: bytes = plain_bytes("commitment to the slot's key, GCM does not commit")
    wrapped: bytes = plain_bytes(WRAPPED)
    generation: int = 1
    created_at: datetime = moment()


class SystemKey(KeysTable, table=True):
    """Seals what belongs to no study; audit and look-up keys derive from it."""

    __tablename__ = "system_key"
    id: UUID = IdColumn()
    wrapped: bytes = plain_bytes(WRAPPED)
    generation: int = 1


class StudyKey(KeysTable, table=True):
    """Wrapped by the root; wraps the keys of its interviews and respondents."""

    __tablename__ = "study_key"
    __table_args__: ClassVar[Any] = (UniqueConstraint("id", "generation"),)
    key_id: UUID = IdColumn()
    id: UUID = bare_id("row of the data database")
    wrapped: bytes = plain_bytes(WRAPPED)
    generation: int = 1


class InterviewKey(KeysTable, table=True):
    """One per interview, so that one interview can be shredded alone."""

    __tablename__ = "interview_key"
    __table_args__: ClassVar[Any] = (UniqueConstraint("id", "generation"),)
    key_id: UUID = IdColumn()
    id: UUID = bare_id("row of the data database")
    study_id: UUID = bare_id("row of the data database")
    wrapped: bytes = plain_bytes(WRAPPED)
    generation: int = 1


class RespondentKey(KeysTable, table=True):
    """One per respondent, who may sit in several interviews."""

    __tablename__ = "respondent_key"
    __table_args__: ClassVar[Any] = (UniqueConstraint("id", "generation"),)
    key_id: UUID = IdColumn()
    id: UUID = bare_id("row of the data database")
    study_id: UUID = bare_id("row of the data database")
    wrapped: bytes = plain_bytes(WRAPPED)
    generation: int = 1


class IdentityKey(KeysTable, table=True):
    """A study's write-only door for names: the public half in clear, the private half under a PI's passphrase."""

    __tablename__ = "identity_key"
    id: UUID = IdColumn()
    study_id: UUID = bare_id("row of the data database")
    public: bytes = plain_bytes("a public key")
    salt: bytes = plain_bytes("random salt")
    parameters: dict[str, int] = plain_json("argon2id cost")
    wrapped_private: bytes = plain_bytes(WRAPPED)
    generation: int = 1
    created_at: datetime = moment()


class CopySerial(KeysTable, table=True):
    """Counts changes of the keys (caches drop by it) and numbers the copies of keys.db."""

    __tablename__ = "copy_serial"
    id: int = Field(default=1, primary_key=True)
    revision: int = 0
    serial: int = 0
    place: str | None = plain_text("label that the admin gives a copy", nullable=True)
    taken_at: datetime | None = moment(nullable=True)


class Blob(Table, table=True):
    """Large content: source files, upload chunks, export files. No content file lies outside the database."""

    __tablename__ = "blob"
    id: BlobId = IdColumn()
    study_id: UUID = IdColumn(foreign="study.id")
    interview_id: UUID | None = bare_id("row of interview, or none where the study's key seals", nullable=True)
    size: int
    sealed_rev: int = 0
    in_vault: bool = False
    created_at: datetime = moment()
    dies_at: datetime | None = moment(nullable=True)


class BlobChunk(Table, table=True):
    """At most 1 MiB of a blob; `n` and `last` are part of what it is bound to, so a cut is noticed."""

    __tablename__ = "blob_chunk"
    __table_args__: ClassVar[Any] = (UniqueConstraint("blob_id", "n"),)
    id: UUID = IdColumn()
    blob_id: BlobId = IdColumn(foreign="blob.id")
    n: int
    last: bool
    body_ct: bytes = f.sealed(f.BLOB_CHUNK, f.BLOB_CHUNK_STUDY)
