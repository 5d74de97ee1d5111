"""Which of the three working languages a stretch of text is in, by letters and a few function words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import regex


class Language(StrEnum):
    """What a stretch of text is written in."""

    RU = "ru"
    KK = "kk"
    EN = "en"
    MIXED = "mixed"


# One letter is as often an initial as a word.
_WORD = regex.compile(r"\p{L}{2,}")
_KAZAKH_LETTER = regex.compile("[әғқңөұүһі]")
_CYRILLIC = regex.compile(r"\p{Cyrillic}")
_KAZAKH = """
    бар жоқ мен сен ол біз сіз олар бул бұл сол деп еді екен емес және үшін бірақ иә ия рахмет рақмет ауыл адам осы
    сонда кейін бойынша болды болып болса керек туралы дейін жылы қалай неге кім не ғой ғана да де та те ма ме ба бе
"""
_RUSSIAN = """
    во не на что это как со по но за из от до для мы вы он она они его её ее их то так же бы был была было были если
    или когда там тут нет уже ещё еще только очень чтобы который потому вот ну об при кто где мне нас нам вас вам есть
    себя тоже можно надо да
"""
_KAZAKH_WORDS = frozenset(_KAZAKH.split())
_RUSSIAN_WORDS = frozenset(_RUSSIAN.split())
# "да" and "не" are words of both languages and prove neither.
_SHARED_WORDS = _KAZAKH_WORDS & _RUSSIAN_WORDS

# How often such words stand in running text of one language; measured shares are scaled by them.
_KAZAKH_RATE = 0.55
_RUSSIAN_RATE = 0.16
_CLEARLY = 3.0
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class _Evidence:
    latin: int
    cyrillic: int
    kazakh: int
    russian: int


def guess(body: str) -> Language:
    """ru, kk or en when one language clearly prevails, else mixed; a text without letters is mixed.

    Short Cyrillic text without any sign of Kazakh counts as Russian.
    """
    seen = _weigh(_WORD.findall(body.lower()))
    words = seen.latin + seen.cyrillic
    if not words:
        return Language.MIXED
    if seen.latin >= _MOSTLY * words:
        return Language.EN
    if seen.cyrillic < _MOSTLY * words:
        return Language.MIXED
    return _among_cyrillic(seen)


def _weigh(words: list[str]) -> _Evidence:
    cyrillic = [w for w in words if _CYRILLIC.match(w)]
    kazakh = sum(1 for w in cyrillic if _KAZAKH_LETTER.search(w) or (w in _KAZAKH_WORDS and w not in _SHARED_WORDS))
    russian = sum(1 for w in cyrillic if w in _RUSSIAN_WORDS and w not in _SHARED_WORDS)
    return _Evidence(len(words) - len(cyrillic), len(cyrillic), kazakh, russian)


def _among_cyrillic(seen: _Evidence) -> Language:
    kazakh = min(1.0, seen.kazakh / seen.cyrillic / _KAZAKH_RATE)
    russian = min(1.0, seen.russian / seen.cyrillic / _RUSSIAN_RATE)
    if kazakh > _CLEARLY * russian:
        return Language.KK
    return Language.RU if russian >= _CLEARLY * kazakh else Language.MIXED
