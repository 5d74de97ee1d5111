"""Saved views, snapshots of figures, and the ledger of everything exported."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from qualcoder.core.ids import BlobId, PersonId, StudyId
from qualcoder.core.tables import IdColumn, Table, Versioned, moment, plain_text, text_enum
from qualcoder.vault import fields as f


class Profile(StrEnum):
    """Who an export is for."""

    INTERNAL = "internal"
    TEAM = "team"
    PUBLIC = "public"


class ExportFormat(StrEnum):
    """Kinds of export files."""

    CSV = "csv"
    XLSX = "xlsx"
    DTA = "dta"


class SavedView(Versioned, Table, table=True):
    """A matrix or query that a person keeps."""

    __tablename__ = "saved_view"
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    person_id: PersonId = IdColumn(foreign="person.id")
    spec_ct: bytes = f.sealed(f.VIEW_SPEC)
    sealed_rev: int = 0
    version: int = 1
    created_at: datetime = moment()


class Snapshot(Table, table=True):
    """Figures as they stood on a day."""

    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    person_id: PersonId = IdColumn(foreign="person.id")
    spec_ct: bytes = f.sealed(f.SNAPSHOT_SPEC)
    digest: str = plain_text("SHA-256 of the figures", length=64)
    sealed_rev: int = 0
    created_at: datetime = moment()


class ExportLedger(Versioned, Table, table=True):
    """Every file that left: what, when, by whom, with which digest."""

    __tablename__ = "export_ledger"
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    person_id: PersonId = IdColumn(foreign="person.id")
    number: int
    format: ExportFormat = text_enum(ExportFormat, name="export_format")
    profile: Profile = text_enum(Profile, name="export_profile", default=Profile.INTERNAL)
    spec_ct: bytes = f.sealed(f.EXPORT_SPEC)
    digest: str | None = plain_text("SHA-256 of the file", length=64, nullable=True)
    blob_id: BlobId | None = IdColumn(foreign="blob.id", nullable=True)
    sealed_rev: int = 0
    version: int = 1
    created_at: datetime = moment()

    @property
    def serial(self) -> str:
        return f"X-{self.number:03d}"
