"""The private folder of a backup is its owner's only, one at a time, and gone even after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qualcoder.core.errors import Unavailable
from qualcoder.vault import staging

HOLDS_IT = """
import sys
from pathlib import Path
from qualcoder.vault import staging
with staging.private_folder(Path(sys.argv[1])) as folder:
    (folder / "copy").write_bytes(b"sealed rows")
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_it_is_private_and_goes_with_the_block(tmp_path: Path) -> None:
    with staging.private_folder(tmp_path) as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "copy").touch()
        assert staging.is_leftover(folder)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KeyError), staging.private_folder(tmp_path):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_there_is_one_at_a_time_and_a_sweep_leaves_it_alone(tmp_path: Path) -> None:
    with staging.private_folder(tmp_path) as folder:
        with pytest.raises(Unavailable), staging.private_folder(tmp_path):
            pass
        staging.sweep(tmp_path)
        assert folder.exists()


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "data.db").touch()
    for sweeps in (staging.sweep, lambda home: staging.private_folder(home).__enter__()):
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDS_IT, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"ready\n"
        (left,) = tmp_path.glob(f"{staging.PREFIX}*")
        staging.sweep(tmp_path)
        assert (left / "copy").exists()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdin.close()
        holder.stdout.close()
        assert left.exists()
        sweeps(tmp_path)
        assert not left.exists()
        assert (tmp_path / "data.db").exists()
