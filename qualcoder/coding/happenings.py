"""What happened in a study since a moment, for one person: only about things that this person sees anyway.

The order is that of the study's record. A coder learns nothing of other people's codings, not even that there are any.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select as sql
from sqlmodel import Session, col, func, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Role
from qualcoder.accounts.permissions import Act
from qualcoder.audit.models import AuditEntry
from qualcoder.coding import layers
from qualcoder.coding.models import Coding
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.core.models import Job, JobKind
from qualcoder.interviews.models import Interview
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.queries import within_reach

AT_ONCE = 500


class Topic(StrEnum):
    """What something happened to."""

    CODING = "coding"
    TRANSCRIPT = "transcript"
    REVIEW = "review"
    INTERVIEW = "interview"
    CODEBOOK = "codebook"
    RACES = "races"
    PEOPLE = "people"
    STUDY = "study"
    EXPORT = "export"


# The first part of an act's name. Openings, downloads and tokens are for the record's page only.
TOPICS = {
    "coding": Topic.CODING,
    "transcript": Topic.TRANSCRIPT,
    "passage": Topic.TRANSCRIPT,
    "finding": Topic.REVIEW,
    "findings": Topic.REVIEW,
    "review": Topic.REVIEW,
    "interview": Topic.INTERVIEW,
    "code": Topic.CODEBOOK,
    "codebook": Topic.CODEBOOK,
    "races": Topic.RACES,
    "candidates": Topic.RACES,
    "member": Topic.PEOPLE,
    "study": Topic.STUDY,
    "export": Topic.EXPORT,
}
NEEDS = {
    Topic.CODING: Act.READ_TEXT,
    Topic.TRANSCRIPT: Act.LIST_TRANSCRIPTS,
    Topic.REVIEW: Act.REVIEW,
    Topic.INTERVIEW: Act.SEE_INTERVIEW,
    Topic.CODEBOOK: Act.SEE_CODEBOOK,
    Topic.RACES: Act.SEE_RACES,
    Topic.PEOPLE: Act.SEE_PEOPLE,
    Topic.STUDY: Act.SEE_STUDY,
    Topic.EXPORT: Act.EXPORT,
}
# The affair of the one who did it and of those who decide: in a blind round it tells of a passage.
OF_ONE = frozenset({"code.proposed", "code.rejected", "code.codings_confirmed"})
SILENT = frozenset({"transcript.opened", "interview.opened", "export.downloaded", "code.passages_opened"})


@dataclass(frozen=True, slots=True)
class Happening:
    """One act. `transcript_id` is where it happened, for what has a place in a transcript."""

    id: UUID
    seq: int
    topic: Topic
    act: str
    object_id: UUID | None
    transcript_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Work:
    """Where a piece of background work stands."""

    id: UUID
    kind: JobKind
    state: str
    object_id: UUID
    done: int
    total: int
    error_code: str | None
    changed_at: datetime


def newest(db: Session, access: Access) -> int:
    """The number of the last act on record."""
    return db.exec(select(func.max(AuditEntry.seq)).where(col(AuditEntry.chain_id) == access.study.id)).one() or 0


def number_of(db: Session, access: Access, event_id: UUID) -> int:
    """The number of an act that the person was told about; Invalid for any other id."""
    entry = db.exec(
        select(AuditEntry).where(col(AuditEntry.id) == event_id, col(AuditEntry.chain_id) == access.study.id)
    ).first()
    if entry is None or not _told(db, access, [entry]):
        raise unknown_event()
    return entry.seq


def unknown_event() -> Invalid:
    """What an id that the person was never told is answered."""
    message = N_("This event is not known. Read the lists anew and listen from now on.")
    return Invalid(message, fields={"Last-Event-ID": message})


def since(db: Session, access: Access, seq: int) -> tuple[list[Happening], int]:
    """What the person may know of the acts after `seq`, oldest first, and the number to go on from."""
    query = select(AuditEntry).where(col(AuditEntry.chain_id) == access.study.id, col(AuditEntry.seq) > seq)
    entries = db.exec(query.order_by(col(AuditEntry.seq)).limit(AT_ONCE)).all()
    return _told(db, access, entries), entries[-1].seq if entries else seq


def _topic(entry: AuditEntry) -> Topic | None:
    return None if entry.act in SILENT else TOPICS.get(entry.act.partition(".")[0])


def _told(db: Session, access: Access, entries: Sequence[AuditEntry]) -> list[Happening]:
    shown = [(entry, topic) for entry in entries if (topic := _topic(entry)) is not None and access.may(NEEDS[topic])]
    ids = {topic: {entry.object_id for entry, found in shown if found is topic and entry.object_id} for topic in Topic}
    homes = _places_of_codings(db, access, ids[Topic.CODING])
    seen = _visible(db, access, {*ids[Topic.TRANSCRIPT], *ids[Topic.REVIEW], *homes.values()})
    interviews = _interviews(db, access, ids[Topic.INTERVIEW])
    told = []
    for entry, topic in shown:
        place = homes.get(entry.object_id) if entry.object_id else None
        if topic in {Topic.TRANSCRIPT, Topic.REVIEW}:
            place = entry.object_id
        if topic in {Topic.CODING, Topic.TRANSCRIPT, Topic.REVIEW} and place not in seen:
            continue
        if topic is Topic.REVIEW and not seen[place]:
            continue
        if entry.act in OF_ONE and not _concerns(access, entry):
            continue
        if topic is Topic.INTERVIEW and entry.object_id not in interviews:
            continue
        told.append(Happening(entry.id, entry.seq, topic, entry.act, entry.object_id, place, entry.at))
    return told


def _concerns(access: Access, entry: AuditEntry) -> bool:
    return access.may(Act.EDIT_CODEBOOK) or entry.actor_id == access.person.id


def _places_of_codings(db: Session, access: Access, ids: Set[UUID]) -> dict[UUID, UUID]:
    """The transcripts of those codings that the person sees."""
    if not ids:
        return {}
    wanted = sql(col(Coding.id), col(Coding.transcript_id)).where(col(Coding.id).in_(ids), *layers.seen_in(access))
    return {row.id: row.transcript_id for row in db.execute(wanted)}


def _visible(db: Session, access: Access, ids: Set[UUID]) -> dict[UUID | None, bool]:
    """The transcripts among these that the person sees, and whether their review is the person's own affair."""
    if not ids:
        return {}
    rows = db.execute(
        sql(col(Transcript.id), col(Transcript.uploaded_by)).where(*within_reach(access), col(Transcript.id).in_(ids))
    )
    return {found: access.role is Role.PI or uploaded_by == access.person.id for found, uploaded_by in rows}


def _interviews(db: Session, access: Access, ids: Set[UUID]) -> set[UUID | None]:
    if not ids:
        return set()
    wanted = select(Interview.id).where(col(Interview.study_id) == access.study.id, col(Interview.id).in_(ids))
    if access.role is not Role.PI:
        wanted = wanted.where(col(Interview.created_by) == access.person.id)
    found = db.exec(wanted).all()
    return {*found}


def work_since(db: Session, access: Access, moment: datetime) -> list[Work]:
    """Background work that moved after `moment`, on what the person reviews or exports."""
    rows = db.exec(
        select(Job)
        .where(col(Job.study_id) == access.study.id, col(Job.changed_at) > moment)
        .order_by(col(Job.changed_at))
        .limit(AT_ONCE)
    ).all()
    on_texts = {job.object_id for job in rows if job.kind is not JobKind.EXPORT}
    seen = _visible(db, access, on_texts) if access.may(Act.REVIEW) else {}
    return [
        Work(job.id, job.kind, job.state.value, job.object_id, job.done, job.total, job.error_code, job.changed_at)
        for job in rows
        if (access.may(Act.EXPORT) if job.kind is JobKind.EXPORT else seen.get(job.object_id, False))
    ]
