"""What tests prepare again and again is built once in a process: the files of the home are kept, and put back.

Only steps from a fresh home on are kept: the world, then the codes in it, then a released text. On PostgreSQL every
test builds its own.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from qualcoder.home import Home

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """The files of a home after a step, and what the step gave."""

    folder: Path
    state: bytes
    value: object


_beginnings: set[bytes] = set()
_steps: dict[tuple[bytes, str], Step] = {}


def begins(folder: Path) -> None:
    """The files in this folder are those of a fresh home."""
    _beginnings.add(_digest(folder))


def remembered(home: Home, step: str, build: Callable[[], T], again: Callable[[T], T]) -> T:
    """What `build` gives; when this step was done from this very state before, its files, and `again` of what it gave.

    `again` reads rows anew, so that no test sees what another did with its own.
    """
    folder = home.settings.home
    before = _state(home) if home.data.is_sqlite else None
    if before is None or before not in _beginnings:
        return build()
    known = _steps.get((before, step))
    if known is None:
        value = build()
        if (after := _state(home)) is not None:
            kept = Path(tempfile.mkdtemp(prefix="qc-step-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
            atexit.register(shutil.rmtree, kept, ignore_errors=True)
            shutil.copytree(folder, kept, dirs_exist_ok=True)
            _steps[before, step] = Step(kept, after, value)
            _beginnings.add(after)
        return value
    shutil.copytree(known.folder, folder, dirs_exist_ok=True)
    home.keyring.forget()
    return again(known.value)  # type: ignore[arg-type]  # the step's name stands for one kind of value


def _state(home: Home) -> bytes | None:
    """A digest of both databases with nobody connected; None while somebody is."""
    home.data.dispose()
    home.keys.dispose()
    return None if list(home.settings.home.glob("*.db-wal")) else _digest(home.settings.home)


def _digest(folder: Path) -> bytes:
    digest = hashlib.sha256()
    for name in ("data.db", "keys.db"):
        digest.update((folder / name).read_bytes())
    return digest.digest()
