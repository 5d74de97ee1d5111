"""The background work of a study as people see it: what on, how far, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case
from sqlmodel import Session, col, or_, select

from qualcoder.accounts import people
from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Role
from qualcoder.core.ids import JobId, PersonId
from qualcoder.core.models import Job, JobKind, JobState
from qualcoder.core.queue import UNFINISHED
from qualcoder.matrices.models import ExportLedger
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.queries import within_reach

PAGE = 30

_IS_OVER = case((col(Job.state).in_(UNFINISHED), 0), else_=1)
# Of two of the same moment, the one that was stopped or failed is the older: the other was begun instead of it.
_WENT_WRONG = case((col(Job.state).in_([JobState.FAILED, JobState.CANCELLED]), 1), else_=0)


@dataclass(frozen=True, slots=True)
class JobLine:
    """A piece of background work. Only the newest work on a thing can be begun again."""

    id: JobId
    kind: JobKind
    state: JobState
    object_id: UUID
    serial: str
    done: int
    total: int
    who: str
    created_at: datetime
    changed_at: datetime
    error_code: str
    is_stopping: bool
    may_cancel: bool
    may_retry: bool

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0

    @property
    def fault(self) -> str:
        """The name of a failure, without the numbers that follow some."""
        return self.error_code.partition(" ")[0]


def is_visible(access: Access, job: Job, reachable: set[UUID]) -> bool:
    """A PI sees all work of the study, others what they started and what is done on their transcripts."""
    return access.role is Role.PI or job.actor_id == access.person.id or job.object_id in reachable


def may_act_on(access: Access, job: Job) -> bool:
    """Whoever started a piece of work stops it and begins it again, and so does the PI."""
    return access.role is Role.PI or job.actor_id == access.person.id


def jobs_in(db: Session, access: Access, *, page: int = 1) -> list[JobLine]:
    """A page of the work a person may see: unfinished first, then the newest. At most PAGE + 1 lines."""
    query = select(Job).where(col(Job.study_id) == access.study.id)
    if access.role is not Role.PI:
        mine = select(Transcript.id).where(*within_reach(access))
        query = query.where(or_(col(Job.actor_id) == access.person.id, col(Job.object_id).in_(mine)))
    query = query.order_by(_IS_OVER, col(Job.created_at).desc(), _WENT_WRONG, col(Job.id))
    return _lines(db, access, db.exec(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all())


def _lines(db: Session, access: Access, jobs: Sequence[Job]) -> list[JobLine]:
    about = {job.object_id for job in jobs}
    serials = _serials(db, about)
    newest = _newest(db, about)
    names = people.names_of(db, {PersonId(job.actor_id) for job in jobs if job.actor_id})
    return [
        JobLine(
            id=job.id,
            kind=job.kind,
            state=job.state,
            object_id=job.object_id,
            serial=serials.get(job.object_id, ""),
            done=job.done,
            total=job.total,
            who=names.get(PersonId(job.actor_id), "") if job.actor_id else "",
            created_at=job.created_at,
            changed_at=job.changed_at,
            error_code=job.error_code or "",
            is_stopping=job.is_cancel_asked and job.state in UNFINISHED,
            may_cancel=job.state in UNFINISHED and not job.is_cancel_asked and may_act_on(access, job),
            may_retry=job.state in {JobState.FAILED, JobState.CANCELLED}
            and newest.get(job.object_id) == job.id
            and may_act_on(access, job),
        )
        for job in jobs
    ]


def _serials(db: Session, ids: set[UUID]) -> dict[UUID, str]:
    rows = [*db.exec(select(Transcript).where(col(Transcript.id).in_(ids)))]
    exports = db.exec(select(ExportLedger).where(col(ExportLedger.id).in_(ids)))
    return {row.id: row.serial for row in rows} | {row.id: row.serial for row in exports}


def _newest(db: Session, ids: set[UUID]) -> dict[UUID, JobId]:
    rows = db.exec(select(Job).where(col(Job.object_id).in_(ids)).order_by(col(Job.created_at), _WENT_WRONG.desc()))
    return {job.object_id: job.id for job in rows}
