"""Workbooks read back equal what was written, by another program's reader; texts stay texts, and nothing is cut."""

from __future__ import annotations

import csv
import io
import math
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.parsers.expat import ParserCreate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from qualcoder.matrices import excel
from qualcoder.matrices.excel import TextTooLong, TooManyColumns, TooManyRows, write_xlsx
from qualcoder.matrices.tables import Column, ColumnKind, Missing, Table, Value
from qualcoder.matrices.writers import write_csv

WHOLE, NUMBER, TEXT = ColumnKind
KAZAKH = "Әкімнің ұсынған жолы: қоғам, өңір, һәм ғұрып, үй, іс"

TABLE = Table(
    (
        Column("race_id", TEXT, "Сайлау кілті"),
        Column("unit", TEXT, "Ауыл"),
        Column("serial", TEXT, "Нөмір"),
        Column("party", WHOLE, "Кім ұсынды", {1: "Amanat", 9: "Өзін-өзі ұсынған"}),
        Column("competitiongov", NUMBER, "Жеңімпаз үлесі, %"),
        Column("th_roads_n", WHOLE, KAZAKH * 3),
        Column("held_on", TEXT, "Күні"),
    ),
    (
        ("INV-1", "Мысалауыл", "007", 9, 43.81, 3, "2022-09-25"),
        ("INV-2", "Қоянды", "1e5", None, None, 0, ""),
        ("INV-3", "", "12345678901234567890", 1, 100.0, Missing.NO_INTERVIEW, None),
        ("INV-4", "Примерное", "TRUE", 1, -0.5, Missing.NOT_CODED, "25.09.2022"),
    ),
)

Cells = list[list[object]]


def sheets(raw: bytes) -> dict[str, Cells]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}  # type: ignore[misc]  # cells of many types


def read(raw: bytes) -> Cells:
    return sheets(raw)[excel.TABLE_SHEET]


def of_texts(*texts: str) -> Table:
    return Table((Column("race_id", TEXT), Column("note", TEXT)), tuple((f"INV-{n}", t) for n, t in enumerate(texts)))


def notes(raw: bytes) -> list[object]:
    return [row[1] for row in read(raw)[1:]]


