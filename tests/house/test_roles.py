"""Every route for every kind of person: the status, what the answer holds, and what it may change.

Generated from the application's routes: a new route without an entry in `roles_table` fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi.routing import APIRoute

from qualcoder.web.streams import Streams
from tests.conftest import TemplateOf
from tests.homes import ADDRESS, Backend, Browser, all_routes
from tests.house.roles_rules import Reach, expected
from tests.house.roles_stage import PRINCIPALS, Stage, built, changed
from tests.house.roles_table import ENTRIES, fresh_id

ROUTES = {route.name: route for route in all_routes()}
SAFE = [name for name, route in ROUTES.items() if route.methods == {"GET"}]
UNSAFE = [name for name in ROUTES if name not in SAFE]
# Ids in an address that stand for a thing of the study; the id of a coding is chosen by who makes it.
IDS = (
    "transcript_id",
    "finding_id",
    "export_id",
    "interview_id",
    "coding_id",
    "flag_id",
    "person_id",
    "round_id",
    "session_id",
    "token_id",
    "slug",
    "token",
)


@pytest.fixture(scope="module")
def stage(template_of: TemplateOf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with built(template_of(Backend.WAL), tmp_path_factory.mktemp("stage")) as made:
        made.app.state.streams = Streams(longest=0)
        yield made


def address(stage: Stage, name: str, **other: str) -> str:
    """The address of a route with the ids of its entry; `other` puts other ids in."""
    entry = ENTRIES[name]
    ids = {key: other.get(key, str(stage.ids.get(value, "") or fresh_id())) for key, value in entry.ids.items()}
    path = ROUTES[name].path.format(**ids)
    query = entry.query(stage)
    return f"{path}?{urlencode(query)}" if query else path


def ask(browser: Browser, stage: Stage, name: str, /, path: str = "", **more: Any) -> httpx.Response:
    """Send what the entry says, as the pages of the program do."""
    method = next(iter(ROUTES[name].methods or ()))
    answer: httpx.Response = browser.request(
        method, path or address(stage, name), **{**ENTRIES[name].send(stage), **more}
    )
    return answer


def first_who_may(stage: Stage, name: str) -> str:
    """Somebody whom the route serves."""
    entry = ENTRIES[name]
    for who in ("pi", "coder", "admin", "signed_out"):
        if expected(entry, stage, who, method_of(name)) == entry.ok:
            return who
    raise AssertionError(f"nobody may use {name}")


def method_of(name: str) -> str:
    return next(iter(ROUTES[name].methods or ()))


def test_every_route_has_an_entry_and_one_method() -> None:
    routes: list[APIRoute] = all_routes()
    assert {route.name for route in routes} == set(ENTRIES)
    assert len(routes) == len({route.name for route in routes})
    assert [route.name for route in routes if len(route.methods or ()) != 1] == []


@pytest.mark.parametrize("name", ROUTES)
def test_a_route_answers_everybody_as_the_table_of_permissions_says(stage: Stage, name: str) -> None:
    entry, method = ENTRIES[name], method_of(name)
    # Those who may not go first: they leave the world as it is, so nothing needs to be put back.
    wanted = {who: expected(entry, stage, who, method) for who in PRINCIPALS}
    before = stage.digests()
    for who in sorted(PRINCIPALS, key=lambda who: wanted[who] == entry.ok):
        answer = ask(stage.browser(who), stage, name)
        assert (who, answer.status_code) == (who, wanted[who]), answer.text[:200] * answer.is_server_error
        if wanted[who] != entry.ok or method == "GET":
            assert changed(before, stage.digests()) == set(), who
        else:
            stage.restore()
            before = stage.digests()
        if wanted[who] in {401, 403, 404}:
            assert [words for words in stage.secrets if words in answer.text] == [], who
        elif wanted[who] == 303 and who == "signed_out" and entry.reach is not Reach.OPEN:
            assert answer.headers["location"].startswith("/sign-in")
            assert [words for words in stage.secrets if words in answer.text] == []
        elif wanted[who] == entry.ok and entry.shows:
            assert entry.shows in answer.text, who


WITH_IDS = [name for name, entry in ENTRIES.items() if any(key in IDS for key in entry.ids)]


@pytest.mark.parametrize("name", WITH_IDS)
def test_what_is_foreign_answers_exactly_like_what_is_not_there(stage: Stage, name: str) -> None:
    entry, method = ENTRIES[name], method_of(name)
    strangers = [who for who in PRINCIPALS if expected(entry, stage, who, method) == 404]
    for who in strangers:
        browser = stage.browser(who)
        for key, value in entry.ids.items():
            real = str(stage.ids.get(value, ""))
            # The language of a translation is no thing of anybody's.
            if not real or key == "language":
                continue
            other = "x" * len(real) if key == "slug" else fresh_id()
            foreign = ask(browser, stage, name)
            absent = ask(browser, stage, name, address(stage, name, **{key: other}))
            assert absent.status_code == foreign.status_code == 404
            assert foreign.text.replace(real, "?") == absent.text.replace(other, "?"), (who, key)
            assert _headers(foreign) == _headers(absent)


def _headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "date"}


def test_a_coding_on_a_foreign_transcript_answers_like_one_on_none(stage: Stage) -> None:
    for who in ("outsider", "other_coder", "other_researcher"):
        browser = stage.browser(who)
        real = str(stage.ids["codable"])
        sent = ENTRIES["coding:put"].send(stage)["content"]
        path = f"/codings/{fresh_id()}"
        answers = [browser.put(path, content=sent), browser.put(path, content=sent.replace(real, fresh_id()))]
        assert answers[0].status_code == answers[1].status_code == 404
        assert answers[0].text == answers[1].text


@pytest.mark.parametrize("name", SAFE)
def test_a_part_of_a_page_that_is_only_looked_at_changes_nothing_but_the_record_of_acts(
    stage: Stage, name: str
) -> None:
    before = stage.digests()
    for who in PRINCIPALS:
        ask(stage.browser(who), stage, name, headers={"HX-Request": "true"})
    assert changed(before, stage.digests()) == set()


@pytest.mark.parametrize("name", UNSAFE)
def test_a_request_that_our_pages_did_not_send_is_refused(stage: Stage, name: str) -> None:
    who = first_who_may(stage, name)
    other = stage.browser("observer" if who != "observer" else "coder")
    before = stage.digests()
    forged: list[dict[str, str]] = [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ADDRESS.replace("http", "https") + ".evil.example"},
    ]
    if who != "signed_out":
        forged += [{"X-CSRF": ""}, {"X-CSRF": other.headers["X-CSRF"]}, {"X-CSRF": "", "Content-Type": "text/plain"}]
    for headers in forged:
        answer = ask(stage.browser(who), stage, name, headers=headers)
        assert (headers, answer.status_code) == (headers, 403)
    bare = stage.browser(who)
    del bare.headers["Origin"]
    assert ask(bare, stage, name).status_code == 403
    assert changed(before, stage.digests()) == set()


@pytest.mark.parametrize("name", UNSAFE)
def test_the_token_of_the_session_is_asked_of_who_may_and_who_may_not(stage: Stage, name: str) -> None:
    before = stage.digests()
    for who in {first_who_may(stage, name), "observer"} - {"signed_out"}:
        browser = stage.browser(who)
        del browser.headers["X-CSRF"]
        assert ask(browser, stage, name).status_code == 403, who
    assert changed(before, stage.digests()) == set()


@pytest.mark.parametrize("name", ROUTES)
def test_a_sealed_home_answers_nothing_but_that_it_is_sealed(stage: Stage, name: str) -> None:
    root = stage.home.keyring.root
    stage.home.keyring.seal()
    try:
        for who in ("signed_out", "pi"):
            answer = ask(stage.browser(who), stage, name)
            if name in {"healthz", "unseal:form"}:
                assert answer.status_code == 200
            elif name == "unseal":
                assert answer.status_code in {422, 429}
            else:
                assert answer.status_code == 503
            assert [words for words in stage.secrets if words in answer.text] == []
        assert stage.browser("pi").get("/api/v1/me").status_code == 423
        assert stage.browser("signed_out").get("/static/css/tokens.css").status_code == 200
    finally:
        stage.home.keyring.unseal_with_root(root)
