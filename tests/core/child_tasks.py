"""What a child process may be asked in tests, most of it bad."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from qualcoder.core.errors import Invalid


def size(argument: str, raw: bytes) -> list[object]:
    return [argument, len(raw)]


def spin(_argument: str, _raw: bytes) -> None:
    while True:
        pass


def sleep(_argument: str, _raw: bytes) -> None:
    time.sleep(600)


def grow(_argument: str, _raw: bytes) -> int:
    return len(bytearray(2 << 30))


def recurse(argument: str, raw: bytes) -> int:
    return recurse(argument, raw) + 1


def speak(_argument: str, _raw: bytes) -> str:
    os.write(1, b"\0" * 100)
    os.write(2, b"\0" * 100)
    sys.stdout.write("said\n")
    return "answer"


def write(argument: str, _raw: bytes) -> str:
    try:
        Path(argument).write_bytes(b"secret")
    except OSError as refused:
        return type(refused).__name__
    return "written"


def environment(_argument: str, _raw: bytes) -> list[str]:
    return sorted(os.environ)


def exit_now(_argument: str, _raw: bytes) -> None:
    os._exit(3)


def abort(_argument: str, _raw: bytes) -> None:
    os.abort()


def deafen(_argument: str, _raw: bytes) -> None:
    """Close every pipe and stay."""
    os.closerange(0, 32)
    threading.Event().wait()


def chatter(_argument: str, _raw: bytes) -> str:
    return "x" * (120 << 20)


def nonsense(_argument: str, _raw: bytes) -> object:
    return object()


def refuse(_argument: str, _raw: bytes) -> None:
    raise Invalid("Not more than %(limit)s.", status=413, limit=7)
