"""The tables of backups come and go without touching what else is there."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect
from sqlmodel import select

from qualcoder import migrations
from qualcoder.accounts.models import Person, Study
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.custody.models import BackupLog, BackupRecipient
from qualcoder.home import Home
from qualcoder.vault.backup import Kind
from tests.homes import World

TABLES = {"backup_log", "backup_recipient"}


def _tables(home: Home) -> set[str]:
    with home.data.reading.connect() as connection:
        return TABLES & set(inspect(connection).get_table_names())


@pytest.mark.both_backends
def test_down_and_up_keeps_everything_but_the_log(home: Home, world: World) -> None:
    with home.data.transaction() as db:
        big = 3 << 40
        log = BackupLog(kind=Kind.DATA, serial=1, revision=2, rows=3, size=big, digest="0" * 64, at=now())
        db.add_all([log, BackupRecipient(recipient="age1", set_at=now())])
    with home.data.read() as db:
        assert db.exec(select(BackupLog.size)).one() == big
    migrations.downgrade(home.data, "data", "d003")
    assert _tables(home) == set()
    migrations.upgrade(home.data, "data")
    assert _tables(home) == TABLES
    with home.data.read() as db:
        assert db.exec(select(BackupLog)).all() == []
        assert len(db.exec(select(Person)).all()) == 8
        assert len(db.exec(select(Study)).all()) == 2
        assert all(verdict.is_whole for verdict in chain.verify_all(db))
