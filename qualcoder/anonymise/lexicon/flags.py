"""What the lexicon knows of a word, as short marks that statistics weighs."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from qualcoder.anonymise.lexicon.cues import CUES
from qualcoder.anonymise.lexicon.grammar import grammar
from qualcoder.anonymise.lexicon.hashed import Lists, read
from qualcoder.anonymise.lexicon.skeletons import skeleton
from qualcoder.anonymise.rules.common_words import NOT_NAMES
from qualcoder.anonymise.rules.endings import kk_stems, ru_stems

FIRST, LAST, COARSE, FINE, PART, COUNTRY = "first", "last", "coarse", "fine", "part", "country"
COMMON = {"kk": "common_kk", "ru": "common_ru", "en": "common_en"}
SEEN_ENGLISH = "seen_en"
# Plain words and skeletons of names lie in one file; the sign keeps them apart.
PLAIN = "="
_MARKS = ((FIRST, "f"), (LAST, "l"), (COARSE, "H"), (FINE, "L"), (PART, "P"), (COUNTRY, "C"))
_KAZAKH_END = re.compile(r"(?:ұлы|қызы|улы|кызы)(?:н\w{0,2}|м\w{0,2})?\Z")
# The polite short form of a name: Ереке, Жұмекең, Сәке.
_POLITE = re.compile(r"[^\W\d_]{0,4}(?:[еәаөоүу]ке|[аұо]қа)ң?")
POLITE = "hk"
_SHORTEST, _LONGEST = 3, 40
_RUSSIAN_SPELLING = str.maketrans("әіңғүұқөһ", "аингуукох")


class Lexicon:
    """Digests of names, places and common words, with the grammar of Russian words."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._marks = [(lists.bit(name), mark) for name, mark in _MARKS]
        self._common = {language: lists.bit(name) for language, name in COMMON.items()}
        self._seen = lists.bit(SEEN_ENGLISH)
        self.flags = lru_cache(maxsize=30_000)(self._flags)

    def is_common(self, lower: str, language: str) -> bool:
        """A word that texts of the language write without a capital; some names are such words too."""
        return f"c{language}" in self._common_marks(lower, stems_of(lower))

    def is_seen_in_english(self, lower: str) -> bool:
        """Whether English texts write the word without a capital at least once."""
        return lower in NOT_NAMES or bool(self._lists.bits_of(PLAIN + lower) & self._seen)

    def _common_marks(self, lower: str, forms: tuple[str, ...]) -> list[str]:
        if lower in NOT_NAMES:
            return [f"c{language}" for language in COMMON]
        bits = self._lists.bits_of(PLAIN + lower)
        of_stems = bits
        for form in forms[1:]:
            of_stems |= self._lists.bits_of(PLAIN + form)
        return [
            f"c{language}" for language, bit in self._common.items() if (of_stems if language == "kk" else bits) & bit
        ]

    def _flags(self, lower: str) -> tuple[str, ...]:
        """Marks of a lower-case word; none for signs, figures, and words of under 3 or over 40 letters."""
        if not _SHORTEST <= len(lower) <= _LONGEST or not lower[0].isalpha():
            return (CUES[lower],) if lower in CUES else ()
        forms = stems_of(lower)
        marks = [CUES[lower]] if lower in CUES else []
        whole = self._lists.bits_of(skeleton(lower))
        of_stems = 0
        for form in dict.fromkeys((*forms[1:], *_russian_stems(lower), *_soft_stems(lower))):
            of_stems |= self._lists.bits_of(skeleton(form))
        for bit, mark in self._marks:
            if whole & bit:
                marks.append(mark)
            elif of_stems & bit:
                marks.append(mark + "s")
        marks += _grammar(lower, forms)
        if _KAZAKH_END.search(lower):
            marks.append("pk")
        if any(map(_POLITE.fullmatch, forms)):
            marks.append(POLITE)
        return (*marks, *self._common_marks(lower, forms))


def stems_of(lower: str) -> tuple[str, ...]:
    """The word and what is left when a Kazakh chain is taken off."""
    return (lower,) if lower.isascii() or len(lower) > _LONGEST else kk_stems(lower)


def _russian_stems(lower: str) -> tuple[str, ...]:
    """Kazakh names take Russian endings that the dictionary does not know: Жанболату, Еркебуланом."""
    return () if lower.isascii() else tuple(form for form in ru_stems(lower)[1:] if len(form) > _SHORTEST)


def _soft_stems(lower: str) -> tuple[str, ...]:
    """A soft sign hides from Kazakh endings which letter they follow: Асельге."""
    return stems_of(lower.replace("ь", ""))[1:] if "ь" in lower else ()


def _grammar(lower: str, forms: tuple[str, ...]) -> list[str]:
    if lower.isascii():
        return []
    found = grammar(lower.translate(_RUSSIAN_SPELLING))
    if found or len(forms) == 1:
        return list(found)
    stem = grammar(min(forms, key=len).translate(_RUSSIAN_SPELLING))
    return [f"s{mark}" for mark in stem]


def load(path: Path) -> Lexicon:
    return Lexicon(read(path))
