"""A matrix laid out wide and long, and its Stata file equal to the matrix cell by cell."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from uuid import UUID

import pandas
from pandas.io.stata import StataReader

from qualcoder.core.ids import CodeId, CodingId, InterviewId, RespondentId, RoundId
from qualcoder.matrices.crosstab import RaceLink, Segment, build
from qualcoder.matrices.shapes import CodeHead, LabelledCrosstab, Measure, RaceHead, long, wide
from qualcoder.matrices.tables import Column, ColumnKind, Missing
from qualcoder.matrices.writers import write_csv, write_dta

ROADS, WATER = (CodeId(UUID(int=n)) for n in (11, 12))
KOYANDY, INVENTED, EMPTY = (RoundId(UUID(int=n)) for n in (21, 22, 23))
TALK, SILENT = (InterviewId(UUID(int=n)) for n in (31, 32))
VOTERS = tuple(RespondentId(UUID(int=n)) for n in (41, 42))
KAZAKH = {"Theme present": "Тақырып бар", "Segments": "Үзінділер", "present": "бар", "absent": "жоқ"}


def say(message: str) -> str:
    return KAZAKH.get(message, message)


def a_matrix() -> LabelledCrosstab:
    segments = [Segment(CodingId(UUID(int=n)), ROADS, TALK, VOTERS[:n], 10 * n) for n in (1, 2)]
    links = [RaceLink(TALK, KOYANDY), RaceLink(SILENT, INVENTED)]
    crosstab = build(segments, links, codes=[ROADS, WATER], races=[KOYANDY, INVENTED, EMPTY])
    return LabelledCrosstab(
        crosstab,
        (
            CodeHead(ROADS, "SQ_ROADS", "th_sq_roads", "Жолдың жағдайы"),
            CodeHead(WATER, "SQ_WATER", "Су мен құбыр", "Су"),
        ),
        (
            RaceHead(KOYANDY, "KOY-2022-2", (43.81, "Қоянды")),
            RaceHead(INVENTED, "INV-1", (None, "Мысалауыл")),
            RaceHead(EMPTY, "INV-2", (75.0, "")),
        ),
        (Column("competitiongov", ColumnKind.NUMBER, "Үлес"), Column("n_int", ColumnKind.TEXT, "Ауыл")),
    )


def test_the_wide_table_keeps_every_race_and_says_why_a_cell_is_missing() -> None:
    table = wide(a_matrix(), measures=(Measure.PRESENCE, Measure.RESPONDENTS))
    assert [column.name for column in table.columns] == [
        "race_id", "competitiongov", "n_int_2", "n_int", "n_int_coded",
        "th_sq_roads_p", "th_sq_roads_r", "su_men_qubyr_p", "su_men_qubyr_r",
    ]  # fmt: skip
    a, b = Missing.NO_INTERVIEW, Missing.NOT_CODED
    assert table.rows == (
        ("KOY-2022-2", 43.81, "Қоянды", 1, 1, 1, 2, 0, 0),
        ("INV-1", None, "Мысалауыл", 1, 0, b, b, b, b),
        ("INV-2", 75.0, "", 0, 0, a, a, a, a),
    )


def test_the_long_table_has_a_row_per_race_and_code() -> None:
    table = long(a_matrix())
    states = [(row[0], row[1], row[4]) for row in table.rows]
    assert states == [
        ("KOY-2022-2", "SQ_ROADS", "present"),
        ("KOY-2022-2", "SQ_WATER", "absent"),
        ("INV-1", "SQ_ROADS", "not_coded"),
        ("INV-1", "SQ_WATER", "not_coded"),
        ("INV-2", "SQ_ROADS", "no_interview"),
        ("INV-2", "SQ_WATER", "no_interview"),
    ]
    assert table.rows[0][7:] == (1, 2, 2, 1, 30, 0)
    assert write_csv(table).decode("utf-8-sig").splitlines()[1].endswith('"Жолдың жағдайы","present",1,1,1,2,2,1,30,0')


def test_the_stata_file_equals_the_matrix_with_kazakh_labels() -> None:
    matrix = a_matrix()
    raw = write_dta(wide(matrix, say=say), data_label="Тақырып × сайлау", at=datetime(2026, 11, 22, tzinfo=UTC))
    frame = pandas.read_stata(io.BytesIO(raw), convert_categoricals=False, convert_missing=True).set_index("race_id")
    for race in matrix.races:
        for code, stem in ((ROADS, "th_sq_roads"), (WATER, "su_men_qubyr")):
            cell, found = matrix.crosstab.cells[code, race.id], frame.loc[race.key]
            if cell.state in ("no_interview", "not_coded"):
                reason = ".a" if cell.state == "no_interview" else ".b"
                missing = [found[f"{stem}_{measure}"] for measure in Measure]
                assert all(value.string == reason for value in missing)
            else:
                figures = [found[f"{stem}_{measure}"] for measure in "nricd"]
                assert figures == [cell.segments, cell.respondents, cell.interviews, cell.characters, cell.denied]
                assert found[f"{stem}_p"] == (cell.state == "present")
    with StataReader(io.BytesIO(raw)) as reader:
        assert reader.variable_labels()["th_sq_roads_n"] == "Үзінділер: Жолдың жағдайы"
        assert reader.value_labels()["th_sq_roads_p"] == {0: "жоқ", 1: "бар"}
