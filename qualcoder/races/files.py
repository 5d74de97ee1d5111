"""Race files in the two published layouts, one row per race or one row per round of a contest. Bytes in, rows out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.races.sheets import LONGEST_KEY, LONGEST_NAME, Cells, LineReport, Sheet, has_errors, read_sheet
from qualcoder.races.variables import OBLASTS, UNIT_TYPES, VARIABLES, Kind, RaceVariable

Value = float | str | None

RACE_COLUMNS = (
    "race_id",
    "election_date",
    "oblast",
    "oblast_iso",
    "unit",
    "unit_type",
    "competitiongov",
    "registered",
    "voted",
)
ROUND_COLUMNS = ("contest_id", "round_no", "round_kind", "result_status")
ROUND_KINDS = frozenset({"initial", "repeat", "runoff", "by-election"})
RESULT_STATUSES = frozenset({"held", "annulled", "final", "cancelled"})
_PLACE_COLUMNS = ("district",)


@dataclass(frozen=True, slots=True)
class RaceRow:
    """One round of a contest, as the file has it. `values` holds the variables under their published names.

    A file with one row per race gives each race a contest of its own, a round 1 and the status final.
    """

    key: str
    contest_key: str
    round_no: int
    round_kind: str
    election_date: date | None
    oblast: str
    oblast_iso: str
    district: str
    unit: str
    unit_type: str
    result_status: str
    values: Mapping[str, Value] = field(repr=False)
    line: int

    def number(self, name: str) -> float | None:
        """The value of a variable when it is a number."""
        value = self.values.get(name)
        return value if isinstance(value, float) else None


@dataclass(frozen=True, slots=True)
class RaceFile:
    """What a race file holds and what is wrong with it. With a line in error there are no rows: all or nothing."""

    rows: tuple[RaceRow, ...]
    reports: tuple[LineReport, ...]
    variables: tuple[str, ...]
    encoding: str

    def require_usable(self) -> None:
        """Refuse with Invalid when any line is in error."""
        refuse_errors(self.reports)


def refuse_errors(reports: tuple[LineReport, ...]) -> None:
    """Raise Invalid naming the first line in error and how many there are."""
    errors = [report for report in reports if report.is_error]
    if errors:
        raise Invalid(
            N_("Nothing was imported: %(count)s errors, the first in line %(line)s. Correct the file and try again."),
            count=len(errors),
            line=errors[0].line,
        )


def read_races(raw: bytes) -> RaceFile:
    """Rows of a race file and a report per line; Invalid when it is no table or lacks a column.

    CSV in UTF-8, UTF-16 or cp1251 with comma, semicolon or tab; Excel; Stata. Decimal point or comma; dates as
    2022-09-25 or 25.09.2022.
    """
    return races_in(read_sheet(raw))


def races_in(sheet: Sheet) -> RaceFile:
    """The same of a table that was read already."""
    has_rounds = "contest_id" in sheet.columns
    sheet.require(RACE_COLUMNS + (ROUND_COLUMNS if has_rounds else ()))
    reports = [*sheet.reports, *_unknown_columns(sheet)]
    rows: list[RaceRow] = []
    first_line: dict[str, int] = {}
    for cells in sheet.lines:
        row = _race_row(cells, has_rounds=has_rounds)
        reports += cells.reports
        if row.key in first_line:
            reports.append(_repeated(cells.line, row.key, first_line[row.key]))
        first_line.setdefault(row.key, cells.line)
        rows.append(row)
    known = tuple(name for name in sheet.columns if name in VARIABLES)
    usable = () if has_errors(reports) else tuple(rows)
    return RaceFile(usable, tuple(sorted(reports, key=lambda report: report.line)), known, sheet.encoding)


def _repeated(line: int, key: str, first: int) -> LineReport:
    message = N_("The key %(key)s stands already in line %(first)s; each race needs its own.")
    return LineReport.error(line, message, key=key, first=first)


def _unknown_columns(sheet: Sheet) -> Iterator[LineReport]:
    expected = {*RACE_COLUMNS, *ROUND_COLUMNS, *_PLACE_COLUMNS, *VARIABLES}
    for name in sheet.columns:
        if name not in expected:
            yield LineReport.warning(1, N_("The column %(column)s is not known and was left out."), column=name)


def _race_row(cells: Cells, *, has_rounds: bool) -> RaceRow:
    key = cells.required_text("race_id", longest=LONGEST_KEY)
    values = {name: _value(cells, VARIABLES[name]) for name in cells.columns if name in VARIABLES}
    held_on = cells.date("election_date")
    if held_on is None and not has_errors(cells.reports):
        cells.warn(N_("There is no election date."))
    return RaceRow(
        key=key,
        contest_key=cells.required_text("contest_id", longest=LONGEST_KEY) if has_rounds else key,
        round_no=cells.required_whole("round_no") if has_rounds else 1,
        round_kind=_one_of(cells, "round_kind", ROUND_KINDS) if has_rounds else _kind_of_single(values),
        election_date=held_on,
        oblast=cells.text("oblast", longest=LONGEST_NAME),
        oblast_iso=_listed(cells, "oblast_iso", OBLASTS, longest=10),
        district=cells.text("district", longest=LONGEST_NAME),
        unit=cells.required_text("unit", longest=LONGEST_NAME),
        unit_type=_listed(cells, "unit_type", frozenset(UNIT_TYPES), longest=40),
        result_status=_one_of(cells, "result_status", RESULT_STATUSES) if has_rounds else "final",
        values=MappingProxyType(values),
        line=cells.line,
    )


def _kind_of_single(values: Mapping[str, Value]) -> str:
    return "repeat" if values.get("is_repeat") == 1.0 else "initial"


def _one_of(cells: Cells, column: str, allowed: frozenset[str]) -> str:
    text = cells.text(column)
    if text not in allowed:
        cells.refuse(N_("%(column)s must be one of: %(allowed)s."), column=column, allowed=", ".join(sorted(allowed)))
    return text


def _listed(cells: Cells, column: str, known: frozenset[str], *, longest: int) -> str:
    text = cells.text(column, longest=longest)
    if text not in known:
        cells.warn(N_("%(column)s holds a code that is not in its list."), column=column)
    return text


def _value(cells: Cells, variable: RaceVariable) -> Value:
    if variable.kind is Kind.TEXT:
        return cells.text(variable.name) or None
    if variable.kind is Kind.NUMBER:
        return cells.number(variable.name)
    whole = cells.whole(variable.name)
    if whole is not None and variable.kind is Kind.CODE and whole not in variable.codes:
        cells.warn(N_("%(column)s holds a code that is not in its list."), column=variable.name)
    return None if whole is None else float(whole)
