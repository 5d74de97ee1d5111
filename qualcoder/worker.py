"""The worker: a child of `serve` that gets the root key through a pipe, or a process of its own.

When the pipe closes, because the server sealed itself or died, the worker ends at once.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from dataclasses import fields

from qualcoder.coding import index_socket
from qualcoder.coding.index import Index
from qualcoder.core.queue import unfinished
from qualcoder.home import Home, open_home
from qualcoder.settings import Settings
from qualcoder.vault.aead import KEY_BYTES

# Long enough that a worker which dies at its start doesn't keep the machine busy.
RESTART_AFTER_SECONDS = 3.0


def work(home: Home) -> None:
    """Do background work until the process is told to end; first what an earlier worker left."""
    dump_no_core()
    for job_id in unfinished(home.data):
        home.nudge(job_id)
    consumer = home.queue.create_consumer(workers=1, worker_type="thread", initial_delay=0.05, max_delay=0.5)
    consumer.run()


def main() -> None:
    """Entry of the child process: root key on standard input."""
    dump_no_core()
    root = sys.stdin.buffer.read(KEY_BYTES)
    if len(root) != KEY_BYTES:
        return
    home = open_home(Settings.from_environment())
    home.keyring.unseal_with_root(root)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if not home.settings.search_memory_mb:
        work(home)
        return
    with index_socket.serving(home.settings.search_socket, Index(home.data, home.settings.search_memory_mb)):
        work(home)


def dump_no_core() -> None:
    """No core dumps of this process and its children: they would hold keys and text."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_with_parent() -> None:
    sys.stdin.buffer.read(1)
    os._exit(0)


class WorkerChild:
    """The worker of a serving process. One that dies by itself, killed for its memory say, is followed by another."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the child and hand it the root key; does nothing if it runs."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._process = self._begin()

    def _begin(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "qualcoder.worker"], stdin=subprocess.PIPE, env=environment(self._home.settings)
        )
        pipe = process.stdin
        if pipe is not None:
            pipe.write(self._home.keyring.root)
            pipe.flush()
        threading.Thread(target=self._follow, args=(process,), daemon=True).start()
        return process

    def _follow(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        time.sleep(RESTART_AFTER_SECONDS)
        with self._lock:
            if self._process is process:
                self._process = self._begin()

    def stop(self) -> None:
        """End the child by closing its pipe."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with contextlib.suppress(OSError):
            self._home.settings.search_socket.unlink()


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which another process has these settings."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("QUALCODER_")}
    for field in fields(settings):
        value = getattr(settings, field.name)
        text = str(int(value)) if isinstance(value, bool) else str(value)
        if text:
            given[f"QUALCODER_{field.name.upper()}"] = text
    return given


if __name__ == "__main__":
    main()
