"""Stopping background work and beginning it again: whoever started it, or the PI."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, NotFound, Refused
from qualcoder.core.ids import JobId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.core.models import Job, JobKind, JobState
from qualcoder.core.queue import UNFINISHED, add_job, ask_cancel
from qualcoder.jobs.queries import is_visible, may_act_on
from qualcoder.matrices.models import ExportLedger
from qualcoder.transcripts import service as transcripts
from qualcoder.transcripts.access import reach
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.queries import within_reach


def job_for(db: Session, me: Person, slug: str, job_id: JobId) -> tuple[Access, Job]:
    """A piece of work to stop or to begin again; locked. NotFound for who may not see it, Refused for who may."""
    access = study_by_slug(db, me, slug, Act.SEE_JOBS)
    job = db.get(Job, job_id, with_for_update=True)
    if job is None or job.study_id != access.study.id:
        raise NotFound
    mine = select(Transcript.id).where(*within_reach(access), col(Transcript.id) == job.object_id)
    if not is_visible(access, job, {UUID(str(found)) for found in db.exec(mine)}):
        raise NotFound
    if not may_act_on(access, job):
        raise Refused(N_("Only who started this work, or the PI, stops it or begins it again."))
    return access, job


def cancel(db: Session, me: Person, slug: str, job_id: JobId) -> None:
    """Stop a piece of work: at once when it waits, at its next step when it runs."""
    access, job = job_for(db, me, slug, job_id)
    if job.state is JobState.WAITING:
        job.state, job.changed_at = JobState.CANCELLED, now()
        if job.kind is JobKind.DETECT:
            transcripts.give_up_search(db, TranscriptId(job.object_id))
    else:
        ask_cancel(db, job)
    chain.record(db, me.id, "job.cancelled", "job", job.id, study_id=access.study.id)


def retry(db: Session, me: Person, slug: str, job_id: JobId) -> None:
    """Begin stopped or failed work again, as a new piece of work."""
    access, job = job_for(db, me, slug, job_id)
    if job.state in UNFINISHED or job.state is JobState.DONE:
        raise Conflict(N_("This work waits, runs or is done; there is nothing to begin again."))
    if job.kind is JobKind.DETECT:
        transcripts.retry_detection(db, reach(db, me, TranscriptId(job.object_id), Act.REVIEW))
    else:
        _retry_export(db, access, job)
    chain.record(db, me.id, "job.retried", "job", job.id, study_id=access.study.id)


def _retry_export(db: Session, access: Access, job: Job) -> None:
    access.require(Act.EXPORT)
    export = db.get(ExportLedger, job.object_id, with_for_update=True)
    if export is None:
        raise NotFound
    others = db.exec(select(Job.state).where(col(Job.object_id) == export.id))
    if export.digest is not None or set(others) & {*UNFINISHED, JobState.DONE}:
        raise Conflict(N_("This work waits, runs or is done; there is nothing to begin again."))
    add_job(db, job.kind, export.id, study_id=access.study.id, actor_id=access.person.id)
