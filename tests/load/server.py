"""`qualcoder serve` as a process of its own, on a free port, with its words kept in a file."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from qualcoder.home import Home
from qualcoder.worker import environment
from tests.homes import KEYFILE

PATIENCE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Server:
    """A serving process: where it answers, what it wrote to its outputs, its temp folder."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path
    temp: Path

    def client(self, **more: object) -> httpx.Client:
        """A browser nobody has signed in with."""
        headers = {"Origin": self.address}
        return httpx.Client(base_url=self.address, headers=headers, timeout=300, trust_env=False)


def write_keyfile(home: Home) -> Path:
    """The keyfile that opens every test home; it lies beside the home, not in it."""
    path = home.settings.home.parent / f"{home.settings.home.name}.key"
    if not path.exists():
        path.write_bytes(KEYFILE)
    return path


@contextmanager
def serving(home: Home, *, set_more: dict[str, str] | None = None) -> Iterator[Server]:
    """Serve a home until the block ends. Other processes may use the home meanwhile."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = replace(home.settings, port=port, keyfile=str(write_keyfile(home)))
    log = home.settings.home.parent / f"{home.settings.home.name}-{port}.log"
    temp = home.settings.home.parent / f"{home.settings.home.name}-{port}-tmp"
    temp.mkdir(mode=0o700)
    variables = {
        **environment(settings),
        "TMPDIR": str(temp),
        "PYTHONPATH": os.pathsep.join(sys.path),
        **(set_more or {}),
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "qualcoder", "serve"], env=variables, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _wait(address, process, log)
        yield Server(address, process, log, temp)
    finally:
        process.terminate()
        try:
            process.wait(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(f"the server ended at once: {log.read_text('utf-8', 'replace')[-2000:]}")
        try:
            if httpx.get(f"{address}/healthz", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer")
