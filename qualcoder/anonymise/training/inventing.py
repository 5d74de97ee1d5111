"""Sentences for training out of templates: names in every slot, in several spellings, with and without capitals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random

from qualcoder.anonymise.lexicon.sources import Places
from qualcoder.anonymise.training import invented_names as names
from qualcoder.anonymise.training import templates_en, templates_kk, templates_ru
from qualcoder.anonymise.training.corpora import OUTSIDE, Example, Kind
from qualcoder.anonymise.words import WORD

_SLOT = re.compile(r"\{(\w+)(?:\.(\w))?\}")
_TEMPLATES = {"kk": templates_kk.TEMPLATES, "ru": templates_ru.TEMPLATES, "en": templates_en.TEMPLATES}
# Slots for kin words are no names.
_KINDS: dict[str, Kind] = dict.fromkeys("FSLPINC", Kind.PERSON) | {"V": Kind.PLACE, "D": Kind.PLACE, "O": Kind.ORG}
_ORGS = (
    ("Бірлік", "Шаңырақ", "Мысал Құрылыс", "Ақ Жол", "Береке Агро", "Әділет", "Жаңа Дала", "Отан", "Тұлпар"),
    ("Мысал Строй", "Единство", "Береке Агро", "Ак Жол", "Степь", "Родник", "Новая Волна", "Отан", "Тулпар"),
    ("Mysal Stroi", "Bereke Agro", "Unity", "Ak Zhol", "Otan", "Green Steppe", "North Star Group", "Tulpar"),
)
_RUN_ON = 0.35
_CAPITALISED = re.compile(r"(^|[\s\-])(\w)")


def invent(language: str, count: int, places: Places, seed: int) -> Iterator[Example]:
    """`count` cased sentences; every template comes about equally often. Deterministic for a seed."""
    random = Random(seed)  # noqa: S311  a repeatable choice, no secret
    templates = [line for line in _TEMPLATES[language].splitlines() if line]
    one_word = (_single(places.fine), _single(places.coarse))
    for number in range(count):
        template = templates[number % len(templates)]
        made = _filled(template, language, one_word, random, f"invented:{language}:{number % len(templates)}")
        if random.random() < _RUN_ON:
            made = _run_on(made, _filled(random.choice(templates), language, one_word, random, made.group), random)
        yield made


def _run_on(first: Example, second: Example, random: Random) -> Example:
    """Two sentences in one breath, as people speak."""
    at_end = first.forms[-1] == "."
    glue: tuple[str, ...] = (",",) if not at_end and random.random() < 0.6 else ()
    begin = second.forms[0] if at_end or second.tags[0] != OUTSIDE else second.forms[0].lower()
    return replace(
        first,
        forms=(*first.forms, *glue, begin, *second.forms[1:]),
        tags=(*first.tags, *(OUTSIDE for _ in glue), *second.tags),
    )


def invent_mixed(language: str, count: int, places: Places, seed: int) -> Iterator[Example]:
    """Sentences for a model of `language` (kk or ru) that begin or end in the other one, as people here speak."""
    other = {"kk": "ru", "ru": "kk"}[language]
    pairs = zip(invent(language, count, places, seed), invent(other, count, places, seed + 1), strict=True)
    for number, (own, foreign) in enumerate(pairs):
        first, second = (own, foreign) if number % 2 else (foreign, own)
        if number % 3 == 0:
            first = replace(foreign, forms=(), tags=())
        yield Example(
            (*first.forms, *second.forms),
            (*first.tags, *second.tags),
            f"{own.group}+{foreign.group}",
        )


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
        kind = _KINDS.get(slot[1])
        said = _SAY[language](slot[1], slot[2] or "", (woman, foreign), places, random)
        for word in WORD.findall(said):
            forms.append(word)
            goes_on = before is kind and kind is not Kind.PLACE
            tags.append(OUTSIDE if kind is None else f"{'I' if goes_on else 'B'}-{kind.value}")
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
    if slot in "KB":
        word = names.kin(random, "kk") if slot == "K" else names.kin_before(random, "kk", woman=woman)
        return names.kazakh(word, case)
    name = {
        "N": lambda: names.nickname(random, "kk"),
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
    if slot == "K":
        return names.kin(random, "ru")
    if slot == "B":
        return names.russian(names.kin_before(random, "ru", woman=woman), case)
    name = {
        "N": lambda: names.nickname(random, "ru"),
        "C": lambda: names.diminutive(random, woman=woman),
        "F": lambda: (names.russian_first if is_russian else names.first_name)(random, woman=woman),
        "S": lambda: names.short_name(random),
        "L": lambda: (names.russian_surname if is_russian else names.surname)(random, woman=woman),
        "P": lambda: names.russian_patronymic(random, woman=woman),
        "V": lambda: names.russian_village(random) if random.random() < 0.3 else names.village(random, places[0]),
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
    if slot == "K":
        return names.kin(random, "en")
    if foreign < 0.35 and slot in "FL":
        return _capital(names.english_first(random) if slot == "F" else names.english_last(random))
    is_russian = foreign < 0.5
    name = {
        "F": lambda: (names.russian_first if is_russian else names.first_name)(random, woman=woman),
        "S": lambda: names.short_name(random),
        "C": lambda: names.diminutive(random, woman=woman),
        "L": lambda: (names.russian_surname if is_russian else names.surname)(random, woman=woman),
        "P": lambda: names.russian_patronymic(random, woman=woman),
        "V": lambda: names.village(random, places[0]),
        "D": lambda: random.choice(places[1]),
    }[slot]()
    return _capital(names.to_latin(name, random))


_SAY: dict[str, Speaker] = {"kk": _in_kazakh, "ru": _in_russian, "en": _in_english}
