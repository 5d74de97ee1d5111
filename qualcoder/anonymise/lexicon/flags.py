"""What the lexicon knows of a word, as short marks that statistics weighs."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from qualcoder.anonymise.lexicon.cues import CUES
from qualcoder.anonymise.lexicon.hashed import HashedSet, read
from qualcoder.anonymise.lexicon.skeletons import skeleton
from qualcoder.anonymise.rules.common_words import NOT_NAMES
from qualcoder.anonymise.rules.endings import kk_stems

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

FIRST, LAST, COARSE, FINE, PART, COUNTRY = "first", "last", "coarse", "fine", "part", "country"
SEEN_ENGLISH = "seen_en"
COMMON = {"kk": "common_kk", "ru": "common_ru", "en": "common_en"}
_SETS = ((FIRST, "f"), (LAST, "l"), (COARSE, "H"), (FINE, "L"), (PART, "P"), (COUNTRY, "C"))
_GRAMMEMES = ("Name", "Surn", "Patr", "Geox", "Orgn")
_KAZAKH_END = re.compile(r"(?:ұлы|қызы|улы|кызы)(?:н\w{0,2}|м\w{0,2})?\Z")


class Lexicon:
    """Digests of names, places and common words, with the grammar of Russian words."""

    def __init__(self, sets: dict[str, HashedSet]) -> None:
        self._sets = sets
        self.flags = lru_cache(maxsize=30_000)(self._flags)

    def is_in(self, name: str, word: str) -> bool:
        return name in self._sets and word in self._sets[name]

    def is_common(self, lower: str, language: str) -> bool:
        """A word that texts of the language write without a capital; some names are such words too."""
        if lower in NOT_NAMES:
            return True
        name = COMMON[language]
        return any(self.is_in(name, stem) for stem in (stems_of(lower) if language == "kk" else (lower,)))

    def is_seen_in_english(self, lower: str) -> bool:
        """Whether English texts write the word without a capital at least once."""
        return lower in NOT_NAMES or self.is_in(SEEN_ENGLISH, lower)

    def _flags(self, lower: str) -> tuple[str, ...]:
        """Marks of a lower-case word; none for signs, figures and words of one or two letters."""
        if len(lower) < 3 or not lower[0].isalpha():
            return (CUES[lower],) if lower in CUES else ()
        forms = stems_of(lower)
        marks = [CUES[lower]] if lower in CUES else []
        bones = [skeleton(form) for form in forms]
        for name, mark in _SETS:
            if self.is_in(name, bones[0]):
                marks.append(mark)
            elif any(self.is_in(name, form) for form in bones[1:] if len(form) > 2):
                marks.append(mark + "s")
        marks += grammar(lower)
        if _KAZAKH_END.search(lower):
            marks.append("pk")
        marks += [f"c{language}" for language in COMMON if self.is_common(lower, language)]
        return tuple(marks)


@lru_cache(maxsize=30_000)
def stems_of(lower: str) -> tuple[str, ...]:
    """The word and what is left when a Kazakh chain, or an English genitive, is taken off."""
    return kk_stems(lower)


@cache
def _morphology() -> MorphAnalyzer:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")


@lru_cache(maxsize=30_000)
def grammar(lower: str) -> tuple[str, ...]:
    """What pymorphy3 says of a Cyrillic word: in its best reading (m), in another (a), in a Kazakh stem of it (s)."""
    if not "а" <= lower[0] <= "ӿ":
        return ()
    readings = _morphology().parse(lower)
    marks = tuple(f"m{g}" for g in _GRAMMEMES if g in readings[0].tag)
    if marks:
        return marks
    known = ("mk",) if readings[0].is_known and "UNKN" not in readings[0].tag else ()
    others = tuple(f"a{g}" for g in _GRAMMEMES[:4] if any(g in reading.tag for reading in readings[1:]))
    if others:
        return known + others
    shortest = min(kk_stems(lower), key=len)
    if shortest != lower:
        stem = _morphology().parse(shortest)[0].tag
        return known + tuple(f"s{g}" for g in _GRAMMEMES[:4] if g in stem)
    return known


def load(path: Path) -> Lexicon:
    return Lexicon(read(path))
