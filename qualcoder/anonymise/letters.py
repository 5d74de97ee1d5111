"""Letters of the three languages, and a cleaned shadow of a text on which rules can be written simply."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from qualcoder.core.text import Span

UPPER = "A-ZА-ЯЁӘІҢҒҮҰҚӨҺ"
LOWER = "a-zа-яёәіңғүұқөһ"
KAZAKH_ONLY = frozenset("әіңғүұқөһ")

_LATIN = "aceopxyikmhtABCEHKMOPTXYI"
_CYRILLIC = "асеорхуікмһтАВСЕНКМОРТХУІ"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_CYRILLIC_LETTER = re.compile(r"[\u0400-\u052f]")
_LATIN_LETTER = re.compile(r"[A-Za-z]")
_MIXED_WORD = re.compile(
    r"(?<![A-Za-z\u0400-\u052f])(?=[A-Za-z]{1,40}[\u0400-\u052f]"
    r"|[\u0400-\u052f]{1,40}[A-Za-z])[A-Za-z\u0400-\u052f]{2,80}"
)
_GREEK = str.maketrans("αεορχυικΑΒΕΗΙΚΜΝΟΡΤΧΥ", "аеорхуікАВЕНІКМНОРТХУ")
# The letter O among digits is a zero, l and I are ones: 8 7ОО ООО 00 16.
_NUMBER_WITH_LETTERS = re.compile(
    r"(?<!\w)(?=[\dOОlIІ ()\-]{0,12}[OОlIІ])[\dOОlIІ]{1,14}(?:[ ()\-]{1,2}[\dOОlIІ]{1,6}){0,8}(?!\w)"
)
_DIGITS = str.maketrans("OОlIІ", "00111")
_ENOUGH_DIGITS, _ENOUGH_SIGNS = 4, 9
# Letters with a mark that no word of the three languages has are read without it: Ójdantap, Oydan\u0301tap, Ойдӓнтап.
_MARKED = {
    code: base
    for code in (*range(0xC0, 0x250), *range(0x400, 0x530), *range(0x1E00, 0x1F00))
    if chr(code) not in "ёйЁЙ" and (base := unicodedata.normalize("NFD", chr(code))[0]) != chr(code) and base.isalpha()
} | {ord("ı"): "i", ord("ł"): "l", ord("Ł"): "L", ord("ſ"): "s"}
_STYLED = re.compile(r"[\u2100-\u214f\u2460-\u249b\uff10-\uff5a\U0001d400-\U0001d7ff]")
_HALF = re.compile(r"[\ud800-\udfff]")
# Marks and invisible signs.
_DROPPED = frozenset({"Mn", "Cf"})
_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_SAME_LENGTH = {
    ord(char): plain
    for chars, plain in (
        (_SPACES, " "),
        (_DASHES, "-"),
        ("«»“”„‟", '"'),
        ("‘’ʼ`", "'"),
    )
    for char in chars
}


def has_cyrillic(text: str) -> bool:
    return _CYRILLIC_LETTER.search(text) is not None


def has_latin(text: str) -> bool:
    return _LATIN_LETTER.search(text) is not None


def encodable(text: str) -> str:
    """The text with halves of a broken character replaced, sign by sign: they can't be written as UTF-8."""
    return _HALF.sub("\ufffd", text) if not text.isascii() and _HALF.search(text) else text


def fold_homoglyphs(word: str) -> str:
    """Write a word of mixed alphabets in one of them; same length. Letters without a twin stay as they are."""
    if not (has_cyrillic(word) and has_latin(word)):
        return word
    plain_cyrillic = any(has_cyrillic(c) and c not in _CYRILLIC for c in word)
    plain_latin = any(has_latin(c) and c not in _LATIN for c in word)
    if plain_latin and not plain_cyrillic:
        return word.translate(_TO_LATIN)
    return word.translate(_TO_CYRILLIC)


@dataclass(frozen=True, slots=True)
class Shadow:
    """A text as rules read it: one kind of space, dash and quote, no marks or invisible signs, one alphabet per word.

    `span(start, end)` leads from the shadow back to exact code points of the text.
    """

    text: str = field(repr=False)
    _origins: Sequence[int] = field(repr=False)

    @property
    def is_uncased(self) -> bool:
        """No capital at all, as speech recognition writes: rules that wait for capitals are of no use."""
        return not any(c.isupper() for c in self.text)

    def span(self, start: int, end: int) -> Span:
        """The stretch of the text that start..end of the shadow came from; marks go with their letter."""
        return Span(self._origins[start], self._origins[end])


def shadow_of(text: str) -> Shadow:
    """Read a text for rules; its length may shrink, the way back is kept."""
    if text.isascii() or _DROPPED.isdisjoint(map(unicodedata.category, set(text))):
        return _read(text, range(len(text) + 1))
    letters: list[str] = []
    origins: list[int] = []
    for at, char in enumerate(text):
        if not char.isascii() and unicodedata.category(char) in _DROPPED:
            if letters:
                composed = unicodedata.normalize("NFC", letters[-1] + char)
                letters[-1] = composed if len(composed) == 1 else letters[-1]
            continue
        letters.append(char)
        origins.append(at)
    origins.append(len(text))
    return _read("".join(letters), origins)


def _read(letters: str, origins: Sequence[int]) -> Shadow:
    folded = _STYLED.sub(_plain, letters.translate(_SAME_LENGTH)).translate(_GREEK).translate(_MARKED)
    folded = _NUMBER_WITH_LETTERS.sub(_as_number, folded)
    return Shadow(_MIXED_WORD.sub(lambda word: fold_homoglyphs(word.group()), folded), origins)


def _as_number(run: re.Match[str]) -> str:
    said = run.group()
    is_number = len(said) >= _ENOUGH_SIGNS and sum(c.isdigit() for c in said) >= _ENOUGH_DIGITS
    return said.translate(_DIGITS) if is_number else said


def _plain(styled: re.Match[str]) -> str:
    """A letter or digit in another dress, ８ or 𝐀; № and what is no single sign stay."""
    plain = unicodedata.normalize("NFKC", styled.group())
    return plain if len(plain) == 1 else styled.group()
