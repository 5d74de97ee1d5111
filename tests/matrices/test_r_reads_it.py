"""R reads the Stata files: figures, Kazakh labels and the reasons of missing values."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from qualcoder.matrices.tables import Column, ColumnKind, Missing, Table
from qualcoder.matrices.writers import write_dta
from tests.programs import require_program, skip_or_fail

TABLE = Table(
    (
        Column("race_id", ColumnKind.TEXT, "Сайлау кілті"),
        Column("th_roads_n", ColumnKind.WHOLE, "Сегменттер: Жол, көше, ұсыныс"),
        Column("th_roads_p", ColumnKind.WHOLE, "Тақырып бар ма", {0: "жоқ", 1: "бар"}),
    ),
    (("INV-1", 3, 1), ("INV-2", Missing.NO_INTERVIEW, Missing.NO_INTERVIEW), ("INV-3", Missing.NOT_CODED, 0)),
)

SCRIPT = r"""
library(haven)
d <- read_dta(commandArgs(TRUE)[1])
quote <- function(x) paste0('"', gsub('"', '\\"', enc2utf8(as.character(x))), '"')
row <- function(x) paste0("[", paste(quote(x), collapse = ","), "]")
cat("{\"labels\":", row(sapply(d, function(x) attr(x, "label"))),
    ",\"ids\":", row(d$race_id),
    ",\"n\":", row(ifelse(is.na(d$th_roads_n), paste0(".", na_tag(d$th_roads_n)), d$th_roads_n)),
    ",\"words\":", row(names(attr(d$th_roads_p, "labels"))), "}")
"""


def test_r_reads_figures_labels_and_reasons(tmp_path: Path) -> None:
    rscript = require_program("Rscript")
    asked = subprocess.run([rscript, "-e", "library(haven)"], capture_output=True, check=False)
    if asked.returncode:
        skip_or_fail("the R package haven is not installed")
    file = tmp_path / "invented.dta"
    file.write_bytes(write_dta(TABLE, data_label="Ойдан шығарылған", at=datetime(2026, 11, 21, tzinfo=UTC)))
    program = tmp_path / "read.R"
    program.write_text(SCRIPT, "utf-8")
    answer = subprocess.run(
        [rscript, "--vanilla", str(program), str(file)],
        capture_output=True,
        check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )
    read = json.loads(answer.stdout.decode("utf-8"))
    assert read["labels"] == [column.label for column in TABLE.columns]
    assert read["ids"] == ["INV-1", "INV-2", "INV-3"]
    assert read["n"] == ["3", ".a", ".b"]
    assert sorted(read["words"]) == ["бар", "жоқ"]
