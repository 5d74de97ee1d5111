"""Where sentences begin in Russian, Kazakh and English speech written down."""

from __future__ import annotations

from collections.abc import Iterator

import regex

# A sign that may end a sentence, closing quotes and emoji that belong to it, white space, and a beginning:
# a capital, a digit or an emoji, perhaps after an opening quote, bracket or a dash of direct speech.
_EMOJI = r"[\p{Extended_Pictographic}\p{M}\u200D\U0001F3FB-\U0001F3FF]"
_CANDIDATE = regex.compile(
    rf"(?<![.!?…])(?P<sign>[.!?…]++)(?P<closing>[\"»”’')\]]*+(?:\s*+{_EMOJI}++)*+)"
    r"\s++(?=(?:[—–-]\s+)?[\"«“„‘'(\[]*(?P<first>[\p{Lu}\p{N}\p{Extended_Pictographic}]))"
)
_LAST_WORD = regex.compile(r"(?:(?<![\p{L}\p{M}])\p{L}\.\s?)*[\p{L}\p{N}\p{M}-]+\Z")
_INITIAL = regex.compile(r"\p{Lu}")
_DOTTED = regex.compile(r"(?:\p{L}\.\s?)+\p{L}")
_MORE_THAN_A_NUMBER_BEFORE = regex.compile(r"\p{L}.*\p{N}\s*\Z")
_CAPITALISED_BEFORE = regex.compile(r"\p{Lu}[\p{L}'’-]*\.?\s+\Z")

# Abbreviations that are always followed by what they announce.
_RUSSIAN = """
    ст стр ул им тов проф акад пр просп пер пос обл см напр ред зам гл рис табл гр гос дер каб кв корп пгт респ доц
    мкр оф
"""
_KAZAKH = "обл ауд ст көш қ ред мыс қар проф акад тов пр кв мкр"
_ENGLISH = "mr mrs ms dr prof st no vs fig rev hon gen col sen gov jr approx dept"
# Kazakh speech carries Russian abbreviations and the other way round.
_LOCAL_OPENINGS = frozenset(_RUSSIAN.split()) | frozenset(_KAZAKH.split())
_ENGLISH_OPENINGS = frozenset(_ENGLISH.split())
# Units that end a sentence when a number stands before them and a capital after.
_UNITS = "г гг в вв ж жж ғ ғғ п д с б т млн млрд тыс руб тг чел га км м кг ч мин"
_AFTER_NUMBER = frozenset(_UNITS.split())
# "and so on": may close a sentence.
_CLOSING_DOTTED = frozenset(["т.д", "т.п", "т.б", "т.с.с", "а.м", "a.m", "p.m"])
_LOOK_BACK = 48


def bounds(body: str, language: str) -> tuple[int, ...]:
    """Offsets in `body` where a sentence starts: rising, the first always 0, each where a visible character stands.

    `language` is ru, kk, en or anything else for a mixture, in which the abbreviations of all three are known.
    """
    openings = _openings(language)
    return (0, *_later_starts(body, openings))


def _openings(language: str) -> frozenset[str]:
    if language == "en":
        return _ENGLISH_OPENINGS
    return _LOCAL_OPENINGS if language in ("ru", "kk") else _LOCAL_OPENINGS | _ENGLISH_OPENINGS


def _later_starts(body: str, openings: frozenset[str]) -> Iterator[int]:
    sentence = 0
    for found in _CANDIDATE.finditer(body):
        if found["sign"] == "." and not found["closing"] and not _ends(body, sentence, found, openings):
            continue
        sentence = found.end()
        yield sentence


def _ends(body: str, sentence: int, found: regex.Match[str], openings: frozenset[str]) -> bool:
    """Whether a lone full stop ends a sentence rather than an abbreviation, initials or a list number."""
    before = body[max(sentence, found.start() - _LOOK_BACK) : found.start()]
    last = _LAST_WORD.search(before)
    if last is None:
        return True
    word, rest = last[0], before[: last.start()]
    if word.isdecimal():
        return bool(rest.strip("—–- \xa0"))
    if _DOTTED.fullmatch(word):
        return _squeezed(word) in _CLOSING_DOTTED
    if _INITIAL.fullmatch(word):
        return word == "I" and bool(rest) and not _CAPITALISED_BEFORE.search(rest)
    return _word_ends(word.lower(), rest, found["first"], openings)


def _word_ends(word: str, rest: str, first: str, openings: frozenset[str]) -> bool:
    if word in _AFTER_NUMBER:
        return bool(_MORE_THAN_A_NUMBER_BEFORE.search(rest)) and first.isupper()
    return word not in openings


def _squeezed(word: str) -> str:
    return word.replace(" ", "").replace("\xa0", "").lower()
