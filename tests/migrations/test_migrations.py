"""Both schemas go up, down and up again on every database, keep rows, and equal the models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Column, Integer, MetaData, inspect, text
from sqlalchemy.exc import IntegrityError

from qualcoder import migrations
from qualcoder.accounts import people, service
from qualcoder.accounts.models import Study
from qualcoder.audit import chain
from qualcoder.core.db import Database, migrating
from qualcoder.core.errors import Unavailable
from qualcoder.home import Home, migrate, open_home, require_current
from qualcoder.interviews.models import Interview
from qualcoder.schema import DATA, KEYS
from qualcoder.transcripts.models import Turn
from qualcoder.vault import blobs
from qualcoder.vault.keys import KeyRef
from qualcoder.vault.models import RootSlot
from tests import postgresql
from tests.homes import Backend, give_keys, make_world, settings_for

METADATA: dict[str, MetaData] = {"data": DATA, "keys": KEYS}
pytestmark = pytest.mark.both_backends


@pytest.fixture
def empty_home(backend: Backend, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    """A home whose databases hold nothing yet."""
    urls, names = ("", ""), (f"e_{uuid4().hex}", f"e_{uuid4().hex}")
    cluster: postgresql.Cluster | None = None
    if not backend.is_sqlite:
        cluster = request.getfixturevalue("cluster")
        for name in names:
            cluster.create(name)
        urls = (cluster.url(names[0]), cluster.url(names[1]))
    home = open_home(settings_for(backend, tmp_path / "home", urls=urls))
    try:
        yield home
    finally:
        home.close()
        for name in names:
            if cluster is not None:
                cluster.drop(name)


def _databases(home: Home) -> dict[str, Database]:
    return {"data": home.data, "keys": home.keys}


def _tables(database: Database) -> set[str]:
    with database.reading.connect() as connection:
        names = set(inspect(connection).get_table_names())
    return {name for name in names if not name.startswith("huey_")} - {"alembic_version"}


@pytest.mark.parametrize("target", ["data", "keys"])
def test_there_is_one_newest_revision_and_one_way_to_it(target: str, backend: Backend) -> None:
    scripts = ScriptDirectory.from_config(migrations.config_for(target))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    for script in scripts.walk_revisions():
        assert not script.is_merge_point
        assert callable(script.module.upgrade)
        assert callable(script.module.downgrade)


def test_up_down_to_nothing_and_up_again(empty_home: Home) -> None:
    for target, database in _databases(empty_home).items():
        for _ in range(2):
            assert _tables(database) == set()
            assert not migrations.is_current(database, target)
            migrations.upgrade(database, target)
            assert _tables(database) == set(METADATA[target].tables)
            assert migrations.is_current(database, target)
            migrations.downgrade(database, target, "base")
        migrations.upgrade(database, target)
    require_current(empty_home)
    give_keys(empty_home)
    make_world(empty_home)


def test_every_revision_goes_down_and_up_again_alone(empty_home: Home) -> None:
    for target, database in _databases(empty_home).items():
        scripts = ScriptDirectory.from_config(migrations.config_for(target))
        for script in reversed(list(scripts.walk_revisions())):
            migrations.upgrade(database, target, script.revision)
            migrations.downgrade(database, target, str(script.down_revision or "base"))
            migrations.upgrade(database, target, script.revision)
        assert migrations.is_current(database, target)


def _without_queue(_thing: Any, name: str | None, kind: str, *_rest: Any) -> bool:
    return not (kind in {"table", "index"} and (name or "").startswith("huey_"))


def test_the_models_and_the_migrated_schema_are_the_same(home: Home) -> None:
    for target, database in _databases(home).items():
        with database.writing.connect() as connection, connection.begin() as begun:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "include_object": _without_queue}
            )
            differences = compare_metadata(context, METADATA[target])
            begun.rollback()
        if database.is_sqlite:
            database._turn.give()
        assert differences == []


def _checks(metadata: MetaData) -> dict[str, set[str]]:
    return {
        table.name: {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        for table in metadata.sorted_tables
    }


def test_closed_sets_are_enforced_by_the_schema_too(home: Home) -> None:
    """Autogenerate does not look at CHECK constraints."""
    for target, database in _databases(home).items():
        expected = _checks(METADATA[target])
        with database.reading.connect() as connection:
            inspector = inspect(connection)
            for table, names in expected.items():
                found = {str(check["name"]) for check in inspector.get_check_constraints(table)}
                assert found == names, table


def _fill(home: Home) -> dict[str, UUID]:
    """Rows of every kind of sealing, as people would make them."""
    world = make_world(home)
    interview = KeyRef.interview(uuid4(), world.study.id)
    home.keyring.create(interview)
    with home.data.transaction() as db:
        blob = blobs.store(db, interview, "Ойдантап келді.".encode())
        return {"study": world.study.id, "person": world.pi.id, "interview": interview.id, "blob": blob.id}


def _assert_readable(home: Home, ids: dict[str, UUID]) -> None:
    with home.data.read() as db:
        found = people.find_by_email(db, "pi@demo.example.org")
        assert found is not None
        assert found.id == ids["person"]
        assert people.name_of(db, found) == "Pi Oydantap"
        study = db.get_one(Study, ids["study"])
        assert service.title_of(db, study) == "Study demo"
        ref = KeyRef.interview(ids["interview"], ids["study"])
        assert blobs.read(db, ref, ids["blob"]).decode() == "Ойдантап келді."
        assert all(verdict.is_whole for verdict in chain.verify_all(db))


def test_an_upgrade_of_a_home_in_use_keeps_everything(empty_home: Home) -> None:
    migrate(empty_home)
    give_keys(empty_home)
    ids = _fill(empty_home)
    migrate(empty_home)
    require_current(empty_home)
    _assert_readable(empty_home, ids)


def test_tables_rebuilt_by_a_batch_keep_their_rows_and_references(home: Home) -> None:
    """What a later migration will do: on SQLite a table is copied, dropped and renamed."""
    ids = _fill(home)
    with migrating(home.data) as connection:
        operations = Operations(MigrationContext.configure(connection, opts={"render_as_batch": True}))
        for table in ("study", "blob", "person"):
            with operations.batch_alter_table(table, recreate="auto") as batch:
                batch.add_column(Column("note", Integer(), nullable=True))
            with operations.batch_alter_table(table) as batch:
                batch.drop_column("note")
    _assert_readable(home, ids)


def test_a_migration_that_breaks_references_changes_nothing(home: Home, backend: Backend) -> None:
    ids = _fill(home)

    def break_it() -> None:
        with migrating(home.data) as connection:
            connection.execute(text("DELETE FROM blob"))

    expected: type[Exception] = Unavailable if backend.is_sqlite else IntegrityError
    with pytest.raises(expected):
        break_it()
    _assert_readable(home, ids)


def test_a_migration_that_fails_halfway_changes_nothing(home: Home) -> None:
    ids, before = _fill(home), _tables(home.data)

    def fail() -> None:
        with migrating(home.data) as connection:
            connection.execute(text("CREATE TABLE half_done (id INTEGER)"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert _tables(home.data) == before
    _assert_readable(home, ids)


def test_an_older_schema_is_not_worked_on(home: Home) -> None:
    migrations.downgrade(home.data, "data", "base")
    with pytest.raises(Unavailable):
        require_current(home)


def test_the_two_schemas_share_no_table_and_only_one_holds_keys(backend: Backend) -> None:
    assert set(DATA.tables).isdisjoint(KEYS.tables)
    assert not [name for name in DATA.tables if name.endswith("_key") and name != "idempotency_key"]
    assert RootSlot.__tablename__ in KEYS.tables
    assert Turn.__tablename__ in DATA.tables
    assert Interview.__tablename__ in DATA.tables
