"""The matrix as files for scripts: every format in one go, or nothing and a sentence."""

from __future__ import annotations

import csv
import io

import pytest
from python_calamine import CalamineWorkbook

from qualcoder.matrices import excel
from tests.cli.shell import PI, Shell

HERE = ("--study", "akims", "--as", PI)


def test_every_format_comes_out_at_once_and_says_the_same(study: Shell) -> None:
    out = study.folder / "out"
    assert study.run("matrix", "export", *HERE, "--out", str(out), "--format", "csv,xlsx,dta") == "3 files.\n"
    assert sorted(path.name for path in out.iterdir()) == [f"akims-matrix.{kind}" for kind in ("csv", "dta", "xlsx")]
    assert [path for path in out.iterdir() if path.stat().st_mode & 0o077] == []
    book = CalamineWorkbook.from_filelike(io.BytesIO((out / "akims-matrix.xlsx").read_bytes()))
    rows = book.get_sheet_by_name("matrix").to_python(skip_empty_area=False)
    lines = list(csv.reader((out / "akims-matrix.csv").read_text("utf-8-sig").splitlines()))
    assert rows[0] == lines[0]
    assert [row[0] for row in rows] == [line[0] for line in lines]


@pytest.mark.parametrize(("shape", "endings"), [("wide", {"n", "r"}), ("long", {"seg", "n_resp"})])
def test_only_the_measures_that_were_named_come_out(study: Shell, shape: str, endings: set[str]) -> None:
    def columns(name: str, *measures: str) -> list[str]:
        named = [word for measure in measures for word in ("--measure", measure)]
        out = study.folder / name
        study.run("matrix", "export", *HERE, "--out", str(out), "--format", "csv", "--shape", shape, *named)
        return next(csv.reader((out / "akims-matrix.csv").read_text("utf-8-sig").splitlines()))

    every = columns("every")
    all_of_one = columns("all", "denied", "presence", "characters", "interviews", "segments", "respondents")
    some = columns("some", "respondents", "segments", "segments")
    assert all_of_one == every
    figures = {name for name in every if name not in some}
    assert some == [name for name in every if name in some]
    ending = {name.rpartition("_")[2] if shape == "wide" else name for name in figures}
    assert not ending & endings
    assert len(ending) == 4
    other = study.folder / "other"
    for wrong in ("rows", "", "n", "SEGMENTS", "segments,denied"):
        study.run("matrix", "export", *HERE, "--out", str(other), "--measure", wrong, status=2)
    assert not other.exists()


def test_a_table_too_large_for_excel_is_a_sentence_and_no_file(study: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MOST_COLUMNS", 20)
    out = study.folder / "out"
    asked = ("matrix", "export", *HERE, "--out", str(out), "--format", "csv,xlsx")
    status, said, error = study._here(asked, {})
    assert (status, said) == (2, "")
    assert error.strip() == excel.FAULTS["TooManyColumns"]
    assert list(out.iterdir()) == []
    study.run("matrix", "export", *HERE, "--out", str(out), "--format", "csv")
    assert [path.name for path in out.iterdir()] == ["akims-matrix.csv"]
