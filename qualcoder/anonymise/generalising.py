"""Less exact words for what identifies: a village through its district or oblast, a date through its year, age bands.

Levels go from the least to the most telling. The texts are in all three languages, because one village stands in
transcripts of each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from qualcoder.anonymise import kazakh_forms, russian_forms
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.kazakh_forms import Case, Chain, Owner
from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.oblast_names import PlaceName
from qualcoder.anonymise.pseudonyms import LANGUAGES, age_in, kinds_of, year_in
from qualcoder.anonymise.russian_forms import RuCase, RuForm


class Level(StrEnum):
    """How much a replacement tells."""

    CODE = "code"
    KIND = "kind"
    OBLAST = "oblast"
    DISTRICT = "district"
    YEAR = "year"
    MONTH = "month"
    DECADE = "decade"
    HALF_DECADE = "half_decade"


@dataclass(frozen=True, slots=True)
class Choice:
    """A level and what it writes, by language."""

    level: Level
    texts: Mapping[str, str]

    def in_language(self, language: str) -> str:
        return self.texts.get(language) or self.texts["en"]


@dataclass(frozen=True, slots=True)
class Parents:
    """Where a place lies, as far as that is known and beyond doubt."""

    district: PlaceName | None = None
    oblast: PlaceName | None = None


NOWHERE = Parents()


def choices(label: Label, surface: str, parents: Parents = NOWHERE) -> tuple[Choice, ...]:
    """What may stand for a date, an age or a place beside its code."""
    if label is Label.DATE:
        return _of_date(surface)
    if label is Label.AGE:
        return _of_age(surface)
    if label in {Label.PLACE_FINE, Label.PLACE_COARSE}:
        return _of_place(label, surface, parents)
    return (Choice(Level.KIND, _bracketed(kinds_of(label, surface))),)


def _bracketed(words: Sequence[str]) -> dict[str, str]:
    return {language: f"[{word}]" for language, word in zip(LANGUAGES, words, strict=True)}


# Places ------------------------------------------------------------------------------------


def _of_place(label: Label, surface: str, parents: Parents) -> tuple[Choice, ...]:
    kinds = kinds_of(label, surface)
    found = [Choice(Level.KIND, _bracketed(kinds))]
    is_oblast = kinds[LANGUAGES.index("en")] == "oblast"
    is_district = kinds[LANGUAGES.index("en")] == "district"
    if parents.oblast is not None and not is_oblast:
        found.append(Choice(Level.OBLAST, _within(kinds, parents.oblast)))
    if parents.district is not None and not is_oblast and not is_district:
        found.append(Choice(Level.DISTRICT, _within(kinds, parents.district)))
    return tuple(found)


def _within(kinds: Sequence[str], place: PlaceName) -> dict[str, str]:
    kk, ru, en = kinds
    return {
        "kk": f"[{_kazakh_within(place.kk)} {kk}]",
        "ru": f"[{ru} {_russian_within(place.ru)}]",
        "en": f"[{en} in {place.en}]",
    }


_KAZAKH_TYPES = {"облысы": "облыс", "ауданы": "аудан", "қаласы": "қала"}


def _kazakh_within(name: str) -> str:
    head, space, last = name.rpartition(" ")
    if base := _KAZAKH_TYPES.get(last):
        within = kazakh_forms.put(Chain(owner=Owner.THEIR, case=Case.LOCATIVE, is_of_there=True), base)
    else:
        within = kazakh_forms.put(Chain(case=Case.LOCATIVE, is_of_there=True), last)
    return f"{head}{space}{within}"


_RUSSIAN_TYPES = {"район": "районе", "область": "области", "город": "городе"}
_HEAVY_START = re.compile(r"(?i)[вф][бвгджзйклмнпрстфхцчшщ]")


def _russian_within(name: str) -> str:
    words = [_russian_word(word) for word in name.split()]
    # районе Примера: what follows the type word stays as it is.
    if words and words[0] in _RUSSIAN_TYPES.values():
        words = [words[0], *name.split()[1:]]
    elif len(words) == 1:
        words = [russian_forms.decline(name, RuForm(RuCase.PREPOSITIONAL))]
    preposition = "во" if _HEAVY_START.match(name) else "в"
    return f"{preposition} {' '.join(words)}"


def _russian_word(word: str) -> str:
    if typed := _RUSSIAN_TYPES.get(word.casefold()):
        return typed
    for ending, within in (("ский", "ском"), ("цкий", "цком"), ("ый", "ом"), ("ой", "ом"), ("ий", "ем"), ("ая", "ой")):
        if word.endswith(ending):
            return word.removesuffix(ending) + within
    return word


# Dates and ages ----------------------------------------------------------------------------

_MONTHS = (
    ("қаңтар", "январь", "January"),
    ("ақпан", "февраль", "February"),
    ("наурыз", "март", "March"),
    ("сәуір", "апрель", "April"),
    ("мамыр", "май", "May"),
    ("маусым", "июнь", "June"),
    ("шілде", "июль", "July"),
    ("тамыз", "август", "August"),
    ("қыркүйек", "сентябрь", "September"),
    ("қазан", "октябрь", "October"),
    ("қараша", "ноябрь", "November"),
    ("желтоқсан", "декабрь", "December"),
)
_MONTH_BEGINNINGS = tuple(
    re.compile(
        rf"(?<!\w)(?:{kk[:-1]}\w|{'мая|май|мае|маю' if ru == 'май' else ru[:-1] if ru[-1] == 'ь' else ru}\w{{0,2}}|{en}"
        rf"|{en[:3]}\.?)(?:\w{{0,6}})(?!\w)"
        if en != "May"
        else r"(?<!\w)(?:мамыр\w{0,6}|ма[йяею]|маем|may)(?!\w)",
        re.IGNORECASE,
    )
    for kk, ru, en in _MONTHS
)
_NUMERIC = re.compile(
    r"(?<!\d)\d{1,2}[./-](?P<month>\d{1,2})[./-](?:\d{4}|\d{2})(?!\d)|(?<!\d)\d{4}-(?P<iso>\d{2})-\d{2}"
)


def _of_date(surface: str) -> tuple[Choice, ...]:
    text = shadow_of(surface).text
    found = [Choice(Level.KIND, _bracketed(kinds_of(Label.DATE, surface)))]
    year, month = year_in(text), _month(text)
    if year:
        found.append(Choice(Level.YEAR, dict.fromkeys(LANGUAGES, f"[{year}]")))
    if month is not None:
        kk, ru, en = _MONTHS[month]
        words = (f"{year} жылғы {kk}", f"{ru} {year} года", f"{en} {year}") if year else (kk, ru, en)
        found.append(Choice(Level.MONTH, _bracketed(words)))
    return tuple(found)


def _month(text: str) -> int | None:
    if match := _NUMERIC.search(text):
        number = int(match["month"] or match["iso"])
        return number - 1 if 1 <= number <= len(_MONTHS) else None
    return next((n for n, pattern in enumerate(_MONTH_BEGINNINGS) if pattern.search(text)), None)


def _of_age(surface: str) -> tuple[Choice, ...]:
    found = [Choice(Level.KIND, _bracketed(kinds_of(Label.AGE, surface)))]
    age = age_in(surface)
    if age is not None:
        found.append(Choice(Level.DECADE, dict.fromkeys(LANGUAGES, f"[{age.decade}]")))
        if age.half_decade:
            found.append(Choice(Level.HALF_DECADE, dict.fromkeys(LANGUAGES, f"[{age.half_decade}]")))
    return tuple(found)
