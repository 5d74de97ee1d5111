"""Races come from Excel and Stata as they come from CSV."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from qualcoder.core.errors import Invalid
from qualcoder.races.files import RaceFile, read_races
from tests.transcripts.parsing import documents

_NAMES = "race_id election_date oblast oblast_iso unit unit_type competitiongov registered voted eq_or_less_than_55"
COLUMNS = _NAMES.split()
ROWS: list[list[str | float]] = [
    ["PRI-1", "2022-09-25", "Примерная область", "KZ-AKM", "Примерное", "village", 3.0, 1000.0, 612.0, 1.0],
    ["PRI-2", "2023-01-15", "Примерная область", "KZ-AKM", "Мысалауыл", "village", 1.0, 900.0, 400.0, 0.0],
]


def as_csv() -> bytes:
    return pd.DataFrame(ROWS, columns=COLUMNS).to_csv(index=False).encode()


def as_xlsx() -> bytes:
    return documents.workbook([COLUMNS, *ROWS])


def as_dta(version: int = 118) -> bytes:
    frame = pd.DataFrame(ROWS, columns=COLUMNS)
    frame["election_date"] = pd.to_datetime(frame["election_date"])
    written = io.BytesIO()
    frame.to_stata(written, write_index=False, version=version)  # type: ignore[arg-type]  # 118 and 119 hold Cyrillic
    return written.getvalue()


def bare(file: RaceFile) -> list[object]:
    return [(row.key, row.election_date, row.oblast, row.unit, dict(row.values)) for row in file.rows]


@pytest.mark.parametrize("raw", [as_xlsx(), as_dta(), as_dta(119)], ids=["xlsx", "dta 118", "dta 119"])
def test_a_workbook_and_a_stata_file_give_the_rows_of_the_csv(raw: bytes) -> None:
    assert bare(read_races(raw)) == bare(read_races(as_csv()))
    assert len(read_races(raw).rows) == 2


def test_missing_values_of_a_stata_file_are_empty_cells() -> None:
    frame = pd.DataFrame(ROWS, columns=COLUMNS)
    frame.loc[0, "voted"] = float("nan")
    frame["election_date"] = pd.to_datetime(frame["election_date"])
    frame.loc[1, "election_date"] = pd.NaT
    written = io.BytesIO()
    frame.to_stata(written, write_index=False, version=118)
    file = read_races(written.getvalue())
    assert file.rows[0].values["voted"] is None
    assert file.rows[1].election_date is None


def test_reports_name_the_row_of_the_sheet() -> None:
    wrong = [list(row) for row in ROWS]
    wrong[1][7] = "many"
    blank: list[str | float] = [""] * len(COLUMNS)
    file = read_races(documents.workbook([COLUMNS, wrong[0], blank, wrong[1]]))
    assert [report.line for report in file.reports if report.is_error] == [4]


@pytest.mark.parametrize("raw", [as_dta()[:300], as_xlsx()[:300], documents.workbook([("one",), ("x",)])])
def test_a_broken_or_empty_workbook_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        read_races(raw)
    assert refusal.value.status == 415
