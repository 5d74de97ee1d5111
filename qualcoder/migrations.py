"""Bringing a home's two databases to the newest schema."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from qualcoder.core.db import Database, migrating

if TYPE_CHECKING:
    from alembic.config import Config

ROOT = Path(__file__).resolve().parents[1]
TARGETS = {"data": "alembic/versions", "keys": "alembic/keys"}
LINK = re.compile(r'^(down_revision|revision)\b[^=\n]*= *"(\w+)"', re.MULTILINE)


def config_for(target: str) -> Config:
    """alembic's settings for the data or the keys database. Loaded here: a server that starts needs no alembic."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.set_main_option("version_locations", str(ROOT / TARGETS[target]))
    config.set_main_option("path_separator", "os")
    config.attributes["target"] = target
    return config


def upgrade(database: Database, target: str, revision: str = "head") -> None:
    """Apply what is missing."""
    from alembic import command

    config = config_for(target)
    with migrating(database) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(database: Database, target: str, revision: str) -> None:
    """Go back to a revision (`base` for nothing)."""
    from alembic import command

    config = config_for(target)
    with migrating(database) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def _links(target: str) -> list[tuple[str, str]]:
    return [link for file in (ROOT / TARGETS[target]).glob("*.py") for link in LINK.findall(file.read_text("utf-8"))]


def newest(target: str) -> str:
    """The revision that none goes on from, as the migrations themselves say."""
    links = _links(target)
    (head,) = {name for kind, name in links if kind == "revision"} - {
        name for kind, name in links if kind == "down_revision"
    }
    return str(head)


def is_current(database: Database, target: str) -> bool:
    """Whether a database has the newest schema."""
    with database.reading.connect() as connection:
        return current(connection) == newest(target)


def current(connection: Connection) -> str:
    """The revision of a database, empty if it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def knows(target: str, revision: str) -> bool:
    """Whether a revision is one of this program's, so that it can be brought to the newest."""
    return ("revision", revision) in _links(target)
