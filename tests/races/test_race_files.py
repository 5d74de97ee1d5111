"""Race and candidate files: both layouts, people's spellings of tables, and a plain sentence for each fault."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.core.errors import Invalid
from qualcoder.races.candidates import BallotLine, ballots_of, read_candidates
from qualcoder.races.files import RaceFile, read_races
from qualcoder.races.variables import VARIABLES, Kind

RACES = Path(__file__).parents[2] / "qualcoder" / "demo" / "races"
HEADER = "race_id,election_date,oblast,oblast_iso,district,unit,unit_type,competitiongov,registered,voted,party,winner"
LINE = "INV-1,2023-11-05,Invented,KZ-59,Примерный,Мысалауыл,VD,55.5,1000,700,9,Ойдантап"


def published(name: str) -> bytes:
    return (RACES / name).read_bytes()


def a_table(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def the_faults(file: RaceFile) -> list[tuple[int, str, str]]:
    return [(r.line, r.level, r.message % r.params) for r in file.reports]


def test_the_koyandy_rounds_are_one_contest_with_two_rounds() -> None:
    file = read_races(published("koyandy_race.csv"))
    first, second = file.rows
    assert file.reports == ()
    assert (first.contest_key, second.contest_key) == ("KOY-2022", "KOY-2022")
    assert (first.round_no, first.round_kind, first.result_status) == (1, "initial", "annulled")
    assert (second.round_no, second.round_kind, second.result_status) == (2, "repeat", "final")
    assert second.election_date == date(2022, 9, 25)
    assert second.values["competitiongov"] == 43.81
    assert first.values["registered"] is None
    assert second.values["precincts"] == "653;739"


def test_the_synthetic_file_has_255_races_each_a_contest_of_its_own() -> None:
    file = read_races(published("races_synthetic_255.csv"))
    assert len(file.rows) == len({row.key for row in file.rows}) == 255
    assert file.reports == ()
    assert all(row.contest_key == row.key and row.round_no == 1 and row.result_status == "final" for row in file.rows)
    assert sum(row.round_kind == "repeat" for row in file.rows) == 5
    assert {"competitiongov", "eq_or_less_than_55", "turnoutgov", "proximity"} <= set(file.variables)


def test_the_koyandy_candidates_add_up() -> None:
    file = read_candidates(published("koyandy_candidates.csv"))
    assert file.reports == ()
    ballots = ballots_of(file.rows, "KOY-2022-2")
    assert ballots.votes == (1, 6, 75, 0, 10, 308, 7, 278)
    assert (ballots.against_all, ballots.invalid) == (4, 14)
    assert (ballots.for_candidates, ballots.valid, ballots.cast) == (685, 689, 703)
    assert [row.kind for row in file.rows[-2:]] == [BallotLine.AGAINST_ALL, BallotLine.INVALID]
    assert [row.name_as_printed for row in file.rows if row.is_elected] == ["Soltanbay Bakyt Khan"]
    assert sum(row.is_resident is True for row in file.rows) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_way_of_saving_gives_the_same_rows(encoding: str, delimiter: str) -> None:
    text = "\r\n".join([HEADER, LINE]).replace(",", delimiter)
    row = read_races(text.encode(encoding)).rows[0]
    assert (row.unit, row.values["competitiongov"], row.values["winner"]) == ("Мысалауыл", 55.5, "Ойдантап")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("55,5", 55.5),
        ("55.5", 55.5),
        ("1 055,5", 1055.5),
        ("1\xa0055", 1055.0),
        ("", None),
        (".", None),
        ("NA", None),
        ("-1", -1.0),
    ],
)
def test_numbers_are_read_as_people_write_them(written: str, read: float | None) -> None:
    raw = a_table(
        LINE.replace("55.5", written).replace(",", ";").replace(written.replace(",", ";"), written),
        header=HEADER.replace(",", ";"),
    )
    assert read_races(raw).rows[0].values["competitiongov"] == read


@pytest.mark.parametrize("written", ["2023-11-05", "05.11.2023", "5.11.2023"])
def test_dates_are_read_in_both_orders(written: str) -> None:
    assert read_races(a_table(LINE.replace("2023-11-05", written))).rows[0].election_date == date(2023, 11, 5)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (LINE.replace("55.5", "high"), "competitiongov is not a number."),
        (LINE.replace("55.5", "nan"), "competitiongov is not a number."),
        (LINE.replace("1000", "3.304"), "registered is not a whole number."),
        (LINE.replace("1000", "99999999999"), "registered is too large."),
        (LINE.replace("2023-11-05", "2023-13-05"), "election_date is not a date; write 2022-09-25 or 25.09.2022."),
        (LINE.replace("INV-1", ""), "race_id is empty."),
        (LINE.replace("INV-1", "K" * 61), "race_id is longer than 60 characters."),
        (LINE.replace("Мысалауыл", " "), "unit is empty."),
        (LINE + ",extra", "This line has 13 cells and the header 12."),
        ("INV-2", "This line has 1 cells and the header 12."),
    ],
)
def test_one_line_in_error_keeps_the_whole_file_out(line: str, sentence: str) -> None:
    file = read_races(a_table(LINE.replace("INV-1", "INV-0"), "", line))
    assert the_faults(file) == [(4, "error", sentence)]
    assert file.rows == ()
    with pytest.raises(Invalid, match="the first in line 4"):
        file.require_usable()


def test_a_repeated_key_is_an_error_that_names_both_lines() -> None:
    file = read_races(a_table(LINE, LINE))
    assert the_faults(file) == [(3, "error", "The key INV-1 stands already in line 2; each race needs its own.")]
    assert file.rows == ()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (LINE.replace("2023-11-05", ""), "There is no election date."),
        (LINE.replace("KZ-59", "KZ-99"), "oblast_iso holds a code that is not in its list."),
        (LINE.replace("VD", "HAMLET"), "unit_type holds a code that is not in its list."),
        (LINE.replace(",9,", ",12,"), "party holds a code that is not in its list."),
    ],
)
def test_a_doubt_is_told_and_the_row_is_kept(line: str, sentence: str) -> None:
    file = read_races(a_table(line))
    assert the_faults(file) == [(2, "warning", sentence)]
    assert len(file.rows) == 1
    file.require_usable()


def test_an_unknown_column_is_told_and_left_out() -> None:
    file = read_races(a_table(LINE + ",x", header=HEADER + ",mystery"))
    assert the_faults(file) == [(1, "warning", "The column mystery is not known and was left out.")]
    assert "mystery" not in file.rows[0].values


@pytest.mark.parametrize(
    ("raw", "status", "sentence"),
    [
        (b"", 422, "The file is empty"),
        (b"  \n", 422, "The file is empty"),
        (HEADER.encode(), 422, "no lines under it"),
        (b"just a sentence\nand another\n", 415, "This is no table"),
        (b"PK\x03\x04xl/", 415, "damaged"),
        (b"<stata_dta><header>", 415, "damaged"),
        (a_table(LINE) + b"\x00", 415, "zero bytes"),
        (a_table('"never closed'), 415, "This is no table"),
        (a_table(LINE, header=HEADER.replace("oblast_iso", "iso")), 422, "missing: oblast_iso"),
        (
            a_table(LINE, header=HEADER.replace("registered", "x").replace("voted", "y")),
            422,
            "missing: registered, voted",
        ),
        (
            a_table(LINE, header=HEADER.replace("party", "contest_id")),
            422,
            "missing: round_no, round_kind, result_status",
        ),
        (a_table(LINE, header=HEADER.replace("party", "winner")), 422, "stand twice: winner"),
        (a_table(LINE, header=HEADER.replace("party", "")), 422, "A column has no name"),
    ],
)
def test_what_is_no_race_table_is_refused_with_a_plain_sentence(raw: bytes, status: int, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refusal:
        read_races(raw)
    assert refusal.value.status == status


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("R-1,1,Ойдантап,5,2", "elected must be 0 or 1."),
        ("R-1,,Ойдантап,5,0", "candidate_no is empty."),
        ("R-1,1,,5,0", "name_as_printed is empty."),
        ("R-1,1,Ойдантап,five,0", "votes_2023_11_05 is not a number."),
        ("R-1,2,Выдуманов,5,0", "The same place on the ballot stands in line 2."),
    ],
)
def test_a_candidate_line_in_error_keeps_the_file_out(line: str, sentence: str) -> None:
    header = "race_id,candidate_no,name_as_printed,votes_2023_11_05,elected"
    file = read_candidates(a_table("R-1,2,Oydantap,7,1", line, header=header))
    assert [(r.line, r.message % r.params) for r in file.reports] == [(3, sentence)]
    assert file.rows == ()


def test_candidates_need_one_column_of_votes() -> None:
    with pytest.raises(Invalid, match="One column must be named votes"):
        read_candidates(a_table("R-1,2,Oydantap", header="race_id,candidate_no,name_as_printed"))


@pytest.mark.parametrize("name", ["Against all", "Против всех", "Бәріне қарсы"])
def test_ballots_against_all_are_known_in_three_languages(name: str) -> None:
    file = read_candidates(a_table(f"R-1,,{name},4", header="race_id,candidate_no,name_as_printed,votes"))
    assert file.rows[0].kind is BallotLine.AGAINST_ALL


def test_every_variable_is_labelled_in_three_languages() -> None:
    for variable in VARIABLES.values():
        labels = [variable.label.en, variable.label.ru, variable.label.kk]
        assert all(labels)
        assert len(set(labels)) == 3
        assert max(len(label) for label in labels) <= 80
        assert bool(variable.codes) == (variable.kind is Kind.CODE)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12),
        min_size=12,
        max_size=12,
    )
)
def test_any_cells_give_rows_reports_or_a_refusal(cells: list[str]) -> None:
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    try:
        file = read_races(a_table(quoted))
    except Invalid:
        return
    assert bool(file.rows) != any(report.is_error for report in file.reports)