def parts(raw: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def test_a_workbook_reads_back_cell_by_cell_with_its_types() -> None:
    header, *rows = read(write_xlsx(TABLE))
    assert header == [column.name for column in TABLE.columns]
    assert rows == [
        ["INV-1", "Мысалауыл", "007", 9.0, 43.81, 3.0, "2022-09-25"],
        ["INV-2", "Қоянды", "1e5", "", "", 0.0, ""],
        ["INV-3", "", "12345678901234567890", 1.0, 100.0, "", ""],
        ["INV-4", "Примерное", "TRUE", 1.0, -0.5, "", "25.09.2022"],
    ]
    assert {type(row[n]) for row in rows for n in (0, 1, 2, 6)} == {str}
    assert {type(row[n]) for row in rows for n in (3, 4, 5) if row[n] != ""} == {float}


def test_a_workbook_says_what_the_csv_says() -> None:
    said = list(csv.reader(io.StringIO(write_csv(TABLE).decode("utf-8-sig"), newline="")))
    for line, row in zip(said, read(write_xlsx(TABLE)), strict=True):
        for there, here in zip(line, row, strict=True):
            if isinstance(here, float):
                assert float(there) == here
            else:
                assert here == ("" if there in set(Missing) else there)


def test_what_is_missing_is_no_cell_at_all() -> None:
    sheet = parts(write_xlsx(TABLE))["xl/worksheets/sheet1.xml"]
    cells = set(re.findall(r'<c r="([A-Z]+\d+)"', sheet))
    assert {"D3", "E3", "F4", "F5", "B4", "G3", "G4"} & cells == set()
    assert {"D2", "E2", "F2", "F3"} <= cells


def test_the_second_sheet_says_what_the_variables_mean() -> None:
    header, *rows = sheets(write_xlsx(TABLE, say=str.upper))[excel.VARIABLES_SHEET]
    reason = "NO INTERVIEW IS LINKED TO THE RACE, OR NONE OF THEM IS CODED YET."
    assert header == ["variable", "label", "type", "values", "empty"]
    assert rows == [
        ["race_id", "Сайлау кілті", "text", "", ""],
        ["unit", "Ауыл", "text", "", ""],
        ["serial", "Нөмір", "text", "", ""],
        ["party", "Кім ұсынды", "whole", "1 = Amanat; 9 = Өзін-өзі ұсынған", ""],
        ["competitiongov", "Жеңімпаз үлесі, %", "number", "", ""],
        ["th_roads_n", KAZAKH * 3, "whole", "", reason],
        ["held_on", "Күні", "text", "", ""],
    ]


def test_the_header_is_bold_and_stays_in_sight_and_columns_have_a_width() -> None:
    inside = parts(write_xlsx(TABLE))
    for sheet in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        assert 'ySplit="1"' in inside[sheet]
        assert 'state="frozen"' in inside[sheet]
        header = re.findall(r'<c r="[A-Z]+1" s="(\d+)"', inside[sheet])
        assert header == ["1"] * len(header)
        assert len(header) >= 5
    assert inside["xl/styles.xml"].count("<b/>") == 1
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', inside["xl/worksheets/sheet1.xml"])]
    assert len(widths) >= 4
    assert all(8 <= width <= 50 for width in widths)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            " =1",
            "\xa0@x",
            '=HYPERLINK("http://x.example")',
        ),
        *(
            "http://x.example/",
            "mailto:oydantap@example.org",
            "internal:Sheet1!A1",
            "file:///c:/x",
            "https://ә.example",
        ),
        *("007", "1e5", "12,5", "TRUE", "#N/A", "2022-09-25", "1/2", ".a", "'quoted", "{=1}", "nan", "inf"),
        *("<b>&amp;</b>", "<r>a & b</r>", "<r><t>x</t></r>", "<r>\x01</r>", "<r>_x0041_</r>", "</t></si>", "]]>"),
        *(
            " blank ends ",
            "two\nlines",
            "cr\r\nlf",
            "\ttab\t",
            "a\x00b",
            "\x0b\x1f\x7f\x85",
            "_x0000_",
            "_x005F_",
            "😀",
        ),
        *("Әкім\u200b", "\u2028", "\ufeffx", "e\u0301"),
    ],
)
def test_a_text_stays_the_text_it_is(text: str) -> None:
    raw = write_xlsx(of_texts(text, "after"))
    assert notes(raw) == [text, "after"]
    inside = parts(raw)
    for part in inside.values():
        ParserCreate().Parse(part, True)
    books = [part for name, part in inside.items() if name.startswith("xl/")]
    assert not [part for part in books if "<f>" in part or "<f " in part or "hyperlink" in part]
    assert not [name for name in inside if "sheets/_rels" in name]


def test_what_would_run_when_its_cell_is_edited_is_marked_as_quoted() -> None:
    inside = parts(write_xlsx(of_texts("=1+1", "plain")))
    cells = dict(re.findall(r'<c r="(B\d)"(?: s="(\d)")?', inside["xl/worksheets/sheet1.xml"]))
    styles = re.findall(r"<xf [^>]*>", inside["xl/styles.xml"].partition("<cellXfs")[2])
    assert 'quotePrefix="1"' in styles[int(cells["B2"])]
    assert cells["B3"] == ""


