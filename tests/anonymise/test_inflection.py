"""What stands for a name takes over the grammar of the name it replaces."""

from __future__ import annotations

import pytest

from qualcoder.anonymise.inflection import NO_GRAMMAR, Grammar, fitted, grammar_from, grammar_of
from qualcoder.anonymise.russian_forms import Sex

OYDANTAP = frozenset({"Серік Ойдантап", "Серікке", "Ойдантаптың", "Серік Ойдантаптан"})
MAN = "Қанат Қосжанов"


def grammar(surface: str, language: str, *, place: bool = False, before: str = "") -> Grammar:
    return grammar_of(
        surface,
        language,
        is_person=not place,
        others=frozenset() if place else OYDANTAP,
        before=before,
        sex=Sex.MALE,
        with_russian=True,
    )


@pytest.mark.parametrize(
    ("pseudonym", "surface", "language", "shown"),
    [
        ("[Адам 3]", "Серікке", "kk", "[Адам 3]ға"),
        ("[Адам 3]", "Серік Ойдантап", "kk", "[Адам 3]"),
        ("[Лицо 3]", "Выдуманову", "ru", "[Лицо 3]"),
        ("[Адам 3]", "Выдуманову", "ru", "[Адам 3]"),
        ("[Person 3]", "Oydantap's", "en", "[Person 3]"),
        (MAN, "Серікке", "kk", "Қанатқа"),
        (MAN, "Ойдантаптың", "kk", "Қосжановтың"),
        (MAN, "Серік Ойдантаптан", "kk", "Қанат Қосжановтан"),
        (MAN, "Выдумановым", "ru", "Косжановым"),
        (MAN, "Сериком", "mixed", "Канатом"),
        (MAN, "Серіктің", "mixed", "Қанаттың"),
        (MAN, "Серика Выдуманова", "ru", "Каната Косжанова"),
        (MAN, "Serik Vydumanov's", "en", "Kanat Koszhanov's"),
        ("Кто-то из своих", "Серику Выдуманову", "ru", "Кто-то из своих"),
    ],
)
def test_people(pseudonym: str, surface: str, language: str, shown: str) -> None:
    assert fitted(pseudonym, grammar(surface, language)) == shown


@pytest.mark.parametrize(
    ("code", "surface", "shown"),
    [
        ("[ауыл 2]", "Мысалауылда", "[ауыл 2]да"),
        ("[ауыл 2]", "Мысалауыл ауылында", "[ауыл 2]да"),
        ("[аудан]", "Мысал ауданындағы", "[аудан]дағы"),
        ("[Ақмола облысындағы ауыл]", "Мысалауылдан", "[Ақмола облысындағы ауыл]дан"),
    ],
)
def test_places(code: str, surface: str, shown: str) -> None:
    assert fitted(code, grammar(surface, "kk", place=True)) == shown


@pytest.mark.parametrize("language", ["kk", "ru", "en", "mixed"])
@pytest.mark.parametrize("surface", ["Серіктің", "Выдуманову", "Oydantap's", "Серік Ойдантап", "—", ""])
def test_the_grammar_is_kept_in_a_column_without_the_name(surface: str, language: str) -> None:
    found = grammar(surface, language)
    assert grammar_from(str(found)) == found
    assert len(str(found)) <= 60
    assert "серік" not in str(found).casefold()


def test_without_grammar_the_pseudonym_stands_as_it_is() -> None:
    assert fitted(MAN, NO_GRAMMAR) == MAN
    assert grammar_from("") == NO_GRAMMAR
