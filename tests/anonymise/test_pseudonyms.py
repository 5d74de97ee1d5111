"""Bracket codes."""

from __future__ import annotations

import pytest

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.pseudonyms import propose


@pytest.mark.parametrize(
    ("label", "surface", "language", "expected"),
    [
        (Label.PERSON, "Серік Ойдантап", "kk", "[Адам 3]"),
        (Label.PERSON, "Айгуль Выдуманова", "ru", "[Лицо 3]"),
        (Label.PERSON, "Oydantap", "en", "[Person 3]"),
        (Label.PERSON, "Серік", "mixed", "[Адам 3]"),
        (Label.PERSON, "Серик", "mixed", "[Лицо 3]"),
        (Label.PLACE_FINE, "Мысалауыл ауылы", "kk", "[ауыл 3]"),
        (Label.PLACE_FINE, "селе Примерное", "ru", "[село 3]"),
        (Label.PLACE_FINE, "Exampleauyl", "en", "[village 3]"),
        (Label.PLACE_FINE, "ул. Выдуманная, д. 5", "ru", "[адрес]"),
        (Label.PLACE_FINE, "Мысал көшесі, 15 үй", "kk", "[мекенжай]"),
        (Label.PLACE_COARSE, "Акмолинской области", "ru", "[область]"),
        (Label.PLACE_COARSE, "Ақмола облысында", "kk", "[облыс]"),
        (Label.PLACE_COARSE, "Примерного района", "ru", "[район]"),
        (Label.PLACE_COARSE, "Мысал ауданы", "kk", "[аудан]"),
        (Label.PLACE_COARSE, "Astana", "en", "[city]"),
        (Label.ORG, "ТОО «Выдумка»", "ru", "[организация 3]"),
        (Label.ROLE, "директор школы", "ru", "[должность]"),
        (Label.CONTACT, "8 701 000 00 00", "kk", "[байланыс]"),
        (Label.ID, "850315300012", "ru", "[ID]"),
        (Label.DATE, "15 марта 1985 года", "ru", "[1985]"),
        (Label.DATE, "5 шілде", "kk", "[күні]"),
        (Label.AGE, "45 лет", "ru", "[40–49]"),
        (Label.AGE, "сорок пять", "ru", "[40–49]"),
        (Label.AGE, "қырық бес жаста", "kk", "[40–49]"),
        (Label.AGE, "thirty-four years old", "en", "[30–39]"),
        (Label.AGE, "91 год", "ru", "[80+]"),
        (Label.AGE, "18", "en", "[10–19]"),
        (Label.PRECINCT, "участке № 345", "ru", "[участок]"),
        (Label.PRECINCT, "345-ші учаскеде", "kk", "[учаске]"),
        (Label.RESULT, "214 votes", "en", "[result]"),
        (Label.CLAN, "найман", "kk", "[ру C]"),
    ],
)
def test_codes_are_in_the_language_of_the_interview(label: Label, surface: str, language: str, expected: str) -> None:
    assert propose(label, surface, language, (), 3) == expected


def test_a_taken_code_is_passed_over() -> None:
    assert propose(Label.PERSON, "Ерлан", "kk", {"[Адам 3]", "[Адам 4]"}, 3) == "[Адам 5]"


def test_a_generalisation_may_be_shared() -> None:
    assert propose(Label.AGE, "41", "ru", {"[40–49]"}, 1) == "[40–49]"


@pytest.mark.parametrize("label", list(Label))
@pytest.mark.parametrize("language", ["ru", "kk", "en", "mixed"])
def test_no_code_repeats_what_it_hides(label: Label, language: str) -> None:
    code = propose(label, "Ойдантап", language, (), 1)
    assert code.startswith("[")
    assert "Ойдантап" not in code
