"""Invented names: of the same sex and tradition, and nobody's in the study."""

from __future__ import annotations

import pytest

from qualcoder.accounts.models import Pseudonyms, Study
from qualcoder.anonymise import surrogates
from qualcoder.anonymise.entity_index import is_real_name
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.naming import invent, sex_of_crowd, tradition_of
from qualcoder.anonymise.russian_forms import Sex
from qualcoder.anonymise.service import Mention, resolve
from qualcoder.anonymise.surrogates import Tradition
from qualcoder.home import Home
from tests.homes import World


@pytest.mark.parametrize(
    ("surfaces", "sex"),
    [
        (("Серик Болатович",), Sex.MALE),
        (("Айгүл Ойдантап қызы",), Sex.FEMALE),
        (("Ойдантап Болатұлы",), Sex.MALE),
        (("Ойлаповым",), Sex.MALE),
        (("Ойлаповой",), Sex.FEMALE),
        (("Ойлапова",), Sex.UNKNOWN),
        (("Нурлан", "Нурланом"), Sex.MALE),
        (("Динара", "Динары"), Sex.FEMALE),
        (("Ойлап",), Sex.UNKNOWN),
        (("Айгүл", "Серікбай"), Sex.UNKNOWN),
        (("",), Sex.UNKNOWN),
    ],
)
def test_the_sex_is_what_the_mentions_tell(surfaces: tuple[str, ...], sex: Sex) -> None:
    assert sex_of_crowd(surfaces, with_russian=True) is sex


@pytest.mark.parametrize(
    ("surface", "language", "tradition"),
    [
        ("Серік Ойдантап", "kk", Tradition.KAZAKH),
        ("Нурлан Ойлапбаев", "ru", Tradition.KAZAKH),
        ("Пётр Выдуманов", "ru", Tradition.RUSSIAN),
        ("Zhanat", "en", Tradition.KAZAKH),
    ],
)
def test_the_tradition_of_a_name_is_kept(surface: str, language: str, tradition: Tradition) -> None:
    assert tradition_of([surface], language) is tradition


def test_an_unknown_sex_leaves_the_code() -> None:
    assert invent(["Ойлап"], "kk", Sex.UNKNOWN, 0, lambda word: False) is None


def test_taken_names_are_passed_over_and_their_end_is_a_code() -> None:
    first = invent(["Серік"], "kk", Sex.MALE, 0, lambda word: False) or ""
    other = invent(["Серік"], "kk", Sex.MALE, 0, lambda word: word in first.split()) or ""
    assert not set(first.split()) & set(other.split())
    third = invent(["Серік"], "ru", Sex.MALE, 0, lambda word: False, {first}) or ""
    assert not {surrogates.spelled(word, "kk") for word in third.split()} & set(first.split())
    assert invent(["Серік"], "kk", Sex.MALE, 0, lambda word: True) is None


def test_every_invented_name_is_known_in_every_language() -> None:
    for start in range(0, 60_000, 997):
        for tradition in Tradition:
            for sex in (Sex.MALE, Sex.FEMALE):
                for language in ("kk", "ru", "en"):
                    name = surrogates.choose(tradition, sex, language, start, lambda name: True) or ""
                    assert surrogates.is_surrogate(name)
                    assert surrogates.sex_of(name) is sex


def pseudonyms(home: Home, world: World, *surfaces: str) -> list[str]:
    mentions = [
        Mention(at * 100, at * 100 + len(surface), Label.PERSON, Tier.A, 1.0, ("rule",), surface, "kk")
        for at, surface in enumerate(surfaces)
    ]
    with home.data.transaction() as db:
        db.get_one(Study, world.study.id).pseudonyms = Pseudonyms.NAMES
        return [known.replacement for known in resolve(db, world.study.id, mentions)]


def test_no_invented_name_is_a_name_of_the_study(home: Home, world: World) -> None:
    lists = [word.kk for word in surrogates._lists(Tradition.KAZAKH, Sex.MALE)[0][:-1]]
    pseudonyms(home, world, *lists)
    left = surrogates._lists(Tradition.KAZAKH, Sex.MALE)[0][-1].kk
    (name,) = pseudonyms(home, world, "Ойдантап Болатұлы")
    assert name.startswith("[") or name.split()[0] == left
    with home.data.read() as db:
        assert is_real_name(db, world.study.id, "Олжасқа")
        assert is_real_name(db, world.study.id, "Olzhas")
        assert not is_real_name(db, world.study.id, "Небывалый")


def test_more_people_than_names_get_new_pairs() -> None:
    used: set[str] = set()
    for start in range(0, 700 * 7, 7):
        name = invent(["Серік"], "kk", Sex.MALE, start, lambda word: False, used)
        assert name is not None
        assert name not in used
        used.add(name)


def test_two_people_never_share_an_invented_word(home: Home, world: World) -> None:
    names = [f"{start}ойлап Болатұлы" for start in ("Ан", "Бек", "Дос", "Жал", "Кен", "Мол", "Сан", "Тең")]
    words = [word for name in pseudonyms(home, world, *names) for word in name.split()]
    assert len(words) == len(set(words))
