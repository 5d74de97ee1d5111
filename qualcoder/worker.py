"""The worker: a child of `serve` that gets the root key through a pipe, or a process of its own.

When the pipe closes, because the server sealed itself or died, the worker ends at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import fields

from qualcoder.home import Home, open_home
from qualcoder.settings import Settings
from qualcoder.vault.aead import KEY_BYTES


def work(home: Home) -> None:
    """Do background work until the process is told to end."""
    consumer = home.queue.create_consumer(workers=1, worker_type="thread", initial_delay=0.05, max_delay=0.5)
    consumer.run()


def main() -> None:
    """Entry of the child process: root key on standard input."""
    root = sys.stdin.buffer.read(KEY_BYTES)
    if len(root) != KEY_BYTES:
        return
    home = open_home(Settings.from_environment())
    home.keyring.unseal_with_root(root)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work(home)


def _end_with_parent() -> None:
    sys.stdin.buffer.read(1)
    os._exit(0)


class WorkerChild:
    """The worker of a serving process."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the child and hand it the root key; does nothing if it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        self._process = subprocess.Popen(
            [sys.executable, "-m", "qualcoder.worker"], stdin=subprocess.PIPE, env=environment(self._home.settings)
        )
        pipe = self._process.stdin
        if pipe is not None:
            pipe.write(self._home.keyring.root)
            pipe.flush()

    def stop(self) -> None:
        """End the child by closing its pipe."""
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


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
