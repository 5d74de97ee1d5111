"""Transcripts, the versions of their text, and the turns that hold it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint

from qualcoder.core.ids import BlobId, InterviewId, PersonId, StudyId, TextVersionId, TranscriptId, TurnId
from qualcoder.core.tables import (
    IdColumn,
    Table,
    Versioned,
    bare_id,
    moment,
    plain_bytes,
    plain_json,
    plain_text,
    text_enum,
)
from qualcoder.vault import fields as f


class TranscriptState(StrEnum):
    """Where a transcript stands. Only `codable` can be coded or counted."""

    RECEIVED = "received"
    DETECTING = "detecting"
    REVIEW = "review"
    SECOND_READ = "second_read"
    CODABLE = "codable"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class TextKind(StrEnum):
    """Raw as uploaded, or anonymised."""

    RAW = "raw"
    ANONYMISED = "anonymised"


class SealedTo(StrEnum):
    """What opens a turn: the interview's key, or only the PI's passphrase."""

    INTERVIEW = "interview"
    VAULT = "vault"


class Transcript(Versioned, Table, table=True):
    """The written form of an interview."""

    __table_args__: ClassVar[Any] = (
        UniqueConstraint("study_id", "number"),
        UniqueConstraint("study_id", "content_mac"),
    )
    id: TranscriptId = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    interview_id: InterviewId = IdColumn(foreign="interview.id")
    number: int
    state: TranscriptState = text_enum(TranscriptState, name="transcript_state", index=True)
    language: str = plain_text("ru, kk, en or mixed", length=10)
    title_ct: bytes = f.sealed(f.TRANSCRIPT_TITLE)
    file_name_ct: bytes = f.sealed(f.TRANSCRIPT_FILE_NAME)
    content_mac: bytes = plain_bytes("HMAC with a key of the study, to notice a second upload")
    source_blob_id: BlobId | None = IdColumn(foreign="blob.id", nullable=True)
    text_version_id: TextVersionId | None = bare_id(
        "the version in use; a foreign key would be circular", nullable=True
    )
    text_number: int = 0
    n_chars: int = 0
    n_turns: int = 0
    review_revision: int = 0
    hidden_revision: int = 0
    notices: list[str] = plain_json("codes of what the reader of the file left out or was unsure of")
    error_code: str | None = plain_text("name of a failure", length=60, nullable=True)
    uploaded_by: PersonId = IdColumn(foreign="person.id")
    first_reader: PersonId | None = IdColumn(foreign="person.id", nullable=True)
    sealed_rev: int = 0
    version: int = 1
    created_at: datetime = moment()

    @property
    def serial(self) -> str:
        return f"T-{self.number:03d}"

    @property
    def is_codable(self) -> bool:
        return self.state is TranscriptState.CODABLE


class TextVersion(Table, table=True):
    """A state of the text that never changes. Codings point into one.

    Masking a name destroys its turns: then `masked_at` is set, and if `masked_into` names the version that says the
    same without the name, `mask` holds where it differs: [start, end) here and there, in code points.
    """

    __tablename__ = "text_version"
    __table_args__: ClassVar[Any] = (UniqueConstraint("transcript_id", "number"),)
    id: TextVersionId = IdColumn()
    transcript_id: TranscriptId = IdColumn(foreign="transcript.id")
    number: int
    kind: TextKind = text_enum(TextKind, name="text_kind")
    n_chars: int
    created_by: PersonId | None = IdColumn(foreign="person.id", nullable=True)
    created_at: datetime = moment()
    masked_at: datetime | None = moment(nullable=True)
    masked_into: TextVersionId | None = bare_id("a version of the same transcript", nullable=True, index=False)
    mask: list[list[int]] | None = plain_json("offsets of what was replaced", nullable=True)


class Turn(Table, table=True):
    """One speaker's turn. The text of a version = its turn bodies joined by one LF."""

    __table_args__: ClassVar[Any] = (
        UniqueConstraint("text_version_id", "n"),
        UniqueConstraint("text_version_id", "start"),
    )
    id: TurnId = IdColumn()
    text_version_id: TextVersionId = IdColumn(foreign="text_version.id")
    n: int
    start: int
    length: int
    bounds: list[int] = plain_json("where sentences start, in code points")
    language: str = plain_text("ru, kk, en or mixed", length=10)
    hidden: list[list[int]] | None = plain_json("offsets of what flags hide; null is nothing", nullable=True)
    is_interviewer: bool = False
    sealed_to: SealedTo = text_enum(SealedTo, name="turn_sealed_to", default=SealedTo.INTERVIEW)
    speaker_ct: bytes = f.sealed(f.TURN_SPEAKER)
    body_ct: bytes = f.sealed(f.TURN_BODY)
    sealed_rev: int = 0

    @property
    def end(self) -> int:
        return self.start + self.length


class PartRead(Table, table=True):
    """That a reader has read a part of the raw text, offsets in it; taken away when words come into sight there."""

    __tablename__ = "part_read"
    __table_args__: ClassVar[Any] = (UniqueConstraint("transcript_id", "person_id", "start", "end"),)
    id: UUID = IdColumn()
    transcript_id: TranscriptId = IdColumn(foreign="transcript.id")
    person_id: PersonId = IdColumn(foreign="person.id", index=False)
    start: int
    end: int
    read_at: datetime = moment()


class Assignment(Table, table=True):
    """That a coder may read and code a transcript. It lies here because reading is allowed by it."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("transcript_id", "person_id"),)
    id: UUID = IdColumn()
    transcript_id: TranscriptId = IdColumn(foreign="transcript.id")
    person_id: PersonId = IdColumn(foreign="person.id")
    created_by: PersonId = IdColumn(foreign="person.id", index=False)
    created_at: datetime = moment()
