"""New consents on the interview page: the newest counts, nothing of the earlier ones is lost, nobody else sees any."""

from __future__ import annotations

import html

import httpx
import pytest
from sqlmodel import col, select

from qualcoder.audit.models import AuditEntry
from qualcoder.core.errors import Conflict, NotFound
from qualcoder.core.ids import new_id
from qualcoder.home import Home
from qualcoder.interviews import consents
from qualcoder.interviews.consents import ConsentLine
from qualcoder.interviews.models import Consent, Interview
from qualcoder.interviews.targets import ConsentScope
from tests.homes import Browser, World
from tests.house.forms import pressed
from tests.interviews.making import CONSENT, id_of, make_interview

NOTE = "по второму бланку, просил Ойлап"


@pytest.fixture
def interview(home: Home, world: World) -> Interview:
    """An interview of a researcher; its consent allows quotes until 2030."""
    return make_interview(home, world, by=world.researcher)


def send(browser: Browser, interview: Interview, **fields: str) -> httpx.Response:
    form = {"version": "1", "share": "true", "until": "2031-05-01", "note": NOTE} | fields
    answer: httpx.Response = browser.post(f"/interviews/{interview.id}/consents", data=form)
    return answer


def held(home: Home, interview: Interview) -> tuple[ConsentLine, ...]:
    with home.data.read() as db:
        return consents.consents_of(db, db.get_one(Interview, interview.id))


def recorded(home: Home) -> list[AuditEntry]:
    with home.data.read() as db:
        return list(db.exec(select(AuditEntry).where(col(AuditEntry.act) == "consent.given")))


@pytest.mark.both_backends
def test_a_new_consent_counts_and_the_earlier_one_stays(
    home: Home, world: World, browser: Browser, interview: Interview
) -> None:
    answer = send(browser.as_(world.researcher), interview)
    assert answer.status_code == 303
    new, old = held(home, interview)
    assert new.scope == ConsentScope(quote=False, share=True, archive=False, until="2031-05-01", note=NOTE)
    assert old.scope == CONSENT
    assert new.recorded_at > old.recorded_at
    (act,) = recorded(home)
    assert (act.actor_id, act.object_kind, act.object_id) == (world.researcher.id, "consent", new.id)
    assert (act.chain_id, act.counts) == (world.study.id, {})
    with home.data.read() as db:
        assert db.get_one(Interview, interview.id).version == 2
        assert all(NOTE.encode() not in row.scope_ct for row in db.exec(select(Consent)))


def test_the_page_shows_both_with_who_recorded_and_a_way_back(
    home: Home, world: World, browser: Browser, interview: Interview
) -> None:
    person = browser.as_(world.researcher)
    page = person.get(send(person, interview).headers["location"])
    words = html.unescape(page.text)
    for said in (NOTE, CONSENT.note, "2031-05-01", "2030-01-01", "recorded a consent", "counts from now on", "Undo"):
        assert said in words
    assert NOTE not in page.headers.get("location", "")
    again = person.get(f"/interviews/{interview.id}").text
    assert "counts from now on" not in again
    assert "Let it count again" in again
    address, fields = pressed(page.text, "Undo")
    assert person.post(address, data=fields).status_code == 303
    assert [line.scope for line in held(home, interview)][::2] == [CONSENT, CONSENT]
    assert len(recorded(home)) == 2
    assert person.post(address, data=fields).status_code == 409


