"""A page that outlives its session signs in by script: same doors, same refusals, no way to another site."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from qualcoder.accounts.models import Person
from qualcoder.core.clock import now
from qualcoder.home import Home
from qualcoder.vault import hashing, onetime
from tests.homes import PASSWORD, Browser, give_factor, make_person

EMAIL = "oydantap@example.org"
JSON = {"Accept": "application/json"}
RIGHT = {"email": EMAIL, "password": PASSWORD, "next": "//elsewhere.example"}


@pytest.fixture
def person(home: Home) -> Person:
    return make_person(home, EMAIL, "Serik Oydantap", PASSWORD)


def test_the_right_password_opens_a_session_and_says_nothing_more(browser: Browser, person: Person) -> None:
    answer = browser.post("/sign-in", data=RIGHT, headers=JSON)
    assert (answer.status_code, answer.json()) == (200, {"needs_code": False})
    assert "location" not in answer.headers
    there = browser.get("/session").json()
    assert there == {"person": str(person.id), "csrf": hashing.csrf_token(str(browser.cookies["qc"]))}


@pytest.mark.parametrize("wrong", [{"password": "not the password at all"}, {"email": "stranger@example.org"}])
def test_a_wrong_try_opens_nothing(browser: Browser, person: Person, wrong: Mapping[str, str]) -> None:
    answer = browser.post("/sign-in", data={**RIGHT, **wrong}, headers=JSON)
    assert (answer.status_code, answer.json()["error"]) == (422, "WrongSignIn")
    assert browser.get("/session").json() == {"person": None, "csrf": ""}


def test_the_second_factor_is_asked_for_by_script_too(home: Home, browser: Browser, person: Person) -> None:
    secret = give_factor(home, person)
    assert browser.post("/sign-in", data=RIGHT, headers=JSON).json() == {"needs_code": True}
    assert browser.get("/session").json()["person"] is None
    wrong = browser.post("/sign-in/code", data={"code": "no code"}, headers=JSON)
    assert (wrong.status_code, wrong.json()["error"]) == (422, "WrongCode")
    code = onetime.code_at(secret, onetime.step_of(now()))
    answer = browser.post("/sign-in/code", data={"code": code, "next": "//elsewhere.example"}, headers=JSON)
    assert (answer.status_code, answer.json()) == (200, {"needs_code": False})
    assert browser.get("/session").json()["person"] == str(person.id)
    again = browser.post("/sign-in/code", data={"code": code}, headers={**JSON, "X-CSRF": csrf_of(browser)})
    assert (again.status_code, again.json()["error"]) == (401, "StartAgain")


def csrf_of(browser: Browser) -> str:
    return str(browser.get("/session").json()["csrf"])


def test_the_session_of_somebody_else_is_told_from_ones_own(home: Home, browser: Browser, person: Person) -> None:
    other = make_person(home, "other@example.org", "Ainur Oylapova", PASSWORD)
    browser.post("/sign-in", data=RIGHT, headers=JSON)
    theirs = RIGHT | {"email": "other@example.org"}
    assert browser.post("/sign-in", data=theirs, headers=JSON).status_code == 403
    browser.post("/sign-in", data=theirs, headers={**JSON, "X-CSRF": csrf_of(browser)})
    assert browser.get("/session").json()["person"] == str(other.id)


@pytest.mark.parametrize(("sent", "cleared"), [({}, '"cache", "storage"'), ({"keep_storage": "true"}, '"cache"')])
def test_signing_out_clears_what_the_browser_kept_unless_somebody_elses_waits(
    browser: Browser, person: Person, sent: Mapping[str, str], cleared: str
) -> None:
    browser.post("/sign-in", data=RIGHT, headers=JSON)
    answer = browser.post("/sign-out", data={**sent, "csrf": csrf_of(browser)})
    assert answer.headers["clear-site-data"] == cleared
    assert browser.get("/session").json()["person"] is None
