"""Whoever a reviewer confirmed in one interview is proposed in the next one, however the name is written there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Pseudonyms, Study
from qualcoder.anonymise import trained_models
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.models import Decision, Entity, PiiSpan
from qualcoder.anonymise.pipeline import use_models
from qualcoder.core.ids import EntityId
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.reviewing import words_about
from tests.homes import Worker, World
from tests.transcripts import making

FIRST = """\
Интервьюер: Кто к вам приходил?
Респондент: Приходил кандидат Серик Ойдантапов, говорил о дорогах.
"""


@pytest.fixture(autouse=True)
def rules_alone(tmp_path: Path) -> Iterator[None]:
    """The models would find these names by themselves: here it is the registry that knows them."""
    use_models(tmp_path / "nothing")
    yield
    use_models(trained_models.SHIPPED)


def confirmed(home: Home, world: World) -> EntityId:
    """The person of a first interview that was reviewed."""
    transcript = making.to_review(home, world, making.upload(FIRST), marks=("Серик Ойдантапов",))
    return making.findings(home, transcript.id)[0].entity_id or pytest.fail("no entity")


def searched(home: Home, world: World, worker: Worker, text: str, language: str) -> tuple[Transcript, list[PiiSpan]]:
    """The findings of a second interview."""
    raw = f"Интервьюер: ?\nРеспондент: {text}\n"
    transcript = making.receive(home, world, making.upload(raw, language=language))
    making.confirm(home, transcript, world.pi)
    worker()
    return transcript, making.findings(home, transcript.id)


def words_of(home: Home, transcript: Transcript, spans: list[PiiSpan]) -> list[tuple[str, EntityId | None]]:
    text = "\n".join(turn.body for turn in making.text_of(home, transcript))
    return [(text[span.start : span.end], span.entity_id) for span in spans if span.label is Label.PERSON]


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("ru", "потом мы с ойдантаповым ездили в город", "ойдантаповым"),
        ("ru", "а вот ойдантапову никто не верил", "ойдантапову"),
        ("kk", "ол кезде ойдантаповтың үйі жоқ еді", "ойдантаповтың"),
        ("kk", "біз серікке айттық", "серікке"),
        ("en", "then oydantapov came back to us", "oydantapov"),
        ("mixed", "ол Oydantapovқа барды", "Oydantapovқа"),
    ],
)
def test_a_known_name_without_any_cue_is_proposed(
    home: Home, world: World, worker: Worker, language: str, text: str, name: str
) -> None:
    entity = confirmed(home, world)
    transcript, spans = searched(home, world, worker, text, language)
    assert (name, entity) in words_of(home, transcript, spans)
    found = next(span for span in spans if "registry" in span.sources)
    assert (found.tier, found.decision) == (Tier.A, Decision.UNDECIDED)


def test_nobody_is_proposed_who_was_not_confirmed(home: Home, world: World, worker: Worker) -> None:
    entity = confirmed(home, world)
    with home.data.transaction() as db:
        for span in db.exec(select(PiiSpan).where(col(PiiSpan.entity_id) == entity)):
            span.decision = Decision.KEEP
    transcript, spans = searched(home, world, worker, "а вот ойдантапову никто не верил", "ru")
    assert words_of(home, transcript, spans) == []


def test_common_words_and_short_ones_are_left_alone(home: Home, world: World, worker: Worker) -> None:
    making.to_review(home, world, making.upload("Интервьюер: ?\nРеспондент: Пришла Дана.\n"), marks=("Дана",))
    transcript, spans = searched(home, world, worker, "он дан нам сверху, и данное слово сказано", "ru")
    assert words_of(home, transcript, spans) == []


def test_a_common_word_that_was_marked_with_a_name_does_not_spread(home: Home, world: World, worker: Worker) -> None:
    text = "Интервьюер: ?\nРеспондент: Қарсыласыңыз Ойдантапов Дәурен еді.\n"
    making.to_review(home, world, making.upload(text), marks=("Қарсыласыңыз Ойдантапов Дәурен",))
    transcript, spans = searched(home, world, worker, "Қарсыластардың бірі осы. Дәуренге бардық.", "kk")
    assert [words for words, _entity in words_of(home, transcript, spans)] == ["Дәуренге"]


def test_another_study_knows_nobody(home: Home, world: World, worker: Worker) -> None:
    confirmed(home, world)
    with home.data.transaction() as db:
        for table in (PiiSpan, Entity):
            for row in db.exec(select(table)):
                row.study_id = world.other_study.id
    transcript, spans = searched(home, world, worker, "а вот ойдантапову никто не верил", "ru")
    assert words_of(home, transcript, spans) == []


def shown(home: Home, spans: list[PiiSpan]) -> list[str]:
    with home.data.read() as db:
        by_id, _reasons = words_about(db, spans)
    return [by_id[span.id] for span in spans if span.label is Label.PERSON]


def test_a_code_takes_over_kazakh_endings(home: Home, world: World, worker: Worker) -> None:
    text = "Кандидат Серік Ойдантап келді. Ойдантаптың үйі бар. Ойдантапқа сендік."
    _transcript, spans = searched(home, world, worker, text, "kk")
    assert shown(home, spans) == ["[Адам 1]", "[Адам 1]ның", "[Адам 1]ға"]


def test_invented_names_keep_case_sex_and_part(home: Home, world: World, worker: Worker) -> None:
    with home.data.transaction() as db:
        db.get_one(Study, world.study.id).pseudonyms = Pseudonyms.NAMES
    text = "Кандидат Серик Ойдантапов пришёл. Мы с Ойдантаповым говорили. Потом к Серику Ойдантапову ездили."
    _transcript, spans = searched(home, world, worker, text, "ru")
    first, second, third = shown(home, spans)
    name, surname = first.split()
    assert second == f"{surname}ым"
    # Which name it is follows from the study's key: some end like Зейнолла.
    to_him = {"а": f"{name[:-1]}е", "й": f"{name[:-1]}ю"}.get(name[-1], f"{name}у")
    assert third == f"{to_him} {surname}у"
    assert "Серик" not in first
    assert "Ойдантап" not in first
