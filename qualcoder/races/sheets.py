"""A table as people save it: finding its encoding, delimiter and columns, and reading cells with reports."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

import regex

from qualcoder.core import sandbox
from qualcoder.core.decoding import decode
from qualcoder.core.errors import Invalid
from qualcoder.core.filetypes import FileType, recognise
from qualcoder.core.messages import N_

LONGEST_KEY = 60
LONGEST_NAME = 200
LONGEST_TEXT = 2_000
LARGEST_WHOLE = 2_147_483_620

# pandas alone takes half of what a child usually may.
_LIMITS = sandbox.Limits(memory_mb=1024)
_READERS = {
    FileType.SPREADSHEET: "qualcoder.core.workbooks:first_table",
    FileType.STATA: "qualcoder.races.stata_files:table",
}
_DELIMITERS = ",;\t"
_NUMBER = regex.compile(r"[+-]?\d+(?:[.,]\d+)?")
_THOUSANDS = regex.compile(r"(?<=\d)[ \xa0\u202f](?=\d{3}(?!\d))")
_MISSING = frozenset({"", ".", "NA", "N/A", "н/д"})
_ISO_DATE = regex.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_LOCAL_DATE = regex.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})")


class Level(StrEnum):
    """Whether a line can't be used, or only deserves a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class LineReport:
    """What is wrong with one line of a file (1 is the header): an English msgid and its parameters."""

    line: int
    level: Level
    message: str
    params: Mapping[str, str | int]

    @classmethod
    def error(cls, line: int, message: str, **params: str | int) -> LineReport:
        return cls(line, Level.ERROR, message, MappingProxyType(params))

    @classmethod
    def warning(cls, line: int, message: str, **params: str | int) -> LineReport:
        return cls(line, Level.WARNING, message, MappingProxyType(params))

    @property
    def is_error(self) -> bool:
        return self.level is Level.ERROR


def has_errors(reports: Iterable[LineReport]) -> bool:
    return any(report.is_error for report in reports)


@dataclass(slots=True)
class Cells:
    """One line of a table; reading a cell that can't be read adds to `reports` and gives None."""

    line: int
    columns: Mapping[str, str] = field(repr=False)
    reports: list[LineReport] = field(default_factory=list)

    def refuse(self, message: str, **params: str | int) -> None:
        self.reports.append(LineReport.error(self.line, message, **params))

    def warn(self, message: str, **params: str | int) -> None:
        self.reports.append(LineReport.warning(self.line, message, **params))

    def text(self, column: str, *, longest: int = LONGEST_TEXT) -> str:
        """The cell in NFC without blank ends; refused above `longest` code points."""
        text = unicodedata.normalize("NFC", self.columns.get(column, "").strip())
        if len(text) > longest:
            self.refuse(N_("%(column)s is longer than %(longest)s characters."), column=column, longest=longest)
        return text

    def required_text(self, column: str, *, longest: int = LONGEST_TEXT) -> str:
        text = self.text(column, longest=longest)
        if not text:
            self.refuse(N_("%(column)s is empty."), column=column)
        return text

    def number(self, column: str) -> float | None:
        """A number with a decimal point or comma, spaces between thousands allowed."""
        text = self.text(column)
        if text in _MISSING:
            return None
        plain = _THOUSANDS.sub("", text)
        if not _NUMBER.fullmatch(plain):
            self.refuse(N_("%(column)s is not a number."), column=column)
            return None
        return float(plain.replace(",", "."))

    def whole(self, column: str) -> int | None:
        """A whole number; 43,8 and 4,263 are refused, as nobody can tell what the comma means there."""
        number = self.number(column)
        if number is None:
            return None
        if abs(number) > LARGEST_WHOLE:
            self.refuse(N_("%(column)s is too large."), column=column)
            return None
        if not number.is_integer():
            self.refuse(N_("%(column)s is not a whole number."), column=column)
            return None
        return int(number)

    def required_whole(self, column: str) -> int:
        """A whole number, or 0 and a report."""
        if not self.text(column):
            self.refuse(N_("%(column)s is empty."), column=column)
        return self.whole(column) or 0

    def date(self, column: str) -> date | None:
        text = self.text(column)
        if text in _MISSING:
            return None
        found = _ISO_DATE.fullmatch(text) or _LOCAL_DATE.fullmatch(text)
        try:
            if found:
                return date(int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            found = None
        self.refuse(N_("%(column)s is not a date; write 2022-09-25 or 25.09.2022."), column=column)
        return None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with named columns. Lines with too few or too many cells are only in `reports`."""

    columns: tuple[str, ...]
    lines: tuple[Cells, ...]
    reports: tuple[LineReport, ...]
    encoding: str

    def require(self, columns: Iterable[str]) -> None:
        """Refuse with Invalid when a column is missing, naming all that are."""
        missing = [name for name in columns if name not in self.columns]
        if missing:
            raise Invalid(
                N_("These columns are missing: %(columns)s. Add them and try again."), columns=", ".join(missing)
            )


def _no_table() -> Invalid:
    return Invalid(
        N_("This is no table. Save it as CSV (UTF-8), Excel (.xlsx) or Stata (.dta) and try again."), status=415
    )


def read_sheet(raw: bytes) -> Sheet:
    """The table in a CSV, Excel, OpenDocument or Stata file; the latter three are read in a child process.

    Invalid when there is none, no line under the header, or a column name twice. Of a workbook the first sheet
    counts; formulas give what they last showed.
    """
    table, encoding = _table(raw)
    if not table or len(table[0][1]) < 2:
        raise _no_table()
    header = tuple(name.strip() for name in table[0][1])
    _check_header(header)
    if len(table) == 1:
        raise Invalid(N_("The table has a header and no lines under it."))
    lines, reports = [], []
    for line, row in table[1:]:
        if len(row) == len(header):
            lines.append(Cells(line, dict(zip(header, row, strict=True))))
        else:
            message = N_("This line has %(found)s cells and the header %(expected)s.")
            reports.append(LineReport.error(line, message, found=len(row), expected=len(header)))
    return Sheet(header, tuple(lines), tuple(reports), encoding)


def _table(raw: bytes) -> tuple[list[tuple[int, list[str]]], str]:
    kind = recognise(raw)
    if kind is None:
        decoded = decode(raw)
        return _rows(decoded.text), decoded.encoding
    if kind not in _READERS:
        raise _no_table()
    rows = sandbox.run(_READERS[kind], kind.value, raw, _LIMITS)
    if not isinstance(rows, list):
        raise _no_table()
    return [(int(line), [str(cell) for cell in row]) for line, row in rows], kind.value


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Lines that hold anything, each with the number of the line it begins on."""
    header = text.lstrip().split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=header.count), strict=True)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((before + 1, row))
            before = reader.line_num
    except csv.Error as broken:
        raise _no_table() from broken
    return rows


def _check_header(header: tuple[str, ...]) -> None:
    if not all(header):
        raise Invalid(N_("A column has no name. Name every column and try again."))
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise Invalid(N_("These columns stand twice: %(columns)s. Keep one of each."), columns=", ".join(twice))
