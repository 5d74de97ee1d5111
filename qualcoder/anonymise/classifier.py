"""The official classifier of places (KATO): a CSV file in, places out. Pure; nothing of a file stands in an error.

Columns: kato (nine digits: oblast 2, district 2, rural district 2, settlement 3), level, name_ru, name_kk; others are
left aside. A place's parents follow from its code.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

MAX_BYTES = 32 * 1024 * 1024
MAX_PLACES = 100_000
MAX_NAME = 200
COLUMNS = ("kato", "level", "name_ru", "name_kk")
_CODE = re.compile(r"[1-9][0-9]{8}", re.ASCII)


class PlaceLevel(StrEnum):
    """How high a place stands."""

    OBLAST = "oblast"
    DISTRICT = "district"
    SUB_DISTRICT = "sub_district"
    SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True)
class OfficialPlace:
    """A place of the classifier."""

    code: str
    level: PlaceLevel
    name_ru: str
    name_kk: str

    @property
    def district_code(self) -> str:
        """The code of the district this place lies in; its own for a district."""
        return self.code[:4] + "00000"

    @property
    def oblast_code(self) -> str:
        return self.code[:2] + "0000000"


class _Rows(Protocol):
    """What csv.reader gives: rows, and the line it is at."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class NotTheClassifier(Invalid):
    """The file can't be read as the classifier; says where and what to do."""


def _refuse(message: str, *, line: int | None = None, names: str = "") -> NotTheClassifier:
    params: dict[str, str | int] = {}
    if line is not None:
        params["line"] = line
    if names:
        params["names"] = names
    problem = NotTheClassifier(message, **params)  # type: ignore[arg-type]  # mypy takes them for `status` too
    problem.fields = {"file": message}
    return problem


def read_classifier(content: bytes) -> list[OfficialPlace]:
    """The places of a file, in its order."""
    if len(content) > MAX_BYTES:
        raise _refuse(N_("The file is larger than 32 MB. The classifier of places is about 1 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refuse(N_("The file is not in UTF-8. Save the classifier as CSV in UTF-8.")) from None
    if "\0" in text:
        raise _refuse(N_("The file is no CSV text. Save the classifier as CSV in UTF-8."))
    # Names hold quotes of their own, but never a line break.
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return _places(rows)
    except csv.Error:
        raise _refuse(N_("Line %(line)s can't be read as CSV."), line=rows.line_num) from None


def _places(rows: _Rows) -> list[OfficialPlace]:
    header = [cell.strip().casefold() for cell in next(rows, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise _refuse(N_("The columns %(names)s are missing in the first line."), names=", ".join(missing))
    at = [header.index(name) for name in COLUMNS]
    found: dict[str, OfficialPlace] = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        place = _place(row, at, rows.line_num)
        if place.code in found:
            raise _refuse(N_("Line %(line)s repeats the code of an earlier line."), line=rows.line_num)
        found[place.code] = place
        if len(found) > MAX_PLACES:
            raise _refuse(N_("The file has more than 100,000 places; the classifier has about 16,000."))
    if not found:
        raise _refuse(N_("The file holds no places."))
    return list(found.values())


def _place(row: Sequence[str], at: Sequence[int], line: int) -> OfficialPlace:
    if len(row) <= max(at):
        raise _refuse(N_("Line %(line)s has too few columns."), line=line)
    code, level, name_ru, name_kk = (_clean(row[n]) for n in at)
    if not _CODE.fullmatch(code):
        raise _refuse(N_("Line %(line)s: the code must have nine digits."), line=line)
    if level not in set(PlaceLevel):
        raise _refuse(
            N_("Line %(line)s: the level must be one of oblast, district, sub_district, settlement."), line=line
        )
    for name in (name_ru, name_kk):
        if len(name) > MAX_NAME or not name.isprintable():
            raise _refuse(N_("Line %(line)s: a name is too long or holds control characters."), line=line)
    if not (name_ru or name_kk):
        raise _refuse(N_("Line %(line)s has no name."), line=line)
    # The official file lacks a few names in one of the languages.
    return OfficialPlace(code, PlaceLevel(level), name_ru or name_kk, name_kk or name_ru)


def _clean(cell: str) -> str:
    """Without odd spaces and invisible signs, which the official file has."""
    visible = "".join(char for char in unicodedata.normalize("NFC", cell) if unicodedata.category(char) != "Cf")
    return " ".join(visible.split())


_TYPE_MARKS = re.compile(
    r"(?i)(?<!\w)(?:(?:с\.о|г\.а|п\.а|а\.о|а\.ә|қ\.ә|к\.ә)\.?|(?:с|г|п|пос|ст|рзд|уч|а|атын|қ|к|ж)\."
    r"|(?:зимовка|қыстауы|мекені|шарқож)(?!\w))"
)


def bare_name(name: str) -> str:
    """A name without its type marks ("с.Примерное", "Мысал а.о."); as it is when nothing else is left."""
    bare = " ".join(_TYPE_MARKS.sub(" ", name).split()).strip(" .,")
    return bare or name
