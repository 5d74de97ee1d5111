"""Where the word lists come from when the lexicon is built: name lists, the classifier of places, CLDR, a corpus.

Only digests of these words are written anywhere.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qualcoder.anonymise.distribution import natasha_file
from qualcoder.anonymise.lexicon.given_names import DIMINUTIVES, GIVEN, SHORT
from qualcoder.anonymise.lexicon.skeletons import skeleton
from qualcoder.anonymise.rules.pattern import listed

_MIN = 3
_RU_KIND = re.compile(
    r"^(?:г\.?а\.?|г\.|с\.о\.|п\.а\.|а\.о\.|с\.|п\.|пос\.|ст\.|рзд\.|раз\.|разъезд|станция|зимовка|уч\.|участок"
    r"|кр\.хоз|ферма|отгон|аул|ауыл|село|область|район|м\.|мкр\.|база|местность|ж/д)\s*",
    re.IGNORECASE,
)
_RU_KIND_AFTER = re.compile(r"\s+(?:с\.о\.?|а\.о\.?|п\.а\.?|г\.а\.?|область|район)$", re.IGNORECASE)
_KK_KIND = re.compile(
    r"\s+(?:а\.о\.?|к\.ә\.?|қ\.ә\.?|а\.|қ\.|к\.|кент|облысы|ауданы|қыстауы|уч\.?|шарқож\.?|рзд\.?|ст\.?|бекеті"
    r"|станциясы|ауылы|разъезі|фермасы)$",
    re.IGNORECASE,
)
_FORMER = listed(
    "целиноград акмола акмолинск нур-султан нұр-сұлтан алма-ата чимкент семипалатинск гурьев капчагай джамбул "
    "талды-курган кзыл-орда усть-каменогорск петропавловск уральск ленгер чу"
)
_NAMES_TOO = frozenset({"may", "april", "june", "august", "jan", "mar"})
_PEOPLES = listed(
    "african african-american american americans argentinian asian asians australian austrian belgian brazilian "
    "british canadian canadians christian christians colombian cuban egyptian european europeans indian indians "
    "iranian iraqi israeli jewish kazakhs kazakhstani kazakhstanis mexican muslim muslims nigerian norwegian "
    "pakistani russians scottish siberian soviet soviets swiss syrian ukrainians uzbeks western eastern northern "
    "southern internet english"
)


@dataclass(frozen=True, slots=True)
class Places:
    """Names of places in both languages, in lower case: oblasts, districts and towns apart from villages."""

    coarse: tuple[str, ...] = field(repr=False)
    fine: tuple[str, ...] = field(repr=False)


def places(kato: Path) -> Places:
    """The names of the official classifier (columns level, type_code, name_ru, name_kk)."""
    coarse: dict[str, None] = dict.fromkeys(_FORMER)
    fine: dict[str, None] = {}
    with kato.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            is_coarse = row["level"] in ("oblast", "district") or row["type_code"] in ("1", "3")
            for name in (_russian(row["name_ru"]), _kazakh(row["name_kk"])):
                if len(name) >= _MIN and not any(c.isdigit() for c in name):
                    (coarse if is_coarse else fine)[name] = None
    return Places(tuple(coarse), tuple(name for name in fine if name not in coarse))


def _russian(name: str) -> str:
    plain = _RU_KIND_AFTER.sub("", name.replace("\u00a0", " ").strip())
    return _RU_KIND.sub("", plain).strip().lower()


def _kazakh(name: str) -> str:
    return _KK_KIND.sub("", name.replace("\u00a0", " ").strip()).strip().lower()


def first_names() -> tuple[str, ...]:
    """Given names in Russian and Kazakh spelling, in lower case."""
    listed = _lines("dict/first.txt")
    return tuple(dict.fromkeys((*GIVEN, *SHORT, *DIMINUTIVES, *listed)))


def last_names() -> tuple[str, ...]:
    """Surnames in Russian spelling, in lower case."""
    return tuple(_lines("dict/last.txt"))


def _lines(name: str) -> list[str]:
    lines = natasha_file(name).read_text("utf-8").splitlines()
    return [line.partition("#")[0].strip().lower() for line in lines if line.strip()]


def countries() -> set[str]:
    """Countries and large cities of the world whose names are one word, in the three languages (CLDR)."""
    from babel import Locale

    found: set[str] = set()
    for language in ("kk", "ru", "en"):
        locale = Locale(language)
        named = [name for code, name in locale.territories.items() if len(code) == 2]
        # A time zone is called by its largest city; the last part of its key is the city in English.
        named += [name for key, zone in locale.time_zones.items() for name in (zone.get("city"), key.split("/")[-1])]
        found |= {name.lower() for name in named if name and name.isalpha()}
    return found


def english_words() -> set[str]:
    """Languages, peoples, months and days of the week: in English they have a capital and name nobody."""
    from babel import Locale

    english = Locale("en")
    languages = {name.lower() for name in english.languages.values() if name.isalpha()}
    widths = ("wide", "abbreviated")
    days = {name.lower() for width in widths for name in english.days["format"][width].values()}
    months = {name.lower() for width in widths for name in english.months["format"][width].values()}
    # May, April, June and August are given names too.
    return languages | set(_PEOPLES) | days | (months - _NAMES_TOO) | {"sept", "tues", "thurs"}


def skeletons(names: tuple[str, ...] | set[str]) -> Iterator[str]:
    """Skeletons of names, each as a whole; those too short to mean anything are left out."""
    for name in names:
        bones = skeleton(name)
        if len(bones) >= _MIN:
            yield bones


def parts(names: tuple[str, ...]) -> Iterator[str]:
    """Skeletons of the longer single words of names of several words."""
    for name in names:
        words = re.findall(r"[^\W\d_]+", name)
        if len(words) > 1:
            yield from (bones for word in words if len(word) > 4 and (bones := skeleton(word)))
