"""The codes of a codebook as rows of a CSV, one code to a row, for people who work in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qualcoder.codebooks.book import CodeEntry
from qualcoder.codebooks.rules import Raw
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

_LANGUAGES = ("en", "ru", "kk")
_TEXTS = ("definition", "include", "exclude", "example", "near_miss")
_REQUIRED = ("code", "parent", "stata", "label_en", "label_ru", "label_kk")
# English texts stand under the bare name, as in the first draft of the codebook.
_ENGLISH = {
    "definition": "definition",
    "include": "include",
    "exclude": "exclude",
    "example": "example_paraphrase",
    "near_miss": "near_miss",
}
COLUMNS = (
    *_REQUIRED,
    *_ENGLISH.values(),
    "seed",
    *(f"{text}_{language}" for text in _TEXTS for language in ("ru", "kk")),
    *(f"aliases_{language}" for language in _LANGUAGES),
    *("codable", "risk", "colour", "texture"),
)
_TRUTHS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_FORMULA = re.compile(r"'*[=+\-@]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The content of the rows in the shape of the schema, and the line of each."""

    codes: list[Raw]
    lines: list[int]


def parse(text: str) -> Sheet:
    """The rows of a CSV with a header; comma, semicolon or tab. Unknown columns are refused, not lost in silence."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    sheet = Sheet([], [])
    header: list[str] = []
    try:
        for row in reader:
            cells = [_unguarded(cell).strip() for cell in row]
            if not header:
                header = _checked_header([cell.lower() for cell in cells])
            elif any(cells):
                sheet.codes.append(_content(_by_column(header, cells, reader.line_num)))
                sheet.lines.append(reader.line_num)
    except csv.Error:
        raise Invalid(N_("Line %(line)s can't be read as CSV."), line=reader.line_num) from None
    return sheet


def render(codes: Sequence[CodeEntry]) -> str:
    """The CSV text, comma separated with LF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for code in codes:
        row = _row(code)
        writer.writerow([_guarded(row[column]) for column in COLUMNS])
    return out.getvalue()


def _checked_header(header: list[str]) -> list[str]:
    for column in _REQUIRED:
        if column not in header:
            raise Invalid(N_("The column “%(column)s” is missing."), column=column)
    for number, column in enumerate(header, start=1):
        if column not in COLUMNS or column in header[: number - 1]:
            raise Invalid(N_("Column %(number)s is not one that a codebook has, or it is there twice."), number=number)
    return header


def _by_column(header: list[str], cells: list[str], line: int) -> dict[str, str]:
    if len(cells) > len(header):
        raise Invalid(N_("Line %(line)s has more cells than the header."), line=line)
    return dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True))


def _content(row: Mapping[str, str]) -> dict[str, Raw]:
    code: dict[str, Raw] = {
        "code": row["code"],
        "parent": row["parent"] or None,
        "stata": row["stata"],
        "label": {language: row[f"label_{language}"] for language in _LANGUAGES},
        "aliases": {language: _words(row.get(f"aliases_{language}", "")) for language in _LANGUAGES},
        "source": row.get("seed", ""),
    }
    for text in _TEXTS:
        others = {language: row.get(f"{text}_{language}", "") for language in ("ru", "kk")}
        code[text] = {"en": row.get(_ENGLISH[text], ""), **others}
    for column in ("codable", "risk"):
        if given := row.get(column):
            code[column] = _TRUTHS.get(given.lower(), given)
    if given := row.get("colour"):
        code["colour"] = int(given) if re.fullmatch("[0-9]{1,3}", given) else given
    if given := row.get("texture"):
        code["texture"] = given
    return code


def _words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(";") if word.strip()]


def _row(code: CodeEntry) -> dict[str, str]:
    row = {
        "code": code.code,
        "parent": code.parent or "",
        "stata": code.stata,
        "seed": code.source,
        "codable": str(int(code.codable)),
        "risk": str(int(code.risk)),
        "colour": str(code.colour),
        "texture": code.texture.value,
    }
    for language in _LANGUAGES:
        row[f"label_{language}"] = getattr(code.label, language)
        row[f"aliases_{language}"] = "; ".join(getattr(code.aliases, language))
    for text in _TEXTS:
        for language in _LANGUAGES:
            column = _ENGLISH[text] if language == "en" else f"{text}_{language}"
            row[column] = getattr(getattr(code, text), language)
    return row


def _guarded(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula gets a leading apostrophe; reading takes it off again."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
