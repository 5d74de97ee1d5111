"""The tables of the second factor come and go around people and invitations that were there before."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import inspect, text

from qualcoder import migrations
from qualcoder.core.clock import now
from qualcoder.core.db import migrating
from qualcoder.home import Home
from qualcoder.vault import onetime
from tests.homes import give_factor, make_world

pytestmark = pytest.mark.both_backends
BEFORE, AFTER = "d002", "d003"
NEW = {"pending_sign_in", "recovery_code"}


def _rows(home: Home, query: str) -> list[tuple[Any, ...]]:
    with home.data.reading.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _tables(home: Home) -> set[str]:
    with home.data.reading.connect() as connection:
        return set(inspect(connection).get_table_names())


def test_people_and_invitations_stay_as_they_were(home: Home) -> None:
    world = make_world(home)
    secret = give_factor(home, world.pi)
    migrations.downgrade(home.data, "data", BEFORE)
    assert not _tables(home) & NEW
    with migrating(home.data) as connection:
        connection.execute(
            text(
                "INSERT INTO invitation (id, token_hash, person_id, created_at, expires_at) "
                "SELECT :id, :hash, id, :now, :now FROM person LIMIT 1"
            ),
            {"id": uuid4().hex, "hash": b"a digest", "now": now().replace(tzinfo=None)},
        )
    people = _rows(home, "SELECT id, email_ct, name_ct, totp_ct, sealed_rev, version FROM person ORDER BY id")
    for _ in range(2):
        migrations.upgrade(home.data, "data", AFTER)
        assert _tables(home) >= NEW
        after = _rows(home, "SELECT id, email_ct, name_ct, totp_ct, sealed_rev, version FROM person ORDER BY id")
        assert after == people
        assert {row[0] for row in _rows(home, "SELECT totp_step FROM person")} == {None}
        assert [bool(row[0]) for row in _rows(home, "SELECT resets_factor FROM invitation")] == [False]
        migrations.downgrade(home.data, "data", BEFORE)
    migrations.upgrade(home.data, "data")
    assert give_factor(home, world.pi) == secret
    assert len(secret) == onetime.SECRET_BYTES


def test_an_invitation_says_whether_it_ends_the_second_factor(home: Home) -> None:
    with home.data.reading.connect() as connection:
        columns = {column["name"]: column for column in inspect(connection).get_columns("invitation")}
    assert not columns["resets_factor"]["nullable"]
    assert columns["resets_factor"]["default"] is None
