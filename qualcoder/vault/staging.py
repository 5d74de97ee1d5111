"""A private folder inside a home for the minutes of a backup or a restore: gone at the end, even after a crash."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qualcoder.core.errors import Unavailable
from qualcoder.core.messages import N_

PREFIX = "staging-"


@contextmanager
def private_folder(home: Path) -> Iterator[Path]:
    """An empty 0700 folder in `home`; one at a time. What a killed process left is removed first."""
    with _locked(home) as is_mine:
        if not is_mine:
            raise Unavailable(N_("A backup or a restore of this home is running. Wait until it has ended."))
        _remove_leftovers(home)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep(home: Path) -> None:
    """Remove what a killed backup left, unless one is running. `serve` does this when it starts."""
    with _locked(home) as is_mine:
        if is_mine:
            _remove_leftovers(home)


def is_leftover(path: Path) -> bool:
    """Whether a backup or restore made this folder."""
    return path.name.startswith(PREFIX) and path.is_dir()


def _remove_leftovers(home: Path) -> None:
    for path in home.iterdir():
        if is_leftover(path):
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(home: Path) -> Iterator[bool]:
    # The kernel drops the lock with the process; a lock on the folder itself leaves no file behind.
    folder = os.open(home, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(folder)
