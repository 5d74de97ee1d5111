"""One person in Kazakh, Russian and Latin letters is one; two people are two in any letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.scripts import in_latin, skeleton
from qualcoder.anonymise.surfaces import group, indexed, sought


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("қасым", "kassym"),
        ("қасым", "qasym"),
        ("ерлан", "yerlan"),
        ("жанат", "zhanat"),
        ("жанат", "janat"),
        ("теңгіз", "tengiz"),
        ("асхат", "askhat"),
        ("шыңғыс", "shyngys"),
        ("айгүл", "aygul"),
        ("ойдантап", "oydantap"),
        ("ойдантаев", "oydantayev"),
        ("мұхтар", "mukhtar"),
        ("дмитрий", "dmitry"),
        ("юлия", "yuliya"),
        ("серік", "serık"),
        ("шолпан", "şolpan"),
    ],
)
def test_spellings_of_one_name_meet(cyrillic: str, latin: str) -> None:
    assert skeleton(cyrillic) == skeleton(latin)


def one_person(*mentions: tuple[str, str]) -> list[int]:
    return group([(surface, Label.PERSON, language) for surface, language in mentions])


def test_one_person_in_three_spellings_is_one() -> None:
    mentions = [
        ("Серік Ойдантап", "kk"),
        ("Серика Ойдантапа", "ru"),
        ("Serik Oydantap", "en"),
        ("ойдантапқа", "kk"),
        ("Oydantap-қа", "mixed"),
        ("Oydantapтың", "kk"),
        ("S. Oydantap", "en"),
    ]
    assert one_person(*mentions) == [0] * len(mentions)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Серік Ойдантап", "kk"), ("Serik Vydumanov", "en")),
        (("Zhanat Oydantap", "en"), ("Серик Ойдантап", "ru")),
        (("Z. Oydantap", "en"), ("Серік Ойдантап", "kk")),
        (("Жанна", "ru"), ("Жаңа", "kk")),
        (("Ann", "en"), ("Anna", "en")),
    ],
)
def test_names_that_differ_never_meet(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert one_person(one, other) == [0, 1]


@pytest.mark.parametrize(
    ("stored", "asked"), [("Ойдантап", "Oydantap"), ("Oydantap", "ойдантаптың"), ("Qasym", "Kassym")]
)
def test_a_name_is_sought_in_the_other_script(stored: str, asked: str) -> None:
    assert set(indexed(stored, "mixed")) & set(sought(asked, "mixed"))


def test_two_cyrillic_names_do_not_meet_by_their_rough_spelling() -> None:
    assert not set(indexed("Жанна", "ru")) & set(sought("жаңа", "kk"))


def test_a_village_in_latin_is_the_village() -> None:
    places = [("Мысалауыл", Label.PLACE_FINE, "kk"), ("Mysalauyl", Label.PLACE_FINE, "en")]
    assert group(places) == [0, 0]


def test_a_district_is_written_for_english_sentences() -> None:
    assert in_latin("Үшқоңыр Шәуілдір") == "Ushqongyr Shauildir"


@given(st.text(max_size=20))
def test_any_word_has_a_skeleton(word: str) -> None:
    assert skeleton(word.casefold()).isascii()
