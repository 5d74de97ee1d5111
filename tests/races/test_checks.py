"""Contradictions in race files are found, and only they."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from qualcoder.races import checks
from qualcoder.races.candidates import CandidateRow, read_candidates
from qualcoder.races.checks import Check
from qualcoder.races.files import RaceRow, Value, read_races

RACES = Path(__file__).parents[2] / "qualcoder" / "demo" / "races"


def synthetic() -> tuple[RaceRow, ...]:
    return read_races((RACES / "races_synthetic_255.csv").read_bytes()).rows


def koyandy() -> tuple[RaceRow, ...]:
    return read_races((RACES / "koyandy_race.csv").read_bytes()).rows


def koyandy_candidates() -> tuple[CandidateRow, ...]:
    return read_candidates((RACES / "koyandy_candidates.csv").read_bytes()).rows


def a_row(**values: Value) -> RaceRow:
    return RaceRow(
        key="INV-1",
        contest_key="INV-1",
        round_no=1,
        round_kind="initial",
        election_date=date(2023, 11, 5),
        oblast="Invented",
        oblast_iso="KZ-59",
        district="Примерный",
        unit="Мысалауыл",
        unit_type="VD",
        result_status="final",
        values=values,
        line=2,
    )


def test_the_synthetic_file_shows_exactly_what_was_planted() -> None:
    found = checks.all_findings(synthetic())
    assert Counter(finding.check for finding in found) == {Check.TURNOUT: 9, Check.REPETITION: 2}


def test_the_nine_turnout_errors_and_two_repetitions_are_named() -> None:
    rows = synthetic()
    wrong = "0003 0035 0040 0126 0156 0197 0198 0205 0242"
    assert [f.keys for f in checks.turnout_mismatches(rows)] == [(f"SYN-{n}",) for n in wrong.split()]
    assert [f.keys for f in checks.repetitions(rows)] == [("SYN-0001", "SYN-0016"), ("SYN-0002", "SYN-0066")]


def test_the_koyandy_files_agree_with_themselves() -> None:
    assert checks.all_findings(koyandy(), koyandy_candidates()) == []


def test_two_rounds_of_a_place_are_no_duplicates_and_two_versions_of_a_day_are() -> None:
    first = a_row(competitiongov=70.0)
    assert not list(checks.same_place_and_date([first, replace(first, key="INV-2", election_date=date(2023, 12, 3))]))
    other = replace(first, key="INV-2", contest_key="INV-2", values={"competitiongov": 71.0})
    assert [f.keys for f in checks.same_place_and_date([first, other])] == [("INV-1", "INV-2")]
    assert not list(checks.repetitions([first, other]))


@pytest.mark.parametrize(
    ("values", "check"),
    [
        ({"turnoutgov": 70.1, "registered": 1000.0, "voted": 700.0}, None),
        ({"turnoutgov": 70.2, "registered": 1000.0, "voted": 700.0}, Check.TURNOUT),
        ({"turnoutgov": 70.0, "turnoutour": 75.0}, Check.TURNOUT),
        ({"turnoutgov": 3.0}, Check.TURNOUT),
        ({"registered": 10.0, "voted": 11.0, "turnoutgov": 110.0}, Check.TURNOUT),
        ({"competitiongov": 55.0, "eq_or_less_than_55": 1.0, "eq_or_less_than_60": 1.0}, None),
        ({"competitiongov": 55.0, "eq_or_less_than_55": 0.0}, Check.FLAG),
        ({"competitiongov": None, "eq_or_less_than_55": 0.0}, None),
        ({"party": 1.0, "amanatfix": 1.0}, Check.FLAG),
        ({"party": 9.0, "amanatfix": 1.0, "partyoutsider": 1.0}, None),
        ({"party": 2.0, "partyoutsider": 1.0}, Check.FLAG),
        ({"winnerage": 36.0, "agegroupbinaryyouth": 1.0}, Check.FLAG),
        ({"incumbent": 1.0, "instafill": 2.0}, Check.FLAG),
        ({"incumbent": 0.0, "instafill": 1.0}, None),
        ({"year": 2024.0}, Check.FLAG),
        ({"competitiongov": 43.8, "winner_votes": 308.0, "voted": 703.0}, None),
        ({"competitiongov": 44.7, "winner_votes": 308.0, "voted": 703.0}, Check.SHARE),
        ({"competitiongov": 44.7, "winner_votes": 308.0, "voted": 703.0, "valid_votes": 689.0}, None),
        ({"valid_votes": 689.0, "invalid": 14.0, "voted": 703.0}, None),
        ({"valid_votes": 689.0, "invalid": 13.0, "voted": 703.0}, Check.COUNTS),
        ({"winner_votes": 704.0, "voted": 703.0}, Check.COUNTS),
    ],
)
def test_each_contradiction_is_found_and_rounding_is_none(values: dict[str, Value], check: Check | None) -> None:
    assert check in {None, *(finding.check for finding in checks.all_findings([a_row(**values)]))}
    assert (check is None) == (checks.all_findings([a_row(**values)]) == [])


def test_candidates_that_do_not_fit_their_race_are_found() -> None:
    races, candidates = koyandy(), koyandy_candidates()
    fewer = tuple(replace(row, votes=300) if row.is_elected else row for row in candidates)
    sentences = [finding.message % finding.params for finding in checks.candidate_mismatches(races, fewer)]
    assert "winner_votes is 308 and the candidates' votes make it 300." in sentences
    without_winner = tuple(row for row in candidates if not row.is_elected)
    messages = [finding.message for finding in checks.candidate_mismatches(races, without_winner)]
    assert "The winner is not on the list of candidates." in messages
    lost = tuple(replace(row, race_key="INV-9") for row in candidates)
    assert [finding.keys for finding in checks.candidate_mismatches(races, lost)] == [("INV-9",)]
