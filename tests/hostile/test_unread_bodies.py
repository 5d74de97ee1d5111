"""Strangers who send much: not a byte is read before it is known who sends, by pages and API alike."""

from __future__ import annotations

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import Message

from qualcoder.home import Home
from tests import homes
from tests.homes import World, all_routes
from tests.house.api_table import API_ENTRIES
from tests.house.roles_rules import Reach
from tests.house.roles_table import ENTRIES, fresh_id
from tests.scripts import API, api_routes, token_of

ALL = {**ENTRIES, **API_ENTRIES}
UNSAFE = [
    (route, method)
    for route in [*all_routes(), *api_routes()]
    for method in sorted(route.methods or ())
    if method not in {"GET", "HEAD"}
]
CLOSED = [(route, method) for route, method in UNSAFE if ALL[route.name].reach is not Reach.OPEN]
OPEN = [(route, method) for route, method in UNSAFE if ALL[route.name].reach is Reach.OPEN]
FORMS = ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json")
STRANGERS: list[dict[str, str]] = [
    {},
    {"cookie": "qc=made-up"},
    {"cookie": "qc=made-up", "x-csrf": "made-up"},
    {"authorization": "Bearer made-up"},
]
MEGABYTE = b"x" * (1 << 20)


def path_of(route: APIRoute) -> str:
    """An address of a route, with ids that nothing has."""
    names = [part.partition("}")[0] for part in route.path.split("{")[1:]]
    return (API if route.name in API_ENTRIES else "") + route.path.format(**dict.fromkeys(names, fresh_id()))


def sent(app: FastAPI, method: str, path: str, headers: dict[str, str]) -> tuple[int, int]:
    """The status of a request with an endless body, and how many bytes of it were taken."""
    taken, statuses = 0, []

    async def receive() -> Message:
        nonlocal taken
        taken += len(MEGABYTE)
        assert taken < 100 << 20, "the server reads on and on"
        return {"type": "http.request", "body": MEGABYTE, "more_body": True}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    everything = {"host": "127.0.0.1", "origin": "http://127.0.0.1", "accept": "application/json", **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in everything.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    # In a thread of its own: a browser of other tests may have a loop in this one.
    with start_blocking_portal() as portal:
        portal.call(app, scope, receive, send)
    return statuses[0], taken


@pytest.fixture
def app(home: Home) -> FastAPI:
    return homes.make_app(home)


def test_nothing_of_a_stranger_is_read_at_a_door_for_the_signed_in(app: FastAPI) -> None:
    assert len(CLOSED) > 30
    read = []
    for route, method in CLOSED:
        for kind in FORMS:
            for known in STRANGERS:
                found = sent(app, method, path_of(route), {"content-type": kind, **known})
                if found != (401, 0):
                    read.append((route.name, kind, known, found))
    assert read == []


def test_visitors_send_a_megabyte_at_most_where_they_may(app: FastAPI) -> None:
    assert len(OPEN) > 3
    for route, method in OPEN:
        for kind in FORMS:
            for known in STRANGERS:
                status, taken = sent(app, method, path_of(route), {"content-type": kind, **known})
                assert status in {303, 401, 403, 404, 413, 422}, route.name
                assert taken <= 3 << 20, route.name


def test_a_member_of_another_study_does_not_fill_the_memory_by_the_api(app: FastAPI, home: Home, world: World) -> None:
    # The token is known before the body; the limit of the settings holds for whoever it is.
    headers = {"authorization": f"Bearer {token_of(home, world.other_study, world.outsider)}"}
    for kind in FORMS[1:]:
        status, taken = sent(app, "POST", "/api/v1/studies/demo/codes", {"content-type": kind, **headers})
        assert (status, taken) in {(413, 2 << 20), (415, 0)}
