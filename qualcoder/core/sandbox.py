"""A function run on bytes in a child process: little memory and time, no files, no output but one answer.

Files that people bring are read by libraries that were never meant for hostile ones. What a child does wrong (hangs,
grows, crashes) ends with the child, and the person gets a sentence.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from qualcoder.core.archives import damaged
from qualcoder.core.errors import Invalid, Unavailable
from qualcoder.core.messages import N_

MB = 1024 * 1024
MAX_ANSWER = 100 * MB
_AT_ONCE = max(2, os.cpu_count() or 2)
_WAIT_SECONDS = 60.0
_PIECE = 256 * 1024
_LAST_BREATH = 1.0
_ROOT = Path(__file__).resolve().parents[2]
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from qualcoder.core import sandbox_child; sandbox_child.main()"
_places = threading.BoundedSemaphore(_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use. Processor time is that of the whole child, the wait that of one answer."""

    memory_mb: int = 512
    cpu_seconds: int = 20
    wait_seconds: float = 120.0


def too_heavy() -> Invalid:
    """The refusal of a file whose reading was ended."""
    return Invalid(
        N_("Reading this file takes more time or memory than is allowed. Upload a smaller one, or its text as .txt."),
        status=413,
    )


def run(task: str, argument: str, raw: bytes, limits: Limits | None = None) -> object:
    """What `task` ("module:function", called with argument and bytes) gives, as JSON carries it.

    Raises the Invalid that the task raised, or a plain one when the child was ended, died or answered nonsense.
    """
    if not _places.acquire(timeout=_WAIT_SECONDS):
        raise Unavailable(N_("Too many files are being read just now. Try again in a minute."))
    try:
        with Child(limits or Limits()) as child:
            return child.ask(task, argument, raw)
    finally:
        _places.release()


@dataclass(slots=True)
class Child:
    """A child that answers one question after another. It starts with the first, and anew after a death.

    `process` is the one alive, if any.
    """

    limits: Limits
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.end()

    def ask(self, task: str, argument: str, raw: bytes) -> object:
        """See `run`."""
        head = json.dumps([task, argument]).encode()
        try:
            answer = _exchange(self._started(), struct.pack(">IQ", len(head), len(raw)) + head, raw, self.limits)
        except _Ended as ended:
            self.end()
            raise (too_heavy() if ended.is_heavy else damaged()) from None
        return _opened(answer)

    def _started(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            limits = [self.limits.memory_mb * MB, self.limits.cpu_seconds]
            command = [sys.executable, "-I", "-B", "-X", "utf8", "-c", _BOOT, str(_ROOT), json.dumps(limits)]
            self.process = subprocess.Popen(  # noqa: S603  # our own interpreter and our own program
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd="/",
                env=_environment(),
            )
        return self.process

    def end(self) -> None:
        """Kill the child if it lives, and wait for it."""
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()


def _environment() -> dict[str, str]:
    """Nothing of ours: no secret is in reach of the child. One thread, as each reserves memory."""
    kept = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PATH")
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {name: os.environ[name] for name in kept if name in os.environ} | dict.fromkeys(threads, "1")


class _Ended(Exception):
    """The child gave no whole answer; heavy when time, memory or the length of the answer was the reason."""

    def __init__(self, *, is_heavy: bool) -> None:
        super().__init__()
        self.is_heavy = is_heavy


def _exchange(process: subprocess.Popen[bytes], head: bytes, raw: bytes, limits: Limits) -> bytes:
    """Write the question and read the answer side by side, until the deadline."""
    deadline = time.monotonic() + limits.wait_seconds
    waiting = [memoryview(head), memoryview(raw)]
    answer = bytearray()
    if process.stdin is None or process.stdout is None:
        raise _Ended(is_heavy=False)
    os.set_blocking(process.stdin.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdin, selectors.EVENT_WRITE)
        selector.register(process.stdout, selectors.EVENT_READ)
        while not _is_whole(answer):
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                raise _Ended(is_heavy=True)
            for key, _events in ready:
                if key.fileobj is process.stdout:
                    _take(process, answer)
                elif not _give(process, waiting):
                    selector.unregister(process.stdin)
    return bytes(answer[8:])


def _give(process: subprocess.Popen[bytes], waiting: list[memoryview]) -> bool:
    """Write what fits; whether there is more."""
    while waiting and not waiting[0]:
        waiting.pop(0)
    if not waiting or process.stdin is None:
        return False
    try:
        written = os.write(process.stdin.fileno(), waiting[0][:_PIECE])
    except BlockingIOError:
        return True
    except OSError:
        return False
    waiting[0] = waiting[0][written:]
    return True


def _take(process: subprocess.Popen[bytes], answer: bytearray) -> None:
    piece = os.read(process.stdout.fileno(), _PIECE) if process.stdout else b""
    if not piece:
        raise _Ended(is_heavy=_died_of_limits(process))
    answer += piece
    if len(answer) >= 8 and struct.unpack_from(">Q", answer)[0] > MAX_ANSWER:
        raise _Ended(is_heavy=True)


def _is_whole(answer: bytearray) -> bool:
    return len(answer) >= 8 and len(answer) - 8 >= struct.unpack_from(">Q", answer)[0]


def _died_of_limits(process: subprocess.Popen[bytes]) -> bool:
    """Ended by a signal: processor time (XCPU, KILL) or memory that a library could not do without (ABRT, SEGV)."""
    try:
        return process.wait(timeout=_LAST_BREATH) < 0
    except subprocess.TimeoutExpired:
        return False


def _opened(answer: bytes) -> object:
    try:
        kind, value = json.loads(answer)
    except ValueError:
        raise damaged() from None
    match kind, value:
        case "value", _:
            return value
        case "invalid", [str(message), int(status), dict(params)]:
            refusal = Invalid(message, status=status)
            refusal.params = {str(k): v for k, v in params.items() if isinstance(v, str | int)}
            raise refusal
        case "heavy", _:
            raise too_heavy()
    raise damaged()
