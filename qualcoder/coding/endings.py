"""Other endings of a word that was typed: Russian ones and chains of Kazakh ones, by rules and without a dictionary.

A rule knows no words: `суд` also finds `суда` (ships). So what stands exactly as typed is shown first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from qualcoder.anonymise.letters import has_cyrillic
from qualcoder.anonymise.rules.endings import MIN_STEM, RU_ENDINGS, kk_endings, kk_stems, ru_stems

_SHORTEST = 2
# Genitives of the plural, which names of people don't need.
_MORE_RUSSIAN = ("ов", "ев", "иям", "иях", "иями", "ии", "ию", "ией", "ия", "ие", "ий")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")


def takes_endings(word: str) -> bool:
    """Whether these rules are about such a word: Cyrillic letters only."""
    return len(word) >= _SHORTEST and word.isalpha() and has_cyrillic(word)


@lru_cache(maxsize=1_000)
def stems_of(word: str) -> tuple[str, ...]:
    """The folded word and what may be its stems, shortest first."""
    russian = {word.removesuffix(ending) for ending in _MORE_RUSSIAN if word.endswith(ending)}
    found = {*kk_stems(word), *ru_stems(word), *(stem for stem in russian if len(stem) >= MIN_STEM)}
    return tuple(sorted(found, key=len))


def forms_after(word: str, written: Callable[[str], str]) -> str:
    """A pattern of everything that may follow the shortest stem of a word. `written` says how a letter is matched."""
    stems = stems_of(word)
    shortest = len(stems[0])
    forms = []
    for stem in stems:
        rest = re.escape(stem[shortest:])
        endings = [kk_endings(stem[-1])]
        if len(stem) >= MIN_STEM:
            endings.append(f"(?:{'|'.join((*RU_ENDINGS, *_MORE_RUSSIAN))})")
        forms.append(f"{rest}(?:{'|'.join(endings)})")
    return _CYRILLIC.sub(lambda letter: written(letter.group()), f"(?:{'|'.join(forms)})")
