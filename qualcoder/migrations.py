"""Bringing a home's two databases to the newest schema."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from alembic import command
from qualcoder.core.db import Database, migrating

ROOT = Path(__file__).resolve().parents[1]
TARGETS = {"data": "alembic/versions", "keys": "alembic/keys"}


def config_for(target: str) -> Config:
    """alembic's settings for the data or the keys database."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.set_main_option("version_locations", str(ROOT / TARGETS[target]))
    config.set_main_option("path_separator", "os")
    config.attributes["target"] = target
    return config


def upgrade(database: Database, target: str, revision: str = "head") -> None:
    """Apply what is missing."""
    config = config_for(target)
    with migrating(database) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(database: Database, target: str, revision: str) -> None:
    """Go back to a revision (`base` for nothing)."""
    config = config_for(target)
    with migrating(database) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def is_current(database: Database, target: str) -> bool:
    """Whether a database has the newest schema."""
    head = ScriptDirectory.from_config(config_for(target)).get_current_head()
    with database.reading.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def current(connection: Connection) -> str:
    """The revision of a database, empty if it has none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def knows(target: str, revision: str) -> bool:
    """Whether a revision is one of this program's, so that it can be brought to the newest."""
    return revision in {script.revision for script in ScriptDirectory.from_config(config_for(target)).walk_revisions()}
