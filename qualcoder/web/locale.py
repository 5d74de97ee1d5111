"""The language of the page that is being rendered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from qualcoder.accounts.models import Language
from qualcoder.core.catalogue import Catalogue, catalogue

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
