"""Making export files, in the worker."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access, study_by_id
from qualcoder.accounts.models import Language, Person
from qualcoder.accounts.permissions import Act
from qualcoder.accounts.service import title_of
from qualcoder.anonymise.known_names import known_names
from qualcoder.audit import chain
from qualcoder.core.catalogue import catalogue
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.errors import Conflict
from qualcoder.core.ids import JobId
from qualcoder.core.messages import N_
from qualcoder.core.models import Job
from qualcoder.core.queue import progress
from qualcoder.matrices import cells
from qualcoder.matrices.cells import Matrix
from qualcoder.matrices.excel import write_xlsx
from qualcoder.matrices.models import ExportFormat, ExportLedger
from qualcoder.matrices.names import NameInTable, TableLeaks, names_in
from qualcoder.matrices.service import KEPT_FOR, ExportSpec, spec_of
from qualcoder.matrices.shapes import CodeHead, LabelledCrosstab, RaceHead, long, wide
from qualcoder.matrices.tables import Column, ColumnKind, Table, Value
from qualcoder.matrices.writers import write_csv, write_dta
from qualcoder.races.models import RaceValue
from qualcoder.races.queries import values_by_round
from qualcoder.vault import blobs
from qualcoder.vault.hashing import digest_of
from qualcoder.vault.keys import KeyRef
from qualcoder.vault.models import Blob


class Overtaken(Conflict):
    """What a file was made of changed while it was being made."""

    def __init__(self) -> None:
        super().__init__(
            N_("Others are changing texts of the study right now. Try again in a moment; nothing was changed.")
        )


def unchanged(_db: Session) -> bool:
    """For a file that holds no words."""
    return True


# Counting the table, writing it, then sealing the file. A large workbook takes a minute to write.
STEPS = 3


def export(database: Database, job_id: JobId) -> None:
    """Make the file of one export and seal it; a repetition makes it anew."""
    progress(database, job_id, 0, STEPS)
    with database.read() as db:
        row = db.get_one(ExportLedger, db.get_one(Job, job_id).object_id)
        if row.blob_id is not None:
            return
        access = study_by_id(db, db.get_one(Person, row.person_id), row.study_id, Act.EXPORT)
        spec = spec_of(db, access, row)
        labelled = label(db, access, cells.build(db, access, spec.question), Language(spec.language))
        say = catalogue(spec.language).text
        table = (long if spec.shape == "long" else wide)(labelled, say=say, measures=spec.measures)
        title = title_of(db, access.study)
        # A wide table begins with the key and the variables of the race, a long one with the key.
        public = 1 if spec.shape == "long" else 1 + len(labelled.race_columns)
        known = known_names(db, row.study_id)
    found = names_in(known, table, public_columns=public, title=title if row.format is ExportFormat.DTA else "")
    hand_over(database, job_id, row, table, found, spec, title=title)


def hand_over(
    database: Database,
    job_id: JobId,
    row: ExportLedger,
    table: Table,
    found: TableLeaks,
    spec: ExportSpec,
    *,
    title: str = "",
    still: Callable[[Session], bool] = unchanged,
) -> None:
    """Write and seal the file of an export; NameInTable when it names somebody and nobody said that it may.

    Overtaken unless what it was made of is `still` so: words that were hidden or masked meanwhile must not leave.
    """
    if found.count:
        _record_names(database, row, found, keeps_names=spec.keeps_names)
    progress(database, job_id, 1, STEPS)
    content = write(table, row.format, title, catalogue(spec.language).text)
    progress(database, job_id, 2, STEPS)
    with database.transaction() as db:
        again = db.get_one(ExportLedger, row.id)
        blob = blobs.store(db, KeyRef.study(row.study_id), content, dies_at=now() + KEPT_FOR)
        db.flush()
        # Only now: who masks a name waits for this file or, done before, is seen here.
        if not still(db):
            raise Overtaken
        again.blob_id = blob.id
        again.digest = digest_of(content)
        chain.record(
            db,
            row.person_id,
            "export.made",
            "export_ledger",
            row.id,
            study_id=row.study_id,
            rows=len(table.rows),
            bytes=len(content),
        )


def _record_names(database: Database, row: ExportLedger, found: TableLeaks, *, keeps_names: bool) -> None:
    """Keep record of names in a table. NameInTable, unless whoever asked said before that they are none."""
    act = "export.names_kept" if keeps_names else "export.names_found"
    with database.transaction() as db:
        chain.record(
            db,
            row.person_id,
            act,
            "export_ledger",
            row.id,
            study_id=row.study_id,
            texts=found.count,
            column=found.column,
            row=found.row,
        )
    if not keeps_names:
        raise NameInTable(found)


def write(table: Table, file_format: ExportFormat, title: str, say: Callable[[str], str] = str) -> bytes:
    """The bytes of a table in a format; `say` translates what the writer adds of its own."""
    if file_format is ExportFormat.CSV:
        return write_csv(table)
    if file_format is ExportFormat.XLSX:
        return write_xlsx(table, say=say)
    return write_dta(table, data_label=title, at=now())


def label(db: Session, access: Access, matrix: Matrix, language: Language) -> LabelledCrosstab:
    """A matrix with names of codes and the published variables of its races."""
    variables, values = values_by_round(db, access.study.id)
    columns = tuple(
        Column(v.name, ColumnKind.TEXT if v.kind == "text" else ColumnKind.NUMBER, v.label) for v in variables
    )
    return LabelledCrosstab(
        matrix.crosstab,
        tuple(CodeHead(code.id, code.key, code.stata, code.label.in_language(language.value)) for code in matrix.codes),
        tuple(
            RaceHead(race.id, race.key, tuple(_value(values.get((race.id, v.id))) for v in variables))
            for race in matrix.races
        ),
        columns,
    )


def _value(found: RaceValue | None) -> Value:
    if found is None:
        return None
    return found.text if found.number is None else found.number


def remove_dead_files(database: Database) -> None:
    """Delete export files a day old; the ledger keeps their digest."""
    with database.read() as db:
        dead = list(db.exec(select(Blob.id).where(col(Blob.dies_at) < now())))
    for blob_id in dead:
        with database.transaction() as db:
            for row in db.exec(select(ExportLedger).where(col(ExportLedger.blob_id) == blob_id)):
                row.blob_id = None
            db.flush()
            blobs.delete(db, blob_id)
