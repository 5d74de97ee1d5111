"""Kazakh for spaCy, which has none: its tokeniser keeps abbreviations and numbers with their suffix together."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

LANGUAGE_CODE = "kk"
_ABBREVIATIONS = (
    "ж.",
    "жж.",
    "г.",
    "гг.",
    "ст.",
    "т.б.",
    "т.с.с.",
    "с.",
    "а.",
    "обл.",
    "көш.",
    "ул.",
    "мкр.",
    "млн.",
    "млрд.",
)


@cache
def kazakh_language() -> type[Language]:
    """The Language class, registered under its ISO code; spaCy is imported here and not before."""
    from spacy.lang.char_classes import LIST_ELLIPSES, LIST_ICONS
    from spacy.language import BaseDefaults, Language
    from spacy.symbols import ORTH
    from spacy.util import registry

    class KazakhDefaults(BaseDefaults):
        tokenizer_exceptions = dict(BaseDefaults.tokenizer_exceptions) | {
            form: [{ORTH: form}] for short in _ABBREVIATIONS for form in (short, short.capitalize())
        }
        # No split at a hyphen: 12-ші and Серікбай-ағай are words.
        infixes = (*LIST_ELLIPSES, *LIST_ICONS, r"(?<=[^\W\d_]),(?=[^\W\d_])", r"(?<=\w)[:<>=/](?=[^\W\d_])")

    # spaCy's __init_subclass__ carries no annotations.
    class Kazakh(Language):  # type: ignore[no-untyped-call]
        lang = LANGUAGE_CODE
        Defaults = KazakhDefaults

    registry.languages.register(LANGUAGE_CODE, func=Kazakh)
    return Kazakh
