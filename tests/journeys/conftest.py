"""A fresh home served for real, and browsers whose every fault fails the test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.served import Served, Troubles, command, environment_of, free_port, serving


@dataclass(frozen=True, slots=True)
class House:
    """A served home that nobody has entered yet: the first administrator's invitation is unused."""

    served: Served
    invitation: str
    temporary: Path


@pytest.fixture
def troubles() -> Iterator[Troubles]:
    """Faults of all browsers of a test; any that the test did not expect fails it."""
    noted = Troubles()
    yield noted
    noted.check()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A home of this test alone."""
    with built(tmp_path) as made:
        yield made


@contextmanager
def built(folder: Path) -> Iterator[House]:
    """A home made with `qualcoder init` and served with its worker; its temporary folder is its own."""
    temporary = folder / "temporary"
    temporary.mkdir()
    environment = environment_of(folder / "home", free_port(), TMPDIR=str(temporary))
    recovery = folder / "recovery.txt"
    made = command(environment, "init", "--admin", "admin@house.example", "--recovery-out", str(recovery))
    assert made.returncode == 0, made.stderr
    found = re.search(r"http://\S+/invitation/\S+", made.stdout)
    assert found, made.stdout
    with serving(environment) as served:
        yield House(served, found.group(), temporary)
