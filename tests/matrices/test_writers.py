"""Files read back equal what was written, cell by cell, with Kazakh letters and the reasons of missing values."""

from __future__ import annotations

import csv
import io
import math
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.io.stata import StataReader

from qualcoder.matrices.tables import Column, ColumnKind, Missing, Table, Value
from qualcoder.matrices.writers import write_csv, write_dta

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WHOLE, NUMBER, TEXT = ColumnKind
KAZAKH = "Әкімнің ұсынған жолы: қоғам, өңір, һәм ғұрып, үй, іс"

TABLE = Table(
    (
        Column("race_id", TEXT, "Сайлау кілті"),
        Column("unit", TEXT, "Ауыл"),
        Column("party", WHOLE, "Кім ұсынды", {1: "Amanat", 9: "Өзін-өзі ұсынған"}),
        Column("competitiongov", NUMBER, "Жеңімпаз үлесі, %"),
        Column("th_roads_n", WHOLE, KAZAKH * 3),
        Column("note", TEXT, "Ескерту"),
        Column("share", NUMBER),
    ),
    (
        ("INV-1", "Мысалауыл", 9, 43.81, 3, "қысқа", Missing.NOT_CODED),
        ("INV-2", "Қоянды", None, None, 0, "", 0.1),
        ("INV-3", "", 1, 100.0, Missing.NO_INTERVIEW, None, -2.5),
        ("INV-4", "Примерное", 1, -0.5, Missing.NOT_CODED, KAZAKH * 60, None),
    ),
)


def read_by_pandas(raw: bytes) -> list[tuple[Value, ...]]:
    frame = pandas.read_stata(io.BytesIO(raw), convert_categoricals=False, convert_missing=True)
    return [tuple(as_value(cell) for cell in row) for row in frame.itertuples(index=False, name=None)]


def as_value(cell: Any) -> Value:  # whatever numpy type the reader chose
    if missing := getattr(cell, "string", None):
        return None if missing == "." else Missing(missing)
    value: Value = cell.item() if hasattr(cell, "item") else cell
    return value


def as_stata(table: Table) -> list[tuple[Value, ...]]:
    def cell(column: Column, value: Value) -> Value:
        return "" if column.kind is TEXT and (value is None or isinstance(value, Missing)) else value

    return [tuple(cell(c, v) for c, v in zip(table.columns, row, strict=True)) for row in table.rows]


def test_a_stata_file_reads_back_cell_by_cell() -> None:
    assert read_by_pandas(write_dta(TABLE, data_label="Матрица", at=AT)) == as_stata(TABLE)


