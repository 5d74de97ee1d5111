"""The list of transcripts: what it is narrowed to, and acts on many at once with a way back."""

from __future__ import annotations

import re

import pytest
from sqlmodel import col, select

from qualcoder.audit.models import AuditEntry
from qualcoder.core.ids import new_id
from qualcoder.core.models import Job
from qualcoder.home import Home
from qualcoder.transcripts.models import Assignment, Transcript, TranscriptState
from tests.homes import Browser, World
from tests.transcripts import making


def serials(text: str) -> list[str]:
    return re.findall(r'scope="row"><a href="[^"]+">(T-\d+)<', text)


def assigned(home: Home) -> set[tuple[object, object]]:
    with home.data.read() as db:
        return set(db.exec(select(Assignment.transcript_id, Assignment.person_id)).all())


def fail(home: Home, transcript: Transcript) -> None:
    with home.data.transaction() as db:
        db.get_one(Transcript, transcript.id).state = TranscriptState.FAILED


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["T-001", "T-002", "T-003"]),
        ("?state=codable", ["T-001"]),
        ("?language=kk", ["T-003"]),
        ("?mine=1", ["T-001", "T-003"]),
        ("?state=received&mine=1", ["T-003"]),
        ("?state=nonsense&language=nonsense", ["T-001", "T-002", "T-003"]),
        ("?state=withdrawn", []),
        ("?coder=nobody", ["T-002", "T-003"]),
        ("?coder=nonsense", ["T-001", "T-002", "T-003"]),
    ],
)
def test_the_list_narrows(home: Home, world: World, browser: Browser, query: str, shown: list[str]) -> None:
    making.to_codable(home, world)
    making.receive(home, world, by=world.researcher)
    making.receive(home, world, making.upload(language="kk"))
    page = browser.as_(world.pi).get(f"/studies/{world.study.slug}/transcripts{query}")
    assert serials(page.text) == shown
    assert ("No transcript fits" in page.text) is not bool(shown)


def test_the_list_narrows_to_a_coder_but_not_for_coders(home: Home, world: World, browser: Browser) -> None:
    making.to_codable(home, world)
    making.to_codable(home, world, None, world.other_coder)
    address = f"/studies/{world.study.slug}/transcripts"
    assert serials(browser.as_(world.pi).get(f"{address}?coder={world.other_coder.id}").text) == ["T-002"]
    assert serials(browser.as_(world.coder).get(f"{address}?coder={world.other_coder.id}").text) == ["T-001"]


def test_a_coder_sees_no_boxes_and_no_names(home: Home, world: World, browser: Browser) -> None:
    making.to_codable(home, world)
    page = browser.as_(world.coder).get(f"/studies/{world.study.slug}/transcripts").text
    assert serials(page) == ["T-001"]
    assert 'type="checkbox"' not in page
    assert "Other_coder" not in page


def test_coders_are_assigned_to_all_ticked_and_it_can_be_undone(home: Home, world: World, browser: Browser) -> None:
    made = [making.to_codable(home, world) for _ in range(2)]
    waiting = making.receive(home, world)
    person, address = browser.as_(world.pi), f"/studies/{world.study.slug}/transcripts"
    form = {
        "act": "assign",
        "transcripts": [str(one.id) for one in (*made, waiting)],
        "coders": [str(world.coder.id), str(world.other_coder.id)],
    }
    before = assigned(home)
    page = person.post(address, data=form)
    assert page.status_code == 200
    assert "Assigned on 2 transcripts." in page.text
    assert "1 was left out" in page.text
    assert assigned(home) - before == {(one.id, world.other_coder.id) for one in made}
    undo = {"act": "unassign", "pairs": re.findall(r'name="pairs" value="([^"]+)"', page.text)}
    assert person.post(address, data=undo).status_code == 200
    assert assigned(home) == before


def test_taking_off_can_be_undone(home: Home, world: World, browser: Browser) -> None:
    made = making.to_codable(home, world)
    person, address = browser.as_(world.pi), f"/studies/{world.study.slug}/transcripts"
    before = assigned(home)
    form = {"act": "unassign", "transcripts": [str(made.id)], "coders": [str(world.coder.id)]}
    page = person.post(address, data=form)
    assert "Taken off 1 transcript." in page.text
    assert browser.as_(world.coder).get(f"/transcripts/{made.id}").status_code == 404
    undo = {"act": "assign", "pairs": re.findall(r'name="pairs" value="([^"]+)"', page.text)}
    person.post(address, data=undo)
    assert assigned(home) == before
    with home.data.read() as db:
        acts = db.exec(select(AuditEntry.act).where(col(AuditEntry.object_id) == made.id)).all()
    assert acts[-2:] == ["transcript.unassigned", "transcript.assigned"]


def test_failed_searches_start_again(home: Home, world: World, browser: Browser) -> None:
    failed, fine = making.receive(home, world), making.receive(home, world)
    fail(home, failed)
    form = {"act": "retry", "transcripts": [str(failed.id), str(fine.id)]}
    page = browser.as_(world.pi).post(f"/studies/{world.study.slug}/transcripts", data=form)
    assert "starts again in 1 transcript." in page.text
    assert making.again(home, failed).state is TranscriptState.DETECTING
    with home.data.read() as db:
        assert db.exec(select(Job.object_id)).all() == [failed.id]


@pytest.mark.parametrize(
    "form",
    [
        {"act": "assign"},
        {"act": "retry"},
        {"act": "burn", "transcripts": str(new_id())},
        {"act": "assign", "pairs": "nonsense"},
        {"act": "assign", "transcripts": "nonsense", "coders": "nonsense"},
    ],
)
def test_what_makes_no_sense_is_refused(world: World, browser: Browser, form: dict[str, str]) -> None:
    assert browser.as_(world.pi).post(f"/studies/{world.study.slug}/transcripts", data=form).status_code == 422


def test_a_foreign_transcript_refuses_everything(home: Home, world: World, browser: Browser) -> None:
    mine = making.to_codable(home, world, making.upload())
    form = {
        "act": "assign",
        "transcripts": [str(mine.id), str(new_id())],
        "coders": [str(world.other_coder.id)],
    }
    before = assigned(home)
    for who, status in (
        ("pi", 404),
        ("other_researcher", 404),
        ("coder", 403),
        ("observer", 403),
        ("admin", 403),
        ("outsider", 404),
    ):
        page = browser.as_(world.by_name[who]).post(f"/studies/{world.study.slug}/transcripts", data=form)
        assert (who, page.status_code) == (who, status)
    assert browser.post(f"/studies/{world.study.slug}/transcripts", data=form).status_code == 401
    assert assigned(home) == before


def test_somebody_outside_the_study_is_not_assigned(home: Home, world: World, browser: Browser) -> None:
    mine = making.to_codable(home, world)
    form = {"act": "assign", "transcripts": [str(mine.id)], "coders": [str(world.outsider.id)]}
    assert browser.as_(world.pi).post(f"/studies/{world.study.slug}/transcripts", data=form).status_code == 422
