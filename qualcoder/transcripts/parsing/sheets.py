"""Tables with one row per turn (CSV, Excel, OpenDocument) to turns."""

from __future__ import annotations

import csv
import io

from qualcoder.core.archives import damaged
from qualcoder.core.decoding import MAX_BYTES, decode
from qualcoder.core.workbooks import Rows, filled_rows, sheets_of
from qualcoder.transcripts.parsing.parsed import Notice, Parsed
from qualcoder.transcripts.parsing.tables import find_columns, lines_of
from qualcoder.transcripts.parsing.turns import Source, turns_from_lines

_DELIMITERS = ",;\t|"


def parse_csv(raw: bytes) -> Parsed:
    """Turns of a delimited table with a header; comma, semicolon, tab or bar."""
    decoded = decode(raw)
    header = decoded.text.lstrip().split("\n", 1)[0]
    # A cell may be as long as a file: the module's own limit is 128 kB.
    csv.field_size_limit(MAX_BYTES)
    delimiter = max(_DELIMITERS, key=header.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(decoded.text, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error:
        raise damaged() from None
    lines, notices = lines_of(rows)
    return turns_from_lines(lines, Source(decoded.encoding, notices))


def parse_workbook(raw: bytes) -> Parsed:
    """Turns of the first sheet whose header names a column of texts."""
    sheets = [[row for _number, row in filled_rows(rows)] for rows in sheets_of(raw)]
    rows: Rows = next((rows for rows in sheets if find_columns(rows[0])), sheets[0] if sheets else [])
    lines, notices = lines_of(rows)
    more = (Notice.SHEETS,) if len(sheets) > 1 else ()
    return turns_from_lines(lines, Source("workbook", (*notices, *more)))
