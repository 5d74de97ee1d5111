"""Every route of the JSON API for every kind of token: the status, what the answer holds, and what it may change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from qualcoder.accounts.models import Role
from qualcoder.web.streams import Streams
from tests import homes
from tests.conftest import TemplateOf
from tests.homes import Backend
from tests.house.api_table import API_ENTRIES, expected
from tests.house.roles_rules import Reach
from tests.house.roles_stage import PRINCIPALS, Stage, built, changed
from tests.house.roles_table import fresh_id
from tests.scripts import API, Script, api_routes, token_of

ROUTES = {route.name: route for route in api_routes()}
# The PI of this study with a token of another study that the same person leads.
ELSEWHERE = "pi_elsewhere"
WITH_THINGS = [name for name, entry in API_ENTRIES.items() if entry.ids]


@dataclass(frozen=True, slots=True)
class Doors:
    """The stage with a token for everybody."""

    stage: Stage
    tokens: Mapping[str, str]

    def script(self, who: str) -> Script:
        return Script(self.stage.app, self.tokens.get(who, ""))

    def path(self, name: str, **other: str) -> str:
        """The address of a route with the ids of its entry; `other` puts other ids in."""
        known = self.stage.ids
        ids = API_ENTRIES[name].ids
        given = {key: other.get(key, str(known.get(value, "") or fresh_id())) for key, value in ids.items()}
        return ROUTES[name].path.format(**given)

    def ask(self, who: str, name: str, /, path: str = "", **more: Any) -> httpx.Response:
        sent = {**API_ENTRIES[name].send(self.stage), **more}
        answer: httpx.Response = self.script(who).request(method_of(name), path or self.path(name), **sent)
        return answer


def method_of(name: str) -> str:
    return next(iter(ROUTES[name].methods or ()))


@pytest.fixture(scope="module")
def doors(template_of: TemplateOf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with built(template_of(Backend.WAL), tmp_path_factory.mktemp("doors")) as stage:
        world, home = stage.world, stage.home
        homes.add_member(home, world.other_study, world.pi, Role.PI)
        studies = {"outsider": world.other_study}
        tokens = {who: token_of(home, studies.get(who, world.study), person) for who, person in world.by_name.items()}
        stage.app.state.streams = Streams(longest=0)
        tokens[ELSEWHERE] = token_of(home, world.other_study, world.pi)
        stage.keep()
        yield Doors(stage, tokens)


def test_every_route_has_an_entry_and_one_method() -> None:
    assert {route.name for route in api_routes()} == set(API_ENTRIES)
    assert [route.name for route in api_routes() if len(route.methods or ()) != 1] == []


@pytest.mark.parametrize("name", ROUTES)
def test_a_token_opens_what_the_table_of_permissions_gives_its_person(doors: Doors, name: str) -> None:
    entry, stage = API_ENTRIES[name], doors.stage
    wanted = {who: expected(entry, stage, who) for who in PRINCIPALS}
    wanted[ELSEWHERE] = 404 if entry.ids else entry.ok
    # Those who may not go first: they leave the world as it is, so nothing needs to be put back.
    before = stage.digests()
    for who in sorted(wanted, key=lambda who: wanted[who] == entry.ok):
        answer = doors.ask(who, name)
        assert (who, answer.status_code) == (who, wanted[who]), answer.text[:300]
        if wanted[who] != entry.ok or method_of(name) == "GET":
            assert changed(before, stage.digests()) == set(), who
        else:
            stage.restore()
            before = stage.digests()
        if wanted[who] in {401, 403, 404}:
            assert [words for words in stage.secrets if words in answer.text] == [], who
            assert set(answer.json()) == {"error", "message"}
        elif entry.shows:
            assert entry.shows in answer.text, who


@pytest.mark.parametrize("name", ROUTES)
def test_no_cookie_and_no_odd_header_opens_the_api(doors: Doors, name: str) -> None:
    if name == "api:openapi":
        return
    stage = doors.stage
    before = stage.digests()
    odd = [
        "",
        "Bearer",
        "Bearer ",
        "Basic " + doors.tokens["pi"],
        "Bearer " + "x" * 43,
        doors.tokens["pi"],
        "Bearer ключ",
    ]
    for header in odd:
        # A session's cookie and form token, as a page of ours would send them.
        browser = stage.browser("pi")
        answer = browser.request(
            method_of(name),
            API + doors.path(name),
            headers={"Authorization": header.encode()} if header else {},
            **API_ENTRIES[name].send(stage),
        )
        assert answer.status_code == 401, header
        assert answer.headers["www-authenticate"] == "Bearer"
    assert changed(before, stage.digests()) == set()


def test_the_description_is_shown_to_the_signed_in_only(doors: Doors) -> None:
    assert doors.stage.browser("signed_out").get(f"{API}/openapi.json").status_code == 401
    assert doors.stage.browser("observer").get(f"{API}/openapi.json").status_code == 200


@pytest.mark.parametrize("name", WITH_THINGS)
def test_what_is_foreign_answers_exactly_like_what_is_not_there(doors: Doors, name: str) -> None:
    entry, stage = API_ENTRIES[name], doors.stage
    for who in (ELSEWHERE, *(who for who in PRINCIPALS if expected(entry, stage, who) == 404)):
        for key, value in entry.ids.items():
            real = str(stage.ids.get(value, ""))
            if not real:
                continue
            other = "x" * len(real) if key == "s" else fresh_id()
            foreign, absent = doors.ask(who, name), doors.ask(who, name, doors.path(name, **{key: other}))
            assert (foreign.status_code, absent.status_code) == (404, 404)
            assert foreign.text == absent.text, who
            headers = [{k: v for k, v in answer.headers.items() if k != "date"} for answer in (foreign, absent)]
            assert headers[0] == headers[1]


@pytest.mark.parametrize("name", WITH_THINGS)
def test_odd_ids_are_simply_not_there(doors: Doors, name: str) -> None:
    for odd in ("1", "no-such", "%00", "..", "x" * 3000, "%F0%9F%92%A9", "' OR 1=1 --"):
        (key, *_more) = API_ENTRIES[name].ids
        answer = doors.ask("pi", name, doors.path(name, **{key: odd}))
        assert answer.status_code in {404, 405}, odd


@pytest.mark.parametrize("name", ROUTES)
def test_a_sealed_home_answers_423(doors: Doors, name: str) -> None:
    keyring = doors.stage.home.keyring
    root = keyring.root
    keyring.seal()
    try:
        for who in ("signed_out", "pi"):
            answer = doors.ask(who, name)
            assert answer.status_code == 423
            assert answer.json()["error"] == "Sealed"
    finally:
        keyring.unseal_with_root(root)


@pytest.mark.parametrize("name", [name for name in ROUTES if method_of(name) in {"POST", "PUT"}])
def test_a_body_that_is_not_as_described_is_refused_field_by_field_and_not_repeated(doors: Doors, name: str) -> None:
    entry, stage = API_ENTRIES[name], doors.stage
    if not entry.send(stage):
        return
    who = "coder" if name == "api:put_coding" else "pi"
    before = stage.digests()
    secret = "Ойдантап-эхо"
    bad: list[dict[str, Any]] = [
        {"json": {secret: secret}},
        {"json": {"version": secret, "format": secret, "key": secret, "coders": secret, "decisions": secret}},
        {"content": b"{", "json": None},
        {"content": b"\xff\xfe", "json": None},
        {"json": [secret]},
        {"json": None, "content": b"[" * 5000},
    ]
    for more in bad:
        sent = {"json": None, "data": None, "files": None, **more}
        answer = doors.ask(who, name, **sent)
        assert answer.status_code == (415 if name == "api:upload" else 422), answer.text
        assert secret not in answer.text
        if name != "api:upload":
            assert answer.json()["fields"]
    other = doors.ask(who, name, json=None, files=None, data={"a": secret})
    assert other.status_code == 415
    assert changed(before, stage.digests()) == set()


def test_every_reach_of_the_table_is_used() -> None:
    assert {entry.reach for entry in API_ENTRIES.values()} == set(Reach) - {Reach.OPEN, Reach.HOUSE}
