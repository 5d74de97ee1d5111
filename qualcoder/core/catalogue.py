"""The message catalogues: English msgids to Russian and Kazakh, read from .po files once."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[1] / "locale"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's messages; a message without a translation stays English."""

    one: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    form_of: Callable[[int], int] = field(default=lambda n: int(n != 1))

    def text(self, message: str) -> str:
        return self.one.get(message) or message

    def plural(self, singular: str, plural: str, n: int) -> str:
        forms = self.many.get(singular)
        if not forms:
            return singular if n == 1 else plural
        return forms[min(self.form_of(n), len(forms) - 1)] or plural


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language by its code (en, ru, kk)."""
    path = FOLDER / language / "messages.po"
    if not path.exists():
        return Catalogue()
    with path.open("rb") as file:
        book = read_po(file, locale=language)
    one: dict[str, str] = {}
    many: dict[str, tuple[str, ...]] = {}
    for message in book:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, tuple):
            many[message.id[0]] = tuple(str(form) for form in message.string or ())
        else:
            one[str(message.id)] = str(message.string)
    return Catalogue(one, many, gettext.c2py(book.plural_expr))
