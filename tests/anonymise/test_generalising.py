"""Less exact words: a village through its parents, a date through its year, an age through its band."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.generalising import Level, Parents, choices
from qualcoder.anonymise.oblast_names import BY_ISO, OBLASTS, PlaceName

SOMEWHERE = Parents(PlaceName("Мысал ауданы", "Примерный район", "Mysal district"), BY_ISO["KZ-11"])


def texts(label: Label, surface: str, language: str, parents: Parents = SOMEWHERE) -> list[str]:
    return [f"{one.level.value} {one.in_language(language)}" for one in choices(label, surface, parents)]


@pytest.mark.parametrize(
    ("label", "surface", "language", "expected"),
    [
        (
            Label.PLACE_FINE,
            "Мысалауылда",
            "kk",
            ["kind [ауыл]", "oblast [Ақмола облысындағы ауыл]", "district [Мысал ауданындағы ауыл]"],
        ),
        (
            Label.PLACE_FINE,
            "селе Примерное",
            "ru",
            ["kind [село]", "oblast [село в Акмолинской области]", "district [село в Примерном районе]"],
        ),
        (
            Label.PLACE_FINE,
            "Exampleauyl",
            "en",
            ["kind [village]", "oblast [village in Akmola oblast]", "district [village in Mysal district]"],
        ),
        (
            Label.PLACE_FINE,
            "ул. Выдуманная, д. 5",
            "ru",
            ["kind [адрес]", "oblast [адрес в Акмолинской области]", "district [адрес в Примерном районе]"],
        ),
        (Label.PLACE_COARSE, "Примерного района", "ru", ["kind [район]", "oblast [район в Акмолинской области]"]),
        (Label.PLACE_COARSE, "Акмолинской области", "ru", ["kind [область]"]),
        (Label.DATE, "15 марта 1985 года", "ru", ["kind [дата]", "year [1985]", "month [март 1985 года]"]),
        (Label.DATE, "1985 жылғы 15 наурызда", "kk", ["kind [күні]", "year [1985]", "month [1985 жылғы наурыз]"]),
        (Label.DATE, "12.05.2024", "en", ["kind [date]", "year [2024]", "month [May 2024]"]),
        (Label.DATE, "5 шілде", "kk", ["kind [күні]", "month [шілде]"]),
        (Label.DATE, "9 мая", "ru", ["kind [дата]", "month [май]"]),
        (Label.DATE, "12.25.2024", "ru", ["kind [дата]", "year [2024]"]),
        (Label.AGE, "47 лет", "ru", ["kind [возраст]", "decade [40–49]", "half_decade [45–49]"]),
        (Label.AGE, "қырық бес жаста", "kk", ["kind [жасы]", "decade [40–49]"]),
        (Label.AGE, "91", "en", ["kind [age]", "decade [80+]"]),
        (Label.AGE, "старый", "ru", ["kind [возраст]"]),
        (Label.ROLE, "директор школы", "ru", ["kind [должность]"]),
    ],
)
def test_levels_go_from_little_to_much(label: Label, surface: str, language: str, expected: list[str]) -> None:
    assert texts(label, surface, language) == expected


def test_a_place_of_unknown_parents_has_its_kind_only() -> None:
    assert texts(Label.PLACE_FINE, "Мысалауыл", "kk", Parents()) == ["kind [ауыл]"]


@pytest.mark.parametrize("oblast", [oblast.name for oblast in OBLASTS], ids=lambda name: name.en)
def test_every_oblast_is_put_into_the_right_case(oblast: PlaceName) -> None:
    found = {one.level: one for one in choices(Label.PLACE_FINE, "Мысалауыл", Parents(None, oblast))}
    assert found[Level.OBLAST].in_language("kk").endswith(("дағы ауыл]", "дегі ауыл]", "тегі ауыл]"))
    ru = found[Level.OBLAST].in_language("ru")
    assert "ая " not in ru
    assert ru.startswith("[село в ")


def test_there_are_twenty() -> None:
    assert len({oblast.iso for oblast in OBLASTS}) == 20


@given(st.sampled_from(Label), st.text(max_size=30))
def test_any_words_have_a_least_level_that_does_not_repeat_them(label: Label, surface: str) -> None:
    found = choices(label, surface, SOMEWHERE)
    assert found[0].level is Level.KIND
    assert all(text.startswith("[") and text.endswith("]") for one in found for text in one.texts.values())
