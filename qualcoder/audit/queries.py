"""Reading the chain for people: newest first, ids and counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.audit.models import AuditEntry
from qualcoder.core.ids import PersonId

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One act."""

    seq: int
    at: datetime
    actor_id: PersonId | None
    act: str
    object_kind: str
    object_id: UUID | None
    counts: dict[str, int]


def lines(db: Session, chain_id: UUID, *, before: int | None = None) -> list[Line]:
    """At most PAGE acts, newest first, older than `before`."""
    query = select(AuditEntry).where(col(AuditEntry.chain_id) == chain_id)
    if before is not None:
        query = query.where(col(AuditEntry.seq) < before)
    found = db.exec(query.order_by(col(AuditEntry.seq).desc()).limit(PAGE))
    return [Line(e.seq, e.at, e.actor_id, e.act, e.object_kind, e.object_id, e.counts) for e in found]
