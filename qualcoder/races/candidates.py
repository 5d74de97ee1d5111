"""Files of candidates: a row per name on the ballot of a round, and rows for ballots against all and invalid ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import regex

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.races.derived import Ballots
from qualcoder.races.files import refuse_errors
from qualcoder.races.sheets import LONGEST_KEY, LONGEST_NAME, Cells, LineReport, Sheet, has_errors, read_sheet

CANDIDATE_COLUMNS = ("race_id", "candidate_no", "name_as_printed")
_VOTES = regex.compile(r"votes(?:_\d{4}_\d{2}_\d{2})?")


class BallotLine(StrEnum):
    """What a row counts."""

    CANDIDATE = "candidate"
    AGAINST_ALL = "against_all"
    INVALID = "invalid"


_OTHER_LINES = {
    "against all": BallotLine.AGAINST_ALL,
    "против всех": BallotLine.AGAINST_ALL,
    "бәріне қарсы": BallotLine.AGAINST_ALL,
    "барлығына қарсы": BallotLine.AGAINST_ALL,
    "invalid ballots": BallotLine.INVALID,
    "invalid": BallotLine.INVALID,
    "недействительные бюллетени": BallotLine.INVALID,
    "жарамсыз бюллетеньдер": BallotLine.INVALID,
}


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A line of the ballot of a round with its votes; percentages are as published, in percent of `pct_…` bases."""

    race_key: str
    kind: BallotLine
    candidate_no: int | None
    name_as_printed: str
    name_variants: tuple[str, ...]
    birth_year: int | None
    residence: str
    is_resident: bool | None
    votes: int | None
    pct_published: float | None
    pct_of_cast: float | None
    pct_of_valid: float | None
    pct_of_candidate_votes: float | None
    is_elected: bool | None
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """What a candidate file holds and what is wrong with it. With a line in error there are no rows."""

    rows: tuple[CandidateRow, ...]
    reports: tuple[LineReport, ...]

    def require_usable(self) -> None:
        """Refuse with Invalid when any line is in error."""
        refuse_errors(self.reports)


def read_candidates(raw: bytes) -> CandidateFile:
    """Rows of a candidate file and a report per line; Invalid when it is no table or lacks a column.

    The votes stand in the one column named `votes` or `votes_` and a date.
    """
    return candidates_in(read_sheet(raw))


def candidates_in(sheet: Sheet) -> CandidateFile:
    """The same of a table that was read already."""
    sheet.require(CANDIDATE_COLUMNS)
    votes_column = _votes_column(sheet)
    reports = list(sheet.reports)
    rows: list[CandidateRow] = []
    seen: dict[tuple[str, object], int] = {}
    for cells in sheet.lines:
        row = _candidate_row(cells, votes_column)
        reports += cells.reports
        place = (row.race_key, row.candidate_no if row.kind is BallotLine.CANDIDATE else row.kind)
        if place in seen:
            reports.append(
                LineReport.error(
                    cells.line, N_("The same place on the ballot stands in line %(first)s."), first=seen[place]
                )
            )
        seen.setdefault(place, cells.line)
        rows.append(row)
    return CandidateFile(() if has_errors(reports) else tuple(rows), tuple(sorted(reports, key=lambda r: r.line)))


def _votes_column(sheet: Sheet) -> str:
    found = [name for name in sheet.columns if _VOTES.fullmatch(name)]
    if len(found) != 1:
        raise Invalid(N_("One column must be named votes, or votes and the date, like votes_2022_09_25."))
    return found[0]


def _candidate_row(cells: Cells, votes_column: str) -> CandidateRow:
    name, number = cells.required_text("name_as_printed", longest=LONGEST_NAME), cells.whole("candidate_no")
    kind = BallotLine.CANDIDATE if number is not None else _OTHER_LINES.get(name.casefold(), BallotLine.CANDIDATE)
    if kind is BallotLine.CANDIDATE and number is None:
        cells.refuse(N_("%(column)s is empty."), column="candidate_no")
    variants = cells.text("name_variants_in_text").split(";")
    return CandidateRow(
        race_key=cells.required_text("race_id", longest=LONGEST_KEY),
        kind=kind,
        candidate_no=number,
        name_as_printed=name,
        name_variants=tuple(v.strip() for v in variants if v.strip()),
        birth_year=cells.whole("birth_year"),
        residence=cells.text("residence", longest=LONGEST_NAME),
        is_resident=_flag(cells, "resident_of_unit"),
        votes=cells.whole(votes_column),
        pct_published=cells.number("pct_published"),
        pct_of_cast=cells.number("pct_of_cast"),
        pct_of_valid=cells.number("pct_of_valid"),
        pct_of_candidate_votes=cells.number("pct_of_candidate_votes"),
        is_elected=_flag(cells, "elected"),
        line=cells.line,
    )


def _flag(cells: Cells, column: str) -> bool | None:
    whole = cells.whole(column)
    if whole not in (None, 0, 1):
        cells.refuse(N_("%(column)s must be 0 or 1."), column=column)
    return None if whole is None else bool(whole)


def ballots_of(rows: tuple[CandidateRow, ...], race_key: str) -> Ballots:
    """The counted ballots of one round; a candidate without a published count is left out."""
    here = [row for row in rows if row.race_key == race_key and row.votes is not None]
    votes = tuple(row.votes for row in here if row.kind is BallotLine.CANDIDATE and row.votes is not None)
    other = {row.kind: row.votes for row in here}
    return Ballots(votes, other.get(BallotLine.AGAINST_ALL), other.get(BallotLine.INVALID))
