"""Sentences for training out of templates: names in every slot, in several spellings, with and without capitals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from random import Random

from qualcoder.anonymise.lexicon.sources import Places
from qualcoder.anonymise.training import invented_names as names
from qualcoder.anonymise.training import templates_en, templates_kk, templates_ru
from qualcoder.anonymise.training.corpora import OUTSIDE, Example, Kind
from qualcoder.anonymise.words import WORD

_SLOT = re.compile(r"\{(\w+)(?:\.(\w))?\}")
_TEMPLATES = {"kk": templates_kk.TEMPLATES, "ru": templates_ru.TEMPLATES, "en": templates_en.TEMPLATES}
_KINDS = dict.fromkeys("FSLPI", Kind.PERSON) | {"V": Kind.PLACE, "D": Kind.PLACE, "O": Kind.ORG}
_ORGS = (
    ("Бірлік", "Шаңырақ", "Мысал Құрылыс", "Ақ Жол", "Береке Агро", "Әділет", "Жаңа Дала", "Отан", "Тұлпар"),
    ("Мысал Строй", "Единство", "Береке Агро", "Ак Жол", "Степь", "Родник", "Новая Волна", "Отан", "Тулпар"),
    ("Mysal Stroi", "Bereke Agro", "Unity", "Ak Zhol", "Otan", "Green Steppe", "North Star Group", "Tulpar"),
)
_CAPITALISED = re.compile(r"(^|[\s\-])(\w)")


def invent(language: str, count: int, places: Places, seed: int) -> Iterator[Example]:
    """`count` cased sentences; every template comes about equally often. Deterministic for a seed."""
    random = Random(seed)  # noqa: S311  a repeatable choice, no secret
    templates = [line for line in _TEMPLATES[language].splitlines() if line]
    one_word = (_single(places.fine), _single(places.coarse))
    for number in range(count):
        template = templates[number % len(templates)]
        yield _filled(template, language, one_word, random, f"invented:{language}:{number % len(templates)}")


def _single(listed: Sequence[str]) -> list[str]:
    return [name for name in listed if name.isalpha()]


def _filled(template: str, language: str, places: tuple[list[str], list[str]], random: Random, group: str) -> Example:
    forms: list[str] = []
    tags: list[str] = []
    woman = random.random() < 0.4
    foreign = random.random()
    before: Kind | None = None
    for piece in re.split(r"(\{\w+(?:\.\w)?\}(?:'s)?)", template):
        slot = _SLOT.match(piece)
        if slot is None:
            words = WORD.findall(piece)
            forms += words
            tags += [OUTSIDE] * len(words)
            before = None if words else before
            continue
        kind = _KINDS[slot[1]]
        said = _SAY[language](slot[1], slot[2] or "", (woman, foreign), places, random)
        for word in WORD.findall(said):
            forms.append(word)
            tags.append(f"{'I' if before is kind else 'B'}-{kind.value}")
            before = kind
        if piece.endswith("'s"):
            forms.append("'s")
            tags.append(OUTSIDE)
    forms[0] = forms[0][0].upper() + forms[0][1:]
    if random.random() < 0.6:
        forms.append(".")
        tags.append(OUTSIDE)
    return Example(tuple(forms), tuple(tags), group)


Voice = tuple[bool, float]
Speaker = Callable[[str, str, Voice, tuple[list[str], list[str]], Random], str]


def _capital(name: str) -> str:
    return _CAPITALISED.sub(lambda m: m[1] + m[2].upper(), name)


def _initials(random: Random, letters: str) -> str:
    return " ".join(f"{random.choice(letters)}." for _ in range(random.choice((1, 1, 2))))


def _in_kazakh(slot: str, case: str, voice: Voice, places: tuple[list[str], list[str]], random: Random) -> str:
    woman, foreign = voice
    is_russian = foreign < 0.12
    if slot == "I":
        return _initials(random, "АБЕЖКМНРСТ")
    if slot == "O":
        return random.choice(_ORGS[0])
    name = {
        "F": lambda: (names.russian_first if is_russian else names.first_name)(random, woman=woman),
        "S": lambda: names.short_name(random),
        "L": lambda: (names.russian_surname if is_russian else names.surname)(random, woman=woman),
        "P": lambda: (names.russian_patronymic if is_russian else names.patronymic)(random, woman=woman),
        "V": lambda: names.village(random, places[0]),
        "D": lambda: random.choice(places[1]),
    }[slot]()
    if foreign > 0.85:
        name = names.to_russian(name)
    return _capital(names.kazakh(name, case))


def _in_russian(slot: str, case: str, voice: Voice, places: tuple[list[str], list[str]], random: Random) -> str:
    woman, foreign = voice
    is_russian = foreign < 0.3
    if slot == "I":
        return _initials(random, "АБЕЖКМНРСТ")
    if slot == "O":
        return random.choice(_ORGS[1])
    name = {
        "F": lambda: (names.russian_first if is_russian else names.first_name)(random, woman=woman),
        "S": lambda: names.short_name(random),
        "L": lambda: (names.russian_surname if is_russian else names.surname)(random, woman=woman),
        "P": lambda: names.russian_patronymic(random, woman=woman),
        "V": lambda: names.village(random, places[0]),
        "D": lambda: random.choice(places[1]),
    }[slot]()
    if foreign < 0.9 or slot in "VD":
        name = names.to_russian(name)
    return _capital(names.russian(name, case))


def _in_english(slot: str, case: str, voice: Voice, places: tuple[list[str], list[str]], random: Random) -> str:
    woman, foreign = voice
    if slot == "I":
        return _initials(random, "ABEGKMNRST")
    if slot == "O":
        return random.choice(_ORGS[2])
    if foreign < 0.35 and slot in "FL":
        return _capital(names.english_first(random) if slot == "F" else names.english_last(random))
    is_russian = foreign < 0.5
    name = {
        "F": lambda: (names.russian_first if is_russian else names.first_name)(random, woman=woman),
        "S": lambda: names.short_name(random),
        "L": lambda: (names.russian_surname if is_russian else names.surname)(random, woman=woman),
        "P": lambda: names.russian_patronymic(random, woman=woman),
        "V": lambda: names.village(random, places[0]),
        "D": lambda: random.choice(places[1]),
    }[slot]()
    return _capital(names.to_latin(name, random))


_SAY: dict[str, Speaker] = {"kk": _in_kazakh, "ru": _in_russian, "en": _in_english}
