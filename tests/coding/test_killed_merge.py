"""A merge of codes that is killed anywhere on its way is not there at all, and is done whole when it is asked again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from qualcoder.audit import chain
from qualcoder.worker import environment
from tests.coding.test_recoding import Desk, desk

__all__ = ["desk"]

MOST = 60


def killed_before(found: Desk, n: int) -> int:
    """Begin a merge in another process that is killed before its n-th write; how that process ended."""
    ids = (found.world.pi.id, found.world.study.id, found.codes["WATER"], found.codes["ROADS"])
    done = subprocess.run(
        [sys.executable, "-m", "tests.coding.dying", *map(str, ids), str(n)],
        env={**environment(found.home.settings), "PYTHONPATH": os.pathsep.join(sys.path)},
        input=found.home.keyring.root.hex(),
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode


@pytest.mark.slow
@pytest.mark.both_backends
def test_a_killed_merge_leaves_every_coding_as_it_was(desk: Desk) -> None:
    before = (desk.kept(), desk.tree(), desk.figures())
    writes = 0
    while killed_before(desk, writes) == -signal.SIGKILL:
        assert (desk.kept(), desk.tree(), desk.figures()) == before, f"killed before write {writes}"
        writes += 1
        assert writes < MOST
    # It was killed before each of its writes, and then it was done.
    assert writes > 3
    after = (desk.kept(), desk.tree(), desk.figures())
    assert after != before
    assert sum(desk.figures().values()) > 0
    with desk.home.data.read() as db:
        assert all(one.is_whole for one in chain.verify_all(db))
