"""The page of an interview: who gets it, what it says, how links change."""

from __future__ import annotations

import html

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Person
from qualcoder.audit.models import AuditEntry
from qualcoder.core.ids import new_id
from qualcoder.home import Home
from qualcoder.interviews.models import Category, Interview, LinkType
from qualcoder.interviews.service import NewRespondent
from qualcoder.races.queries import round_ids
from tests.homes import Browser, World
from tests.interviews.making import about, draft, import_koyandy, make_interview
from tests.transcripts import making


@pytest.fixture
def interview(home: Home, world: World) -> Interview:
    """An interview of a researcher, tied to one race."""
    import_koyandy(home, world)
    return make_interview(home, world, draft(links=(about("KOY-2022-2"),)), by=world.researcher)


def opened(home: Home) -> int:
    with home.data.read() as db:
        return len(db.exec(select(AuditEntry.id).where(col(AuditEntry.act) == "interview.opened")).all())


def add(browser: Browser, interview: Interview, **fields: str) -> int:
    form = {"version": "1", "key": "KOY-2022-1", "type": "voter_in"} | fields
    status: int = browser.post(f"/interviews/{interview.id}/links", data=form).status_code
    return status


def test_the_page_shows_what_is_on_record_and_that_is_recorded(
    home: Home, world: World, browser: Browser, interview: Interview
) -> None:
    page = browser.as_(world.researcher).get(f"/interviews/{interview.id}")
    text = html.unescape(page.text)
    for words in ("I-001", "R-001", "2026-09-25", "село Примерное", "KOY-2022-2", "Koyandy", "до выборов Ойдантапа"):
        assert words in text
    assert page.headers["cache-control"] == "no-store"
    assert opened(home) == 1


def test_a_page_that_is_refused_is_no_opening(home: Home, world: World, browser: Browser, interview: Interview) -> None:
    for who, status in (
        ("other_researcher", 404),
        ("outsider", 404),
        ("coder", 403),
        ("observer", 403),
        ("admin", 403),
    ):
        person = browser.as_(world.by_name[who])
        page = person.get(f"/interviews/{interview.id}")
        assert (who, page.status_code) == (who, status)
        assert "R-001" not in page.text
        assert "KOY" not in page.text
        assert (who, add(person, interview)) == (who, status)
    assert browser.get(f"/interviews/{interview.id}").status_code == 303
    assert opened(home) == 0


def test_an_interview_that_is_not_there_is_not_found(world: World, browser: Browser) -> None:
    pi = browser.as_(world.pi)
    assert pi.get(f"/interviews/{new_id()}").status_code == 404
    assert pi.get("/interviews/nonsense").status_code == 404
    form = {"version": "1", "key": "KOY-2022-1", "type": "about"}
    assert pi.post(f"/interviews/{new_id()}/links", data=form).status_code == 404


def test_signed_out_nobody_links(browser: Browser, interview: Interview) -> None:
    assert add(browser, interview) == 401


def test_a_link_is_added_and_removed_through_the_page(
    home: Home, world: World, browser: Browser, interview: Interview
) -> None:
    person, address = browser.as_(world.researcher), f"/interviews/{interview.id}"
    answer = person.post(f"{address}/links", data={"version": "1", "key": " KOY-2022-1 ", "type": "voter_in"})
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert person.get(address).text.count('scope="row">KOY-') == 2
    with home.data.read() as db:
        (target,) = round_ids(db, world.study.id, ["KOY-2022-1"]).values()
    gone = {"version": "2", "kind": "round", "target_id": str(target), "type": "voter_in"}
    answer = person.post(f"{address}/links", data=gone)
    assert (answer.status_code, "location" in answer.headers) == (200, False)
    assert "The link was removed." in answer.text
    page = person.get(address).text
    assert page.count('scope="row">KOY-') == 1
    assert 'name="version" value="3"' in page


def test_a_stale_page_changes_nothing(world: World, browser: Browser, interview: Interview) -> None:
    person = browser.as_(world.pi)
    assert add(person, interview) == 303
    assert add(person, interview, type="about") == 409
    assert person.get(f"/interviews/{interview.id}").text.count('scope="row">KOY-') == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"key": "NOWHERE"}, "No race has this key"),
        ({"key": ""}, "No race has this key"),
        ({"key": "K" * 61}, "This is too long."),
        ({"type": "owner_of"}, "needs another look"),
        ({"version": "first"}, "needs another look"),
    ],
)
def test_a_form_that_can_not_be_used_comes_back_with_its_fault(
    world: World, browser: Browser, interview: Interview, fields: dict[str, str], words: str
) -> None:
    form = {"version": "1", "key": "KOY-2022-1", "type": "voter_in"} | fields
    answer = browser.as_(world.pi).post(f"/interviews/{interview.id}/links", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert "NOWHERE" not in answer.text


@pytest.mark.parametrize(
    ("category", "keys", "warned"),
    [
        (Category.CANDIDATE_WINNER, ["KOY-2022-2"], True),
        (Category.CANDIDATE_LOSER, ["KOY-2022-1", "KOY-2022-2"], True),
        (Category.CANDIDATE_WINNER, [], False),
        (Category.VOTER, ["KOY-2022-2"], False),
    ],
)
def test_a_link_that_names_a_person_is_warned_of(
    home: Home, world: World, browser: Browser, *, category: Category, keys: list[str], warned: bool
) -> None:
    import_koyandy(home, world)
    links = tuple(about(key, LinkType.CANDIDATE) for key in keys)
    interview = make_interview(home, world, draft(NewRespondent(category), links=links))
    page = browser.as_(world.pi).get(f"/interviews/{interview.id}").text
    assert ("These links name a person" in page) is warned


def test_an_interview_without_links_says_so(home: Home, world: World, browser: Browser) -> None:
    interview = make_interview(home, world)
    page = browser.as_(world.pi).get(f"/interviews/{interview.id}").text
    assert "Not tied to any race yet" in page


def test_what_was_typed_is_shown_as_text(home: Home, world: World, browser: Browser) -> None:
    sly = NewRespondent(Category.VOTER, note="<script>alert(1)</script>", speaker_labels=('"><b>',))
    interview = make_interview(home, world, draft(sly))
    page = browser.as_(world.pi).get(f"/interviews/{interview.id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_page_tells_what_happened_and_by_whom(home: Home, world: World, browser: Browser) -> None:
    import_koyandy(home, world)
    transcript = making.release(
        home, making.to_review(home, world, by=_with_vault(home, world)), world.researcher, world.coder
    )
    browser.as_(world.coder).get(f"/transcripts/{transcript.id}")
    seen = {}
    for who in ("researcher", "pi"):
        page = browser.as_(world.by_name[who]).get(f"/interviews/{transcript.interview_id}")
        seen[who] = html.unescape(page.text)
        for words in ("recorded the interview", "added the transcript", "released the transcript", "T-001", "History"):
            assert words in seen[who]
    assert "opened the released text" in seen["pi"]
    assert "opened the released text" not in seen["researcher"]


def _with_vault(home: Home, world: World) -> Person:
    making.open_vault(home, world.study)
    return world.researcher
