"""Sheets of Excel and OpenDocument workbooks as rows of text. A formula gives what it last showed, unevaluated."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from qualcoder.core.archives import Packed, damaged, locked
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

Rows = list[list[str]]

MAX_CELLS = 2_000_000


def sheets_of(raw: bytes) -> list[Rows]:
    """The visible sheets that hold anything, in order. Row 1 is the first of the sheet, empty or not."""
    packed = Packed(raw)
    if packed.is_locked:
        raise locked()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        names = [
            one.name
            for one in book.sheets_metadata
            if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
        ]
        return [rows for name in names if (rows := _rows(book, name))]
    except (CalamineError, OSError, ValueError, OverflowError):
        raise damaged() from None


def _rows(book: CalamineWorkbook, name: str) -> Rows:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise Invalid(
            N_("The table has more than %(limit)s million cells. Split it and upload the parts."),
            status=413,
            limit=MAX_CELLS // 1_000_000,
        )
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    return rows if any(any(row) for row in rows) else []


def _text(cell: float | str | date | time | timedelta) -> str:
    """What a cell shows, with whole numbers and midnights written short; true is 1."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int):
        return str(int(cell))
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def filled_rows(rows: Rows) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, each with its number in the sheet, beginning with 1."""
    return ((at, row) for at, row in enumerate(rows, start=1) if any(cell.strip() for cell in row))


def first_table(_argument: str, raw: bytes) -> list[tuple[int, list[str]]]:
    """The filled rows of the first sheet that holds anything, with their numbers, without empty columns at the end."""
    sheets = sheets_of(raw)
    rows = list(filled_rows(sheets[0])) if sheets else []
    width = max((at for _line, row in rows for at, cell in enumerate(row, start=1) if cell.strip()), default=0)
    return [(line, row[:width]) for line, row in rows]
