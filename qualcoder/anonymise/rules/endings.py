"""Kazakh and Russian endings, as patterns and as a way back to the stem.

Kazakh endings are chosen by the last letter before them, so that кете + ді (leaves) is not the clan Кете: after a
vowel the object case is -ні. Names of Russian origin in -в, -г, -д take the voiceless set (-тың, -қа).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from qualcoder.anonymise.rules.pattern import listed

_VOWELS = "аәеёоөұүыіэюя"
_SONORANTS = "лрйуи"
_NASALS = "мнң"
_VOICED = "жз"

_CASES = {
    "vowel": "ның|нің|ға|ге|ны|ні|да|де|дан|ден|мен",
    "sonorant": "дың|дің|ға|ге|ды|ді|да|де|дан|ден|мен",
    "nasal": "ның|нің|ға|ге|ды|ді|да|де|нан|нен|дан|ден|мен",
    "voiced": "дың|дің|ға|ге|ды|ді|да|де|дан|ден|бен",
    "voiceless": "тың|тің|қа|ке|ты|ті|та|те|тан|тен|пен",
}
_PLURALS = {
    "vowel": "лар|лер",
    "sonorant": "лар|лер",
    "nasal": "дар|дер",
    "voiced": "дар|дер",
    "voiceless": "тар|тер",
}
_THEIRS = "ның|нің|на|не|нда|нде|нан|нен|мен|н"
_THEIRS_OF = "ндағы|ндегі|мыз|міз|ңыз|ңіз|мыздың|міздің|мызда|мізде"
_MINE = "ның|нің|а|е|ды|ді|да|де|нан|нен|мен"
_I_AM = "мын|мін|пын|пін|бын|бін|сың|сің"

RU_ENDINGS = listed(
    "ами ями ого его ому ему ыми ими ой ей ою ею ом ем ым им ах ях ам ям ых их ый ий ая яя ое ее ую юю а я ы и е "
    "у ю о ь й"
)
MIN_STEM = 3


def _kind(letter: str) -> str:
    for kind, letters in (("vowel", _VOWELS), ("sonorant", _SONORANTS), ("nasal", _NASALS), ("voiced", _VOICED)):
        if letter in letters:
            return kind
    return "voiceless"


@cache
def _chain(kind: str) -> str:
    owned = (
        f"(?:сы|сі)(?:{_THEIRS})?|(?:м|ң)(?:{_MINE})?|(?:мыз|міз|ңыз|ңіз)(?:{_CASES['voiced']})?"
        if kind == "vowel"
        else f"(?:ы|і)(?:{_THEIRS})?|(?:ым|ім|ың|ің)(?:{_MINE})?|(?:ымыз|іміз|ыңыз|іңіз)(?:{_CASES['voiced']})?"
    )
    after_plural = (
        f"(?:{_CASES['sonorant']})|(?:ы|і)(?:{_THEIRS})?|(?:ым|ім|ың|ің)(?:{_MINE})?"
        f"|(?:ымыз|іміз)(?:{_CASES['voiced']})?"
    )
    chain = f"(?:{_PLURALS[kind]})(?:{after_plural})?|{owned}|(?:{_CASES[kind]})"
    return f"(?:(?:{chain})(?:ғы|гі)?|(?:{_I_AM}))"


def kk(words: str, *, inside: bool = False) -> str:
    """A pattern of lower-case Kazakh words, listed in one string, with any chain of endings; case is ignored.

    They are whole words; `inside` lets them be the last part of a longer one.
    """
    forms = "|".join(f"{re.escape(word)}{_chain(_kind(word[-1]))}?" for word in listed(words))
    begin = "" if inside else r"(?<!\w)"
    return rf"(?i:{begin}(?:{forms})(?!\w))"


def kk_endings(letter: str) -> str:
    """A pattern of any chain of Kazakh endings, or none, after this last letter."""
    return f"{_chain(_kind(letter))}?"


def kk_owned(words: str) -> str:
    """Like `kk`, but each word belongs to the one before it and shows it: ауылы, ауылында, қаласының."""
    forms = "|".join(
        f"{re.escape(word)}{'(?:сы|сі)' if _kind(word[-1]) == 'vowel' else '(?:ы|і)'}(?:{_THEIRS}|{_THEIRS_OF})?"
        for word in listed(words)
    )
    return rf"(?i:(?<!\w)(?:{forms})(?!\w))"


@cache
def _compiled(kind: str) -> re.Pattern[str]:
    return re.compile(_chain(kind))


@lru_cache(maxsize=50_000)
def kk_stems(word: str) -> tuple[str, ...]:
    """The lower-case word and what is left when a Kazakh chain is taken off; stems of three letters and more."""
    found = [word]
    for cut in range(max(MIN_STEM, len(word) - 12), len(word)):
        if _compiled(_kind(word[cut - 1])).fullmatch(word, cut):
            found.append(word[:cut])
    return tuple(found)


@lru_cache(maxsize=50_000)
def ru_stems(word: str) -> tuple[str, ...]:
    """The lower-case word and what is left when a Russian ending is taken off; stems of three letters and more."""
    cut = (word.removesuffix(ending) for ending in RU_ENDINGS if word.endswith(ending))
    return (word, *(stem for stem in dict.fromkeys(cut) if len(stem) >= MIN_STEM))
