"""When the house was last copied, for the page and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from qualcoder.core.db import Database
from qualcoder.custody.models import BackupLog, BackupRecipient
from qualcoder.vault.backup import Kind
from qualcoder.vault.models import CopySerial

OLD_AFTER = timedelta(days=7)


class Freshness(StrEnum):
    """Whether the last copy is young enough to lean on."""

    GOOD = "good"
    OLD = "old"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class LastCopy:
    """The newest backup or keys copy, if there is one, and how often the keys changed since."""

    kind: Kind
    freshness: Freshness
    row: BackupLog | None
    key_changes: int = 0


def last_copies(db: Session, keys: Database, at: datetime) -> tuple[LastCopy, ...]:
    """The newest of each kind as seen at a moment."""
    with keys.read() as held:
        revision = held.exec(select(CopySerial.revision)).one()
    return tuple(_last(db, kind, revision, at) for kind in Kind)


def _last(db: Session, kind: Kind, revision: int, at: datetime) -> LastCopy:
    newest = select(BackupLog).where(col(BackupLog.kind) == kind).order_by(col(BackupLog.at).desc()).limit(1)
    row = db.exec(newest).first()
    if row is None:
        return LastCopy(kind, Freshness.NEVER, None)
    freshness = Freshness.OLD if at - row.at > OLD_AFTER else Freshness.GOOD
    return LastCopy(kind, freshness, row, revision - row.revision)


def recipients_of(db: Session) -> list[BackupRecipient]:
    """Whom backups are encrypted to, in a fixed order."""
    return list(db.exec(select(BackupRecipient).order_by(col(BackupRecipient.recipient))))
