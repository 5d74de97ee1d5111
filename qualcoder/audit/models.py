"""The append-only chain: who did what to which thing, with counts; never text."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint

from qualcoder.core.ids import PersonId
from qualcoder.core.tables import IdColumn, Table, bare_id, moment, plain_bytes, plain_json, plain_text


class AuditHead(Table, table=True):
    """Where a chain ends. One per study, and one (zero UUID) for the system."""

    __tablename__ = "audit_head"
    id: UUID = IdColumn()
    seq: int
    mac: bytes = plain_bytes("HMAC of the chain")


class AuditEntry(Table, table=True):
    """One act. Its MAC covers the one before it."""

    __tablename__ = "audit_entry"
    __table_args__: ClassVar[Any] = (UniqueConstraint("chain_id", "seq"),)
    id: UUID = IdColumn()
    chain_id: UUID = bare_id("study, or zero for the system")
    seq: int
    at: datetime = moment()
    actor_id: PersonId | None = bare_id("kept when the person is gone", nullable=True)
    act: str = plain_text("name of an act", length=60)
    object_kind: str = plain_text("name of a table", length=40)
    object_id: UUID | None = bare_id("kept when the thing is gone", nullable=True)
    counts: dict[str, int] = plain_json("numbers by name")
    mac: bytes = plain_bytes("HMAC of the chain")
