"""Engines, pragmas and transactions. The only place that commits.

Two engines look at one database: `reading` (deferred, refuses writes) and `writing`
(SQLite: BEGIN IMMEDIATE behind a fair queue of this process's own, because SQLite's
waiting is unfair). A transaction begins at the first statement, not before.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url
from sqlmodel import Session, create_engine

from qualcoder.core.changes import Changes
from qualcoder.core.errors import Unavailable
from qualcoder.core.messages import N_
from qualcoder.core.sqlite import PRAGMAS, journal_for, sqlite_module

_HOOKS = "after_commit"
_UNDONE = "after_rollback"
_CHECKS = "before_commit"
_BEGUN = "has begun"


class WriteTurn:
    """First come, first served. Not an RLock: the turn may be given back from another thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._taken = False

    def take(self, seconds: float = 10) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Event()
            self._queue.append(mine)
        if not mine.wait(seconds):
            with self._guard:
                if mine in self._queue:
                    self._queue.remove(mine)
                    raise Unavailable(N_("The server is busy. Nothing was changed; try again in a moment."))

    def give(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._taken = False


@event.listens_for(Session, "after_begin")
def _note_begun(session: Session, *_: object) -> None:
    session.info[_BEGUN] = True


class Database:
    """One database: its two engines and what every session on it carries along in `info`."""

    def __init__(self, url: str, *, journal: str = "wal", pool_size: int = 48, **carried: object) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.journal = journal
        self.info: dict[str, Any] = dict(carried)
        self._turn = WriteTurn()
        self.changes = Changes()
        if self.is_sqlite:
            module = sqlite_module()
            self.journal = journal_for(module, journal)
            self.writing = self._sqlite(module, self._begin_immediate, pool_size, query_only=False)
            self.reading = self._sqlite(module, _begin_deferred, pool_size, query_only=True)
        else:
            common: dict[str, Any] = {
                "hide_parameters": True,
                "pool_pre_ping": True,
                "pool_size": 20,
                "max_overflow": 30,
            }
            self.writing = create_engine(self.url, isolation_level="READ COMMITTED", **common)
            self.reading = create_engine(
                self.url,
                isolation_level="READ COMMITTED",
                execution_options={"postgresql_readonly": True},
                **common,
            )

    def _sqlite(
        self, module: ModuleType, begin: Callable[[Connection], None], pool_size: int, *, query_only: bool
    ) -> Engine:
        engine = create_engine(
            self.url,
            module=module,
            pool_size=pool_size,
            max_overflow=32,
            hide_parameters=True,
            connect_args={"isolation_level": None, "check_same_thread": False},
        )
        pragmas = [*PRAGMAS, f"journal_mode={self.journal}", f"query_only={int(query_only)}"]

        def on_connect(connection: Any, _record: object) -> None:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}").fetchall()

        event.listen(engine, "connect", on_connect)
        event.listen(engine, "begin", begin)
        return engine

    def _begin_immediate(self, connection: Connection) -> None:
        self._turn.take()
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            self._turn.give()
            raise

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that can't write."""
        with Session(self.reading, info=dict(self.info)) as db:
            yield db

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is kept as a whole when the block ends well, and dropped otherwise."""
        hooks: list[Callable[[], None]] = []
        undone: list[Callable[[], None]] = []
        checks: list[Callable[[], None]] = []
        info = {**self.info, _HOOKS: hooks, _UNDONE: undone, _CHECKS: checks}
        with Session(self.writing, expire_on_commit=False, info=info) as db:
            try:
                yield db
                db.flush()
                for check in checks:
                    check()
                db.commit()
                undone.clear()
            finally:
                db.rollback()
                if _BEGUN in db.info and self.is_sqlite:
                    self._turn.give()
                for hook in undone:
                    hook()
        for hook in hooks:
            hook()

    def carrying(self, **more: object) -> Database:
        """The same database, engines and queue of writers, whose sessions carry more in `info`."""
        other = copy(self)
        other.info = {**self.info, **more}
        other.info["database"] = other
        return other

    def is_writing(self, db: Session) -> bool:
        return db.get_bind() is self.writing

    def empty_journal(self) -> None:
        """Carry SQLite's write-ahead log into the file and cut it: it keeps what was overwritten or deleted.

        Does what it can while others read; the next call does the rest.
        """
        if not self.is_sqlite or self.journal != "wal":
            return
        with self.reading.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA query_only=0").fetchall()
            raw.execute("PRAGMA busy_timeout=100").fetchall()
            try:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                raw.execute("PRAGMA busy_timeout=10000").fetchall()
                raw.execute("PRAGMA query_only=1").fetchall()

    def dispose(self) -> None:
        self.reading.dispose()
        self.writing.dispose()

    def is_reachable(self) -> bool:
        """Whether a trivial statement is answered; raises nothing but what a driver raises."""
        with self.read() as db:
            return bool(db.execute(text("SELECT 1")).scalar_one() == 1)


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def hold_tables(db: Session, names: Sequence[str]) -> None:
    """Wait until nobody else writes to these tables, and let nobody until this transaction ends.

    On SQLite there is one writer anyway.
    """
    if not database_of(db).is_sqlite:
        quoted = ", ".join(f'"{name}"' for name in sorted(names))
        db.execute(text(f"LOCK TABLE {quoted} IN SHARE ROW EXCLUSIVE MODE"))


def after_commit(db: Session, hook: Callable[[], None]) -> None:
    """Call `hook` once the transaction of `db` is durable; never if it is rolled back."""
    hooks: list[Callable[[], None]] = db.info[_HOOKS]
    hooks.append(hook)


def before_commit(db: Session, check: Callable[[], None]) -> None:
    """Call `check` when everything is written and nothing is kept yet; what it raises drops the transaction."""
    checks: list[Callable[[], None]] = db.info[_CHECKS]
    checks.append(check)


def after_rollback(db: Session, hook: Callable[[], None]) -> None:
    """Call `hook` once the transaction of `db` was dropped; never if it is kept. For the record of a refusal."""
    hooks: list[Callable[[], None]] = db.info[_UNDONE]
    hooks.append(hook)


def database_of(db: Session) -> Database:
    """The database that a session belongs to."""
    database: Database = db.info["database"]
    return database


@contextmanager
def migrating(database: Database) -> Iterator[Connection]:
    """A connection for a migration: one transaction, and on SQLite no foreign keys while tables are rebuilt."""
    with database.writing.connect() as connection:
        raw: Any = connection.connection.driver_connection
        if database.is_sqlite:
            raw.execute("PRAGMA foreign_keys=OFF").fetchall()
        begun = False
        try:
            with connection.begin():
                begun = True
                yield connection
                if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise Unavailable(N_("The migration would break references between rows; nothing was changed."))
        finally:
            if database.is_sqlite:
                raw.execute("PRAGMA foreign_keys=ON").fetchall()
                if begun:
                    database._turn.give()
