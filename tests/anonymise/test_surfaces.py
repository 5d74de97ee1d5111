"""Mentions of one person or place meet."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.surfaces import group, stems


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Выдуманов", "Выдумановым", "ru"),
        ("Выдуманов", "ВЫДУМАНОВУ", "ru"),
        ("Выдуманова", "Выдумановой", "ru"),
        ("Айгуль", "Айгулью", "ru"),
        ("Сергей", "Сергея", "ru"),
        ("Сергеем", "Сергею", "ru"),
        ("Мария", "Марии", "ru"),
        ("Фёдор", "Федора", "ru"),
        ("Дана", "Даны", "ru"),
        ("Ойдантап", "Ойдантаптың", "kk"),
        ("Ойдантап", "Ойдантапқа", "kk"),
        ("Айгүл", "Айгүлдің", "kk"),
        ("Дана", "Дананың", "kk"),
        ("Ерлан", "Ерландардікі"[:8], "kk"),
        ("Ерлан", "Ерланымыздан", "kk"),
        ("Выдуманов", "Выдумановтың", "kk"),
        ("Выдуманов", "Выдуманову", "kk"),
        ("Oydantap", "Oydantap’s", "en"),
        ("Нұрлан", "Нурлану", "ru"),
        ("Серик", "Cepик", "ru"),
        ("Мысалауыл ауылы", "Мысалауылда", "kk"),
        ("село Примерное", "в Примерном", "ru"),
    ],
)
def test_forms_of_one_name_meet(one: str, other: str, language: str) -> None:
    assert set(stems(one, language)) & set(stems(other, language))


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [("Ерлан", "Ержан", "kk"), ("Серік", "Серікбай", "kk"), ("Выдуманов", "Придуманов", "ru"), ("Ann", "Anna", "en")],
)
def test_different_names_do_not_meet(one: str, other: str, language: str) -> None:
    assert not set(stems(one, language)) & set(stems(other, language))


def test_the_whole_comes_last() -> None:
    assert stems("Серіктің Ойдантапқа", "kk")[-1] == "серик ойдантап"
    assert stems("Выдуманову", "ru")[-1] == "выдуманов"


def test_no_stem_is_shorter_than_three_letters_unless_it_is_the_whole() -> None:
    assert stems("Ли Ян", "ru") == ("ли ян",)


@pytest.mark.parametrize("surface", ["", "😀", "—", "\u0301"])
def test_a_surface_without_letters_has_no_stems(surface: str) -> None:
    assert stems(surface, "kk") == ()


@settings(deadline=None)
@given(st.text(max_size=30), st.sampled_from(["ru", "kk", "en", "mixed"]))
def test_stems_take_any_text(surface: str, language: str) -> None:
    forms = stems(surface, language)
    assert len(forms) == len(set(forms))


def people(*names: str, language: str = "ru") -> list[int]:
    return group([(name, Label.PERSON, language) for name in names])


@pytest.mark.parametrize(
    ("mentions", "language", "groups"),
    [
        (("Серик Выдуманов", "Выдумановым", "С. Выдуманова", "Серику"), "ru", [0, 0, 0, 0]),
        (("Выдуманов Серик Болатович", "Серик Болатович", "Серика"), "ru", [0, 0, 0]),
        (("Серик Выдуманов", "Болат Выдуманов", "Болата"), "ru", [0, 1, 1]),
        (("Серик Выдуманов", "Б. Выдуманов"), "ru", [0, 1]),
        (("Серик Выдуманов", "Болат Придуманов", "Выдуманову", "Придуманову"), "ru", [0, 1, 0, 1]),
        (("Серік Ойдантап", "Ойдантаптың", "Серікке", "Ерланға"), "kk", [0, 0, 0, 1]),
        (("Серік Болатұлы", "Серік Ойдантап Болатұлы", "Серік Асанұлы"), "kk", [0, 0, 1]),
        (("Айгүл Ойдантап қызы", "Айгүлдің"), "kk", [0, 0]),
        (("Serik Oydantap", "Oydantap", "Mary Oydantap", "S. Oydantap"), "en", [0, 0, 1, 0]),
    ],
)
def test_mentions_of_one_person_share_a_number(mentions: tuple[str, ...], language: str, groups: list[int]) -> None:
    assert people(*mentions, language=language) == groups


def test_a_bare_surname_goes_to_the_one_mentioned_last() -> None:
    assert people("Серик Выдуманов", "Болат Выдуманов", "Выдуманову") == [0, 1, 1]


def test_a_person_and_a_place_of_one_name_stay_apart() -> None:
    assert group([("Абай", Label.PERSON, "kk"), ("Абай ауылы", Label.PLACE_FINE, "kk")]) == [0, 1]


def test_a_village_is_one_in_every_case_and_two_villages_are_two() -> None:
    places = ["село Примерное", "Примерном", "село Выдуманное", "Большое Примерное"]
    assert group([(place, Label.PLACE_FINE, "ru") for place in places]) == [0, 0, 1, 2]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["Серик", "Серик Выдуманов", "Выдуманов", "С. Выдуманов", "Ерлан", "", "😀"]), max_size=9)
)
def test_every_mention_gets_a_number_and_equal_mentions_the_same(names: list[str]) -> None:
    numbers = people(*names)
    assert len(numbers) == len(names)
    assert len({(name, number) for name, number in zip(names, numbers, strict=True)}) == len(set(names))
    assert list(dict.fromkeys(numbers)) == list(range(len(set(numbers))))
