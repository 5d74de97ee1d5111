"""Exports: a job makes the file, the ledger keeps what left, the file lives a day, and only the PI gets it."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pandas
import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import col, select

from qualcoder.audit.models import AuditEntry
from qualcoder.coding import service as coding
from qualcoder.coding.service import NewCoding
from qualcoder.core.catalogue import catalogue
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, NotFound, Refused
from qualcoder.core.ids import CodingId, TranscriptId, new_id
from qualcoder.core.models import Job, JobState
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.interviews.models import LinkType
from qualcoder.interviews.service import NewLink
from qualcoder.matrices import excel, service
from qualcoder.matrices.cells import Question
from qualcoder.matrices.jobs import remove_dead_files
from qualcoder.matrices.models import ExportFormat, ExportLedger
from qualcoder.matrices.service import ExportSpec
from qualcoder.vault.models import Blob, BlobChunk
from tests.homes import Browser, Worker, World, access_of
from tests.interviews.making import import_koyandy
from tests.transcripts import making

Ask = Callable[..., ExportLedger]


@pytest.fixture
def ask(home: Home, world: World) -> Ask:
    """Asks for an export of a study with one coded interview."""
    import_koyandy(home, world)
    codes = making.import_codes(home, world)
    link = NewLink("KOY-2022-2", LinkType.ABOUT)
    transcript = making.to_codable(home, world, making.upload(links=[link]))
    with home.data.transaction() as db:
        wanted = NewCoding(CodingId(new_id()), TranscriptId(transcript.id), 1, Span(0, 9), codes["WATER"])
        coding.add_coding(db, world.coder, wanted)

    def asked(form: ExportFormat = ExportFormat.CSV, shape: str = "long", language: str = "kk") -> ExportLedger:
        with home.data.transaction() as db:
            access = access_of(db, world.study, world.pi)
            return service.ask_export(db, access, form, ExportSpec(Question(), shape, language))

    return asked


def opened(home: Home, world: World, export: ExportLedger) -> service.ExportFile:
    with home.data.read() as db:
        return service.open_file(db, world.pi, export.id)


def row(home: Home, export: ExportLedger) -> ExportLedger:
    with home.data.read() as db:
        return db.get_one(ExportLedger, export.id)


def test_the_worker_makes_the_file_and_the_ledger_keeps_its_digest(
    home: Home, world: World, worker: Worker, ask: Ask
) -> None:
    export = ask()
    with pytest.raises(Conflict):
        opened(home, world, export)
    assert worker() == 1
    file = opened(home, world, export)
    assert (file.name, file.media_type) == ("demo-X-001.csv", "text/csv; charset=utf-8")
    assert row(home, export).digest == hashlib.sha256(file.content).hexdigest()
    lines = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    mine = [line for line in lines if "KOY-2022-2" in line.values() and "WATER" in line.values()]
    assert len(mine) == 1
    assert "Су" in mine[0].values()


def test_a_stata_file_reads_back_with_labels_in_kazakh(
    home: Home, world: World, worker: Worker, ask: Ask, tmp_path: Path
) -> None:
    export = ask(ExportFormat.DTA, "wide")
    worker()
    path = tmp_path / "matrix.dta"
    path.write_bytes(opened(home, world, export).content)
    with pandas.io.stata.StataReader(path) as reader:
        labels = reader.variable_labels()
        frame = reader.read()  # type: ignore[attr-defined]  # missing in the stubs
    assert any("Су" in label for label in labels.values())
    assert len(frame) == 2


def test_the_same_job_again_makes_no_second_file(home: Home, world: World, worker: Worker, ask: Ask) -> None:
    export = ask()
    worker()
    before = row(home, export)
    with home.data.transaction() as db:
        db.exec(select(Job).where(col(Job.object_id) == export.id)).one().state = JobState.WAITING
    worker()
    after = row(home, export)
    assert (after.blob_id, after.digest) == (before.blob_id, before.digest)


def test_every_step_of_an_export_is_on_record(home: Home, world: World, worker: Worker, ask: Ask) -> None:
    export = ask()
    worker()
    opened(home, world, export)
    opened(home, world, export)
    with home.data.read() as db:
        acts = list(
            db.exec(select(AuditEntry.act).where(col(AuditEntry.object_id) == export.id).order_by(col(AuditEntry.seq)))
        )
    assert acts == ["export.asked", "export.made", "export.downloaded", "export.downloaded"]


def _grow_old(home: Home, export: ExportLedger, *, by: timedelta) -> None:
    with home.data.transaction() as db:
        blob = db.get_one(Blob, row(home, export).blob_id)
        assert blob.dies_at is not None
        blob.dies_at -= by


def test_a_file_is_given_for_a_day_and_then_removed_while_the_ledger_stays(
    home: Home, world: World, worker: Worker, ask: Ask
) -> None:
    export = ask()
    worker()
    _grow_old(home, export, by=timedelta(hours=23, minutes=50))
    remove_dead_files(home.data)
    assert opened(home, world, export).content
    _grow_old(home, export, by=timedelta(hours=1))
    with pytest.raises(Conflict):
        opened(home, world, export)
    digest = row(home, export).digest
    remove_dead_files(home.data)
    after = row(home, export)
    assert (after.blob_id, after.digest) == (None, digest)
    with home.data.read() as db:
        assert db.exec(select(BlobChunk.id).join(Blob).where(col(Blob.dies_at) < now())).all() == []
    with pytest.raises(Conflict):
        opened(home, world, export)


@pytest.mark.parametrize(
    ("who", "error", "status"),
    [
        ("researcher", Refused, 403),
        ("coder", Refused, 403),
        ("observer", Refused, 403),
        ("admin", Refused, 403),
        ("outsider", NotFound, 404),
    ],
)
def test_only_the_pi_asks_for_and_gets_files(
    home: Home, world: World, worker: Worker, ask: Ask, browser: Browser, who: str, error: type[Exception], status: int
) -> None:
    export = ask()
    worker()
    person = world.by_name[who]
    with pytest.raises(error), home.data.read() as db:
        service.open_file(db, person, export.id)
    answer = browser.as_(person).get(f"/exports/{export.id}/file")
    assert answer.status_code == status
    assert "WATER" not in answer.text
    if who != "outsider":
        with pytest.raises(Refused), home.data.transaction() as db:
            access = access_of(db, world.study, person)
            service.ask_export(db, access, ExportFormat.CSV, ExportSpec(Question(), "long", "en"))


def test_an_export_of_nothing_is_not_found(home: Home, world: World) -> None:
    with pytest.raises(NotFound), home.data.read() as db:
        service.open_file(db, world.pi, UUID(int=1))


def test_somebody_who_is_pi_no_more_gets_no_file_made(home: Home, world: World, worker: Worker, ask: Ask) -> None:
    export = ask()
    with home.data.transaction() as db:
        from qualcoder.accounts.models import Membership, Role

        membership = db.exec(select(Membership).where(col(Membership.person_id) == world.pi.id)).one()
        membership.role = Role.OBSERVER
    worker()
    assert row(home, export).blob_id is None
    with home.data.read() as db:
        job = db.exec(select(Job).where(col(Job.object_id) == export.id)).one()
    assert (job.state, job.error_code) == (JobState.FAILED, "Refused")


def test_a_csv_can_not_start_a_formula(home: Home, world: World, worker: Worker, ask: Ask) -> None:
    export = ask(ExportFormat.CSV, "wide")
    worker()
    text = opened(home, world, export).content.decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert [cell for cell in cells if cell[:1] in "=+@\t\r" and cell] == []


def cells_of(raw: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python(skip_empty_area=False)  # type: ignore[return-value]  # cells of many types


@pytest.mark.parametrize("shape", ["wide", "long"])
def test_a_workbook_holds_what_the_csv_holds(home: Home, world: World, worker: Worker, ask: Ask, shape: str) -> None:
    exports = [ask(form, shape) for form in (ExportFormat.XLSX, ExportFormat.CSV)]
    assert worker() == 2
    book, sheet = (opened(home, world, export) for export in exports)
    assert book.name == "demo-X-001.xlsx"
    assert book.media_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    lines = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    found = cells_of(book.content)
    assert len(found) == len(lines) == (3 if shape == "wide" else 1 + 2 * 4)
    for line, row in zip(lines, found, strict=True):
        for there, here in zip(line, row, strict=True):
            expected = "" if there in {".a", ".b"} else there
            assert (float(expected) if isinstance(here, float) else expected) == here


def test_the_figures_of_a_workbook_are_the_hand_count(home: Home, world: World, worker: Worker, ask: Ask) -> None:
    export = ask(ExportFormat.XLSX, "wide")
    worker()
    header, *rows = cells_of(opened(home, world, export).content)
    races = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    counted = ("n_int", "n_int_coded", "th_water_p", "th_water_n", "th_water_r", "th_water_i", "th_water_c")
    assert [races["KOY-2022-2"][name] for name in counted] == [1, 1, 1, 1, 1, 1, 9]
    assert [races["KOY-2022-2"][name] for name in ("th_roads_p", "th_roads_n")] == [0, 0]
    assert [races["KOY-2022-1"][name] for name in counted] == [0, 0, "", "", "", "", ""]
    assert {type(races["KOY-2022-2"][name]) for name in ("race_id", "unit_type") if name in header} == {str}


def test_a_workbook_explains_itself_in_the_language_asked_for(
    home: Home, world: World, worker: Worker, ask: Ask
) -> None:
    export = ask(ExportFormat.XLSX, "wide", "kk")
    worker()
    book = CalamineWorkbook.from_filelike(io.BytesIO(opened(home, world, export).content))
    assert book.sheet_names == ["matrix", "variables"]
    header, *rows = book.get_sheet_by_name("variables").to_python()
    assert header == ["variable", "label", "type", "values", "empty"]
    meant = {str(row[0]): row[1:] for row in rows}
    assert "Су" in str(meant["th_water_n"][0])
    assert re.fullmatch(r"0 = \w+; 1 = \w+", str(meant["th_water_p"][2]))
    assert meant["th_water_n"][3] == catalogue("kk").text(excel.EMPTY) != excel.EMPTY
    assert not meant["n_int"][3]


def test_a_table_too_long_for_excel_leaves_no_file_and_the_pages_say_why(
    home: Home, world: World, worker: Worker, ask: Ask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 8)
    export = ask(ExportFormat.XLSX, "long")
    worker()
    after = row(home, export)
    assert (after.blob_id, after.digest) == (None, None)
    with home.data.read() as db:
        assert db.exec(select(Blob).where(col(Blob.dies_at).is_not(None))).all() == []
        acts = db.exec(select(AuditEntry.act).where(col(AuditEntry.object_id) == export.id)).all()
    assert acts == ["export.asked"]
    person = browser.as_(world.pi)
    for address in (f"/exports/{export.id}", f"/studies/{world.study.slug}/jobs"):
        page = person.get(address)
        assert page.status_code == 200
        assert "1,048,576 rows" in page.text
        assert "CSV" in page.text
    assert person.get(f"/exports/{export.id}/file").status_code == 409
    export = ask(ExportFormat.CSV, "long")
    worker()
    assert opened(home, world, export).content


def test_the_page_offers_a_workbook_and_gives_it(
    home: Home, world: World, worker: Worker, ask: Ask, browser: Browser
) -> None:
    person = browser.as_(world.pi)
    assert 'value="xlsx"' in person.get("/studies/demo/matrix").text
    asked = person.post("/studies/demo/matrix/exports", data={"format": "xlsx", "shape": "wide"})
    assert asked.status_code == 303
    worker()
    file = person.get(asked.headers["location"] + "/file")
    assert file.headers["content-type"] == service.MEDIA[ExportFormat.XLSX]
    assert file.headers["content-disposition"] == 'attachment; filename="demo-X-001.xlsx"'
    assert cells_of(file.content)[0][0] == "race_id"
