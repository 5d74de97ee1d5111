"""The real program: people code while a backup is made, the machine is lost, and the restored one has all they did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from qualcoder.accounts import sessions
from qualcoder.accounts.models import Role
from qualcoder.audit import chain
from qualcoder.coding.models import Coding, Command
from qualcoder.core.clock import now
from qualcoder.core.ids import CodeId, PersonId, new_id
from qualcoder.core.models import Job, JobState
from qualcoder.core.queue import STALE_AFTER
from qualcoder.home import Home, open_home
from qualcoder.settings import Settings
from qualcoder.transcripts import publishing
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.vault import hashing
from qualcoder.worker import environment
from tests.canaries.scanner import find_in_files
from tests.coding.long_texts import make_long
from tests.custody.conftest import EmptyPlace
from tests.custody.copying import Offsite, is_empty, make_offsite, with_keyfile
from tests.homes import Backend, World, add_member, make_person
from tests.load.server import Server, serving, write_keyfile
from tests.transcripts import making

CODERS = 12
WAITING = 3
PATIENCE_SECONDS = 600
NAME = "Ойдантапжанов"
SAID = "Респондент: Меня зовут Серик {name}, звоните +7 700 000 00 {n:02d}, пишите serik{n}@example.org.\n"


@dataclass(slots=True)
class Team:
    """Coders at work over HTTP, and what the server acknowledged to them."""

    server: Server
    tokens: list[str]
    transcripts: list[Transcript]
    code: CodeId
    acknowledged: set[UUID] = field(default_factory=set)
    tried: set[UUID] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)
    enough: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator[Team]:
        threads = [threading.Thread(target=self._work, args=(n, token)) for n, token in enumerate(self.tokens)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self.enough.set()
            for thread in threads:
                thread.join(timeout=600)

    def _work(self, n: int, token: str) -> None:
        transcript = self.transcripts[n % len(self.transcripts)]
        with signed_in(self.server, token) as browser:
            start = n
            while not self.enough.is_set():
                coding_id = new_id()
                self.tried.add(coding_id)
                status = add_coding(browser, transcript, coding_id, self.code, start).status_code
                self.statuses.add(status)
                if status == 200:
                    self.acknowledged.add(coding_id)
                start = (start + 7) % (transcript.n_chars - 60)

    def wait_for_more(self, count: int) -> None:
        wanted = len(self.acknowledged) + count
        until(lambda: len(self.acknowledged) >= wanted)


def until(is_so: Callable[[], bool]) -> None:
    """Look ten times a second, for ten minutes at most."""
    waits = threading.Event()
    for _ in range(PATIENCE_SECONDS * 10):
        if is_so():
            return
        waits.wait(0.1)
    raise AssertionError("waited in vain")


def signed_in(server: Server, token: str) -> httpx.Client:
    browser = server.client()
    browser.cookies.set("qc", token)
    browser.headers["X-CSRF"] = hashing.csrf_token(token)
    return browser


def add_coding(
    browser: httpx.Client, transcript: Transcript, coding_id: UUID, code: CodeId, start: int
) -> httpx.Response:
    sent = {
        "transcript_id": str(transcript.id),
        "version": 1,
        "start": start,
        "end": start + 40,
        "code_id": str(code),
    }
    return browser.put(f"/codings/{coding_id}", content=json.dumps(sent))


def run(settings: Settings, temp: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "qualcoder", *map(str, arguments)],
        env={**environment(settings), "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(temp)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _team(home: Home, world: World, transcripts: list[Transcript]) -> list[str]:
    with home.data.transaction() as db:
        people = [make_person(db, f"coder{n}@load.example.org") for n in range(CODERS)]
        for person in people:
            add_member(db, world.study, person, Role.CODER)
        tokens = [sessions.open_session(db, person.id) for person in people]
    for transcript in transcripts:
        with home.data.transaction() as db:
            publishing.assign(db, world.pi, transcript.id, [person.id for person in people])
    return tokens


def _upload_more(home: Home, world: World) -> list[Transcript]:
    """Transcripts for the worker, each with a hundred and fifty things to find."""
    found = []
    for number in range(WAITING):
        text = "Интервьюер: Кто вы?\n" + "".join(SAID.format(name=NAME, n=n) for n in range(50))
        transcript = making.receive(home, world, making.upload(f"{text}Респондент: {number}.\n".encode()))
        making.confirm(home, transcript, world.pi)
        found.append(transcript)
    return found


@dataclass(frozen=True, slots=True)
class Copied:
    """What lies elsewhere when the machine is lost, and what had been promised by then."""

    data: Path
    keys: Path
    before: set[UUID]
    tried: set[UUID]


def _copy_while_coding(home: Home, team: Team, settings: Settings, offsite: Offsite, temp: Path) -> Copied:
    data, keys = offsite.folder / "b.age", offsite.folder / "k.age"
    with team.at_work():
        team.wait_for_more(40)
        assert _waiting(home)
        before = set(team.acknowledged)
        made = run(settings, temp, "backup", "--out", data, "--recipient", offsite.recipient, "--json")
        assert (made.returncode, made.stderr) == (0, "")
        assert len(team.acknowledged) > len(before)
        tried = set(team.tried)
        copied = run(settings, temp, "keys", "copy", "--out", keys, "--recipient", offsite.recipient)
        assert (copied.returncode, copied.stderr) == (0, "")
        team.wait_for_more(20)
    # Busy is an honest answer of a slow machine: nothing was done, and the browser asks again.
    assert team.statuses <= {200, 503}
    return Copied(data, keys, before, tried)


def _waiting(home: Home) -> int:
    unfinished = [TranscriptState.RECEIVED, TranscriptState.DETECTING]
    with home.data.read() as db:
        return len(db.exec(select(Transcript.id).where(col(Transcript.state).in_(unfinished))).all())


@pytest.mark.slow
@pytest.mark.parametrize("backend", [Backend.WAL, Backend.POSTGRESQL])
def test_a_machine_that_is_lost_while_people_code_comes_back_with_all_they_had_done(
    home: Home, world: World, offsite: Offsite, empty_place: EmptyPlace, tmp_path: Path
) -> None:
    code = making.import_codes(home, world)["WATER"]
    transcripts = [make_long(home, world, 2_000) for _ in range(3)]
    tokens = _team(home, world, transcripts)
    settings = replace(home.settings, keyfile=str(write_keyfile(home)))
    temp = tmp_path / "temp"
    temp.mkdir()
    with serving(home) as server:
        waiting = _upload_more(home, world)
        copied = _copy_while_coding(home, Team(server, tokens, transcripts, code), settings, offsite, temp)
        server.process.kill()
        log = server.log.read_text("utf-8", "replace")
    assert "locked" not in log
    assert "incident" not in log
    place = replace(empty_place(), keyfile=settings.keyfile)
    _refuses_without_all_three(place, copied, offsite, temp)
    files: list[str | Path] = ["--keys", copied.keys, "--identity", offsite.identity]
    done = run(place, temp, "restore", copied.data, "--home", place.home, *files, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["has_problem"] is False
    assert list(temp.iterdir()) == []
    restored = open_home(place)
    try:
        assert with_keyfile(restored.keyring)
        _has_everything(restored, copied)
        _goes_on(restored, world, tokens[0], transcripts[0], waiting, code)
    finally:
        restored.close()
    words = {"a name": NAME, "a word of the text": making.NAME}
    assert find_in_files([home.settings.home, place.home, offsite.folder, temp], words) == []


def _refuses_without_all_three(place: Settings, copied: Copied, offsite: Offsite, temp: Path) -> None:
    stranger = make_offsite(offsite.folder / "stranger")
    for keys, identity in ((copied.keys, stranger.identity), (copied.data, offsite.identity)):
        arguments: list[str | Path] = ["--home", place.home, "--keys", keys, "--identity", identity]
        done = run(place, temp, "restore", copied.data, *arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert is_empty(place)
        assert not place.home.exists()
        assert list(temp.iterdir()) == []


def _has_everything(restored: Home, copied: Copied) -> None:
    with restored.data.read() as db:
        # Every act is in the log under the id that its client gave it.
        found = set(db.exec(select(Command.id)))
        assert all(verdict.is_whole for verdict in chain.verify_all(db))
    assert copied.before <= found <= copied.tried


def _goes_on(
    restored: Home, world: World, old_token: str, transcript: Transcript, waiting: list[Transcript], code: CodeId
) -> None:
    """Served again: old sessions are dead, people code on, and the worker ends what it had begun."""
    with restored.data.transaction() as db:
        coder = sessions.open_session(db, PersonId(db.exec(select(Coding.coder_id).limit(1)).one()))
        pi = sessions.open_session(db, world.pi.id)
        # As after the minutes that a restore takes in earnest: the job that was running then counts as left.
        for job in db.exec(select(Job).where(col(Job.state) == JobState.RUNNING)):
            job.changed_at = now() - STALE_AFTER - timedelta(seconds=1)
    with serving(restored) as server:
        with signed_in(server, old_token) as browser:
            assert browser.get(f"/transcripts/{transcript.id}").status_code == 303
        with signed_in(server, coder) as browser:
            assert browser.get(f"/transcripts/{transcript.id}").status_code == 200
            assert add_coding(browser, transcript, new_id(), code, 3).status_code == 200
        until(lambda: not _waiting(restored))
        with signed_in(server, pi) as browser:
            for one in waiting:
                assert browser.get(f"/transcripts/{one.id}/review").status_code == 200
