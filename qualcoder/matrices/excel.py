"""A table as an Excel workbook, in memory from end to end. A text stays a text: no formula, no link, no number."""

from __future__ import annotations

import html
import io
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.matrices.tables import Column, Missing, Table, Value
from qualcoder.matrices.writers import runs_as_formula

TABLE_SHEET, VARIABLES_SHEET = "matrix", "variables"
VARIABLES_HEADER = ("variable", "label", "type", "values", "empty")

# Limits of the format. Rows include the header; a text is counted in units of UTF-16.
MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT = 1_048_576, 16_384, 32_767

_OPTIONS = {
    "in_memory": True,
    "constant_memory": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# When and by whom is in the ledger; the file holds neither, so the same table gives the same bytes.
_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001  # the library wants it without a zone
_NARROWEST, _WIDEST, _MEASURED_ROWS = 8, 48, 200

_ROWS = N_("An Excel sheet holds 1,048,576 rows at most, and this table has more. Export it as CSV.")
_COLUMNS = N_("An Excel sheet holds 16,384 columns at most, and this table has more. Export it as CSV.")
_TEXT = N_("An Excel cell holds 32,767 characters at most, and a text of this table is longer. Export it as CSV.")
EMPTY = N_("No interview is linked to the race, or none of them is coded yet.")


class TooManyRows(Invalid):
    """More rows than a sheet takes."""

    def __init__(self) -> None:
        super().__init__(_ROWS)


class TooManyColumns(Invalid):
    """More columns than a sheet takes."""

    def __init__(self) -> None:
        super().__init__(_COLUMNS)


class TextTooLong(Invalid):
    """A text that a cell would cut."""

    def __init__(self) -> None:
        super().__init__(_TEXT)


# What a job that ended so has to say: its row keeps the name alone.
FAULTS = {TooManyRows.__name__: _ROWS, TooManyColumns.__name__: _COLUMNS, TextTooLong.__name__: _TEXT}


class _Exact(float):
    """A number that needs 17 digits, which the library would round to 16."""

    __slots__ = ()

    def __format__(self, _spec: str) -> str:
        return repr(float(self))


def write_xlsx(table: Table, *, say: Callable[[str], str] = str) -> bytes:
    """A workbook of two sheets: the table under a bold frozen header, and what its variables mean.

    Numbers are numbers, texts are texts whatever they begin with, and anything missing is an empty cell; `say`
    translates the one remark on the second sheet. Raises TooManyRows, TooManyColumns or TextTooLong rather than
    leave anything out, and ValueError for an infinite number.
    """
    # Loaded only here: pages that export nothing need not carry it.
    import xlsxwriter

    header = [column.name for column in table.columns]
    variables = list(_variables(table, say))
    _require_room(header, table.rows)
    _require_room(VARIABLES_HEADER, variables)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"created": _CREATED})
    _fill(book, TABLE_SHEET, header, table.rows)
    _fill(book, VARIABLES_SHEET, VARIABLES_HEADER, variables)
    book.close()
    return target.getvalue()


def _variables(table: Table, say: Callable[[str], str]) -> Iterator[tuple[Value, ...]]:
    for number, column in enumerate(table.columns):
        has_reasons = any(isinstance(row[number], Missing) for row in table.rows)
        yield column.name, column.label, column.kind.value, _meanings(column), say(EMPTY) if has_reasons else None


def _meanings(column: Column) -> str:
    return "; ".join(f"{value} = {label}" for value, label in column.value_labels.items())


def _require_room(header: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    if len(rows) >= MOST_ROWS:
        raise TooManyRows
    if len(header) > MOST_COLUMNS:
        raise TooManyColumns
    if any(isinstance(value, str) and _is_too_long(value) for row in (header, *rows) for value in row):
        raise TextTooLong


def _is_too_long(text: str) -> bool:
    # Every code point takes one unit or two, so most texts need not be counted.
    return len(text) > LONGEST_TEXT // 2 and len(text.encode("utf-16-le")) > 2 * LONGEST_TEXT


def _fill(book: Any, name: str, header: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    # Keys that look like numbers are meant as texts; no green corners.
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
    bold = book.add_format({"bold": True})
    # Or a text like =1 would become a formula as soon as somebody edits its cell.
    quoted = book.add_format({"quote_prefix": True})
    for number, text in enumerate(header):
        _put_text(sheet, 0, number, text, bold)
        sheet.set_column(number, number, _width(text, (row[number] for row in rows[:_MEASURED_ROWS])))
    for line, row in enumerate(rows, start=1):
        for number, value in enumerate(row):
            if isinstance(value, str):
                if value and not isinstance(value, Missing):
                    _put_text(sheet, line, number, value, quoted if runs_as_formula(value) else None)
            elif value is not None:
                sheet.write_number(line, number, _exact(value))


def _put_text(sheet: Any, line: int, number: int, text: str, style: Any) -> None:
    if text.startswith("<r>") and text.endswith("</r>"):
        # The library takes such a text for markup of its own and would write it unescaped.
        text = f'<r><t xml:space="preserve">{html.escape(text, quote=False)}</t></r>'
    # It cuts without a word what it finds too long, and only says so in what it returns.
    if sheet.write_string(line, number, text, style):
        raise TextTooLong


def _exact(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("Excel has no infinite numbers")
    return value if isinstance(value, int) or float(f"{value:.16G}") == value else _Exact(value)


def _width(header: str, values: Iterable[Value]) -> int:
    """Letters that the header and the first values need, within reason."""
    texts = (header, *(str(value) for value in values if value is not None))
    return max(_NARROWEST, min(_WIDEST, max(map(len, texts)) + 2))
