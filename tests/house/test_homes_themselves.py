"""The test homes work as tests believe."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from qualcoder.accounts import access
from qualcoder.accounts.permissions import Act
from qualcoder.home import Home, require_current
from tests.homes import Backend, World, count_statements, reopened


@pytest.mark.both_backends
def test_a_home_is_migrated_and_unsealed(home: Home, world: World, backend: Backend) -> None:
    require_current(home)
    assert not home.keyring.is_sealed
    assert home.data.is_sqlite is backend.is_sqlite
    with home.data.read() as db:
        assert access.study_by_slug(db, world.pi, "demo", Act.SET_POLICY).person.id == world.pi.id


@pytest.mark.both_backends
def test_another_process_sees_the_same_home(home: Home, world: World) -> None:
    with reopened(home) as other, other.data.read() as db:
        assert access.study_by_slug(db, world.coder, "demo", Act.CODE).study.id == world.study.id


def test_only_real_statements_are_counted(home: Home) -> None:
    with count_statements(home.data) as counted:
        with home.data.transaction() as db:
            db.execute(text("SELECT 1"))
        with home.data.read() as db:
            db.execute(text("SELECT 2"))
    assert counted.sent == ["SELECT 1", "SELECT 2"]
