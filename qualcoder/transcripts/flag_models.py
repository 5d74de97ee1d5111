"""Flags: passages of released texts that may name somebody, and are hidden until a reviewer says otherwise."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index

from qualcoder.core.ids import PersonId, StudyId, TextVersionId, TranscriptId
from qualcoder.core.tables import IdColumn, Table, Versioned, moment, text_enum
from qualcoder.vault import fields as f


class Standing(StrEnum):
    """What became of a flag."""

    WAITING = "waiting"
    NAME = "name"
    NO_NAME = "no_name"
    MASKED = "masked"


# A passage is hidden while one of its flags stands like this.
HIDES = (Standing.WAITING, Standing.NAME)


class Flag(Versioned, Table, table=True):
    """A stretch of one text version that somebody flagged. The id is the client's."""

    __table_args__: ClassVar[Any] = (
        Index("ix_flag_place", "text_version_id", "start", "end"),
        Index("ix_flag_queue", "study_id", "standing", "flagged_at"),
    )
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id", index=False)
    transcript_id: TranscriptId = IdColumn(foreign="transcript.id")
    text_version_id: TextVersionId = IdColumn(foreign="text_version.id", index=False)
    start: int
    end: int
    standing: Standing = text_enum(Standing, name="flag_standing", default=Standing.WAITING)
    note_ct: bytes = f.sealed(f.FLAG_NOTE)
    reason_ct: bytes = f.sealed(f.FLAG_REASON)
    flagged_by: PersonId = IdColumn(foreign="person.id")
    flagged_at: datetime = moment()
    decided_by: PersonId | None = IdColumn(foreign="person.id", nullable=True, index=False)
    decided_at: datetime | None = moment(nullable=True)
    sealed_rev: int = 0
    version: int = 1
