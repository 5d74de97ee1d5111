"""What a CRF sees of a word and its neighbours: digests of affixes, shapes and lexicon marks, no text.

Digests keep the words of the training corpora out of the models that ship.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from zlib import crc32

from qualcoder.anonymise.lexicon.flags import Lexicon, stems_of

_AFFIXES = (2, 3, 4, 5, 6)
_WEAK = frozenset({"ckk", "cru", "cen", "mk", "smk"})


@dataclass(frozen=True, slots=True)
class _Marks:
    """The features of a word for itself and for its neighbours at one and two words' distance."""

    own: tuple[str, ...] = field(repr=False)
    before: tuple[str, ...] = field(repr=False)
    after: tuple[str, ...] = field(repr=False)
    far_before: tuple[str, ...] = field(repr=False)
    far_after: tuple[str, ...] = field(repr=False)


def _hashed(features: Iterable[str], prefix: str = "") -> tuple[str, ...]:
    return tuple(f"{crc32((prefix + feature).encode()):x}" for feature in features)


def shape(word: str) -> str:
    """Of which signs a word is made: u a capital, U several, l small letters, 9 figures, p a sign."""
    if word.isdigit():
        return "9" * min(len(word), 5)
    if any(c.isdigit() for c in word):
        return "x9"
    if word.isupper():
        return "U" if len(word) > 1 else "u"
    if word[0].isupper():
        return "ul" if word[1:].islower() else "uU"
    return "l" if word[0].isalpha() else "p"


class Featurer:
    """Features of sentences; what it learned of single words is kept for the next ones."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._marks = lru_cache(maxsize=12_000)(self._marks_of)

    def features(self, forms: Sequence[str], *, is_cased: bool) -> list[list[str]]:
        """One list of features per word. Where capitals mean nothing they are not looked at."""
        seen = forms if is_cased else [form.lower() for form in forms]
        marks = [self._marks(form, is_cased=is_cased) for form in seen]
        shapes = [shape(form) if is_cased else "?" for form in seen]
        rows: list[list[str]] = []
        for at, mark in enumerate(marks):
            row = list(mark.own)
            if at > 0:
                row += marks[at - 1].before
                if at > 1:
                    row += marks[at - 2].far_before
            if at + 1 < len(marks):
                row += marks[at + 1].after
                if at + 2 < len(marks):
                    row += marks[at + 2].far_after
            left = shapes[at - 1] if at > 0 else "^"
            right = shapes[at + 1] if at + 1 < len(marks) else "$"
            row += _row(left, shapes[at], right)
            rows.append(row)
        return rows

    def _marks_of(self, form: str, *, is_cased: bool) -> _Marks:
        lower = form.lower()
        kind = shape(form) if is_cased else ("?" if form[0].isalpha() else shape(form))
        flags = self._lexicon.flags(lower)
        strong = [flag for flag in flags if flag not in _WEAK]
        stem = min(stems_of(lower), key=len) if len(lower) > 3 else lower
        own = ["b", f"w={lower}", f"s={kind}", f"st={stem}"]
        own += [f"p{n}={lower[:n]}" for n in _AFFIXES if len(lower) > n]
        own += [f"x{n}={lower[-n:]}" for n in _AFFIXES[:-1] if len(lower) > n]
        own += [f"y{n}={stem[-n:]}" for n in (2, 3, 4) if len(stem) > n and stem != lower]
        own += [f"g={flag}" for flag in flags]
        own += [f"sg={kind}|{flag}" for flag in flags]
        own.append("G=" + "|".join(flags))
        near = [f"w={lower}", f"s={kind}", f"p5={stem[:5]}", f"x3={lower[-3:]}", "G=" + "|".join(strong)]
        near += [f"g={flag}" for flag in flags]
        far = [f"w={lower}", f"s={kind}", "G=" + "|".join(strong)]
        return _Marks(
            _hashed(own), _hashed(near, "-1:"), _hashed(near, "+1:"), _hashed(far, "-2:"), _hashed(far, "+2:")
        )


@lru_cache(maxsize=4_000)
def _row(left: str, middle: str, right: str) -> tuple[str, ...]:
    return _hashed((f"sl={left}|{middle}", f"sr={middle}|{right}", f"sb={left}|{middle}|{right}"))
