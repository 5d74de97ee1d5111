"""Bytes to text for files people bring: UTF-8, UTF-16, Windows Cyrillic and the Kazakh standard KZ-1048.

A guess is checked before it is believed: a wrong alphabet would be stored as if it were what somebody said.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

import regex

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

MAX_BYTES = 50 * 1024 * 1024

_RUSSIAN = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_KAZAKH = frozenset("әғқңөұүһі")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_FREQUENT = frozenset("аеионтсрлыі")
_TYPOGRAPHY = frozenset("«»„“”‘’‚‹›–—…•№§©®™°·€±¶\xa0\xad")
_WORD = regex.compile(r"\p{L}+")
_INNER_CAPITAL = regex.compile(r"\p{Ll}\p{Lu}")

# Below this many Cyrillic letters, how often each occurs says nothing.
_ENOUGH_LETTERS = 20
_FREQUENT_SHARE = 0.45
_ODD_WORDS_SHARE = 0.05
_ODD_SIGNS_SHARE = 0.01
_UTF16_PLAUSIBLE_SHARE = 0.9
_WORDS_LOOKED_AT = 1_000_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file without its byte order mark, nothing else changed, and the encoding found."""

    text: str = field(repr=False)
    encoding: str


def decode(raw: bytes) -> Decoded:
    """Decode strictly, or refuse with Invalid: 413 above MAX_BYTES, 422 empty, 415 not text in a known encoding."""
    if len(raw) > MAX_BYTES:
        raise Invalid(
            N_("The file is larger than %(limit)s MB. Split it and upload the parts."),
            status=413,
            limit=MAX_BYTES // (1024 * 1024),
        )
    if not raw.strip():
        raise Invalid(N_("The file is empty. Choose the file again."))
    found = _by_mark(raw) or (_utf16_without_mark(raw) if b"\x00" in raw else _without_mark(raw))
    if "\x00" in found.text:
        raise _binary()
    return found


def _binary() -> Invalid:
    return Invalid(
        N_("The file holds zero bytes, so it is not plain text. Save it as plain text (UTF-8) and try again."),
        status=415,
    )


def _unreadable() -> Invalid:
    return Invalid(
        N_("The letters of this file can't be read. Save it as plain text in UTF-8 and try again."), status=415
    )


def _strict(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _by_mark(raw: bytes) -> Decoded | None:
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise _unreadable()
    for mark, encoding, name in (
        (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
    ):
        if raw.startswith(mark):
            text = _strict(raw[len(mark) :], encoding)
            if text is None:
                raise _unreadable()
            return Decoded(text, name)
    return None


def _utf16_without_mark(raw: bytes) -> Decoded:
    """Spaces and line ends have a zero byte in UTF-16, nearly always on the same side; anything else is binary."""
    even, odd = raw[0::2].count(0), raw[1::2].count(0)
    encoding = "utf-16-be" if even > odd else "utf-16-le"
    text = _strict(raw, encoding)
    if text is None or not _looks_like_utf16(text):
        raise _binary()
    return Decoded(text, encoding)


def _looks_like_utf16(text: str) -> bool:
    counts = Counter(text)
    usual = sum(n for c, n in counts.items() if " " <= c <= "\u024f" or c in "\t\r\n" or _is_usual_in_utf16(c))
    letters = any(c.isalpha() for c in counts)
    return letters and usual >= _UTF16_PLAUSIBLE_SHARE * len(text)


def _is_usual_in_utf16(character: str) -> bool:
    return "\u0400" <= character <= "\u052f" or "\u2000" <= character <= "\u206f"


def _without_mark(raw: bytes) -> Decoded:
    if (text := _strict(raw, "utf-8")) is not None:
        return Decoded(text, "utf-8")
    # KZ-1048 differs from cp1251 only where the Kazakh letters sit, so it comes second.
    for encoding in ("cp1251", "kz1048"):
        text = _strict(raw, encoding)
        if text is not None and is_plausible(text):
            return Decoded(text, encoding)
    raise _unreadable()


def is_plausible(text: str) -> bool:
    """Whether a text read from a one-byte encoding is Russian, Kazakh or English, not another alphabet misread."""
    counts = Counter(text)
    letters = Counter[str]()
    odd_signs = 0
    for character, n in counts.items():
        if character.isalpha():
            letters[character.lower()] += n
        elif _is_odd_sign(character):
            odd_signs += n
    if not letters or not set(letters) <= _RUSSIAN | _KAZAKH | _LATIN:
        return False
    return odd_signs <= _ODD_SIGNS_SHARE * len(text) and _is_frequent(letters) and _words_are_plausible(text)


def _is_odd_sign(character: str) -> bool:
    if ord(character) < 128:
        return unicodedata.category(character) == "Cc" and character not in "\t\n\r\f\v"
    return character not in _TYPOGRAPHY


def _is_frequent(letters: Counter[str]) -> bool:
    cyrillic = sum(n for c, n in letters.items() if c not in _LATIN)
    frequent = sum(letters[c] for c in _FREQUENT)
    return cyrillic < _ENOUGH_LETTERS or frequent >= _FREQUENT_SHARE * cyrillic


def _words_are_plausible(text: str) -> bool:
    """Letters of two alphabets inside a word, or a capital after a small letter, betray KOI8-R and Western texts."""
    words = [w for w in _WORD.findall(text[:_WORDS_LOOKED_AT]) if not w.isascii()]
    odd = sum(1 for w in words if _INNER_CAPITAL.search(w) or not _LATIN.isdisjoint(w.lower()))
    return odd <= _ODD_WORDS_SHARE * len(words)
