"""Places for backups and restores: an offline identity, empty homes on every backend, homes with keys of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from qualcoder.home import Home, migrate, open_home
from qualcoder.settings import Settings
from tests.custody.copying import Offsite, make_offsite
from tests.homes import Backend, give_keys, settings_for
from tests.postgresql import Cluster

EmptyPlace = Callable[[], Settings]


@pytest.fixture
def offsite(tmp_path: Path) -> Offsite:
    """A folder on another disk, with an identity."""
    return make_offsite(tmp_path / "offsite")


@pytest.fixture
def empty_place(backend: Backend, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[EmptyPlace]:
    """Settings of places where nothing is yet; each call another one."""
    with ExitStack() as stack:

        def make() -> Settings:
            folder = tmp_path / f"place-{uuid4().hex[:8]}"
            if backend.is_sqlite:
                return settings_for(backend, folder)
            cluster: Cluster = request.getfixturevalue("cluster")
            names = (f"p_{uuid4().hex}", f"p_{uuid4().hex}")
            for name in names:
                cluster.create(name)
                stack.callback(cluster.drop, name)
            return settings_for(backend, folder, urls=(cluster.url(names[0]), cluster.url(names[1])))

        yield make


@pytest.fixture
def stranger(empty_place: EmptyPlace) -> Iterator[Home]:
    """A home with keys of its own; the other test homes share theirs."""
    other = open_home(empty_place())
    try:
        migrate(other)
        give_keys(other)
        yield other
    finally:
        other.close()
