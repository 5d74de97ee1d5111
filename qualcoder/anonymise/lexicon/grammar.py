"""What the dictionary of pymorphy3 (OpenCorpora) says of a Russian word. Guesses for unknown words are not asked for:
they cost ten times as much, and the endings that they rest on are features of their own.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

NAMES = ("Name", "Surn", "Patr", "Geox", "Orgn")
KNOWN = "mk"


@cache
def morphology() -> MorphAnalyzer:
    """The analyser, loaded once per process."""
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")


@lru_cache(maxsize=30_000)
def grammar(lower: str) -> tuple[str, ...]:
    """Marks of a Cyrillic word: mName … when it is nothing else, aName … and mk when it is also a plain word."""
    readings = _readings(lower)
    if not readings:
        return ()
    marks: dict[str, None] = {}
    is_plain = False
    for reading in readings:
        names = _names(*reading)
        is_plain = is_plain or not names
        marks |= dict.fromkeys(names)
    if not is_plain:
        return tuple(f"m{name}" for name in marks)
    return (KNOWN, *(f"a{name}" for name in marks))


def _readings(lower: str) -> list[tuple[int, int]]:
    words: Any = morphology().dictionary.words
    found: list[tuple[int, int]] = words.get(lower) or []
    if found or "е" not in lower:
        return found
    # Print writes е for ё.
    similar = words.similar_item_values(lower, morphology().char_substitutes)
    return [reading for readings in similar for reading in readings]


@lru_cache(maxsize=30_000)
def _names(paradigm: int, form: int) -> tuple[str, ...]:
    tag = morphology().dictionary.build_tag_info(paradigm, form)
    return tuple(name for name in NAMES if name in tag)
