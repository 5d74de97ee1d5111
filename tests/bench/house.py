"""A served home for measuring: the real server with its worker, people with sessions, memory of the processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from qualcoder.accounts import sessions, tokens
from qualcoder.accounts.access import study_by_id
from qualcoder.accounts.models import Person, Study
from qualcoder.accounts.permissions import Act
from qualcoder.home import Home
from qualcoder.worker import environment
from tests import homes
from tests.bench.filling import Filled
from tests.bench.wire import Wire
from tests.load.server import free_port, write_keyfile

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 60.0
FIRST_PAGE = "/sign-in"


@dataclass(slots=True)
class House:
    """A home, and the process that serves it while there is one."""

    home: Home
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    _sessions: dict[object, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        return self.home.settings.home.parent / f"{self.home.settings.home.name}.log"

    async def start(self) -> float:
        """Serve the home; seconds from the birth of the process to its first answer."""
        self.port = free_port()
        settings = replace(
            self.home.settings, port=self.port, keyfile=str(write_keyfile(self.home)), api_per_minute=10**9
        )
        variables = {**environment(settings), "PYTHONPATH": str(ROOT)}
        with self.log.open("ab") as out:
            begun = time.perf_counter()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "qualcoder", "serve"], env=variables, cwd=ROOT, stdout=out, stderr=out
            )
        while time.perf_counter() < begun + STARTS_WITHIN and self.process.poll() is None:
            wire = Wire(self.port)
            try:
                if (await wire.ask("GET", FIRST_PAGE)).status < 500:
                    return time.perf_counter() - begun
            except (OSError, ConnectionError):
                await asyncio.sleep(0.005)
            finally:
                wire.close()
        raise AssertionError(f"the server did not start: {self.log.read_text('utf-8', 'replace')[-2000:]}")

    def stop(self) -> None:
        """End what was started, the worker with it."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def token(self, person: Person) -> str:
        """A session of somebody who has signed in with both factors."""
        if person.id not in self._sessions:
            with self.home.data.transaction() as db:
                homes.give_factor(db, person)
                self._sessions[person.id] = sessions.open_session(db, person.id)
        return self._sessions[person.id]

    def wire(self, person: Person) -> Wire:
        """A connection of a person's own."""
        return Wire(self.port, token=self.token(person))

    def script(self, person: Person, study: Study) -> Wire:
        """A connection with a token of the API."""
        with self.home.data.transaction() as db:
            homes.give_factor(db, person)
            bearer = tokens.create(db, study_by_id(db, person, study.id, Act.SEE_STUDY))
        return Wire(self.port, bearer=bearer)

    def page(self, filled: Filled, name: str) -> str:
        return f"/studies/{filled.slug}/{name}"

    @property
    def server_id(self) -> int:
        assert self.process is not None
        return self.process.pid


@contextmanager
def made(template: homes.Template, folder: Path) -> Iterator[House]:
    """A fresh home that is not served yet; whatever serves it at the end is ended."""
    with homes.copied(template, folder) as home:
        house = House(home)
        try:
            yield house
        finally:
            house.stop()


# Memory -------------------------------------------------------------------------------------------------------


def family(pid: int) -> list[int]:
    """A process with its children and theirs; empty where /proc does not tell."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text()
        except OSError:
            continue
        parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def resident_mb(pid: int) -> float:
    """Resident memory of one process in MB (10^6), 0 where /proc does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
