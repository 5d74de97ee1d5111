"""Stata files as rows of text, read with pandas in a child process."""

from __future__ import annotations

import io
import math
import struct
from datetime import datetime

from qualcoder.core.archives import damaged
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

MAX_CELLS = 2_000_000


def table(_argument: str, raw: bytes) -> list[tuple[int, list[str]]]:
    """The names of the variables and a row per observation, numbered as a CSV of it would be; codes, not labels.

    Missing values of any kind are empty cells, dates are written 2022-09-25.
    """
    import pandas as pd

    try:
        frame = pd.read_stata(io.BytesIO(raw), convert_categoricals=False)
    except (ValueError, OSError, KeyError, IndexError, OverflowError, TypeError, struct.error):
        raise damaged() from None
    if frame.size > MAX_CELLS:
        raise _too_large()
    columns = [[_text(value) for value in frame[name].array] for name in frame.columns]
    return [(1, [str(name) for name in frame.columns]), *enumerate(map(list, zip(*columns, strict=True)), start=2)]


def _too_large() -> Invalid:
    return Invalid(
        N_("The table has more than %(limit)s million cells. Split it and upload the parts."),
        status=413,
        limit=MAX_CELLS // 1_000_000,
    )


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return "" if value != value else value.date().isoformat()  # NaT differs from itself
    try:
        number = float(str(value))
    except ValueError:
        return ""
    if math.isnan(number):
        return ""
    # By way of str, a number stored in single precision keeps the digits it was given.
    return str(int(number)) if number.is_integer() else str(number)
