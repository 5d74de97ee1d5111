"""A throw-away PostgreSQL: started by an unprivileged user, reached through a socket, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

_START_SECONDS = 180
_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300", "listen_addresses=")


def find_binaries() -> Path | None:
    """The folder with initdb and postgres, the newest first; None where there is none."""
    folders: list[Path] = []
    if shutil.which("pg_config"):
        asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(asked.stdout.strip()))
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root, so root hands it to somebody who owns nothing else."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server."""

    socket_folder: Path

    def url(self, name: str) -> str:
        """The address of one of its databases, as QUALCODER_DATABASE_URL takes it."""
        return f"postgresql+psycopg://qualcoder@/{name}?host={self.socket_folder}"

    def run(self, statement: str) -> None:
        """One statement outside any transaction, such as CREATE DATABASE."""
        with psycopg.connect(self._dsn(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create(self, name: str, template: str = "template0") -> None:
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop(self, name: str) -> None:
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def is_up(self) -> bool:
        try:
            psycopg.connect(self._dsn(), connect_timeout=10).close()
        except psycopg.OperationalError:
            return False
        return True

    def _dsn(self) -> str:
        return f"host={self.socket_folder} user=qualcoder dbname=postgres"


@contextmanager
def running(binaries: Path) -> Iterator[Cluster]:
    """A fresh cluster for the length of the block. A socket's path must stay under 108 bytes, so it lies high up."""
    folder = Path(tempfile.mkdtemp(prefix="qc-pg-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
    user = _unprivileged()
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    try:
        _initialise(binaries, folder, user)
        with _server(binaries, folder, user) as server:
            cluster = Cluster(folder)
            _wait_until_up(cluster, server, folder)
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(binaries: Path, folder: Path, user: str | None) -> None:
    command = [str(binaries / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "qualcoder"]
    command += ["-E", "UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(command, cwd=folder, user=user, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed: {done.stderr.strip()}")


@contextmanager
def _server(binaries: Path, folder: Path, user: str | None) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    for option in _OPTIONS:
        command += ["-c", option]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, user=user, stdout=log, stderr=log)
    try:
        yield server
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=180)


def _wait_until_up(cluster: Cluster, server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not cluster.is_up():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError((folder / "log").read_text(errors="replace")[-2000:])
        time.sleep(0.05)
