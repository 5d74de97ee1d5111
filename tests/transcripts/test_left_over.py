"""What stays in a text and together tells who speaks: said before the release, and afterwards beside the interview."""

from __future__ import annotations

import pytest

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.generalising import Level
from qualcoder.anonymise.models import Decision
from qualcoder.home import Home
from qualcoder.interviews.models import LinkType
from qualcoder.interviews.service import NewLink
from qualcoder.transcripts import levels, reviewing
from qualcoder.transcripts.models import Transcript
from tests.homes import Browser, World
from tests.interviews.making import import_koyandy
from tests.transcripts import making

TEXT = "Интервьюер: Кто вы?\nРеспондент: Я аким, Целиноградский район, мне 43 года. Воды нет.\n"
ONE_RACE = "fits one race of the public record only"
MARKS = {"аким": Label.ROLE, "Целиноградский район": Label.PLACE_COARSE, "43 года": Label.AGE}


@pytest.fixture(autouse=True)
def record(home: Home, world: World) -> None:
    making.open_vault(home, world.study)
    import_koyandy(home, world)


def marked(home: Home, world: World, decision: Decision, *links: NewLink, keeps: str = "") -> Transcript:
    transcript = making.to_review(home, world, making.upload(TEXT, links=links), marks=())
    for words, label in MARKS.items():
        with home.data.transaction() as db:
            found = reviewing.reach_review(db, world.pi, transcript.id)
            reviewing.mark_missed(db, found, words, label)
    for span in making.findings(home, transcript.id):
        with home.data.transaction() as db:
            found = reviewing.reach_review(db, world.pi, transcript.id)
            kept = Decision.KEEP if keeps == span.label.value else decision
            reviewing.decide(db, found, span.id, kept, reason="Для примера")
    return making.again(home, transcript)


def test_the_review_page_names_what_tells_while_it_stays(home: Home, world: World, browser: Browser) -> None:
    pi = browser.as_(world.pi)
    kept = pi.get(f"/transcripts/{marked(home, world, Decision.KEEP).id}/review").text
    assert ONE_RACE in kept
    replaced = pi.get(f"/transcripts/{marked(home, world, Decision.ACCEPT).id}/review").text
    assert ONE_RACE not in replaced


def test_one_kept_district_is_enough_where_it_had_one_race(home: Home, world: World, browser: Browser) -> None:
    transcript = marked(home, world, Decision.ACCEPT, keeps="PLACE_COARSE")
    page = browser.as_(world.pi).get(f"/transcripts/{transcript.id}/review").text
    assert ONE_RACE in page
    assert "What tells it: Village or address." in " ".join(page.split())


@pytest.mark.parametrize("tied", [True, False])
def test_the_page_of_the_interview_says_it_after_the_release(
    home: Home, world: World, browser: Browser, *, tied: bool
) -> None:
    links = [NewLink("KOY-2022-2", LinkType.ABOUT)] if tied else []
    released = making.release(home, marked(home, world, Decision.KEEP, *links), world.pi)
    page = browser.as_(world.pi).get(f"/interviews/{released.interview_id}").text
    assert f"The released text {released.serial} fits one race of the public record only" in page
    other = making.release(home, marked(home, world, Decision.ACCEPT, *links), world.pi)
    page = browser.as_(world.pi).get(f"/interviews/{other.interview_id}").text
    assert "fits one race of the public record only" not in page


@pytest.mark.parametrize(("level", "tells"), [(Level.CODE, False), (Level.KIND, False), (Level.DISTRICT, True)])
def test_a_village_that_is_told_by_its_district_still_tells(
    home: Home, world: World, browser: Browser, level: Level, *, tells: bool
) -> None:
    text = "Интервьюер: Кто вы?\nРеспондент: Я живу в селе Коянды.\n"
    transcript = making.to_review(home, world, making.upload(text), marks=())
    with home.data.transaction() as db:
        reviewing.mark_missed(db, reviewing.reach_review(db, world.pi, transcript.id), "селе Коянды", Label.PLACE_FINE)
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        levels.choose_level(db, found, making.findings(home, transcript.id)[0].id, level)
    page = browser.as_(world.pi).get(f"/transcripts/{transcript.id}/review").text
    assert (ONE_RACE in page) == tells