def test_the_form_begins_with_what_counts(world: World, browser: Browser, interview: Interview) -> None:
    page = browser.as_(world.researcher).get(f"/interviews/{interview.id}").text
    assert 'name="quote" type="checkbox" value="true" checked' in page
    assert 'name="share" type="checkbox" value="true">' in page
    assert 'value="2030-01-01"' in page
    assert "earlier-consents" not in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"until": "01.05.2031"}, "Enter a date"),
        ({"until": "2031-02-30"}, "Enter a date"),
        ({"until": "9" * 300}, "Enter a date"),
        ({"note": "н" * 2001}, "This is too long."),
        ({"version": "first"}, "needs another look"),
        ({"quote": "Ойлап"}, "needs another look"),
        ({"again": "nonsense"}, "needs another look"),
    ],
)
def test_what_can_not_be_taken_comes_back_with_its_fault_and_nothing_is_stored(
    home: Home, world: World, browser: Browser, interview: Interview, fields: dict[str, str], words: str
) -> None:
    answer = send(browser.as_(world.pi), interview, **fields)
    assert answer.status_code == 422
    assert words in answer.text
    if fields.keys() & {"until", "note"}:
        assert fields.get("note", NOTE) in html.unescape(answer.text)
    assert [line.scope for line in held(home, interview)] == [CONSENT]
    assert recorded(home) == []


@pytest.mark.parametrize(
    ("who", "status"),
    [("other_researcher", 404), ("outsider", 404), ("coder", 403), ("observer", 403), ("admin", 403)],
)
def test_nobody_else_records_a_consent_or_learns_of_one(
    home: Home, world: World, browser: Browser, interview: Interview, who: str, status: int
) -> None:
    person = browser.as_(world.by_name[who])
    (old,) = held(home, interview)
    for fields in ({}, {"again": str(old.id)}, {"until": "nonsense"}, {"version": "first"}):
        answer = send(person, interview, **fields)
        assert answer.status_code == status
        assert "2030-01-01" not in answer.text
    assert person.get(f"/interviews/{interview.id}?recorded={old.id}").status_code == status
    assert len(held(home, interview)) == 1


def test_signed_out_nobody_records(browser: Browser, interview: Interview) -> None:
    assert send(browser, interview).status_code == 401


def test_a_consent_of_another_interview_counts_nowhere_else(
    home: Home, world: World, browser: Browser, interview: Interview
) -> None:
    other = make_interview(home, world)
    (foreign,) = held(home, other)
    for wrong in (foreign.id, new_id()):
        assert send(browser.as_(world.pi), interview, again=str(wrong)).status_code == 404
    assert len(held(home, interview)) == 1


def test_of_two_pages_the_one_out_of_date_changes_nothing(
    home: Home, world: World, browser: Browser, interview: Interview
) -> None:
    pi = browser.as_(world.pi)
    assert send(pi, interview).status_code == 303
    assert send(pi, interview, note="поздно").status_code == 409
    assert send(pi, interview, note="поздно", version="2").status_code == 303
    assert [line.scope.note for line in held(home, interview)] == ["поздно", NOTE, CONSENT.note]


def test_the_last_one_counts_though_the_clock_was_set_back(home: Home, world: World, interview: Interview) -> None:
    with home.data.transaction() as db:
        row = db.exec(select(Consent)).one()
        row.created_at = row.created_at.replace(year=row.created_at.year + 1)
    with home.data.transaction() as db:
        scope = ConsentScope(quote=False, share=False, archive=False)
        consents.record_consent(db, world.pi, id_of(interview), scope, 1)
    assert [line.scope for line in held(home, interview)] == [scope, CONSENT]


def test_an_interview_without_any_consent_is_a_conflict_and_a_foreign_row_is_not_there(
    home: Home, world: World, interview: Interview
) -> None:
    with pytest.raises(NotFound), home.data.transaction() as db:
        consents.repeat_consent(db, world.pi, id_of(interview), new_id(), 1)
    with home.data.transaction() as db:
        db.delete(db.exec(select(Consent)).one())
    with pytest.raises(Conflict):
        held(home, interview)


def test_what_was_typed_is_shown_as_text(world: World, browser: Browser, interview: Interview) -> None:
    sly = '</textarea><script>alert(1)</script>"><b>'
    pi = browser.as_(world.pi)
    assert "<script>alert" not in send(pi, interview, note=sly, until='"><script>alert(2)').text
    page = pi.get(send(pi, interview, note=sly).headers["location"]).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
