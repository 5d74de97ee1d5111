"""Exports: asked for by the PI, made by the worker, kept sealed for a day, every one in the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from qualcoder.accounts.access import Access, study_by_id
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, NotFound
from qualcoder.core.ids import PersonId, new_id
from qualcoder.core.messages import N_
from qualcoder.core.models import Job, JobKind
from qualcoder.core.queue import add_job
from qualcoder.interviews.models import LinkType
from qualcoder.matrices.cells import Question
from qualcoder.matrices.models import ExportFormat, ExportLedger, Profile
from qualcoder.matrices.shapes import ALL_MEASURES, Measure, measures_named
from qualcoder.vault import blobs, sealing
from qualcoder.vault import fields as f
from qualcoder.vault.models import Blob

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """What an export is asked for; sealed in the ledger. `query` says which passages, as an address; none: figures."""

    question: Question
    shape: str
    language: str
    measures: tuple[Measure, ...] = ALL_MEASURES
    keeps_names: bool = False
    query: str = field(default="", repr=False)

    @classmethod
    def from_json(cls, held: Any) -> ExportSpec:
        """What `to_json` wrote, also before measures could be chosen and names kept."""
        question = Question(
            PersonId(UUID(held["coder"])) if held["coder"] else None,
            LinkType(held["link_type"]) if held["link_type"] else None,
            bool(held["rolled_up"]),
        )
        measures = measures_named(held.get("measures", ()))
        return cls(
            question,
            held["shape"],
            held["language"],
            measures,
            keeps_names=bool(held.get("keeps_names")),
            query=held.get("query", ""),
        )

    def to_json(self) -> dict[str, object]:
        question = self.question
        return {
            "coder": str(question.coder_id) if question.coder_id else None,
            "link_type": question.link_type.value if question.link_type else None,
            "rolled_up": question.is_rolled_up,
            "shape": self.shape,
            "language": self.language,
            "measures": [measure.word for measure in self.measures],
            "keeps_names": self.keeps_names,
            "query": self.query,
        }


@dataclass(frozen=True, slots=True, repr=False)
class ExportFile:
    """A finished file."""

    name: str
    content: bytes
    media_type: str


MEDIA = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.DTA: "application/octet-stream",
}


def ask_export(db: Session, access: Access, file_format: ExportFormat, spec: ExportSpec) -> ExportLedger:
    """Put an export in line. Until the disclosure gate exists every export is internal and the PI's alone."""
    access.require(Act.EXPORT)
    study_id = access.study.id
    last = db.exec(select(func.max(ExportLedger.number)).where(col(ExportLedger.study_id) == study_id)).one()
    row = sealing.RowKey(new_id())
    export = ExportLedger(
        id=row.id,
        study_id=study_id,
        person_id=access.person.id,
        number=(last or 0) + 1,
        format=file_format,
        profile=Profile.INTERNAL,
        spec_ct=sealing.seal_json(db, access.key, f.EXPORT_SPEC, row, spec.to_json()),
        created_at=now(),
    )
    db.add(export)
    db.flush()
    add_job(db, JobKind.EXPORT, export.id, study_id=study_id, actor_id=access.person.id)
    chain.record(db, access.person.id, "export.asked", "export_ledger", export.id, study_id=study_id)
    return export


def export_for(db: Session, me: Person, export_id: UUID) -> tuple[Access, ExportLedger]:
    """An export, for the PI of its study."""
    export = db.get(ExportLedger, export_id)
    if export is None:
        raise NotFound
    return study_by_id(db, me, export.study_id, Act.EXPORT), export


def spec_of(db: Session, access: Access, export: ExportLedger) -> ExportSpec:
    """What an export was asked for, opened."""
    return ExportSpec.from_json(sealing.open_json(db, access.key, f.EXPORT_SPEC, export, export.spec_ct))


def job_of(db: Session, export: ExportLedger) -> Job | None:
    return db.exec(select(Job).where(col(Job.object_id) == export.id)).first()


def exports_of(db: Session, access: Access) -> list[ExportLedger]:
    """The ledger, newest first, a hundred at most."""
    query = select(ExportLedger).where(col(ExportLedger.study_id) == access.study.id)
    return list(db.exec(query.order_by(col(ExportLedger.number).desc()).limit(100)))


def open_file(db: Session, me: Person, export_id: UUID) -> ExportFile:
    """The file of an export. The disclosure is recorded before the first byte."""
    access, export = export_for(db, me, export_id)
    study_id, blob_id = access.study.id, export.blob_id
    if blob_id is None:
        raise Conflict(N_("The file is not ready, or was removed after 24 hours. Export it again."))
    blob = db.get_one(Blob, blob_id)
    if blob.dies_at is not None and blob.dies_at < now():
        raise Conflict(N_("The file is not ready, or was removed after 24 hours. Export it again."))
    chain.disclose(
        db, lambda own: chain.record(own, me.id, "export.downloaded", "export_ledger", export_id, study_id=study_id)
    )
    access, export = export_for(db, me, export_id)
    content = blobs.read(db, access.key, blob_id)
    name = f"{access.study.slug}-{export.serial}.{export.format.value}"
    return ExportFile(name, content, MEDIA[export.format])
