"""Tokens made on the account page: shown once, for a study of one's own, to who knows the password."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlmodel import col, func, select

from qualcoder.accounts import tokens
from qualcoder.accounts.models import ApiToken, Person, Role, Study
from qualcoder.audit.models import AuditEntry
from qualcoder.home import Home
from tests.homes import PASSWORD, Browser, access_of, add_member, make_person, make_study


@pytest.fixture
def owner(home: Home, browser: Browser) -> Browser:
    """A coder with a password, signed in; there is another study that the coder does not belong to."""
    person = make_person(home, "oydantap@example.org", "Oydantap", PASSWORD)
    add_member(home, make_study(home, "ours"), person, Role.CODER)
    make_study(home, "theirs")
    return browser.as_(person)


def _make(owner: Browser, study: str = "ours", password: str = PASSWORD) -> httpx.Response:
    answer: httpx.Response = owner.post("/account/tokens", data={"study": study, "token_password": password})
    return answer


def _count(home: Home) -> int:
    with home.data.read() as db:
        return db.exec(select(func.count()).select_from(ApiToken)).one()


def test_a_token_is_shown_once_and_opens_its_study(owner: Browser) -> None:
    assert "ours" in owner.get("/account").text
    made = _make(owner)
    assert made.status_code == 200
    found = re.search(r'id="token">([^<]+)<', made.text)
    assert found
    token = found.group(1)
    assert token not in owner.get("/account").text
    script = Browser(owner.home, owner.application)
    script.headers["Authorization"] = f"Bearer {token}"
    assert [one["slug"] for one in script.get("/api/v1/studies").json()["items"]] == ["ours"]


@pytest.mark.parametrize(
    ("study", "password", "status"),
    [("ours", "not the right password", 422), ("ours", "", 422), ("theirs", PASSWORD, 404), ("no-such", PASSWORD, 404)],
)
def test_no_token_without_the_password_or_for_a_foreign_study(
    home: Home, owner: Browser, study: str, password: str, status: int
) -> None:
    answer = _make(owner, study, password)
    assert answer.status_code == status
    assert "not the right" not in answer.text
    assert _count(home) == 0


def test_a_token_revoked_by_page_or_by_command_leaves_the_same_record_once(home: Home, owner: Browser) -> None:
    for _ in range(2):
        _make(owner)
    with home.data.read() as db:
        by_page, by_command = db.exec(select(ApiToken)).all()
        person, study = db.get_one(Person, by_page.person_id), db.get_one(Study, by_page.study_id)
    for _ in range(2):
        assert owner.post(f"/account/tokens/{by_page.id}/revoke").status_code == 303
        with home.data.transaction() as db:
            tokens.revoke(db, access_of(db, study, person), by_command.id)
    with home.data.read() as db:
        acts = db.exec(select(AuditEntry).where(col(AuditEntry.act) == "token.revoked")).all()
        kept = [(one.actor_id, one.object_kind, one.object_id, one.chain_id) for one in acts]
    assert kept == [(person.id, "api_token", one.id, study.id) for one in (by_page, by_command)]
    assert "/revoke" not in owner.get("/account").text