# U+FFFE and U+FFFF are no characters; the reader leaves their escapes as they are.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=30)
ROWS = st.lists(
    st.tuples(
        TEXTS,
        st.one_of(st.none(), st.sampled_from(Missing), st.integers(-(2**53), 2**53)),
        st.one_of(st.none(), st.sampled_from(Missing), st.floats(allow_nan=False, allow_infinity=False)),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_any_table_comes_back_to_the_last_digit(rows: list[tuple[Value, ...]]) -> None:
    table = Table((Column("t", TEXT), Column("w", WHOLE), Column("f", NUMBER)), (*rows, ("last", 1, 1.0)))
    found = read(write_xlsx(table))[1:]
    expected = [["" if cell is None or isinstance(cell, Missing) else cell for cell in row] for row in table.rows]
    assert found == expected


def test_the_same_table_gives_the_same_bytes_that_name_nobody_and_no_moment() -> None:
    raw = write_xlsx(TABLE)
    assert write_xlsx(TABLE) == raw
    inside = parts(raw)
    assert "<dc:creator></dc:creator><cp:lastModifiedBy></cp:lastModifiedBy>" in inside["docProps/core.xml"]
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", "".join(inside.values()))) == {"1980-01-01T00:00:00Z"}
    assert set(inside) == {
        *("[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml", "xl/_rels/workbook.xml.rels"),
        *("xl/sharedStrings.xml", "xl/styles.xml", "xl/theme/theme1.xml", "xl/workbook.xml"),
        *("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"),
    }
    for known in (os.uname().nodename, str(Path.cwd())):
        assert not [name for name, part in inside.items() if known in part]
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_table_without_rows_is_a_header() -> None:
    assert read(write_xlsx(Table(TABLE.columns, ()))) == [[column.name for column in TABLE.columns]]


def test_the_longest_text_fits_and_a_longer_one_is_refused_with_the_limit() -> None:
    longest = "ә" * 32_767
    assert notes(write_xlsx(of_texts(longest))) == [longest]
    # Two units each, as Excel counts.
    faces = "😀" * 16_383
    assert notes(write_xlsx(of_texts(faces))) == [faces]
    for text in (longest + "x", faces + "xy", "<r>" + "&" * 32_767 + "</r>"):
        with pytest.raises(TextTooLong, match=r"32,767 characters .* CSV"):
            write_xlsx(of_texts("short", text))


def test_a_label_that_is_too_long_is_refused_too() -> None:
    with pytest.raises(TextTooLong):
        write_xlsx(Table((Column("race_id", TEXT, "ә" * 32_768),), (("INV-1",),)))


def test_the_last_column_fits_and_one_more_is_refused_with_the_limit() -> None:
    columns = tuple(Column(f"v{n}", WHOLE) for n in range(16_384))
    assert read(write_xlsx(Table(columns, (tuple(range(16_384)),))))[1][-1] == 16_383
    with pytest.raises(TooManyColumns, match=r"16,384 columns .* CSV"):
        write_xlsx(Table((*columns, Column("more", WHOLE)), ()))


def test_more_rows_than_a_sheet_has_are_refused_with_the_limit() -> None:
    """The header is a row of the sheet."""
    with pytest.raises(TooManyRows, match=r"1,048,576 rows .* CSV"):
        write_xlsx(Table((Column("n", WHOLE),), ((1,),) * 1_048_576))


def test_a_number_that_is_none_is_a_mistake_of_ours() -> None:
    for number in (math.inf, -math.inf, math.nan):
        with pytest.raises(ValueError, match="infinite"):
            write_xlsx(Table((Column("n", NUMBER),), ((number,),)))


def test_nothing_is_written_to_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    write_xlsx(TABLE)
    written: list[object] = []
    watching = [True]

    def watch(event: str, args: tuple[object, ...]) -> None:
        if not watching:
            return
        if event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            written.append(args[0])
        elif event in {"os.mkdir", "tempfile.mkstemp", "tempfile.mkdtemp", "os.memfd_create"}:
            written.append(event)

    sys.addaudithook(watch)
    write_xlsx(TABLE)
    (tmp_path / "control").write_text("seen")
    watching.clear()
    assert written == [str(tmp_path / "control")]


PROGRAM = """
import os, sys
import xlsxwriter
from qualcoder.matrices import excel
from tests.matrices.test_excel import TABLE
excel._OPTIONS["in_memory"] = sys.argv[1] == "memory"
made = []
sys.addaudithook(lambda event, args: made.append(args[0]) if event.startswith("tempfile.mk") else None)
assert excel.write_xlsx(TABLE)
print(sum(str(path).startswith(os.environ["TMPDIR"]) for path in made), len(os.listdir(os.environ["TMPDIR"])))
"""


@pytest.mark.parametrize(("mode", "files"), [("memory", 0), ("disk", 11)])
def test_a_private_temp_folder_stays_empty(tmp_path: Path, mode: str, files: int) -> None:
    """The other mode of the library is the control: it would put every part of the file there."""
    folder = tmp_path / "private"
    folder.mkdir()
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, mode],
        capture_output=True,
        text=True,
        check=True,
        env={"TMPDIR": str(folder), "PYTHONPATH": os.pathsep.join(p for p in sys.path if p) or "."},
        cwd=Path(__file__).parents[2],
    )
    assert int(told.stdout.split()[0]) == files
    assert list(folder.iterdir()) == []
