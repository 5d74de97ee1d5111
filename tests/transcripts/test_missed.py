"""Marking what the search missed: other endings and letters are shown first, and only what is ticked is marked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.models import Decision
from qualcoder.core.clock import now
from qualcoder.core.errors import Invalid
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts import missed, reviewing
from qualcoder.transcripts.missed import Looked
from qualcoder.transcripts.models import Transcript
from tests.homes import World
from tests.transcripts import making
from tests.transcripts.making import NAME, findings, to_review

TEXTS = {
    "ru": "Интервьюер: Кто был?\nРеспондент: Был Выдуманов. Потом с выдумановым говорили, а Выдуманова видели. Вода.",
    "kk": "Сұхбаткер: Кім келді?\nРеспондент: Ойдантап келді. Ойдантаптың үйі жақын, ойдантапқа бардық. Су жоқ.",
    "en": "Interviewer: Who came?\nRespondent: Oydantap came. Then oydantap's brother, and OYDANTAP again. Water.",
}


def look(home: Home, world: World, transcript: Transcript, words: str, label: Label = Label.PERSON) -> Looked:
    with home.data.read() as db:
        return missed.look_for(db, reviewing.reach_review(db, world.pi, transcript.id), words, label)


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("ru", "Выдуманов", ["Выдуманов", "+выдумановым", "+Выдуманова"]),
        ("ru", "выдумановым", ["+Выдуманов", "выдумановым", "+Выдуманова"]),
        ("kk", "Ойдантап", ["Ойдантап", "+Ойдантаптың", "+ойдантапқа"]),
        ("en", "oydantap", ["Oydantap", "oydantap", "OYDANTAP"]),
        ("ru", "Вод", ["+Вода"]),
        ("ru", "гов", ["?говорили"]),
    ],
)
def test_a_name_is_found_in_other_letters_and_with_other_endings(
    home: Home, world: World, language: str, words: str, found: list[str]
) -> None:
    """A plus is another form; a question mark a longer word that only begins so, which is not ticked."""
    transcript = to_review(home, world, making.upload(TEXTS[language], language=language), marks=())
    looked = look(home, world, transcript, words)
    shown = [f"{'' if one.is_same_words else '+' if one.is_ticked else '?'}{one.words}" for one in looked.candidates]
    assert shown == found
    assert (looked.more, looked.marked, looked.kept) == (0, 0, 0)


def test_looking_marks_nothing_and_marking_takes_only_what_is_named(home: Home, world: World) -> None:
    transcript = to_review(home, world, making.upload(TEXTS["ru"]), marks=())
    looked = look(home, world, transcript, "Выдуманов")
    assert findings(home, transcript.id) == []
    wanted = [one.span for one in looked.candidates][1:]
    with home.data.transaction() as db:
        made = missed.mark_places(db, reviewing.reach_review(db, world.pi, transcript.id), wanted, Label.PERSON)
        assert len({span.entity_id for span in made}) == 1
    spans = findings(home, transcript.id)
    assert [Span(span.start, span.end) for span in spans] == wanted
    assert {span.decision for span in spans} == {Decision.ACCEPT}
    again = look(home, world, transcript, "Выдуманов")
    assert ([one.span for one in again.candidates], again.marked) == ([looked.candidates[0].span], len(wanted))


def test_words_inside_what_is_kept_are_counted_and_not_offered(home: Home, world: World) -> None:
    transcript = to_review(home, world)
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        reviewing.decide(db, found, findings(home, transcript.id)[0].id, Decision.KEEP, reason="Публичное лицо")
    looked = look(home, world, transcript, NAME)
    assert (looked.candidates, looked.marked, looked.kept) == ((), 2, 1)


@pytest.mark.parametrize("words", ["", " ", "я"])
def test_too_few_letters_are_refused(home: Home, world: World, words: str) -> None:
    transcript = to_review(home, world)
    with pytest.raises(Invalid):
        look(home, world, transcript, words)


@pytest.mark.parametrize("places", [[(0, 0)], [(10, 60)], [(10**6, 10**6 + 4)], [(0, 4), (2, 6)], []])
def test_a_stretch_that_is_empty_marked_beyond_or_across_turns_is_refused(
    home: Home, world: World, places: list[tuple[int, int]]
) -> None:
    transcript = to_review(home, world)
    before = len(findings(home, transcript.id))
    with pytest.raises(Invalid), home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        missed.mark_places(db, found, [Span(*place) for place in places], Label.PERSON)
    assert len(findings(home, transcript.id)) == before


def test_marks_made_together_go_together_and_others_stay(home: Home, world: World) -> None:
    transcript = to_review(home, world, making.upload(TEXTS["ru"]), marks=())
    first, *others = [one.span for one in look(home, world, transcript, "Выдуманов").candidates]
    made = []
    for wanted in ([first], others):
        with home.data.transaction() as db:
            found = reviewing.reach_review(db, world.pi, transcript.id)
            marks = missed.mark_places(db, found, wanted, Label.PERSON)
            made.append(marks[0].id)
            for span in marks if wanted == [first] else []:
                span.decided_at = now() - timedelta(minutes=1)
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        assert reviewing.unmark(db, found, made[1]) == len(others)
    assert [Span(span.start, span.end) for span in findings(home, transcript.id)] == [first]


def test_a_place_may_be_named_on_its_own(home: Home, world: World) -> None:
    transcript = to_review(home, world, marks=())
    looked = look(home, world, transcript, "не  было", Label.PLACE_FINE)
    assert [one.words for one in looked.candidates] == ["не было"]
    assert looked.candidates[0].is_same_words
