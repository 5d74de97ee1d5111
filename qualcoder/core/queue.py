"""Nudges for the worker. The state of work is in the job's row; a message holds its id only.

huey's own defaults would pickle results and tracebacks (with names in them) into its file, so results
are off and messages are JSON.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, col, or_, select, update

from qualcoder.core.clock import now
from qualcoder.core.db import Database, after_commit
from qualcoder.core.errors import Conflict, DomainError
from qualcoder.core.ids import JobId
from qualcoder.core.messages import N_
from qualcoder.core.models import Job, JobKind, JobState

log = logging.getLogger("qualcoder.queue")

MAX_ATTEMPTS = 3
UNFINISHED = (JobState.WAITING, JobState.RUNNING)
STALE_AFTER = timedelta(minutes=2)

Work = Callable[[Database, JobId], None]
Nudge = Callable[[JobId], None]
Sweep = Callable[[Database], None]


class Json(Serializer):  # type: ignore[misc]  # huey carries no types
    """Messages as JSON lists."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Any:
        values = json.loads(data)
        message = Message(*values)
        return message._replace(args=tuple(message.args or ()))


class Cancelled(Exception):
    """Somebody asked a running job to stop."""


def open_queue(database_url: str, file: Path) -> Huey:
    """The queue of a home: its own SQLite file, or PostgreSQL beside the data."""
    if database_url.startswith("sqlite"):
        return SqliteHuey(
            "qualcoder",
            filename=str(file),
            journal_mode="delete",
            fsync=True,
            results=False,
            serializer=Json(),
        )
    dsn = database_url.replace("postgresql+psycopg://", "postgresql://")
    return PostgresHuey("qualcoder", dsn=dsn, results=False, serializer=Json())


def register(queue: Huey, database: Database, works: dict[JobKind, Work], sweeps: Sequence[Sweep] = ()) -> Nudge:
    """Bind the queue's one task to this home; the returned function nudges the worker about a job."""

    @queue.task(name="run_job")  # type: ignore[untyped-decorator]  # huey carries no types
    def run_job(job_id: str) -> None:
        run(database, works, JobId(UUID(job_id)))

    @queue.periodic_task(crontab(minute="*"), name="sweep")  # type: ignore[untyped-decorator]  # huey carries no types
    def sweep() -> None:
        for job_id in unfinished(database):
            run_job(str(job_id))
        for tidy in sweeps:
            tidy(database)

    def nudge(job_id: JobId) -> None:
        run_job(str(job_id))

    return nudge


def add_job(db: Session, kind: JobKind, object_id: UUID, *, study_id: UUID, actor_id: UUID | None) -> Job:
    """Put work in line; the worker is nudged once this is durable."""
    job = Job(kind=kind, object_id=object_id, study_id=study_id, actor_id=actor_id, created_at=now(), changed_at=now())
    db.add(job)
    db.flush()
    nudge: Nudge | None = db.info.get("nudge")
    if nudge is not None:
        after_commit(db, lambda: nudge(job.id))
    return job


def unfinished(database: Database) -> list[JobId]:
    """Jobs that nobody works on: waiting, or running and not heard of for two minutes."""
    with database.read() as db:
        jobs = db.exec(
            select(Job.id)
            .where(
                or_(
                    col(Job.state) == JobState.WAITING,
                    (col(Job.state) == JobState.RUNNING) & (col(Job.changed_at) < now() - STALE_AFTER),
                )
            )
            .order_by(col(Job.created_at))
        )
        return [JobId(job_id) for job_id in jobs]


def claim(database: Database, job_id: JobId) -> Job | None:
    """Take a job, unless it is finished or another worker has it."""
    with database.transaction() as db:
        job = db.get(Job, job_id, with_for_update=True)
        if job is None or job.state not in UNFINISHED:
            return None
        if job.state is JobState.RUNNING and job.changed_at > now() - STALE_AFTER:
            return None
        if job.is_cancel_asked:
            job.state = JobState.CANCELLED
            return None
        if job.attempts >= MAX_ATTEMPTS:
            # Each attempt took its worker with it, so a further one would too.
            job.state, job.error_code, job.changed_at = JobState.FAILED, "WorkerLost", now()
            return None
        job.state = JobState.RUNNING
        job.attempts += 1
        job.changed_at = now()
        return job


def run(database: Database, works: dict[JobKind, Work], job_id: JobId) -> None:
    """Do one job and write down how it ended. Never raises text: an error leaves a code on the row."""
    try:
        job = claim(database, job_id)
    except StaleDataError:
        return  # another worker was quicker
    if job is None:
        return
    attempt = job.attempts
    try:
        works[job.kind](database, job_id)
    except Cancelled:
        _finish(database, job_id, attempt, JobState.CANCELLED, None)
    except DomainError as error:
        _finish(database, job_id, attempt, JobState.FAILED, error.code)
    except Exception as error:  # noqa: BLE001  # the job runner is one of the two places that catch all
        log.error("job %s failed: %s", job_id, type(error).__name__)
        state = JobState.FAILED if attempt >= MAX_ATTEMPTS else JobState.WAITING
        _finish(database, job_id, attempt, state, type(error).__name__)
    else:
        _finish(database, job_id, attempt, JobState.DONE, None)


def _finish(database: Database, job_id: JobId, attempt: int, state: JobState, code: str | None) -> None:
    # A run that was overtaken must not say how the job ended.
    with database.transaction() as db:
        db.execute(
            update(Job)
            .where(col(Job.id) == job_id, col(Job.attempts) == attempt, col(Job.state) == JobState.RUNNING)
            .values(state=state, error_code=code, changed_at=now(), version=Job.version + 1)
        )


def require_mine(db: Session, job_id: JobId, attempt: int) -> None:
    """Raise Cancelled in a run that another has overtaken; holds the job's row until the transaction ends."""
    job = db.get_one(Job, job_id, with_for_update=True)
    if job.attempts != attempt or job.state is not JobState.RUNNING:
        raise Cancelled


def progress(database: Database, job_id: JobId, done: int, total: int) -> None:
    """Write how far a job is; raises Cancelled if somebody asked it to stop."""
    with database.transaction() as db:
        job = db.get_one(Job, job_id)
        job.done, job.total, job.changed_at = done, total, now()
        if job.is_cancel_asked:
            raise Cancelled


def ask_cancel(db: Session, job: Job) -> None:
    """Ask a job to stop at its next step."""
    if job.state not in UNFINISHED:
        raise Conflict(N_("This work has ended already."))
    job.is_cancel_asked = True