def test_a_stata_file_is_of_format_118_with_kazakh_labels_cut_to_80() -> None:
    raw = write_dta(TABLE, data_label="Тақырып × сайлау", at=AT)
    assert raw.startswith(b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder>")
    with StataReader(io.BytesIO(raw)) as reader:
        assert reader.data_label == "Тақырып × сайлау"
        labels = reader.variable_labels()
        assert labels["race_id"] == "Сайлау кілті"
        assert labels["th_roads_n"] == (KAZAKH * 3)[:79].rstrip() + "…"
        assert reader.value_labels() == {"party": {1: "Amanat", 9: "Өзін-өзі ұсынған"}}


def test_the_same_table_gives_the_same_bytes() -> None:
    assert write_dta(TABLE, data_label="x", at=AT) == write_dta(TABLE, data_label="x", at=AT)


@pytest.mark.skipif(sys.platform != "linux", reason="reads through an anonymous file in memory")
def test_another_reader_sees_the_same_file() -> None:
    raw = write_dta(TABLE, data_label="x", at=AT)
    handle = os.memfd_create("invented")
    try:
        os.write(handle, raw)
        frame, meta = pyreadstat.read_dta(f"/proc/self/fd/{handle}", user_missing=True)
    finally:
        os.close(handle)
    assert frame["th_roads_n"].tolist() == [3, 0, "a", "b"]
    assert frame["share"].tolist()[:3] == ["b", 0.1, -2.5]
    assert math.isnan(frame["share"].tolist()[3])
    assert frame["note"].tolist() == ["қысқа", "", "", KAZAKH * 60]
    assert meta.missing_user_values == {"th_roads_n": ["a", "b"], "share": ["b"]}
    assert meta.variable_value_labels == {"party": {1: "Amanat", 9: "Өзін-өзі ұсынған"}}


def test_names_that_stata_refuses_are_changed_and_stay_apart() -> None:
    table = Table((Column("Явка", WHOLE), Column("yavka", WHOLE), Column("if", TEXT)), ((1, 2, "а"),))
    frame = pandas.read_stata(io.BytesIO(write_dta(table, data_label="", at=AT)))
    assert list(frame.columns) == ["yavka", "yavka_2", "vif"]


def test_a_table_without_rows_is_a_file_without_rows() -> None:
    raw = write_dta(Table(TABLE.columns, ()), data_label="x", at=AT)
    assert read_by_pandas(raw) == []


def test_whole_numbers_beyond_stata_s_are_kept_as_doubles_and_infinity_is_refused() -> None:
    table = Table((Column("n", WHOLE),), ((2_147_483_700,), (Missing.NO_INTERVIEW,)))
    assert read_by_pandas(write_dta(table, data_label="", at=AT)) == [(2_147_483_700,), (Missing.NO_INTERVIEW,)]
    with pytest.raises(ValueError, match="infinite"):
        write_dta(Table((Column("n", NUMBER),), ((math.inf,),)), data_label="", at=AT)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
ROWS = st.lists(
    st.tuples(
        TEXTS,
        st.one_of(st.none(), st.sampled_from(Missing), st.integers(-2_000_000_000, 2_000_000_000)),
        st.one_of(st.none(), st.sampled_from(Missing), st.floats(-1e300, 1e300)),
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_any_stata_table_comes_back(rows: list[tuple[Value, ...]]) -> None:
    table = Table((Column("t", TEXT), Column("w", WHOLE), Column("f", NUMBER)), tuple(rows))
    assert read_by_pandas(write_dta(table, data_label="", at=AT)) == as_stata(table)


def read_csv(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_a_csv_reads_back_with_its_missing_codes() -> None:
    raw = write_csv(TABLE)
    assert raw.startswith(b"\xef\xbb\xbf")
    header, *rows = read_csv(raw)
    assert header == [column.name for column in TABLE.columns]
    assert rows[0] == ["INV-1", "Мысалауыл", "9", "43.81", "3", "қысқа", ".b"]
    assert rows[2] == ["INV-3", "", "1", "100.0", ".a", "", "-2.5"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\xa0@"])
def test_a_text_that_would_run_as_a_formula_is_made_harmless(start: str) -> None:
    table = Table((Column("note", TEXT), Column("n", WHOLE)), ((f"{start}1+1", -5),))
    assert read_csv(write_csv(table))[1] == [f"'{start}1+1", "-5"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=1, max_size=4))
def test_no_csv_cell_begins_like_a_formula(texts: list[str]) -> None:
    table = Table(tuple(Column(f"c{n}", TEXT) for n in range(len(texts))), (tuple(texts),))
    cells = read_csv(write_csv(table))[1]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))]
    assert [
        cell.removeprefix("'") if text[:1] != "'" else cell for cell, text in zip(cells, texts, strict=True)
    ] == texts


def test_nothing_is_written_to_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    write_dta(TABLE, data_label="modules are loaded now", at=AT)
    written: list[object] = []
    watching = [True]

    def watch(event: str, args: tuple[object, ...]) -> None:
        if watching and event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR):
            written.append(args[0])

    sys.addaudithook(watch)
    write_dta(TABLE, data_label="x", at=AT)
    write_csv(TABLE)
    (tmp_path / "control").write_text("seen")
    watching.clear()
    assert written == [str(tmp_path / "control")]


def test_a_ragged_table_or_a_name_twice_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="wide"):
        Table((Column("a", TEXT),), (("x", "y"),))
    with pytest.raises(ValueError, match="one name"):
        Table((Column("a", TEXT), Column("a", TEXT)), ())
