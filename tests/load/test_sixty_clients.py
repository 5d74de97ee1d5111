"""Sixty people read and code at once on a real server: nothing locks, nothing fails, nothing acknowledged is lost."""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass, field
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from qualcoder.accounts import sessions
from qualcoder.accounts.models import Role
from qualcoder.audit import chain
from qualcoder.coding.models import Coding
from qualcoder.core.ids import CodeId, new_id
from qualcoder.home import Home
from qualcoder.transcripts import publishing
from qualcoder.transcripts.models import Transcript
from qualcoder.vault import hashing
from tests.coding.long_texts import make_long
from tests.homes import Backend, World, add_member, make_person
from tests.load.server import Server, serving
from tests.transcripts import making

CLIENTS = 60
SECONDS = 8
PATIENCE = 600
WORDS = 2_000


@dataclass(slots=True)
class Seen:
    """What one client was answered."""

    acknowledged: set[UUID] = field(default_factory=set)
    removed: set[UUID] = field(default_factory=set)
    statuses: list[int] = field(default_factory=list)
    coded: int = 0


@pytest.mark.slow
@pytest.mark.parametrize("backend", [Backend.WAL, Backend.DELETE])
def test_sixty_clients_at_once_meet_no_lock_and_lose_no_coding(home: Home, world: World) -> None:
    codes = making.import_codes(home, world)
    transcripts = [make_long(home, world, WORDS) for _ in range(3)]
    tokens = _coders(home, world, transcripts)
    with serving(home) as server:
        seen = [Seen() for _ in tokens]
        stop = threading.Event()
        threads = [
            threading.Thread(target=_work, args=(server, token, transcripts, codes["WATER"], mine, stop, n))
            for n, (token, mine) in enumerate(zip(tokens, seen, strict=True))
        ]
        for thread in threads:
            thread.start()
        time.sleep(SECONDS)
        # A slow machine gets the time that everybody needs for one act.
        for _ in range(PATIENCE):
            if sum(len(mine.acknowledged) for mine in seen) > CLIENTS:
                break
            time.sleep(1)
        stop.set()
        for thread in threads:
            thread.join(timeout=600)
        log = server.log.read_text("utf-8", "replace")
    statuses = [status for mine in seen for status in mine.statuses]
    # Busy is an honest answer of a slow machine: nothing was done, and the browser asks again.
    assert set(statuses) <= {200, 503}, sorted(set(statuses))
    assert "locked" not in log
    assert "incident" not in log
    acknowledged = set().union(*(mine.acknowledged for mine in seen))
    removed = set().union(*(mine.removed for mine in seen))
    assert len(acknowledged) > CLIENTS
    with home.data.read() as db:
        assert set(db.exec(select(Coding.id).where(col(Coding.deleted_at).is_(None)))) == acknowledged - removed
        assert set(db.exec(select(Coding.id))) == acknowledged
        assert [verdict for verdict in chain.verify_all(db) if not verdict.is_whole] == []


def _coders(home: Home, world: World, transcripts: list[Transcript]) -> list[str]:
    tokens = []
    with home.data.transaction() as db:
        people = [make_person(db, f"coder{n}@load.example.org") for n in range(CLIENTS)]
        for person in people:
            add_member(db, world.study, person, Role.CODER)
            tokens.append(sessions.open_session(db, person.id))
    for transcript in transcripts:
        with home.data.transaction() as db:
            publishing.assign(db, world.pi, transcript.id, [person.id for person in people])
    return tokens


def _work(
    server: Server,
    token: str,
    transcripts: list[Transcript],
    code: CodeId,
    mine: Seen,
    stop: threading.Event,
    seed: int,
) -> None:
    draw = random.Random(seed)
    with server.client() as browser:
        browser.cookies.set("qc", token)
        browser.headers["X-CSRF"] = hashing.csrf_token(token)
        while not stop.is_set():
            try:
                _one_act(browser, draw.choice(transcripts), code, mine, draw)
            except httpx.HTTPError as problem:
                mine.statuses.append(599)
                raise AssertionError("the server did not answer") from problem


def _one_act(browser: httpx.Client, transcript: Transcript, code: CodeId, mine: Seen, draw: random.Random) -> None:
    path = f"/transcripts/{transcript.id}"
    what = draw.random()
    if what < 0.15:
        mine.statuses.append(browser.get(path).status_code)
        return
    if what < 0.25 and mine.acknowledged - mine.removed:
        gone = draw.choice(sorted(mine.acknowledged - mine.removed))
        answer = browser.delete(f"/codings/{gone}")
        mine.statuses.append(answer.status_code)
        if answer.status_code == 200:
            mine.removed.add(gone)
        return
    # Stretches that don't touch: over one's own passage the same code makes no new coding.
    mine.coded += 1
    start, coding_id = mine.coded * 47 % (transcript.n_chars - 60), new_id()
    sent = {"transcript_id": str(transcript.id), "version": 1, "start": start, "end": start + 40, "code_id": str(code)}
    answer = browser.put(f"/codings/{coding_id}", content=json.dumps(sent))
    mine.statuses.append(answer.status_code)
    if answer.status_code == 200:
        mine.acknowledged.add(coding_id)
