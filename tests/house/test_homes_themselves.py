"""The test homes work as tests believe."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from qualcoder.accounts import access
from qualcoder.accounts.permissions import Act
from qualcoder.core import queue
from qualcoder.core.ids import new_id
from qualcoder.core.models import Job, JobKind, JobState
from qualcoder.home import Home, require_current
from tests.homes import Backend, Browser, Worker, World, count_statements, person_by_id, reopened


@pytest.mark.both_backends
def test_a_home_is_migrated_and_unsealed(home: Home, world: World, backend: Backend) -> None:
    require_current(home)
    assert not home.keyring.is_sealed
    assert home.data.is_sqlite is backend.is_sqlite
    with home.data.read() as db:
        assert access.study_by_slug(db, world.pi, "demo", Act.SET_POLICY).person.id == world.pi.id


@pytest.mark.both_backends
def test_another_process_sees_the_same_home(home: Home, world: World) -> None:
    with reopened(home) as other, other.data.read() as db:
        assert access.study_by_slug(db, world.coder, "demo", Act.CODE).study.id == world.study.id


def test_only_real_statements_are_counted(home: Home) -> None:
    with count_statements(home.data) as counted:
        with home.data.transaction() as db:
            db.execute(text("SELECT 1"))
        with home.data.read() as db:
            db.execute(text("SELECT 2"))
    assert counted.sent == ["SELECT 1", "SELECT 2"]


def test_a_browser_is_somebody_or_nobody(browser: Browser, world: World) -> None:
    assert browser.get("/").status_code == 303
    mine = browser.as_(world.pi)
    assert mine.get("/").status_code in {200, 303}
    assert mine.get("/healthz").json() == {"status": "ok"}
    assert browser.get("/").status_code == 303


def test_a_browser_sends_what_our_own_pages_send(browser: Browser, world: World, home: Home) -> None:
    mine = browser.as_(world.coder)
    choice = {"language": "kk", "next": "/"}
    assert mine.post("/language", data=choice).status_code == 303
    for header, value in (("X-CSRF", "0" * 64), ("Origin", "http://example.org"), ("Sec-Fetch-Site", "cross-site")):
        assert mine.post("/language", data=choice, headers={header: value}).status_code == 403
    with home.data.read() as db:
        assert person_by_id(db, world.coder.id).language == "kk"


def test_a_sealed_home_answers_nothing_but_its_health_and_the_unsealing(browser: Browser, home: Home) -> None:
    home.keyring.seal()
    assert browser.get("/").status_code == 503
    assert browser.get("/api/v1/me").status_code == 423
    assert browser.get("/healthz").json() == {"status": "sealed"}
    assert browser.get("/unseal").status_code == 200
    assert browser.get("/static/css/base.css").status_code == 200


@pytest.mark.both_backends
def test_the_worker_does_what_is_waiting(home: Home, world: World, worker: Worker) -> None:
    assert worker() == 0
    with home.data.transaction() as db:
        job = queue.add_job(db, JobKind.DETECT, new_id(), study_id=world.study.id, actor_id=None)
    assert worker() >= 1
    with home.data.read() as db:
        assert db.get_one(Job, job.id).state is JobState.FAILED
