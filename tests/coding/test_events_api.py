"""Events: everybody hears of what they see anyway, a coder nothing of others, and nobody after the access ended."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from qualcoder.accounts import service as accounts
from qualcoder.accounts import tokens
from qualcoder.accounts.models import Role
from qualcoder.coding import events_api
from qualcoder.coding import service as coding
from qualcoder.coding.service import NewCoding
from qualcoder.core.clock import now
from qualcoder.core.ids import CodeId, CodingId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from qualcoder.web.streams import ALL, EACH, Streams
from tests import homes
from tests.homes import World, access_of
from tests.load.server import free_port
from tests.scripts import Script, token_of
from tests.transcripts import making

WITHIN = 120.0


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """A server in a thread; its address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + WITHIN
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}/api/v1/studies/demo/events"
    finally:
        server.should_exit = True
        thread.join(WITHIN)


@dataclass(slots=True)
class Ear:
    """A script that listens in a thread of its own."""

    address: str
    token: str
    last: str = ""
    heard: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    is_over: bool = False
    thread: threading.Thread | None = None

    def listen(self) -> Ear:
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        self.wait(lambda: "ready" in self.names)
        return self

    @property
    def names(self) -> list[str]:
        return [name for name, _data, _id in self.heard]

    @property
    def states(self) -> list[str]:
        return [data["state"] for name, data, _id in self.heard if name == "work"]

    def acts(self, topic: str) -> list[str]:
        return [data.get("act", "") for name, data, _id in self.heard if name == topic]

    def wait(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + WITHIN
        while not is_so():
            assert time.monotonic() < until, self.heard
            time.sleep(0.05)

    def _listen(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        if self.last:
            headers["Last-Event-ID"] = self.last
        # The server ends with the test, whoever listens.
        with contextlib.suppress(httpx.RemoteProtocolError):
            self._hear(headers)

    def _hear(self, headers: dict[str, str]) -> None:
        name, data, mark = "", "{}", ""
        with httpx.stream("GET", self.address, headers=headers, timeout=300, trust_env=False) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-store"
            for line in answer.iter_lines():
                key, _colon, value = line.partition(": ")
                if key == "event":
                    name = value
                elif key == "data":
                    data = value
                elif key == "id":
                    mark = value
                elif not line and name:
                    self.heard.append((name, json.loads(data), mark))
                    name, data, mark = "", "{}", ""
        self.is_over = True


@dataclass(frozen=True, slots=True)
class Room:
    """A served study with a released transcript."""

    home: Home
    world: World
    app: FastAPI
    address: str
    transcript: Transcript
    code: CodeId

    def ear(self, name: str, last: str = "") -> Ear:
        return Ear(self.address, token_of(self.home, self.world.study, self.world.by_name[name]), last).listen()

    def code_as(self, name: str, start: int = 0) -> None:
        transcript = self.transcript
        new = NewCoding(CodingId(new_id()), transcript.id, transcript.text_number, Span(start, start + 9), self.code)
        with self.home.data.transaction() as db:
            coding.add_coding(db, self.world.by_name[name], new)


@pytest.fixture
def room(home: Home, world: World) -> Iterator[Room]:
    codes = making.import_codes(home, world)
    transcript = making.to_codable(home, world, None, world.coder, world.other_coder)
    app = homes.make_app(home)
    with listening(app) as address:
        yield Room(home, world, app, address, transcript, codes["WATER"])


def test_everybody_hears_of_what_they_see_anyway(room: Room) -> None:
    ears = {name: room.ear(name) for name in ("pi", "researcher", "coder", "other_coder", "observer", "admin")}
    room.code_as("coder")
    room.code_as("other_coder", 3)
    making.to_review(room.home, room.world, by=room.world.researcher)
    with room.home.data.transaction() as db:
        access = access_of(db, room.world.study, room.world.pi)
        accounts.add_member(db, access, "fresh@example.org", "", Role.OBSERVER)
    last = {"pi": "people", "researcher": "work", "coder": "coding", "other_coder": "coding", "admin": "people"}
    for name, topic in last.items():
        ears[name].wait(lambda ear=ears[name], topic=topic: topic in ear.names)  # type: ignore[misc]  # bound now
    assert [len(ears[name].acts("coding")) for name in ("pi", "coder", "other_coder")] == [2, 1, 1]
    assert "transcript.received" in ears["pi"].acts("transcript")
    assert "transcript.received" in ears["researcher"].acts("transcript")
    ears["researcher"].wait(lambda: "done" in ears["researcher"].states)
    works = [data for name, data, _id in ears["researcher"].heard if name == "work"]
    assert {work["kind"] for work in works} == {"detect"}
    for name in ("coder", "other_coder", "observer"):
        assert set(ears[name].names) <= {"ready", "coding"}, name
    assert set(ears["admin"].names) == {"ready", "people"}
    said = json.dumps([ear.heard for ear in ears.values()])
    for secret in (str(room.world.coder.id), "Выдуманов", "fresh@"):
        assert secret not in said


def test_a_listener_goes_on_where_it_stopped(room: Room) -> None:
    first = room.ear("coder")
    room.code_as("coder")
    first.wait(lambda: "coding" in first.names)
    (mark,) = [mark for name, _data, mark in first.heard if name == "coding"]
    room.code_as("coder", 3)
    room.code_as("other_coder", 5)
    again = room.ear("coder", last=mark)
    again.wait(lambda: "coding" in again.names)
    assert len(again.acts("coding")) == 1
    # The mark of what only somebody else was told is as unknown as one that never was.
    script = Script(room.app, token_of(room.home, room.world.study, room.world.other_coder))
    answers = [script.get("/studies/demo/events", headers={"Last-Event-ID": odd}) for odd in (mark, str(uuid4()), "x")]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("ending", ["token", "membership", "disabled", "sealed"])
def test_a_stream_ends_with_the_access(room: Room, ending: str) -> None:
    home, world = room.home, room.world
    ear = room.ear("coder")
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        if ending == "token":
            for line in tokens.tokens_in(db, access):
                tokens.revoke(db, access, line.id)
        elif ending == "membership":
            accounts.end_membership(db, access, world.coder.id)
        elif ending == "disabled":
            homes.person_by_id(db, world.coder.id).disabled_at = now()
    root = home.keyring.root
    if ending == "sealed":
        home.keyring.seal()
    try:
        ear.wait(lambda: ear.is_over)
        assert ear.names == ["ready", "end"]
    finally:
        if ending == "sealed":
            home.keyring.unseal_with_root(root)


def test_a_token_holds_a_few_streams_and_gets_its_places_back(room: Room) -> None:
    token = token_of(room.home, room.world.study, room.world.pi)
    ears = [Ear(room.address, token).listen() for _ in range(EACH)]
    headers = {"Authorization": f"Bearer {token}"}
    refused = httpx.get(room.address, headers=headers, trust_env=False)
    assert (refused.status_code, refused.json()["error"]) == (429, "TooMany")
    assert refused.headers["retry-after"]
    assert room.ear("coder").names == ["ready"]
    with room.home.data.transaction() as db:
        access = access_of(db, room.world.study, room.world.pi)
        for line in tokens.tokens_in(db, access):
            tokens.revoke(db, access, line.id)
    for ear in ears:
        ear.wait(lambda ear=ear: ear.is_over)  # type: ignore[misc]  # bound now
    streams: Streams = room.app.state.streams
    ears[0].wait(lambda: not streams._open)


def test_a_listener_that_goes_away_leaves_its_place(room: Room) -> None:
    token = token_of(room.home, room.world.study, room.world.pi)
    headers = {"Authorization": f"Bearer {token}"}
    streams: Streams = room.app.state.streams
    for _ in range(EACH + 2):
        with httpx.stream("GET", room.address, headers=headers, timeout=300, trust_env=False) as answer:
            assert answer.status_code == 200
            next(answer.iter_bytes())
        until = time.monotonic() + WITHIN
        while streams._open and time.monotonic() < until:
            time.sleep(0.05)
    assert not streams._open


def test_the_process_has_an_end_too() -> None:
    streams = Streams()
    for n in range(ALL):
        streams.enter(new_id())
        assert n < ALL
    with pytest.raises(Exception, match="Too many"):
        streams.enter(new_id())


def test_an_act_wakes_a_listener_who_would_not_look_by_itself_yet(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_api, "TICK_SECONDS", 600.0)
    ear = room.ear("coder")
    room.code_as("coder")
    ear.wait(lambda: "coding" in ear.names)
    time.sleep(events_api.GAP_SECONDS)
    room.code_as("coder", 3)
    ear.wait(lambda: len(ear.acts("coding")) == 2)
