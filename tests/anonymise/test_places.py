"""Where a village lies: with the official classifier, with the study's races alone, and with neither."""

from __future__ import annotations

import pytest

from qualcoder.anonymise.classifier import NotTheClassifier, bare_name, read_classifier
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.generalising import NOWHERE
from qualcoder.anonymise.places import (
    NO_PLACES,
    StudyPlace,
    StudyPlaces,
    parents_of,
    replace_classifier,
    size_of_classifier,
)
from qualcoder.home import Home
from qualcoder.races.study_places import places_of_study
from tests.homes import World
from tests.interviews.making import import_koyandy

INVENTED = """\
kato,kato_version,level,type_code,name_ru,name_kk
110000000,NK 1,oblast,0,Акмолинская область,Ақмола облысы
119000000,NK 1,district,2,Выдумкинский район,Ойлап ауданы
119030000,NK 1,sub_district,2,Примерненский с.о.,Мысал а.о.
119030100,NK 1,settlement,2,с.Примерное,Мысалауыл а.
119030200,NK 1,settlement,2,с.Двойное,Егізауыл а.
190000000,NK 1,oblast,0,Алматинская область,Алматы облысы
199000000,NK 1,district,2,Небывалый район,Болмаған ауданы
199030100,NK 1,settlement,2,с.Двойное,Егізауыл а.
199030200,NK 1,settlement,2,с.Большое Примерное,Үлкен Мысалауыл а.
"""


@pytest.fixture
def classified(home: Home) -> Home:
    with home.data.transaction() as db:
        replace_classifier(db, read_classifier(INVENTED.encode()))
    return home


def where(
    home: Home, surface: str, language: str, study: StudyPlaces = NO_PLACES, label: Label = Label.PLACE_FINE
) -> tuple[str, str]:
    with home.data.read() as db:
        found = parents_of(db, surface, label, language, study)
    return found.district.ru if found.district else "", found.oblast.ru if found.oblast else ""


@pytest.mark.parametrize(
    ("surface", "language"),
    [
        ("селе Примерном", "ru"),
        ("с. Примерное", "ru"),
        ("Мысалауылда", "kk"),
        ("Мысалауыл ауылынан", "kk"),
        ("мысалауылдың", "kk"),
        ("Мысал ауылдық округі", "kk"),
    ],
)
def test_a_village_is_found_in_the_classifier_in_any_case(classified: Home, surface: str, language: str) -> None:
    assert where(classified, surface, language) == ("Выдумкинский район", "Акмолинская область")


def test_a_district_lies_in_its_oblast(classified: Home) -> None:
    found = where(classified, "Выдумкинском районе", "ru", label=Label.PLACE_COARSE)
    assert found == ("", "Акмолинская область")


def test_a_longer_name_is_another_village(classified: Home) -> None:
    assert where(classified, "Большое Примерное", "ru") == ("Небывалый район", "Алматинская область")
    assert where(classified, "Малое Примерное", "ru") == ("", "")


def test_a_name_that_stands_twice_has_no_parents(classified: Home) -> None:
    assert where(classified, "Двойное", "ru") == ("", "")


@pytest.mark.parametrize("district", ["Выдумкинский", "Vydumkinskiy district", "Ойлап ауданы"])
def test_the_races_of_the_study_decide_between_two(classified: Home, district: str) -> None:
    study = StudyPlaces((StudyPlace("Небылица", district, "KZ-11"),))
    assert where(classified, "Двойное", "ru", study) == ("Выдумкинский район", "Акмолинская область")


def test_without_a_classifier_the_races_of_the_study_are_known(home: Home, world: World) -> None:
    import_koyandy(home, world)
    with home.data.read() as db:
        study = places_of_study(db, world.study.id)
        assert size_of_classifier(db) == 0
    assert where(home, "Қоянды ауылында", "kk", study) == ("район Tselinograd", "Акмолинская область")
    assert where(home, "селе Коянды", "ru", study)[1] == "Акмолинская область"
    assert where(home, "Мысалауыл", "kk", study) == ("", "")


def test_without_anything_nothing_is_claimed(home: Home) -> None:
    with home.data.read() as db:
        assert parents_of(db, "Мысалауыл", Label.PLACE_FINE, "kk") == NOWHERE
        assert parents_of(db, "", Label.PLACE_FINE, "kk") == NOWHERE
        assert parents_of(db, "Серік", Label.PERSON, "kk") == NOWHERE


def test_a_second_import_replaces_the_first(classified: Home) -> None:
    with classified.data.transaction() as db:
        replace_classifier(db, read_classifier("\n".join(INVENTED.splitlines()[:4]).encode()))
    with classified.data.read() as db:
        assert size_of_classifier(db) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "columns"),
        (b"a,b\n1,2\n", "columns kato, level, name_ru, name_kk are missing"),
        (b"\xff\xfe\x00k", "not in UTF-8"),
        (b"kato,level\0,name_ru,name_kk\n", "no CSV text"),
        (b"kato,level,name_ru,name_kk\n", "no places"),
        ("kato,level,name_ru,name_kk\n12,oblast,Примерная,Мысал\n".encode(), "Line 2: the code"),
        ("kato,level,name_ru,name_kk\n١١٠٠٠٠٠٠٠,oblast,Примерная,Мысал\n".encode(), "Line 2: the code"),
        ("kato,level,name_ru,name_kk\n110000000,planet,Примерная,Мысал\n".encode(), "Line 2: the level"),
        (b"kato,level,name_ru,name_kk\n110000000,oblast,,\n", "Line 2 has no name"),
        ("kato,level,name_ru,name_kk\n110000000,oblast,При\x07мерная,Мысал\n".encode(), "control characters"),
        (f"kato,level,name_ru,name_kk\n110000000,oblast,{'я' * 300},Мысал\n".encode(), "too long"),
        (b"kato,level,name_ru,name_kk\n110000000,oblast\n", "too few columns"),
        (("kato,level,name_ru,name_kk\n" + "110000000,oblast,Примерная,Мысал\n" * 2).encode(), "Line 3 repeats"),
        ('kato,level,name_ru,name_kk\n110000000,oblast,"Примерная,Мысал\n'.encode(), "can't be read as CSV"),
        # How long a cell may be is the process's: reading an interview in it may have raised that.
        (b"kato,level,name_ru,name_kk\n" + b"x" * 200_000, "Line 2"),
        (b" " * (32 * 1024 * 1024 + 1), "larger than 32 MB"),
    ],
)
def test_a_hostile_file_is_refused_in_a_sentence_without_its_text(content: bytes, words: str) -> None:
    with pytest.raises(NotTheClassifier) as refused:
        read_classifier(content)
    assert words in str(refused.value)
    assert "Примерная" not in str(refused.value)


def test_odd_spaces_and_a_missing_name_of_one_language_are_mended() -> None:
    text = "\ufeffkato,level,name_ru,name_kk\n110000000,oblast,Пример\u00adная\u00a0область,\n"
    assert read_classifier(text.encode())[0].name_kk == "Примерная область"


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("с.Примерное", "Примерное"),
        ("Примерненский с.о.", "Примерненский"),
        ("с.о.Примерное", "Примерное"),
        ("Мысал а.о.", "Мысал"),
        ("зимовка Примерная", "Примерная"),
        ("г.Примерск", "Примерск"),
        ("Село", "Село"),
    ],
)
def test_type_marks_are_no_part_of_a_name(name: str, bare: str) -> None:
    assert bare_name(name) == bare
