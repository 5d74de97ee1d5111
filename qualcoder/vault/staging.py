"""A private folder inside a home for the minutes of a backup or a restore: gone at the end, even after a crash."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from qualcoder.core.errors import Unavailable
from qualcoder.core.messages import N_

PREFIX = "qualcoder-staging-"
UNDO = "undo"


@contextmanager
def private_folder(home: Path) -> Iterator[Path]:
    """An empty 0700 folder in `home`; one at a time. What a killed process left is removed first."""
    with _locked(home) as is_mine:
        if not is_mine:
            raise Unavailable(N_("A backup or a restore of this home is running. Wait until it has ended."))
        _remove_leftovers(home)
        try:
            folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
        except OSError:
            raise Unavailable(N_("The home can't be written. Is its disk full, or read only?")) from None
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def put_in_place(folder: Path, files: Sequence[tuple[Path, Path]]) -> None:
    """Move files out of a private folder, all or none; the last one decides, also for a process that was killed."""
    targets = [target for _file, target in files]
    arrivals = [target.with_name(f".{target.name}.arriving") for target in targets]
    _write_durably(folder / UNDO, json.dumps([str(path) for path in (targets[-1], *targets[:-1], *arrivals)]))
    try:
        for (file, target), arrival in zip(files, arrivals, strict=True):
            file.chmod(0o600)
            # An address of its own may name another disk than the home's: what crosses disks is not one step.
            shutil.move(file, arrival)
            _sync(arrival)
            arrival.rename(target)
            _sync(target.parent)
    except BaseException:
        _undo(folder)
        raise


def _write_durably(file: Path, content: str) -> None:
    file.write_text(content, "utf-8")
    _sync(file)
    _sync(file.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _undo(folder: Path) -> None:
    """Remove what a restore put in place, unless its last file arrived."""
    try:
        last, *others = (Path(path) for path in json.loads((folder / UNDO).read_text("utf-8")))
    except (OSError, ValueError):
        return
    # An empty file is one that somebody's look at half a home made.
    if not last.exists() or last.stat().st_size == 0:
        for path in (last, *others):
            path.unlink(missing_ok=True)


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
            _undo(path)
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
