"""Levels in review: a date and an age by themselves, a village for its entry everywhere."""

from __future__ import annotations

import pytest

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.generalising import Level
from qualcoder.core.errors import Invalid, NotFound
from qualcoder.core.ids import new_id
from qualcoder.home import Home
from qualcoder.transcripts import levels, reviewing
from qualcoder.transcripts.models import Transcript
from tests.homes import World
from tests.interviews.making import import_koyandy
from tests.transcripts import making

TEXT = "Интервьюер: ?\nРеспондент: Мне 47 лет, приехал 15 марта 1985 года в село Коянды. В Коянды хорошо.\n"
MARKS = (("47 лет", Label.AGE), ("15 марта 1985 года", Label.DATE), ("село Коянды", Label.PLACE_FINE))


@pytest.fixture
def transcript(home: Home, world: World) -> Transcript:
    import_koyandy(home, world)
    found = making.to_review(home, world, making.upload(TEXT), marks=())
    for words, label in MARKS:
        with home.data.transaction() as db:
            reviewing.mark_missed(db, reviewing.reach_review(db, world.pi, found.id), words, label)
    return found


def offered(home: Home, world: World, transcript: Transcript, n: int) -> list[str]:
    finding = making.findings(home, transcript.id)[n].id
    with home.data.read() as db:
        reach = reviewing.reach_review(db, world.pi, transcript.id)
        found = levels.levels_for(db, reach, finding)
        return [f"{'*' * one.is_chosen}{one.level.value if one.level else 'nothing'} {one.words}" for one in found]


def choose(home: Home, world: World, transcript: Transcript, n: int, level: Level | None) -> None:
    finding = making.findings(home, transcript.id)[n].id
    with home.data.transaction() as db:
        levels.choose_level(db, reviewing.reach_review(db, world.pi, transcript.id), finding, level)


def shown(home: Home, transcript: Transcript) -> list[str]:
    with home.data.read() as db:
        spans = making.findings(home, transcript.id)
        by_id, _reasons = reviewing.words_about(db, spans)
        return [by_id[span.id] for span in spans]


def test_each_finding_offers_its_levels(home: Home, world: World, transcript: Transcript) -> None:
    assert offered(home, world, transcript, 0) == [
        "kind [возраст]",
        "*decade [40–49]",
        "half_decade [45–49]",
        "nothing […]",
    ]
    assert offered(home, world, transcript, 1) == [
        "kind [дата]",
        "*year [1985]",
        "month [март 1985 года]",
        "nothing […]",
    ]
    assert offered(home, world, transcript, 2) == [
        "*code [село 1]",
        "kind [село]",
        "oblast [село в Акмолинской области]",
        "district [село в районе Tselinograd]",
        "nothing […]",
    ]


def test_the_chosen_level_is_shown_and_may_be_chosen_anew(home: Home, world: World, transcript: Transcript) -> None:
    assert shown(home, transcript) == ["[40–49]", "[1985]", "[село 1]"]
    for n, level in enumerate((Level.HALF_DECADE, Level.MONTH, Level.OBLAST)):
        choose(home, world, transcript, n, level)
    assert shown(home, transcript) == ["[45–49]", "[март 1985 года]", "[село в Акмолинской области]"]
    for n, level in enumerate((Level.KIND, Level.YEAR, Level.CODE)):
        choose(home, world, transcript, n, level)
    assert shown(home, transcript) == ["[возраст]", "[1985]", "[село 1]"]


def test_a_release_prepared_before_is_refused(home: Home, world: World, transcript: Transcript) -> None:
    before = making.again(home, transcript).version
    choose(home, world, transcript, 0, Level.KIND)
    assert making.again(home, transcript).version > before


def test_an_unknown_level_or_finding_is_refused(home: Home, world: World, transcript: Transcript) -> None:
    with pytest.raises(Invalid):
        choose(home, world, transcript, 0, Level.DISTRICT)
    with pytest.raises(NotFound), home.data.transaction() as db:
        levels.choose_level(db, reviewing.reach_review(db, world.pi, transcript.id), new_id(), Level.KIND)


def test_a_thing_may_be_told_not_at_all_and_then_told_again(home: Home, world: World, transcript: Transcript) -> None:
    with home.data.transaction() as db:
        reviewing.mark_missed(db, reviewing.reach_review(db, world.pi, transcript.id), "Коянды", Label.PLACE_FINE)
    choose(home, world, transcript, 2, None)
    assert shown(home, transcript) == ["[40–49]", "[1985]", "[…]", "[…]"]
    choose(home, world, transcript, 2, Level.CODE)
    assert shown(home, transcript) == ["[40–49]", "[1985]", "[село 1]", "[село 1]"]


def test_a_researcher_tells_it_in_this_transcript_alone_where_others_have_the_entry_too(
    home: Home, world: World, transcript: Transcript
) -> None:
    mine = making.to_review(home, world, making.upload(TEXT), by=world.researcher, marks=())
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.researcher, mine.id)
        reviewing.mark_missed(db, found, "село Коянды", Label.PLACE_FINE)
    finding = making.findings(home, mine.id)[0].id
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.researcher, mine.id)
        assert levels.choose_level(db, found, finding, Level.OBLAST)
    assert shown(home, mine) == ["[село в Акмолинской области]"]
    assert shown(home, transcript)[2] == "[село 1]"
    with home.data.transaction() as db:
        assert not levels.choose_level(db, reviewing.reach_review(db, world.pi, mine.id), finding, Level.DISTRICT)
    assert shown(home, mine) == [shown(home, transcript)[2]] == ["[село в районе Tselinograd]"]


def test_what_was_read_with_other_words_is_read_again(home: Home, world: World, transcript: Transcript) -> None:
    assert making.read_rest(home, transcript, world.pi) == 1
    choose(home, world, transcript, 0, Level.DECADE)
    assert making.read_rest(home, transcript, world.pi) == 0
    choose(home, world, transcript, 2, Level.DISTRICT)
    assert making.read_rest(home, transcript, world.pi) == 1


def test_a_clan_is_one_code_in_the_whole_study(home: Home, world: World) -> None:
    texts = ("Респондент: Мы из рода Найман.\n", "Респондент: Наши из рода Аргын, а те из рода Найман.\n")
    codes = []
    for text in texts:
        found = making.to_review(home, world, making.upload(f"Интервьюер: ?\n{text}"), marks=())
        for words in ("Аргын", "Найман"):
            if words in text:
                with home.data.transaction() as db:
                    reviewing.mark_missed(db, reviewing.reach_review(db, world.pi, found.id), words, Label.CLAN)
        codes.append(shown(home, found))
    assert codes == [["[род A]"], ["[род B]", "[род A]"]]
