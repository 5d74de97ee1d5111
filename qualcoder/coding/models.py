"""Codings, memos and the command log."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint

from qualcoder.core.ids import CodeId, CodingId, InterviewId, PersonId, StudyId, TextVersionId, TranscriptId
from qualcoder.core.tables import (
    IdColumn,
    Table,
    Versioned,
    bare_id,
    moment,
    plain_bytes,
    plain_text,
    text_enum,
)
from qualcoder.vault import fields as f


class Valence(StrEnum):
    """Whether the passage says that the factor helped, hindered, or was not there."""

    HELPS = "helps"
    HINDERS = "hinders"
    DENIES = "denies"


class Coding(Versioned, Table, table=True):
    """A stretch of one text version that a coder gave a code. The id is the client's."""

    __table_args__: ClassVar[Any] = (
        Index("ix_coding_place", "text_version_id", "start", "end"),
        Index("ix_coding_recent", "coder_id", "study_id", "created_at"),
    )
    id: CodingId = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    transcript_id: TranscriptId = IdColumn(foreign="transcript.id")
    text_version_id: TextVersionId = IdColumn(foreign="text_version.id", index=False)
    text_number: int
    start: int
    end: int
    code_id: CodeId = IdColumn(foreign="code.id")
    code_version_id: UUID = IdColumn(foreign="code_version.id", index=False)
    coder_id: PersonId = IdColumn(foreign="person.id")
    valence: Valence | None = text_enum(Valence, name="coding_valence", nullable=True)
    weight: int | None = None
    is_unsure: bool = False
    quote_mac: bytes = plain_bytes("HMAC with a key of the interview")
    created_at: datetime = moment()
    deleted_at: datetime | None = moment(nullable=True)
    deleted_by: PersonId | None = IdColumn(foreign="person.id", nullable=True, index=False)
    version: int = 1


class Memo(Versioned, Table, table=True):
    """A note about a coding, a code, an interview, a race or the study."""

    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    interview_id: InterviewId | None = IdColumn(foreign="interview.id", nullable=True)
    about_kind: str = plain_text("name of a table", length=20)
    about_id: UUID = bare_id("row of the table that about_kind names")
    author_id: PersonId = IdColumn(foreign="person.id")
    body_ct: bytes = f.sealed(f.MEMO_BODY, f.MEMO_BODY_STUDY)
    sealed_rev: int = 0
    version: int = 1
    created_at: datetime = moment()


class Command(Table, table=True):
    """What a coder did, so that it can be undone."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("person_id", "transcript_id", "seq"),)
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    transcript_id: TranscriptId | None = IdColumn(foreign="transcript.id", nullable=True)
    person_id: PersonId = IdColumn(foreign="person.id")
    seq: int
    kind: str = plain_text("name of an act", length=40)
    payload_ct: bytes = f.sealed(f.COMMAND_PAYLOAD, f.COMMAND_PAYLOAD_STUDY)
    sealed_rev: int = 0
    is_undone: bool = False
    at: datetime = moment()


class RoundOfCoding(Table, table=True):
    """A planned pass over the material, with its rules."""

    __tablename__ = "round_of_coding"
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    number: int
    name_ct: bytes = f.sealed(f.ROUND_NAME)
    is_blind: bool = False
    sealed_rev: int = 0
    created_at: datetime = moment()
