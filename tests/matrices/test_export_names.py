"""No export names a person of the study: the file is not made, and the place is said in numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import col, select

from qualcoder.audit.models import AuditEntry
from qualcoder.codebooks import service as codebooks
from qualcoder.codebooks.book import CodebookFile, Localised
from qualcoder.core.models import Job, JobState
from qualcoder.home import Home
from qualcoder.interviews.models import LinkType
from qualcoder.interviews.service import NewLink
from qualcoder.matrices import service
from qualcoder.matrices.cells import Question
from qualcoder.matrices.models import ExportFormat, ExportLedger
from qualcoder.matrices.names import TableLeaks, names_in, place_in
from qualcoder.matrices.service import ExportSpec
from qualcoder.matrices.tables import Column, ColumnKind, Missing, Table
from tests.anonymise.known_person import CASES, known, register
from tests.homes import Browser, Worker, World, access_of
from tests.interviews.making import import_koyandy
from tests.transcripts import making
from tests.transcripts.making import CODES

TEXT = ColumnKind.TEXT


@pytest.fixture
def named(home: Home, world: World) -> None:
    """A study whose codebook was written before somebody of the same name was interviewed."""
    import_koyandy(home, world)
    making.import_codes(home, world)
    making.to_codable(home, world, making.upload(links=[NewLink("KOY-2022-2", LinkType.ABOUT)]))
    court = replace(CODES[3], label=Localised("Суд Ойлапова", "Суд Ойлапова", "Ойлаповтың соты"))
    with home.data.transaction() as db:
        book = CodebookFile(slug="small", title=Localised("Small"), codes=(court,))
        codebooks.import_codebook(db, access_of(db, world.study, world.pi), book)
    register(home, world)


def ask(home: Home, world: World, form: ExportFormat, shape: str, *, keeps_names: bool = False) -> ExportLedger:
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        return service.ask_export(db, access, form, ExportSpec(Question(), shape, "ru", keeps_names=keeps_names))


def job(home: Home, export: ExportLedger) -> Job:
    with home.data.read() as db:
        return db.exec(select(Job).where(col(Job.object_id) == export.id)).one()


@pytest.mark.parametrize("form", list(ExportFormat))
@pytest.mark.parametrize("shape", ["wide", "long"])
@pytest.mark.usefixtures("named")
def test_no_file_is_made_with_a_known_name_in_it(
    home: Home, world: World, worker: Worker, form: ExportFormat, shape: str
) -> None:
    export = ask(home, world, form, shape)
    worker()
    done = job(home, export)
    place = place_in(done.error_code)
    assert (done.state, done.attempts) == (JobState.FAILED, 1)
    assert place is not None
    assert "йлапов" not in (done.error_code or "").casefold()
    with home.data.read() as db:
        row = db.get_one(ExportLedger, export.id)
        entry = db.exec(select(AuditEntry).where(col(AuditEntry.act) == "export.names_found")).one()
    assert (row.blob_id, row.digest) == (None, None)
    assert (entry.counts["column"], entry.counts["row"]) == place


@pytest.mark.usefixtures("named")
def test_the_page_says_where_and_makes_the_file_for_whoever_knows_better(
    home: Home, world: World, worker: Worker, browser: Browser
) -> None:
    export = ask(home, world, ExportFormat.CSV, "long")
    worker()
    pi = browser.as_(world.pi)
    page = pi.get(f"/exports/{export.id}").text
    column, row = place_in(job(home, export).error_code) or (0, 0)
    assert f"Column {column}, row {row} of the file would hold" in page
    assert "Ойлапов" not in page
    jobs = pi.get(f"/studies/{world.study.slug}/jobs").text
    assert "A person of this study would have been named in the file" in jobs
    sent = {"format": "csv", "shape": "long", "coder": "", "link_type": "", "keep_names": "true"}
    answer = pi.post(f"/studies/{world.study.slug}/matrix/exports", data=sent)
    assert answer.status_code == 303
    worker()
    with home.data.read() as db:
        last = db.exec(select(ExportLedger).order_by(col(ExportLedger.number).desc())).first()
        assert last is not None
        assert last.blob_id is not None
        acts = [entry.act for entry in db.exec(select(AuditEntry).where(col(AuditEntry.object_id) == last.id))]
    assert acts == ["export.asked", "export.names_kept", "export.made"]


def test_every_form_is_found_in_every_text_of_a_table(home: Home, world: World) -> None:
    register(home, world)
    names = known(home, world)
    for case, form in CASES.items():
        tables = {
            (1, 1): Table((Column("a", TEXT, form), Column("b", TEXT)), ()),
            (2, 1): Table((Column("a", TEXT), Column("b", ColumnKind.WHOLE, "", {1: form})), ()),
            (2, 3): Table((Column("a", TEXT), Column("b", TEXT)), ((1, "x"), (2, f"x {form}"))),
        }
        for (column, row), table in tables.items():
            assert names_in(names, table, public_columns=0, title="") == TableLeaks(
                names_in(names, table, public_columns=0, title="").count, column, row
            ), case
        assert names_in(names, Table((), ()), public_columns=0, title=form).count


def test_the_race_record_may_hold_a_village_called_after_somebody(home: Home, world: World) -> None:
    register(home, world)
    names = known(home, world)
    columns = (Column("unit", TEXT), Column("th_water", ColumnKind.WHOLE, "Вода"))
    village = Table(columns, (("Бекзат ауылы", 1), (Missing.NO_INTERVIEW, 0)))
    person = Table(columns, (("Бекзат ауылы", 1), ("Ойлапов Бекзат", 0)))
    assert names_in(names, village, public_columns=1, title="") == TableLeaks(0)
    assert names_in(names, person, public_columns=1, title="") == TableLeaks(1, 1, 3)
    assert names_in(names, village, public_columns=0, title="") == TableLeaks(1, 1, 2)


@pytest.mark.parametrize("code", [None, "", "NameInTable", "NameInTable 1", "Refused", "Other 1 2"])
def test_other_failures_have_no_place(code: str | None) -> None:
    assert place_in(code) is None
    assert place_in("NameInTable 4 7") == (4, 7)
