"""The messages of the product and their catalogues.

python -m tests.house.catalogues update            brings locale/*/messages.po up to date, keeping translations
python -m tests.house.catalogues update --prune    and drops messages that are used no more
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract as babel_extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("ru", "kk")
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}
SAME = "tests/house/same_in_all_languages.txt"

# Fixed, so that a catalogue changes only when a message does.
_WRITTEN = datetime(2026, 11, 21, tzinfo=UTC)
_HEADER = "# Messages of qualcoder. Made by: python -m tests.house.catalogues update"
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
_LETTER = re.compile(r"[^\W\d_]{2}")

MsgId = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Use:
    """Where a message is used first."""

    path: str
    line: int


def extract(root: Path = ROOT) -> dict[MsgId, Use]:
    """Every message of the code and the templates, with a place where it is used."""
    found: dict[MsgId, Use] = {}
    for path, method in _files(root):
        with path.open("rb") as file:
            options = {"silent": "false", "encoding": "utf-8"}
            for line, message, _comments, _context in babel_extract(method, file, KEYWORDS, (), options):
                key: MsgId = (str(message[0]), str(message[1])) if isinstance(message, tuple) else str(message)
                found.setdefault(key, Use(path.relative_to(root).as_posix(), line))
    return found


def _files(root: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted((root / "qualcoder").rglob("*.py")):
        yield path, "python"
    for path in sorted((root / "templates").rglob("*.html")):
        yield path, "jinja2.ext:babel_extract"


def catalogue_path(root: Path, language: str) -> Path:
    return root / "qualcoder" / "locale" / language / "messages.po"


def read(root: Path, language: str) -> Catalog:
    """A language's catalogue; empty when there is none yet."""
    path = catalogue_path(root, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(root: Path, language: str, *, is_pruned: bool) -> int:
    """Write a language's catalogue anew, keeping what is translated; how many messages wait for a translation."""
    messages = extract(root)
    template = Catalog(project="qualcoder", version="1", header_comment=_HEADER)
    for key in messages:
        template.add(key)
    book = read(root, language)
    book.header_comment = _HEADER
    book.project, book.version = "qualcoder", "1"
    book.copyright_holder = book.msgid_bugs_address = book.last_translator = book.language_team = ""
    book.update(template, no_fuzzy_matching=True, update_header_comment=False)
    book.creation_date = book.revision_date = _WRITTEN
    book.fuzzy = False
    written = BytesIO()
    write_po(written, book, no_location=True, sort_output=True, width=120, ignore_obsolete=is_pruned)
    path = catalogue_path(root, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written.getvalue().strip() + b"\n")
    return sum(not _is_translated(message) for message in book if message.id)


def _forms(message: Message) -> tuple[str, ...]:
    string = message.string
    return tuple(form or "" for form in string) if isinstance(string, tuple | list) else (string or "",)


def _is_translated(message: Message) -> bool:
    return bool(_forms(message)) and all(_forms(message)) and not message.fuzzy


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in _PLACEHOLDER.finditer(text)} - {"%%"}


def _shown(key: MsgId) -> str:
    return key if isinstance(key, str) else key[0]


def problems(root: Path, language: str) -> list[str]:
    """What is wrong with a catalogue: missing, fuzzy, unused, untranslated, or with other placeholders."""
    used, book = extract(root), read(root, language)
    allowed = same_everywhere(root)
    found: list[str] = []
    for key, use in used.items():
        message = book.get(_shown(key))
        if message is None or not _is_translated(message):
            found.append(f"{language}: {use.path}:{use.line} is not translated: {_shown(key)}")
            continue
        found += [f"{language}: {what}: {_shown(key)}" for what in _wrong(message, key, book.num_plurals, allowed)]
    unused = {str(message.id[0] if isinstance(message.id, tuple) else message.id) for message in book if message.id}
    found += [f"{language}: is used nowhere: {key}" for key in sorted(unused - {_shown(key) for key in used})]
    return found


def _wrong(message: Message, key: MsgId, plurals: int, allowed: frozenset[str]) -> Iterator[str]:
    sources = {key} if isinstance(key, str) else set(key)
    expected = set().union(*(_placeholders(source) for source in sources))
    forms = _forms(message)
    if not isinstance(key, str) and len(forms) != plurals:
        yield f"has {len(forms)} forms for {plurals} plurals"
    for form in forms:
        if _placeholders(form) - expected or (isinstance(key, str) and _placeholders(form) != expected):
            yield "has other placeholders"
        if form in sources and _LETTER.search(_PLACEHOLDER.sub("", form)) and form not in allowed:
            yield "is the same as in English"


def same_everywhere(root: Path) -> frozenset[str]:
    """Messages that are alike in all languages: names and signs."""
    lines = (root / SAME).read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def main(arguments: list[str]) -> int:
    """The command; 2 on wrong use."""
    if arguments[:1] != ["update"] or not set(arguments[1:]) <= {"--prune"}:
        sys.stderr.write("usage: python -m tests.house.catalogues update [--prune]\n")
        return 2
    for language in LANGUAGES:
        waiting = update(ROOT, language, is_pruned="--prune" in arguments)
        sys.stdout.write(f"{language}: {waiting} messages wait for a translation\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
