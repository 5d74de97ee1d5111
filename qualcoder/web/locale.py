"""Messages in English, Russian and Kazakh. English msgids; catalogues are .po files read at start."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from qualcoder.accounts.models import Language

FOLDER = Path(__file__).resolve().parents[1] / "locale"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's messages."""

    language: Language
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
def catalogue(language: Language) -> Catalogue:
    """The catalogue of a language, read once."""
    path = FOLDER / language.value / "messages.po"
    if not path.exists():
        return Catalogue(language)
    with path.open("rb") as file:
        book = read_po(file, locale=language.value)
    one: dict[str, str] = {}
    many: dict[str, tuple[str, ...]] = {}
    for message in book:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, tuple):
            many[message.id[0]] = tuple(str(form) for form in message.string or ())
        else:
            one[str(message.id)] = str(message.string)
    return Catalogue(language, one, many, gettext.c2py(book.plural_expr))


_current: ContextVar[Catalogue] = ContextVar("catalogue")


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Render in a language."""
    token = _current.set(catalogue(language))
    try:
        yield
    finally:
        _current.reset(token)


def _(message: str, /, **params: object) -> str:
    """A message in the language of the page that is being rendered."""
    book = _current.get(None) or catalogue(Language.EN)
    text = book.text(message)
    return text % params if params else text


def ngettext(singular: str, plural: str, n: int, /, **params: object) -> str:
    """The same for a number; `%(n)s` is the number."""
    book = _current.get(None) or catalogue(Language.EN)
    return book.plural(singular, plural, n) % {"n": n, **params}


def preferred(header: str | None) -> Language:
    """The best language for a browser's Accept-Language."""
    best, quality = Language.EN, 0.0
    for part in (header or "").split(",")[:20]:
        tag, _sep, weight = part.strip().partition(";q=")
        try:
            q = float(weight) if weight else 1.0
        except ValueError:
            continue
        language = next((known for known in Language if tag.lower().split("-")[0] == known.value), None)
        if language is not None and q > quality:
            best, quality = language, q
    return best
