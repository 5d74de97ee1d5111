"""Tables to files, in memory from end to end: nothing is written to a disk on the way."""

from __future__ import annotations

import csv
import io
import math
import struct
from collections.abc import Iterable
from datetime import datetime

from qualcoder.codebooks.stata_names import cut_label, stata_name
from qualcoder.matrices.tables import Column, ColumnKind, Missing, Table, Value

# Spreadsheets run a cell that begins with one of these as a formula; the wide forms are folded to them on import.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LARGEST_LONG = 2_147_483_620
_LONGEST_STR_BYTES = 2_045
_LONGEST_VALUE_LABEL = 240

# Type numbers of the format, the bytes a value takes, and the bit patterns of the missing value `.`, from which
# `.a` to `.z` follow at equal steps. Source: the published description of format 118.
_STRL, _DOUBLE, _LONG = 32_768, 65_526, 65_528
_LONG_MISSING, _LONG_STEP = 2_147_483_621, 1
_DOUBLE_MISSING, _DOUBLE_STEP = 0x7FE0_0000_0000_0000, 0x0000_0100_0000_0000
_MAP_OF_TYPES, _MAP_OF_DATA = 2, 9


def write_csv(table: Table) -> bytes:
    """UTF-8 with a byte order mark, commas, LF, decimal points, every text in quotes.

    An unknown value is empty and a missing code is written as `.a` or `.b`. A text that a spreadsheet would run as a
    formula gets an apostrophe in front; numbers are left as they are.
    """
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([_harmless(column.name) for column in table.columns])
    writer.writerows([_csv_cell(value) for value in row] for row in table.rows)
    return sheet.getvalue().encode("utf-8-sig")


def _csv_cell(value: Value) -> str | int | float | None:
    if isinstance(value, Missing):
        return value.value
    return _harmless(value) if isinstance(value, str) else value


def _harmless(text: str) -> str:
    return f"'{text}" if runs_as_formula(text) else text


def runs_as_formula(text: str) -> bool:
    """Whether a spreadsheet that reads or edits a cell with this text would take it for a formula."""
    return text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS)


def write_dta(table: Table, *, data_label: str, at: datetime) -> bytes:
    """A Stata file of format 118 (Stata 14 and later), the first that holds Kazakh letters.

    Column names become valid Stata names, labels are cut to 80 characters, `None` is `.` and the missing codes are
    `.a` and `.b`; a text has no missing values in Stata and is empty then. Infinite numbers raise ValueError.
    """
    # Loaded only here: pages that export nothing need not carry it.
    import pandas

    names = _stata_names(table.columns)
    columns = [[row[n] for row in table.rows] for n in range(len(names))]
    series = {
        name: pandas.Series(_plain(values, column.kind), dtype=_dtype(values, column.kind))
        for name, column, values in zip(names, table.columns, columns, strict=True)
    }
    target = io.BytesIO()
    pandas.DataFrame(series, columns=names).to_stata(
        target,
        version=118,
        byteorder="<",
        write_index=False,
        time_stamp=at,
        data_label=cut_label(data_label),
        variable_labels={name: cut_label(column.label) for name, column in zip(names, table.columns, strict=True)},
        value_labels=_value_labels(names, table.columns),
        convert_strl=[name for name, values in zip(names, columns, strict=True) if _is_very_long(values)],
    )
    return _with_missing_codes(bytearray(target.getvalue()), columns)


def _stata_names(columns: Iterable[Column]) -> list[str]:
    names: list[str] = []
    for column in columns:
        names.append(stata_name(column.name, names))
    return names


def _value_labels(names: list[str], columns: tuple[Column, ...]) -> dict[str, dict[float, str]]:
    return {
        name: {value: cut_label(label, _LONGEST_VALUE_LABEL) for value, label in column.value_labels.items()}
        for name, column in zip(names, columns, strict=True)
        if column.value_labels and column.kind is not ColumnKind.TEXT
    }


def _dtype(values: list[Value], kind: ColumnKind) -> str:
    if kind is ColumnKind.TEXT:
        return "object"
    numbers = [v for v in values if isinstance(v, int | float)]
    is_long = kind is ColumnKind.WHOLE and all(isinstance(v, int) and abs(v) <= _LARGEST_LONG for v in numbers)
    return "Int32" if is_long else "float64"


def _plain(values: list[Value], kind: ColumnKind) -> list[str] | list[int | float | None]:
    """Values as pandas takes them: texts without gaps, numbers with None for anything missing."""
    if kind is ColumnKind.TEXT:
        return [str(v) if v is not None and not isinstance(v, Missing) else "" for v in values]
    numbers = [v if isinstance(v, int | float) else None for v in values]
    if any(v is not None and math.isinf(v) for v in numbers):
        raise ValueError("Stata has no infinite numbers")
    return numbers


def _is_very_long(values: list[Value]) -> bool:
    return any(isinstance(v, str) and len(v.encode()) > _LONGEST_STR_BYTES for v in values)


def _with_missing_codes(file: bytearray, columns: list[list[Value]]) -> bytes:
    """The file with `.a` and `.b` where pandas, which can't write them, left `.`."""
    offset, types = _data_of(file, len(columns))
    widths = [_width(kind) for kind in types]
    row_width = sum(widths)
    for n, (kind, values) in enumerate(zip(types, columns, strict=True)):
        start = offset + sum(widths[:n])
        for row, value in enumerate(values):
            if isinstance(value, Missing) and kind in (_LONG, _DOUBLE):
                _put(file, start + row * row_width, kind, value)
    return bytes(file)


def _data_of(file: bytearray, columns: int) -> tuple[int, tuple[int, ...]]:
    """Where the values begin, and the types of the columns: the map at the file's head says where each part is."""
    map_at = file.index(b"<map>") + len(b"<map>")
    places = struct.unpack_from("<14Q", file, map_at)
    types: tuple[int, ...] = struct.unpack_from(f"<{columns}H", file, places[_MAP_OF_TYPES] + len(b"<variable_types>"))
    return places[_MAP_OF_DATA] + len(b"<data>"), types


def _width(kind: int) -> int:
    return {_STRL: 8, _DOUBLE: 8, _LONG: 4}.get(kind, kind)


def _put(file: bytearray, at: int, kind: int, missing: Missing) -> None:
    letter = ord(missing.value[1]) - ord("a") + 1
    if kind == _LONG:
        struct.pack_into("<i", file, at, _LONG_MISSING + letter * _LONG_STEP)
    else:
        struct.pack_into("<Q", file, at, _DOUBLE_MISSING + letter * _DOUBLE_STEP)
