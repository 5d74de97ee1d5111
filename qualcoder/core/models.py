"""Background work and repeated requests."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint

from qualcoder.core.ids import JobId
from qualcoder.core.tables import IdColumn, Table, Versioned, bare_id, moment, plain_bytes, plain_text, text_enum


class JobKind(StrEnum):
    """What a job does."""

    DETECT = "detect"
    EXPORT = "export"


class JobState(StrEnum):
    """Where a job stands. The row is the truth; a queue message is only a nudge."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Versioned, Table, table=True):
    """A piece of background work: ids and numbers only."""

    id: JobId = IdColumn()
    kind: JobKind = text_enum(JobKind, name="job_kind")
    state: JobState = text_enum(JobState, name="job_state", default=JobState.WAITING, index=True)
    study_id: UUID | None = bare_id("row of study", nullable=True)
    object_id: UUID = bare_id("row of the table that the kind works on")
    actor_id: UUID | None = bare_id("row of person", nullable=True, index=False)
    done: int = 0
    total: int = 0
    attempts: int = 0
    error_code: str | None = plain_text("name of a failure, no text of people", length=60, nullable=True)
    is_cancel_asked: bool = False
    version: int = 1
    created_at: datetime = moment()
    changed_at: datetime = moment()


class IdempotencyKey(Table, table=True):
    """A request that was answered, so that its repetition gets the same answer."""

    __tablename__ = "idempotency_key"
    __table_args__: ClassVar[Any] = (UniqueConstraint("person_id", "key_mac"),)
    id: UUID = IdColumn()
    person_id: UUID = bare_id("row of person")
    key_mac: bytes = plain_bytes("HMAC of the client's key")
    object_id: UUID = bare_id("row that the first request made")
    created_at: datetime = moment()
