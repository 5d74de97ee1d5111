"""Whose name a name is, over several transcripts: one entity for one person or place, and never one for two."""

from __future__ import annotations

import pytest

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.service import Mention, resolve
from qualcoder.core.ids import StudyId
from qualcoder.home import Home
from tests.homes import World


def pseudonyms(home: Home, study_id: StudyId, label: Label, language: str, *surfaces: str) -> list[str]:
    """What stands for the names of one transcript."""
    mentions = [
        Mention(at * 100, at * 100 + len(surface), label, Tier.A, 1.0, ("rule",), surface, language)
        for at, surface in enumerate(surfaces)
    ]
    with home.data.transaction() as db:
        return [known.replacement for known in resolve(db, study_id, mentions)]


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "village of Mysalkent", "village of Oylapkent"),
        ("ru", "Выдумкинский сельский округ", "Примерный сельский округ"),
        ("ru", "сельский округ Выдумкино", "сельский округ Примерное"),
        ("kk", "Мысалкент ауылдық округі", "Ойлапкент ауылдық округі"),
    ],
)
def test_two_villages_of_one_type_are_two(home: Home, world: World, language: str, first: str, second: str) -> None:
    one = pseudonyms(home, world.study.id, Label.PLACE_FINE, language, first)
    other = pseudonyms(home, world.study.id, Label.PLACE_FINE, language, second)
    assert one != other
    assert pseudonyms(home, world.study.id, Label.PLACE_FINE, language, first) == one


def test_a_surname_in_two_cases_does_not_make_two_people_one(home: Home, world: World) -> None:
    one = pseudonyms(home, world.study.id, Label.PERSON, "ru", "Бекзат Ойлапов", "Ойлапову")
    assert len(set(one)) == 1
    other = pseudonyms(home, world.study.id, Label.PERSON, "ru", "Ойлапова Дина", "Дины Ойлаповой")
    assert len(set(other)) == 1
    assert set(one).isdisjoint(other)


def test_a_full_name_is_known_again_in_another_transcript(home: Home, world: World) -> None:
    one = pseudonyms(home, world.study.id, Label.PERSON, "ru", "Бекзат Ойлапов")
    assert pseudonyms(home, world.study.id, Label.PERSON, "ru", "Ойлапову Бекзату") == one
    assert pseudonyms(home, world.study.id, Label.PERSON, "kk", "Бекзат Ойлаповтың") == one
