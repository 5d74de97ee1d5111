"""Codings, memos, translations and the command log."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint

from qualcoder.accounts.models import Language
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


class MemoKind(StrEnum):
    """What a memo is about. The words are those of pages and of the API."""

    CODING = "coding"
    CODE = "code"
    INTERVIEW = "interview"
    RACE = "race"
    STUDY = "study"


class TranslationStatus(StrEnum):
    """Whether somebody read a translation against the original."""

    DRAFT = "draft"
    CHECKED = "checked"


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
    about_kind: str = plain_text("a word of MemoKind", length=20)
    about_id: UUID = bare_id("what about_kind says: a coding, code, interview, race or the study")
    author_id: PersonId = IdColumn(foreign="person.id")
    body_ct: bytes = f.sealed(f.MEMO_BODY, f.MEMO_BODY_STUDY)
    sealed_rev: int = 0
    version: int = 1
    created_at: datetime = moment()
    changed_at: datetime | None = moment(nullable=True)
    # Those on codings go and come back by the command log, and their rows with them.
    deleted_at: datetime | None = moment(nullable=True)
    edit_id: UUID | None = bare_id("one editing, whose many saves are one act on record", nullable=True, index=False)


class Translation(Versioned, Table, table=True):
    """The words of a coded passage in another language, for quoting. One for each language; `quote_mac` is that of
    the words it was made from.
    """

    __table_args__: ClassVar[Any] = (UniqueConstraint("coding_id", "language"),)
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    interview_id: InterviewId = IdColumn(foreign="interview.id")
    coding_id: CodingId = IdColumn(foreign="coding.id", index=False)
    language: Language = text_enum(Language, name="translation_language")
    status: TranslationStatus = text_enum(TranslationStatus, name="translation_status", default=TranslationStatus.DRAFT)
    translator_id: PersonId = IdColumn(foreign="person.id", index=False)
    checker_id: PersonId | None = IdColumn(foreign="person.id", nullable=True, index=False)
    body_ct: bytes = f.sealed(f.TRANSLATION_BODY)
    quote_mac: bytes = plain_bytes("HMAC with a key of the interview")
    sealed_rev: int = 0
    version: int = 1
    changed_at: datetime = moment()
    deleted_at: datetime | None = moment(nullable=True)
    edit_id: UUID | None = bare_id("one editing, whose many saves are one act on record", nullable=True, index=False)


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


class LastPlace(Table, table=True):
    """The turn where a reader of a transcript was last, so that the text opens there again."""

    __tablename__ = "last_place"
    __table_args__: ClassVar[Any] = (UniqueConstraint("person_id", "transcript_id"),)
    id: UUID = IdColumn()
    person_id: PersonId = IdColumn(foreign="person.id", index=False)
    transcript_id: TranscriptId = IdColumn(foreign="transcript.id")
    turn: int


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
