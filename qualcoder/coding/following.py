"""What happens to the codings of a text while somebody reads it: which ones changed, and where they are now.

Ids, offsets and numbers of revisions, of codings that the reader sees; no words, no names, no codes. How much happens
that the reader does not see can't be told from it: moments are given, never numbers of the study's record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.audit.models import AuditEntry
from qualcoder.coding import layers
from qualcoder.coding.models import Coding
from qualcoder.transcripts.access import Reach

# A page to which more happened is read anew.
MOST = 500
# An act that was begun before a moment may come onto the record after it.
SLACK = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Moved:
    """A coding that was added, changed, removed or brought back."""

    id: UUID
    revision: int
    start: int
    end: int
    is_gone: bool


def number_at(db: Session, found: Reach, moment: datetime) -> int:
    """The number on the study's record after which there is what happened since a moment, and a little before it."""
    before = (
        sql(col(AuditEntry.seq))
        .where(col(AuditEntry.chain_id) == found.transcript.study_id, col(AuditEntry.at) < moment - SLACK)
        .order_by(col(AuditEntry.seq).desc())
        .limit(1)
    )
    return db.execute(before).scalar_one_or_none() or 0


def moved_since(db: Session, found: Reach, number: int) -> tuple[list[Moved] | None, int]:
    """What moved after a number of the record, and the number to go on from; None when it is too much to tell."""
    study_id = found.transcript.study_id
    newest = db.execute(
        sql(func.max(col(AuditEntry.seq))).where(col(AuditEntry.chain_id) == study_id)
    ).scalar_one_or_none()
    newest = newest or 0
    if newest <= number:
        return [], number
    touched = sql(col(AuditEntry.object_id)).where(
        col(AuditEntry.chain_id) == study_id,
        col(AuditEntry.seq) > number,
        col(AuditEntry.seq) <= newest,
        col(AuditEntry.object_kind) == "coding",
    )
    rows = db.execute(
        sql(col(Coding.id), col(Coding.version), col(Coding.start), col(Coding.end), col(Coding.deleted_at))
        .where(*layers.seen_on(found), col(Coding.text_version_id) == found.transcript.text_version_id)
        .where(col(Coding.id).in_(touched))
        .limit(MOST + 1)
    ).all()
    if len(rows) > MOST:
        return None, newest
    return [Moved(row[0], row[1], row[2], row[3], row[4] is not None) for row in rows], newest
