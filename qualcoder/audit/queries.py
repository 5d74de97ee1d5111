"""Reading the chain for people: newest first, ids and counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
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


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which acts are wanted; nothing set means all. Days are whole days in UTC, both included."""

    act: str = ""
    actor_id: UUID | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_anything(self) -> bool:
        return bool(self.act or self.actor_id or self.since or self.until)


EVERYTHING = Narrowing()


def lines(db: Session, chain_id: UUID, *, before: int | None = None, narrowing: Narrowing = EVERYTHING) -> list[Line]:
    """At most PAGE acts, newest first, older than `before`."""
    query = select(AuditEntry).where(col(AuditEntry.chain_id) == chain_id)
    if before is not None:
        query = query.where(col(AuditEntry.seq) < before)
    if narrowing.act:
        query = query.where(col(AuditEntry.act) == narrowing.act)
    if narrowing.actor_id:
        query = query.where(col(AuditEntry.actor_id) == narrowing.actor_id)
    if narrowing.since:
        query = query.where(col(AuditEntry.at) >= datetime.combine(narrowing.since, time(), UTC))
    if narrowing.until and narrowing.until < date.max:
        query = query.where(col(AuditEntry.at) < datetime.combine(narrowing.until + timedelta(days=1), time(), UTC))
    return _lines(db.exec(query.order_by(col(AuditEntry.seq).desc()).limit(PAGE)))


def acts_in(db: Session, chain_id: UUID) -> list[str]:
    """Which acts stand in a chain, by name."""
    return sorted(db.exec(select(AuditEntry.act).where(col(AuditEntry.chain_id) == chain_id).distinct()))


def actors_in(db: Session, chain_id: UUID) -> set[PersonId]:
    """Who acted."""
    found = db.exec(select(AuditEntry.actor_id).where(col(AuditEntry.chain_id) == chain_id).distinct())
    return {PersonId(actor_id) for actor_id in found if actor_id}


def history_of(
    db: Session, chain_id: UUID, object_ids: Collection[UUID], *, without: Collection[str] = ()
) -> list[Line]:
    """The newest PAGE acts on these things, newest first."""
    query = (
        select(AuditEntry)
        .where(col(AuditEntry.chain_id) == chain_id, col(AuditEntry.object_id).in_(set(object_ids)))
        .where(col(AuditEntry.act).not_in(set(without)))
    )
    return _lines(db.exec(query.order_by(col(AuditEntry.seq).desc()).limit(PAGE)))


def _lines(entries: Iterable[AuditEntry]) -> list[Line]:
    return [Line(e.seq, e.at, e.actor_id, e.act, e.object_kind, e.object_id, e.counts) for e in entries]
