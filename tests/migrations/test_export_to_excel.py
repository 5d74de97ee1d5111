"""The ledger of exports takes Excel files; on the way there and back no line and no other rule of the table is lost."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from alembic.util import CommandError
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select

from qualcoder import migrations
from qualcoder.core.db import migrating
from qualcoder.core.errors import Unavailable
from qualcoder.home import Home
from qualcoder.matrices import service
from qualcoder.matrices.cells import Question
from qualcoder.matrices.jobs import remove_dead_files
from qualcoder.matrices.models import ExportFormat, ExportLedger
from qualcoder.matrices.service import ExportSpec
from tests.homes import World, access_of, work_off
from tests.transcripts import making

pytestmark = pytest.mark.both_backends
BEFORE, AFTER = "d005", "d006"
FORMAT = "ck_export_ledger_export_format"


def _export(home: Home, world: World, *formats: ExportFormat) -> None:
    making.import_codes(home, world)
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        for file_format in formats:
            service.ask_export(db, access, file_format, ExportSpec(Question(), "long", "kk"))
    work_off(home)


def _rows(home: Home) -> list[tuple[Any, ...]]:
    with home.data.reading.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM export_ledger ORDER BY number"))]


def _shape(home: Home) -> dict[str, object]:
    with home.data.reading.connect() as connection:
        look = inspect(connection)
        return {
            "columns": [
                (c["name"], str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns("export_ledger")
            ],
            "checks": {
                str(one["name"]): str(one["sqltext"])
                for one in look.get_check_constraints("export_ledger")
                if one["name"] != FORMAT
            },
            "primary": look.get_pk_constraint("export_ledger"),
            "foreign": sorted(str(key) for key in look.get_foreign_keys("export_ledger")),
            "indexes": sorted(str(index) for index in look.get_indexes("export_ledger")),
        }


def _format_check(home: Home) -> str:
    with home.data.reading.connect() as connection:
        checks = inspect(connection).get_check_constraints("export_ledger")
    (found,) = [str(one["sqltext"]) for one in checks if one["name"] == FORMAT]
    return found


def _set_column(home: Home, column: str, value: str) -> None:
    with migrating(home.data) as connection:
        connection.execute(text(f"UPDATE export_ledger SET {column} = :value"), {"value": value})  # noqa: S608  # ours


def test_lines_and_every_other_rule_stay_on_the_way_down_and_up(home: Home, world: World) -> None:
    _export(home, world, ExportFormat.CSV, ExportFormat.DTA)
    rows, shape = _rows(home), _shape(home)
    assert len(rows) == 2
    assert "xlsx" in _format_check(home)
    assert "ck_export_ledger_export_profile" in str(shape["checks"])
    for _ in range(2):
        migrations.downgrade(home.data, "data", BEFORE)
        assert "xlsx" not in _format_check(home)
        assert (_rows(home), _shape(home)) == (rows, shape)
        with pytest.raises(IntegrityError):
            _set_column(home, "format", "xlsx")
        migrations.upgrade(home.data, "data", AFTER)
        assert (_rows(home), _shape(home)) == (rows, shape)
        for column, value in (("format", "parquet"), ("profile", "everybody")):
            with pytest.raises(IntegrityError):
                _set_column(home, column, value)
        with pytest.raises((IntegrityError, Unavailable)):
            _set_column(home, "blob_id", uuid4().hex)
    migrations.upgrade(home.data, "data")
    _export(home, world, ExportFormat.XLSX)
    with home.data.read() as db:
        assert db.exec(select(ExportLedger.format).order_by(col(ExportLedger.number))).all() == ["csv", "dta", "xlsx"]


def test_a_line_about_an_excel_file_is_never_dropped_by_going_back(home: Home, world: World) -> None:
    _export(home, world, ExportFormat.XLSX, ExportFormat.CSV, ExportFormat.XLSX)
    rows, shape = _rows(home), _shape(home)
    with pytest.raises(CommandError, match=r"2 Excel files .* Nothing was changed"):
        migrations.downgrade(home.data, "data", BEFORE)
    assert migrations.is_current(home.data, "data")
    assert (_rows(home), _shape(home)) == (rows, shape)
    with home.data.transaction() as db:
        for line in db.exec(select(ExportLedger).where(col(ExportLedger.format) == ExportFormat.XLSX)):
            db.delete(line)
    migrations.downgrade(home.data, "data", BEFORE)
    assert [row for row in rows if row in _rows(home)] == _rows(home)
    migrations.upgrade(home.data, "data")
    remove_dead_files(home.data)
    with home.data.read() as db:
        assert db.exec(select(func.count()).select_from(ExportLedger)).one() == 1
