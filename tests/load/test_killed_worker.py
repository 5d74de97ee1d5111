"""The worker is killed without warning in the middle of its work: nothing is lost, with and without a restart."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from qualcoder.anonymise.models import PiiSpan
from qualcoder.core.clock import now
from qualcoder.core.models import Job, JobState
from qualcoder.core.queue import STALE_AFTER
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript, TranscriptState
from tests.homes import World
from tests.load.server import Server, serving
from tests.transcripts import making

TRANSCRIPTS = 4
PATIENCE_SECONDS = 600
SAID = "Респондент: Меня зовут Серик Ойдантапов, звоните +7 700 000 00 {n:02d}, пишите serik{n}@example.org.\n"


@pytest.fixture
def waiting(home: Home, world: World) -> list[Transcript]:
    """Transcripts that nobody has searched yet, each with a hundred and fifty things to find."""
    found = []
    for number in range(TRANSCRIPTS):
        text = "Интервьюер: Кто вы?\n" + "".join(SAID.format(n=n) for n in range(50)) + f"Респондент: {number}.\n"
        transcript = making.receive(home, world, making.upload(text.encode()))
        making.confirm(home, transcript, world.pi)
        found.append(transcript)
    return found


@pytest.mark.slow
def test_after_a_restart_every_transcript_comes_to_review(home: Home, world: World, waiting: list[Transcript]) -> None:
    with serving(home) as server:
        _until(lambda: _running(home) > 0)
        os.kill(_worker_of(server), signal.SIGKILL)
        server.process.kill()
    _let_time_pass(home)
    with serving(home):
        _until(lambda: _states(home) == {TranscriptState.REVIEW})
    _all_is_found_once(home, waiting)


@pytest.mark.slow
def test_a_server_whose_worker_was_killed_starts_another(home: Home, world: World, waiting: list[Transcript]) -> None:
    with serving(home) as server:
        _until(lambda: _running(home) > 0)
        first = _worker_of(server)
        os.kill(first, signal.SIGKILL)
        _let_time_pass(home)
        _until(lambda: _states(home) == {TranscriptState.REVIEW})
        assert _worker_of(server) != first
    _all_is_found_once(home, waiting)


def _until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > until:
            raise AssertionError("waited in vain")
        time.sleep(0.1)


def _worker_of(server: Server) -> int:
    """The one child of the serving process, by the kernel's own list."""
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        pytest.skip("this kernel does not list children")
    _until(lambda: bool(_children(server)))
    return _children(server)[0]


def _children(server: Server) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{server.process.pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _running(home: Home) -> int:
    with home.data.read() as db:
        return len(db.exec(select(Job.id).where(col(Job.state) == JobState.RUNNING, col(Job.done) > 0)).all())


def _states(home: Home) -> set[TranscriptState]:
    with home.data.read() as db:
        return {TranscriptState(state) for state in db.exec(select(Transcript.state))}


def _let_time_pass(home: Home) -> None:
    """As if the two minutes had gone by after which a job counts as left."""
    with home.data.transaction() as db:
        for job in db.exec(select(Job).where(col(Job.state) == JobState.RUNNING)):
            job.changed_at = now() - STALE_AFTER - timedelta(seconds=1)


def _all_is_found_once(home: Home, waiting: list[Transcript]) -> None:
    places = []
    for transcript in waiting:
        spans = making.findings(home, transcript.id)
        assert len({(span.start, span.end, span.label) for span in spans}) == len(spans)
        places.append([(span.start, span.end, span.label) for span in spans])
    assert len(places[0]) >= 150
    assert all(found == places[0] for found in places)
    with home.data.read() as db:
        assert {job.state for job in db.exec(select(Job))} == {JobState.DONE}
        assert len(db.exec(select(PiiSpan.id)).all()) == sum(map(len, places))
