"""An open coding page is told what is hidden as long as its reader may read, and never a word."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, delete, select

from qualcoder.accounts import service as accounts
from qualcoder.accounts import sessions
from qualcoder.accounts.models import Person, SignIn
from qualcoder.coding import happenings
from qualcoder.coding.flag_routes import END, Watcher
from qualcoder.core.clock import now
from qualcoder.home import Home
from qualcoder.transcripts.models import Assignment, Transcript, TranscriptState
from qualcoder.vault import hashing
from qualcoder.web.streams import EACH, Streams
from tests.homes import Browser, World, access_of
from tests.transcripts import making
from tests.transcripts.flagging import MISSED, TEXT, flag_words, place_of


@pytest.fixture
def transcript(home: Home, world: World) -> Transcript:
    return making.to_codable(home, world, making.upload(TEXT))


def watcher_of(home: Home, person: Person, transcript: Transcript) -> Watcher:
    with home.data.transaction() as db:
        token = sessions.open_session(db, person.id)
        db.flush()
        session_id = db.exec(select(SignIn.id).where(col(SignIn.token_hash) == hashing.token_hash(token))).one()
    return Watcher(home.data, token, session_id, transcript.study_id, transcript.id, is_demo=True)


def data_of(event: str | None) -> Any:
    assert event
    assert event.startswith("event: hidden\n")
    return json.loads(event.partition("\n\n")[0].partition("data: ")[2])


def test_it_is_told_what_is_hidden_now_and_then_only_changes(home: Home, world: World, transcript: Transcript) -> None:
    place = place_of(home, transcript, MISSED)
    watcher = watcher_of(home, world.pi, transcript)
    assert data_of(watcher.look()) == {"version": 1, "revision": 0, "hidden": []}
    assert watcher.look() == ""
    flag_words(home, world.coder, transcript)
    said = watcher.look()
    assert data_of(said) == {"version": 1, "revision": 1, "hidden": [[place.start, place.end]]}
    assert MISSED not in str(said)
    assert watcher.look() == ""


def _sign_out(db: Session, world: World, transcript: Transcript) -> None:
    sessions.end_all(db, world.coder.id)


def _idle(db: Session, world: World, transcript: Transcript) -> None:
    for row in db.exec(select(SignIn).where(col(SignIn.person_id) == world.coder.id)):
        row.last_seen = now() - timedelta(minutes=31)


def _take_off(db: Session, world: World, transcript: Transcript) -> None:
    db.execute(delete(Assignment).where(col(Assignment.transcript_id) == transcript.id))


def _end_membership(db: Session, world: World, transcript: Transcript) -> None:
    accounts.end_membership(db, access_of(db, world.study, world.pi), world.coder.id)


def _withdraw(db: Session, world: World, transcript: Transcript) -> None:
    db.get_one(Transcript, transcript.id).state = TranscriptState.WITHDRAWN


@pytest.mark.parametrize("act", [_sign_out, _idle, _take_off, _end_membership, _withdraw])
def test_it_ends_with_the_right_to_read(
    home: Home, world: World, transcript: Transcript, act: Callable[[Session, World, Transcript], None]
) -> None:
    watcher = watcher_of(home, world.coder, transcript)
    assert data_of(watcher.look())
    with home.data.transaction() as db:
        act(db, world, transcript)
    assert watcher.look() == END


def test_listening_keeps_nobody_signed_in(home: Home, world: World, browser: Browser, transcript: Transcript) -> None:
    coder = browser.as_(world.coder)
    coder.app.state.streams = Streams(longest=0)  # type: ignore[attr-defined]  # the application under test
    with home.data.transaction() as db:
        row = db.exec(select(SignIn).where(col(SignIn.person_id) == world.coder.id)).one()
        row.last_seen = seen = now() - timedelta(minutes=20)
    answer = coder.get(f"/transcripts/{transcript.id}/live", headers={"Accept": "text/event-stream"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert data_of(answer.text.partition("\n\n")[2]) == {"version": 1, "revision": 0, "hidden": []}
    with home.data.read() as db:
        assert db.exec(select(SignIn.last_seen).where(col(SignIn.person_id) == world.coder.id)).one() == seen


def test_a_stream_that_ended_gives_its_place_back(world: World, browser: Browser, transcript: Transcript) -> None:
    coder = browser.as_(world.coder)
    streams = coder.app.state.streams = Streams(longest=0)  # type: ignore[attr-defined]  # the application under test
    path = f"/transcripts/{transcript.id}/live"
    assert [coder.get(path).status_code for _ in range(EACH + 1)] == [200] * (EACH + 1)
    assert not streams._open


def test_scripts_hear_that_something_was_hidden_where_they_read(
    home: Home, world: World, transcript: Transcript
) -> None:
    flag_words(home, world.coder, transcript, note="Сосед")
    with home.data.read() as db:
        heard = {
            name: [
                (event.topic, event.act, event.transcript_id)
                for event in happenings.since(db, access_of(db, world.study, person), 0)[0]
                if event.act.startswith("passage.")
            ]
            for name, person in world.by_name.items()
            if name not in {"outsider", "admin"}
        }
    told = [(happenings.Topic.TRANSCRIPT, "passage.flagged", transcript.id)]
    assert {name for name, events in heard.items() if events == told} == {"pi", "coder"}
    assert {name for name, events in heard.items() if not events} == heard.keys() - {"pi", "coder"}


def test_a_listener_whose_session_is_over_is_told_to_ask_no_more(
    home: Home, world: World, transcript: Transcript, browser: Browser
) -> None:
    """A listener can't show a page to sign in; a person who opens the address is led to it."""
    path = f"/transcripts/{transcript.id}/live"
    stranger = browser.with_token("")
    assert stranger.get(path, headers={"Accept": "text/event-stream"}).status_code == 204
    assert stranger.get(path, follow_redirects=False).status_code == 303
