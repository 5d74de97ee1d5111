"""What a reader sees instead of a name: bracket codes in the language of the interview.

A code stands for one entity in the whole study, keeps its number and says nothing about sex. How it takes over the
endings of the word it replaces is in `inflection`; names instead of codes are in `surrogates`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import count

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.letters import KAZAKH_ONLY, has_cyrillic, shadow_of

LANGUAGES = ("kk", "ru", "en")
# One code per entity: the number tells entities apart.
_NUMBERED = {
    Label.PERSON: ("Адам", "Лицо", "Person"),
    Label.ORG: ("ұйым", "организация", "organisation"),
}
# A letter does, where a number would look like a count; the same Latin one in every language.
_LETTERED = {Label.CLAN: ("ру", "род", "clan")}
_PLAIN = {
    Label.ROLE: ("лауазым", "должность", "position"),
    Label.CONTACT: ("байланыс", "контакт", "contact"),
    Label.ID: ("ID", "ID", "ID"),
    Label.DATE: ("күні", "дата", "date"),
    Label.AGE: ("жасы", "возраст", "age"),
    Label.PRECINCT: ("учаске", "участок", "precinct"),
    Label.RESULT: ("нәтиже", "результат", "result"),
}
_VILLAGE = ("ауыл", "село", "village")
_ADDRESS = ("мекенжай", "адрес", "address")
_OBLAST = ("облыс", "область", "oblast")
_DISTRICT = ("аудан", "район", "district")
_CITY = ("қала", "город", "city")

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_ADDRESS_SIGN = re.compile(
    r"(?i)(?:ул\.|улиц|просп|пр\.|пер\.|переул|мкр|микрорайон|бульвар|көше|көш\.|даңғыл|ықшам|шағын аудан|ш/а|м/а"
    r"|тұйығ|street|avenue"
    r"|(?<!\w)(?:д\.|дом|үй|house|кв\.|квартир|пәтер|flat) ?№? ?\d)"
)
_OBLAST_SIGN = re.compile(r"(?i)(?:област|обл\.|облыс|region|oblast|province|\w{3}нск(?:ая|ой|ую|ою)$)")
_DISTRICT_SIGN = re.compile(r"(?i)(?:район|р-н|аудан|district|rayon|raion)")

_BAND = 10
_HALF_BAND = 5
_OLDEST_BAND = 80
_TENS = (
    ("twenty", "двадцать", "жиырма"),
    ("thirty", "тридцать", "отыз"),
    ("forty", "сорок", "қырық"),
    ("fifty", "пятьдесят", "елу"),
    ("sixty", "шестьдесят", "алпыс"),
    ("seventy", "семьдесят", "жетпіс"),
    ("eighty", "восемьдесят", "сексен"),
    ("ninety", "девяносто", "тоқсан"),
)
_TEENS = re.compile(r"(?i)надцать|teen|(?<!\w)он(?!\w)")


def propose(label: Label, surface: str, language: str, taken: Collection[str], number: int) -> str:
    """The replacement for an entity: `number` is its number within the study.

    Codes with a number move on to the next free one when `taken` (by other entities) has them; generalisations
    (a year, an age band, "[oblast]") may be shared by many. `language` "mixed" follows the letters of the surface.
    """
    voice = LANGUAGES.index(_language_of(surface, language))
    if label is Label.PLACE_FINE and not _ADDRESS_SIGN.search(shadow_of(surface).text):
        return _numbered(_VILLAGE[voice], taken, number)
    if label in _NUMBERED:
        return _numbered(_NUMBERED[label][voice], taken, number)
    if label in _LETTERED:
        return next(
            code for n in count(max(1, number)) if (code := f"[{_LETTERED[label][voice]} {_letters(n)}]") not in taken
        )
    return f"[{_general(label, surface, voice)}]"


def _language_of(surface: str, language: str) -> str:
    if language in LANGUAGES:
        return language
    if language != "mixed":
        raise ValueError("language must be ru, kk, en or mixed")
    if not has_cyrillic(surface):
        return "en"
    return "kk" if KAZAKH_ONLY.intersection(surface.casefold()) else "ru"


def _letters(number: int) -> str:
    """A, B … Z, AA, AB …"""
    more, last = divmod(number - 1, 26)
    return (_letters(more) if more else "") + chr(ord("A") + last)


def _numbered(word: str, taken: Collection[str], number: int) -> str:
    return next(code for n in count(max(1, number)) if (code := f"[{word} {n}]") not in taken)


def _general(label: Label, surface: str, voice: int) -> str:
    text = shadow_of(surface).text
    if label is Label.PLACE_FINE:
        return _ADDRESS[voice]
    if label is Label.PLACE_COARSE:
        return _coarse_place(text)[voice]
    if label is Label.DATE and (year := _YEAR.search(text)):
        return year.group()
    if label is Label.AGE and (band := _age_band(text)):
        return band
    return _PLAIN[label][voice]


def kinds_of(label: Label, surface: str) -> tuple[str, str, str]:
    """What sort of thing it is, in the order of LANGUAGES, without brackets or number."""
    text = shadow_of(surface).text
    if label is Label.PLACE_FINE:
        return _ADDRESS if _ADDRESS_SIGN.search(text) else _VILLAGE
    if label is Label.PLACE_COARSE:
        return _coarse_place(text)
    return _NUMBERED.get(label) or _LETTERED.get(label) or _PLAIN[label]


def year_in(text: str) -> str:
    """The year of a date, "" when there is none."""
    match = _YEAR.search(text)
    return match.group() if match else ""


@dataclass(frozen=True, slots=True)
class AgeBands:
    """An age as a decade ("40–49", "80+"), and as five years where it is known exactly."""

    decade: str
    half_decade: str


def age_in(surface: str) -> AgeBands | None:
    """The bands of an age in figures or words."""
    text = shadow_of(surface).text
    decade = _age_band(text)
    if decade is None:
        return None
    years = _years(text) or 0
    low = years // _HALF_BAND * _HALF_BAND
    is_exact = re.search(r"\d", text) is not None and years < _OLDEST_BAND
    return AgeBands(decade, f"{low}–{low + _HALF_BAND - 1}" if is_exact else "")


def is_code_word(word: str) -> bool:
    """Whether a casefolded word is one that codes are made of."""
    tables = (*_NUMBERED.values(), *_LETTERED.values(), *_PLAIN.values(), _VILLAGE, _ADDRESS, _OBLAST, _DISTRICT, _CITY)
    return any(word == known.casefold() for table in tables for known in table)


def language_of_code(code: str) -> str:
    """The language that a bracket code or a pseudonym is written in."""
    words = re.findall(r"[^\W\d_]+", code)
    for table in (
        *_NUMBERED.values(),
        *_LETTERED.values(),
        *_PLAIN.values(),
        _VILLAGE,
        _ADDRESS,
        _OBLAST,
        _DISTRICT,
        _CITY,
    ):
        if words and words[0] in table:
            return LANGUAGES[table.index(words[0])]
    return _language_of(code, "mixed")


def _coarse_place(text: str) -> tuple[str, str, str]:
    if _OBLAST_SIGN.search(text):
        return _OBLAST
    return _DISTRICT if _DISTRICT_SIGN.search(text) else _CITY


def _age_band(text: str) -> str | None:
    """The decade of an age in figures or words, "[40–49]"; eighty and more are one band. None when no age is read."""
    years = _years(text)
    if years is None:
        return None
    if years >= _OLDEST_BAND:
        return f"{_OLDEST_BAND}+"
    low = years // _BAND * _BAND
    return f"{low}–{low + _BAND - 1}"


def _years(text: str) -> int | None:
    if digits := re.search(r"\d{1,3}", text):
        return int(digits.group())
    folded = text.casefold()
    for ten, words in enumerate(_TENS, start=2):
        if any(re.search(rf"(?<!\w){word}", folded) for word in words):
            return ten * _BAND
    return _BAND if _TEENS.search(text) else None
