"""A consistent copy of one database while people write, and putting such a copy into an empty place.

SQLite: VACUUM INTO, which copies one snapshot without free pages. PostgreSQL: pg_dump -Fc of an exported
snapshot, read beside it. What is sealed in the database stays sealed in the copy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, NullPool, create_engine, text
from sqlalchemy.engine import make_url

from qualcoder.core.db import Database
from qualcoder.core.errors import Invalid, Unavailable
from qualcoder.core.messages import N_
from qualcoder.core.sqlite import sqlite_module

# The queue's own tables: a message is only a nudge, and the sweep sends it anew.
QUEUE_TABLES = "huey_"
NO_SPACE = 507


class Engine(StrEnum):
    """Which kind of database a copy is of."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class NotCopied(Unavailable):
    """There was no room, or the database did not let itself be read."""

    def __init__(self) -> None:
        super().__init__(
            N_("The copy could not be written: the disk is full or the database is busy. Nothing was left behind."),
            status=NO_SPACE,
        )


class DamagedCopy(Invalid):
    """A copy that its own database does not read."""

    def __init__(self) -> None:
        super().__init__(N_("The database in this copy is damaged. Take another copy."))


def engine_of(database: Database) -> Engine:
    return Engine.SQLITE if database.is_sqlite else Engine.POSTGRESQL


@contextmanager
def snapshot(database: Database, out: Path) -> Iterator[Connection]:
    """Write a checked copy to `out` and look at exactly what is in it."""
    if database.is_sqlite:
        _vacuum_into(Path(str(database.url.database)), out)
        check_sqlite(out)
        with looking_at(out) as connection:
            yield connection
        return
    with database.reading.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        name = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
        arguments = [f"--snapshot={name}", "--format=custom", "--no-owner", "--no-privileges"]
        arguments += [f"--exclude-table={QUEUE_TABLES}*", f"--file={out}"]
        _run(_program("pg_dump", connection), arguments, database.url)
        check_dump(out, _program("pg_restore", connection))
        yield connection


def _vacuum_into(file: Path, out: Path) -> None:
    module = sqlite_module()
    try:
        connection = module.connect(str(file), isolation_level=None, timeout=10)
        try:
            connection.execute("VACUUM INTO ?", (str(out),))
        finally:
            connection.close()
        out.chmod(0o600)
    except (module.Error, OSError):
        raise NotCopied from None


@contextmanager
def looking_at(file: Path) -> Iterator[Connection]:
    """A connection on a SQLite file that belongs to no home yet."""
    engine = create_engine(
        f"sqlite:///{file.absolute()}", module=sqlite_module(), poolclass=NullPool, hide_parameters=True
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def check_sqlite(file: Path) -> None:
    """SQLite's own check of every page and index, and of the references between rows."""
    module = sqlite_module()
    connection = module.connect(str(file), isolation_level=None)
    try:
        is_whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        is_whole = is_whole and not connection.execute("PRAGMA foreign_key_check").fetchall()
    except module.Error:
        is_whole = False
    finally:
        connection.close()
    if not is_whole:
        raise DamagedCopy


def settle_sqlite(file: Path) -> None:
    """Take the journal into the file, so that the file alone is the database."""
    module = sqlite_module()
    connection = module.connect(str(file), isolation_level=None)
    try:
        mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except module.Error:
        raise NotCopied from None
    finally:
        connection.close()
    if mode != ("delete",):
        raise NotCopied


def check_dump(file: Path, program: Path) -> None:
    """Read a dump from end to end."""
    # Written to nowhere: what matters is that every block unpacks.
    done = subprocess.run([program, "--file=/dev/null", file], capture_output=True, check=False)  # noqa: S603  # our own arguments
    if done.returncode != 0:
        raise DamagedCopy


def load_dump(file: Path, database: Database) -> None:
    """Put a dump into an empty PostgreSQL database, all or nothing."""
    with database.reading.connect() as connection:
        program = _program("pg_restore", connection)
    check_dump(file, program)
    arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run(program, [*arguments, f"--dbname={database.url.database}", str(file)], database.url)


def address_of_sqlite(url: str) -> Path:
    """The file that a SQLite address names."""
    return Path(str(make_url(url).database))


def _program(name: str, connection: Connection) -> Path:
    """pg_dump or pg_restore of the server's own version: an older one refuses to read it."""
    version: Any = connection.dialect.server_version_info
    beside = Path(f"/usr/lib/postgresql/{version[0]}/bin/{name}")
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise Unavailable(
            N_("%(name)s was not found. Install the PostgreSQL client programs of the server's version."), name=name
        )
    return Path(found)


_LIBPQ = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
}


def _environment(url: URL) -> dict[str, str]:
    """The address for PostgreSQL's programs. By environment: arguments are seen by everybody on the machine."""
    given = {"host": url.host, "port": url.port, "user": url.username, "password": url.password, "dbname": url.database}
    given |= {name: str(value) for name, value in url.query.items()}
    said = {_LIBPQ[name]: str(value) for name, value in given.items() if value is not None and name in _LIBPQ}
    return {**os.environ, **said}


def _run(program: Path, arguments: list[str], url: URL) -> None:
    # A full disk is then an error that the program reports, not a signal that kills it.
    done = subprocess.run(  # noqa: S603  # our own arguments, without a shell
        [program, *arguments], env=_environment(url), capture_output=True, check=False, restore_signals=False
    )
    if done.returncode != 0:
        raise Unavailable(
            N_("%(name)s failed. Check that the database answers and that the disk has room; nothing was left behind."),
            name=program.name,
        )
