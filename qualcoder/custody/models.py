"""When backups and copies of the keys were made, and whom they are encrypted to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from qualcoder.core.tables import IdColumn, Table, moment, plain_text, text_enum
from qualcoder.vault.backup import Kind


class BackupLog(Table, table=True):
    """A backup or keys copy that was written whole, with the serial of keys copies and the count of key changes."""

    __tablename__ = "backup_log"
    id: UUID = IdColumn()
    kind: Kind = text_enum(Kind, name="backup_kind", index=True)
    serial: int
    revision: int
    rows: int
    size: int = Field(sa_type=BigInteger)
    digest: str = plain_text("SHA-256 of the encrypted file", length=64)
    at: datetime = moment()


class BackupRecipient(Table, table=True):
    """A public key that backups are encrypted to; the private half is kept off this machine."""

    __tablename__ = "backup_recipient"
    id: UUID = IdColumn()
    recipient: str = plain_text("a public key", unique=True)
    set_at: datetime = moment()
