"""The registry: rename, merge, split and levels, who may, and what becomes of text that is out already."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Person
from qualcoder.anonymise.classifier import read_classifier
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.generalising import Level
from qualcoder.anonymise.models import Decision, Entity, PiiSpan, ReplacementLog, SurfaceIndex
from qualcoder.anonymise.places import replace_classifier
from qualcoder.anonymise.registry import Overtaken
from qualcoder.anonymise.service import pseudonym_of
from qualcoder.audit.models import AuditEntry
from qualcoder.core.errors import Invalid, NotFound, Refused
from qualcoder.core.ids import EntityId, new_id
from qualcoder.home import Home
from qualcoder.transcripts import registry, reviewing
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.registry import ElsewhereToo, Entry
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef
from tests.homes import World, access_of
from tests.transcripts import making

ONE = "Интервьюер: ?\nРеспондент: Пришёл Серик Ойдантапов. Ойдантапова все знают.\n"
TWO = "Интервьюер: ?\nРеспондент: Был Болат Небылицын, и Небылицына не слушали.\n"
CLASSIFIER = """\
kato,level,name_ru,name_kk
110000000,oblast,Акмолинская область,Ақмола облысы
119000000,district,Выдумкинский район,Ойлап ауданы
119030100,settlement,с.Примерное,Мысалауыл а.
"""


def reviewed(home: Home, world: World, text: str, *marks: str, by: Person | None = None) -> Transcript:
    return making.to_review(home, world, making.upload(text), by=by or world.pi, marks=marks)


def entity_in(home: Home, transcript: Transcript) -> EntityId:
    return making.findings(home, transcript.id)[0].entity_id or pytest.fail("no entity")


def entry(home: Home, world: World, entity_id: UUID, who: Person | None = None) -> Entry:
    with home.data.read() as db:
        return registry.entry(db, access_of(db, world.study, who or world.pi), entity_id)


def names(home: Home, world: World, who: Person | None = None) -> list[str]:
    with home.data.read() as db:
        found, _more = registry.lines(db, access_of(db, world.study, who or world.pi))
        return [line.pseudonym for line in found]


def rename(home: Home, world: World, entity_id: UUID, words: str, who: Person | None = None) -> None:
    seen = entry(home, world, entity_id).line.version
    with home.data.transaction() as db:
        registry.rename(db, access_of(db, world.study, who or world.pi), entity_id, words, seen)


def merge(home: Home, world: World, kept: UUID, gone: UUID, who: Person | None = None) -> None:
    seen = entry(home, world, kept).line.version
    with home.data.transaction() as db:
        registry.merge(db, access_of(db, world.study, who or world.pi), kept, gone, seen)


def acts(home: Home) -> list[str]:
    with home.data.read() as db:
        rows = db.exec(
            select(AuditEntry.act).where(col(AuditEntry.object_kind) == "entity").order_by(col(AuditEntry.seq))
        )
        return list(rows)


# Rename --------------------------------------------------------------------------------------


def test_another_pseudonym_stands_in_everything_that_is_released_afterwards(home: Home, world: World) -> None:
    making.open_vault(home, world.study)
    transcript = reviewed(home, world, ONE, "Серик Ойдантапов", "Ойдантапова")
    rename(home, world, entity_in(home, transcript), "  Тот самый\u200b ")
    released = making.release(home, transcript, world.pi)
    assert making.text_of(home, released)[1].body == "Пришёл Тот самый. Тот самый все знают."
    assert acts(home) == ["entity.renamed"]


@pytest.mark.parametrize(
    "words", ["", " ", "x" * 101, "Серик", "oydantapov", "[Серик]", "Ойдантаповым", "[Лицо 2]", "[Лицо 9]"]
)
def test_a_pseudonym_is_refused_that_is_empty_taken_or_somebodys_name(home: Home, world: World, words: str) -> None:
    transcript = reviewed(home, world, ONE, "Серик Ойдантапов")
    reviewed(home, world, TWO, "Болат Небылицын")
    with pytest.raises(Invalid):
        rename(home, world, entity_in(home, transcript), words)
    assert names(home, world) == ["[Лицо 1]", "[Лицо 2]"]


def test_the_first_code_may_come_back(home: Home, world: World) -> None:
    transcript = reviewed(home, world, ONE, "Серик Ойдантапов")
    entity = entity_in(home, transcript)
    rename(home, world, entity, "Небывалый")
    rename(home, world, entity, "[Лицо 1]")
    assert names(home, world) == ["[Лицо 1]"]


def test_a_page_out_of_date_changes_nothing(home: Home, world: World) -> None:
    entity = entity_in(home, reviewed(home, world, ONE, "Серик Ойдантапов"))
    seen = entry(home, world, entity).line.version
    rename(home, world, entity, "Небывалый")
    with pytest.raises(Overtaken), home.data.transaction() as db:
        registry.rename(db, access_of(db, world.study, world.pi), entity, "Другой", seen)
    assert names(home, world) == ["Небывалый"]


def test_a_replacement_of_the_reviewers_own_does_not_follow(home: Home, world: World) -> None:
    transcript = reviewed(home, world, ONE, "Серик Ойдантапов", "Ойдантапова")
    first, second = making.findings(home, transcript.id)
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        reviewing.decide(db, found, first.id, Decision.ACCEPT, replacement="сосед")
        # What was proposed, sent back by the page as it was shown.
        reviewing.decide(db, found, second.id, Decision.ACCEPT, replacement="[Лицо 1]")
    rename(home, world, entity_in(home, transcript), "Небывалый")
    with home.data.read() as db:
        shown, _ = reviewing.words_about(db, making.findings(home, transcript.id))
    assert list(shown.values()) == ["сосед", "Небывалый"]


# Published text ------------------------------------------------------------------------------


def test_released_text_keeps_its_pseudonym_and_the_page_counts_it(home: Home, world: World) -> None:
    making.open_vault(home, world.study)
    transcript = reviewed(home, world, ONE, "Серик Ойдантапов", "Ойдантапова")
    entity = entity_in(home, transcript)
    released = making.release(home, transcript, world.pi)
    before = making.text_of(home, released)
    assert entry(home, world, entity).line.old == 0
    rename(home, world, entity, "Небывалый")
    assert making.text_of(home, released) == before
    assert entry(home, world, entity).line.old == 1
    with home.data.read() as db:
        access = access_of(db, world.study, world.pi)
        assert [line.id for line in registry.lines(db, access, is_old=True)[0]] == [entity]


def test_every_replacement_is_logged_without_the_name(home: Home, world: World) -> None:
    making.open_vault(home, world.study)
    transcript = reviewed(home, world, ONE, "Серик Ойдантапов", "Ойдантапова")
    entity = entity_in(home, transcript)
    released = making.release(home, transcript, world.pi)
    with home.data.read() as db:
        rows = db.exec(select(ReplacementLog)).all()
        shown = [
            sealing.open_(db, KeyRef.study(world.study.id), f.REPLACEMENT_SHOWN, row, row.shown_ct) for row in rows
        ]
    assert shown == ["[Лицо 1]", "[Лицо 1]"]
    assert {(row.entity_id, row.made_by, row.text_version_id) for row in rows} == {
        (entity, world.pi.id, released.text_version_id)
    }


# Merge and split -----------------------------------------------------------------------------


def test_two_entries_become_one_with_all_mentions_and_spellings(home: Home, world: World) -> None:
    making.open_vault(home, world.study)
    first = reviewed(home, world, ONE, "Серик Ойдантапов")
    second = reviewed(home, world, TWO, "Болат Небылицын", "Небылицына")
    kept, gone = entity_in(home, first), entity_in(home, second)
    making.release(home, second, world.pi)
    merge(home, world, kept, gone)
    assert names(home, world) == ["[Лицо 1]"]
    found = entry(home, world, kept)
    assert (found.line.mentions, found.line.interviews, found.line.old) == (3, 2, 1)
    third = reviewed(home, world, "Интервьюер: ?\nРеспондент: Опять Небылицын.\n", "Небылицын")
    assert entity_in(home, third) == kept
    assert acts(home) == ["entity.merged"]
    with pytest.raises(NotFound):
        entry(home, world, gone)


def test_a_person_and_a_place_are_never_one(home: Home, world: World) -> None:
    transcript = reviewed(home, world, ONE, "Серик Ойдантапов")
    with home.data.transaction() as db:
        reviewing.mark_missed(db, reviewing.reach_review(db, world.pi, transcript.id), "все знают", Label.PLACE_FINE)
    person, place = (span.entity_id for span in making.findings(home, transcript.id))
    assert person is not None
    assert place is not None
    with pytest.raises(Refused):
        merge(home, world, person, place)
    with pytest.raises(Invalid):
        merge(home, world, person, person)


def test_a_namesake_in_another_interview_gets_an_entry_of_his_own_and_comes_back(home: Home, world: World) -> None:
    first = reviewed(home, world, ONE, "Серик Ойдантапов")
    second = reviewed(home, world, ONE, "Серик Ойдантапов", "Ойдантапова")
    entity = entity_in(home, first)
    assert entity_in(home, second) == entity
    seen = entry(home, world, entity).line.version
    with home.data.transaction() as db:
        new = registry.split(db, access_of(db, world.study, world.pi), entity, [second.id], seen).id
    assert entity_in(home, first) == entity
    assert {span.entity_id for span in making.findings(home, second.id)} == {new}
    assert names(home, world) == ["[Лицо 1]", "[Лицо 2]"]
    # Who of the two is meant next is not for the program to say.
    third = reviewed(home, world, ONE, "Серик Ойдантапов")
    assert entity_in(home, third) not in {entity, new}
    merge(home, world, entity, new)
    assert entity_in(home, second) == entity


@pytest.mark.parametrize("chosen", ["none", "all", "another"])
def test_a_split_takes_some_of_the_mentions(home: Home, world: World, chosen: str) -> None:
    transcript = reviewed(home, world, ONE, "Серик Ойдантапов")
    entity = entity_in(home, transcript)
    seen = entry(home, world, entity).line.version
    all_of_them: dict[str, list[UUID]] = {"none": [], "all": [transcript.id], "another": [new_id()]}
    transcripts = all_of_them[chosen]
    with pytest.raises(Invalid), home.data.transaction() as db:
        registry.split(db, access_of(db, world.study, world.pi), entity, transcripts, seen)


def test_an_act_on_a_page_from_before_a_merge_is_refused(home: Home, world: World) -> None:
    kept = entity_in(home, reviewed(home, world, ONE, "Серик Ойдантапов"))
    gone = entity_in(home, reviewed(home, world, TWO, "Болат Небылицын"))
    seen = entry(home, world, kept).line.version
    merge(home, world, kept, gone)
    with pytest.raises(Overtaken), home.data.transaction() as db:
        registry.rename(db, access_of(db, world.study, world.pi), kept, "Небывалый", seen)
    with pytest.raises(NotFound), home.data.transaction() as db:
        registry.rename(db, access_of(db, world.study, world.pi), gone, "Небывалый", 1)


# Who -----------------------------------------------------------------------------------------


def test_a_researcher_sees_own_uploads_and_changes_what_stands_nowhere_else(home: Home, world: World) -> None:
    own = entity_in(home, reviewed(home, world, ONE, "Серик Ойдантапов", by=world.researcher))
    foreign = entity_in(home, reviewed(home, world, TWO, "Болат Небылицын", by=world.other_researcher))
    assert names(home, world, world.researcher) == ["[Лицо 1]"]
    with pytest.raises(NotFound):
        entry(home, world, foreign, world.researcher)
    with pytest.raises(NotFound):
        rename(home, world, foreign, "Небывалый", world.researcher)
    with pytest.raises(NotFound):
        merge(home, world, own, foreign, world.researcher)
    rename(home, world, own, "Небывалый", world.researcher)
    reviewed(home, world, ONE, "Серик Ойдантапов", by=world.other_researcher)
    assert entry(home, world, own, world.researcher).line.interviews == 1
    with pytest.raises(ElsewhereToo):
        rename(home, world, own, "Другой", world.researcher)


@pytest.mark.parametrize("role", ["coder", "observer", "admin"])
def test_others_see_no_registry(home: Home, world: World, role: str) -> None:
    with pytest.raises(Refused), home.data.read() as db:
        registry.lines(db, access_of(db, world.study, world.by_name[role]))


def test_an_entry_of_another_study_is_not_there(home: Home, world: World) -> None:
    entity = entity_in(home, reviewed(home, world, ONE, "Серик Ойдантапов"))
    with pytest.raises(NotFound), home.data.transaction() as db:
        registry.rename(db, access_of(db, world.other_study, world.outsider), entity, "Небывалый", 1)


# Levels --------------------------------------------------------------------------------------


def village(home: Home, world: World) -> tuple[Transcript, EntityId]:
    with home.data.transaction() as db:
        replace_classifier(db, read_classifier(CLASSIFIER.encode()))
    text = "Интервьюер: ?\nРеспондент: Живу в селе Примерное. Из Примерного не уеду.\n"
    transcript = making.to_review(home, world, making.upload(text), marks=())
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        reviewing.mark_missed(db, found, "селе Примерное", Label.PLACE_FINE)
        reviewing.mark_missed(db, found, "Примерного", Label.PLACE_FINE)
    return transcript, entity_in(home, transcript)


def test_a_village_is_told_through_its_district_or_oblast(home: Home, world: World) -> None:
    making.open_vault(home, world.study)
    transcript, entity = village(home, world)
    assert [one.text for one in entry(home, world, entity).levels] == [
        "[село 1]",
        "[село]",
        "[село в Акмолинской области]",
        "[село в Выдумкинском районе]",
    ]
    seen = entry(home, world, entity).line.version
    with home.data.transaction() as db:
        registry.choose_level(db, access_of(db, world.study, world.pi), entity, Level.DISTRICT, seen)
    released = making.release(home, transcript, world.pi)
    shown = making.text_of(home, released)[1].body
    assert shown == "Живу в [село в Выдумкинском районе]. Из [село в Выдумкинском районе] не уеду."
    assert acts(home) == ["entity.level_set"]


def test_a_level_that_is_not_known_is_refused(home: Home, world: World) -> None:
    entity = entity_in(home, reviewed(home, world, ONE, "Серик Ойдантапов"))
    with pytest.raises(Invalid), home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        registry.choose_level(db, access, entity, Level.OBLAST, entry(home, world, entity).line.version)


def test_nothing_of_a_name_is_readable_in_the_registry(home: Home, world: World) -> None:
    village(home, world)
    with home.data.read() as db:
        for table in (Entity, SurfaceIndex, PiiSpan):
            for row in db.exec(select(table)):
                assert "римерн" not in str(row.model_dump())
        assert {pseudonym_of(db, entity) for entity in db.exec(select(Entity))} == {"[село 1]"}
