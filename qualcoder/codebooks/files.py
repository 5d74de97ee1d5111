"""Codebooks as files: YAML in the shape of `codebooks/schema.json`, and a CSV for spreadsheets.

Reading returns a whole, checked book or raises `Invalid` with a sentence that names line and code. What `write_yaml`
writes, `read_yaml` reads back equal; a CSV carries the codes alone, without the head and the retired keys.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import yaml

from qualcoder.codebooks import sheet
from qualcoder.codebooks.book import Aliases, CodebookFile, CodeEntry, Localised, RetiredCode, Source, Texture
from qualcoder.codebooks.rules import FOLDER, Raw, check
from qualcoder.codebooks.strict_yaml import load
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

__all__ = [
    "IMPORTED_TITLE",
    "SHIPPED",
    "Aliases",
    "CodeEntry",
    "CodebookFile",
    "Localised",
    "RetiredCode",
    "Source",
    "Texture",
    "read_csv",
    "read_yaml",
    "write_csv",
    "write_yaml",
]

SHIPPED = FOLDER / "akim-elections.yaml"
IMPORTED_TITLE = Localised("Imported codebook", "Загруженная кодовая книга", "Жүктелген кодтар кітабы")
MAX_BYTES = 4 * 1024 * 1024
COLOURS = 12
FORMAT = 1


def read_yaml(raw: bytes) -> CodebookFile:
    """A codebook from YAML. Plain data only: tags such as `!!python/object`, anchors and repeated keys are refused."""
    loaded = load(_decoded(raw))
    return _book(cleaned(loaded.content), loaded.code_lines)


def write_yaml(book: CodebookFile) -> bytes:
    """The book as UTF-8 YAML in a fixed order of fields, so that two versions compare line by line."""
    content = {
        "format": FORMAT,
        "slug": book.slug,
        "title": asdict(book.title),
        "licence": book.licence,
        "sources": [asdict(source) for source in book.sources],
        "retired": [asdict(retired) for retired in book.retired],
        "codes": [_code_content(code) for code in book.codes],
    }
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)
    return text.encode()


def read_csv(raw: bytes) -> CodebookFile:
    """The codes of a CSV (comma, semicolon or tab; header required) as a book under a neutral title."""
    parsed = sheet.parse(_decoded(raw))
    content = {"format": FORMAT, "slug": "imported", "title": asdict(IMPORTED_TITLE), "codes": parsed.codes}
    return _book(cleaned(content), parsed.lines)


def write_csv(book: CodebookFile) -> bytes:
    """The codes as UTF-8 CSV with BOM, without which spreadsheets garble Kazakh letters."""
    return sheet.render(book.codes).encode("utf-8-sig")


def _decoded(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise Invalid(N_("The codebook is larger than %(size)s MB."), size=MAX_BYTES // 1024**2, status=413)
    if b"\0" in raw:
        raise Invalid(N_("This is not a text file: it holds NUL bytes. Save it as UTF-8 and try again."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Not chained: the exception carries the bytes of the file.
        raise Invalid(N_("The codebook is not in UTF-8. Save it as UTF-8 and try again.")) from None
    if not text.strip():
        raise Invalid(N_("The codebook file is empty."))
    return text


def cleaned(value: Raw) -> Raw:
    """NFC and single spaces in every string: line ends inside a text mean nothing and differ between tools."""
    if isinstance(value, str):
        text = " ".join(unicodedata.normalize("NFC", value).split())
        if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
            raise Invalid(N_("The codebook holds control characters. Remove them and try again."))
        return text
    if isinstance(value, Mapping):
        return {key: cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    return value


def _book(content: Raw, lines: Sequence[int]) -> CodebookFile:
    check(content, lines)
    marks = _default_marks({code["code"]: code["parent"] for code in content["codes"]})
    return CodebookFile(
        slug=content["slug"],
        title=Localised(**content["title"]),
        licence=content.get("licence", ""),
        sources=tuple(Source(**source) for source in content.get("sources", ())),
        codes=tuple(_entry(code, marks[code["code"]]) for code in content["codes"]),
        retired=tuple(RetiredCode(old["code"], Localised(**old["reason"])) for old in content.get("retired", ())),
    )


def _entry(code: Mapping[str, Raw], mark: tuple[int, Texture]) -> CodeEntry:
    colour, texture = mark
    return CodeEntry(
        code=code["code"],
        parent=code["parent"],
        stata=code["stata"],
        label=Localised(**code["label"]),
        definition=Localised(**code.get("definition", {})),
        include=Localised(**code.get("include", {})),
        exclude=Localised(**code.get("exclude", {})),
        example=Localised(**code.get("example", {})),
        near_miss=Localised(**code.get("near_miss", {})),
        aliases=Aliases(**{language: tuple(words) for language, words in code.get("aliases", {}).items()}),
        codable=code.get("codable", True),
        risk=code.get("risk", False),
        colour=int(code.get("colour", colour)),
        texture=Texture(code.get("texture", texture)),
        source=code.get("source", ""),
    )


def _default_marks(parents: Mapping[str, str | None]) -> dict[str, tuple[int, Texture]]:
    """For codes that bring no mark: one colour per theme below the top, textures by turns inside it."""
    members: dict[str, int] = {}
    marks: dict[str, tuple[int, Texture]] = {}
    textures = list(Texture)
    for key in parents:
        theme = _theme(key, parents)
        members[theme] = members.get(theme, 0) + 1
        colour = list(members).index(theme) % COLOURS + 1
        marks[key] = (colour, textures[(members[theme] - 1) % len(textures)])
    return marks


def _theme(key: str, parents: Mapping[str, str | None]) -> str:
    theme, above = key, parents[key]
    while above is not None and parents[above] is not None:
        theme, above = above, parents[above]
    return theme


def _code_content(code: CodeEntry) -> dict[str, Raw]:
    content = asdict(code)
    content["texture"] = code.texture.value
    if code.near_miss == Localised():
        del content["near_miss"]
    content["aliases"] = {language: list(words) for language, words in content["aliases"].items()}
    return content
