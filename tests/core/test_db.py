"""One place commits: nothing is lost, writers queue fairly, readers can't write."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import col, select

from qualcoder.core.clock import now
from qualcoder.core.db import Database, WriteTurn, after_commit, database_of
from qualcoder.core.errors import Unavailable
from qualcoder.core.ids import JobId
from qualcoder.core.models import IdempotencyKey, Job, JobKind
from qualcoder.home import Home
from tests.homes import Backend

THREADS, TIMES = 4, 15


def _add_job(database: Database) -> JobId:
    with database.transaction() as db:
        job = Job(kind=JobKind.DETECT, object_id=uuid4(), created_at=now(), changed_at=now())
        db.add(job)
        return job.id


def _in_threads(work: Callable[[], None], count: int) -> None:
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # handed to the test below
            failures.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.both_backends
def test_no_update_is_lost_when_many_read_and_then_write(home: Home, backend: Backend) -> None:
    job_id, together, seen_stale = _add_job(home.data), threading.Barrier(THREADS), list[bool]()

    def increment() -> None:
        together.wait()
        done = 0
        while done < TIMES:
            try:
                with home.data.transaction() as db:
                    job = db.get_one(Job, job_id)
                    job.done = job.done + 1
                done += 1
            except StaleDataError:
                seen_stale.append(True)

    _in_threads(increment, THREADS)
    with home.data.read() as db:
        assert db.get_one(Job, job_id).done == THREADS * TIMES
    if backend.is_sqlite:
        assert not seen_stale


@pytest.mark.both_backends
def test_readers_can_not_write(home: Home) -> None:
    job_id = _add_job(home.data)
    with home.data.read() as db, pytest.raises(DBAPIError):
        db.execute(text("UPDATE job SET done = 7"))
    with home.data.read() as db:
        assert db.get_one(Job, job_id).done == 0


@pytest.mark.both_backends
def test_readers_go_on_while_somebody_writes(home: Home) -> None:
    job_id = _add_job(home.data)
    with home.data.transaction() as db:
        db.get_one(Job, job_id).done = 5
        if home.data.journal == "wal" or not home.data.is_sqlite:
            db.flush()
        with home.data.read() as reader:
            assert reader.get_one(Job, job_id).done == 0


@pytest.mark.both_backends
def test_a_block_that_fails_leaves_nothing(home: Home) -> None:
    class Oops(Exception):
        pass

    def fail() -> None:
        with home.data.transaction() as db:
            db.add(Job(kind=JobKind.DETECT, object_id=uuid4(), created_at=now(), changed_at=now()))
            db.flush()
            raise Oops

    with pytest.raises(Oops):
        fail()
    with home.data.read() as db:
        assert db.exec(select(Job)).all() == []
    _add_job(home.data)


@pytest.mark.both_backends
def test_a_commit_that_fails_gives_the_turn_back(home: Home) -> None:
    def add_twice() -> None:
        person_id = uuid4()
        with home.data.transaction() as db:
            db.add(IdempotencyKey(person_id=person_id, key_mac=b"m", object_id=uuid4(), created_at=now()))
            db.add(IdempotencyKey(person_id=person_id, key_mac=b"m", object_id=uuid4(), created_at=now()))

    for _ in range(2):
        with pytest.raises(IntegrityError):
            add_twice()
    _add_job(home.data)


def test_a_transaction_without_a_statement_takes_no_turn(home: Home) -> None:
    with home.data.transaction():
        _in_threads(lambda: [_add_job(home.data) for _ in range(2)].clear(), 1)


def test_hooks_run_after_the_commit_and_see_it(home: Home) -> None:
    seen: list[int] = []

    def look() -> None:
        with home.data.read() as db:
            seen.append(len(db.exec(select(Job)).all()))

    with home.data.transaction() as db:
        after_commit(db, look)
        db.add(Job(kind=JobKind.DETECT, object_id=uuid4(), created_at=now(), changed_at=now()))
        db.flush()
        assert seen == []
    assert seen == [1]


def test_hooks_of_a_dropped_transaction_never_run(home: Home) -> None:
    seen: list[int] = []

    def fail() -> None:
        with home.data.transaction() as db:
            after_commit(db, lambda: seen.append(1))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert seen == []


@pytest.mark.both_backends
def test_what_was_written_stays_usable_after_the_commit(home: Home) -> None:
    with home.data.transaction() as db:
        job = Job(kind=JobKind.DETECT, object_id=uuid4(), created_at=now(), changed_at=now())
        db.add(job)
    assert job.state == "waiting"


def test_a_session_knows_its_database_and_whether_it_writes(home: Home) -> None:
    with home.data.read() as db:
        assert database_of(db) is home.data
        assert not home.data.is_writing(db)
    with home.data.transaction() as db:
        assert database_of(db) is home.data
        assert home.data.is_writing(db)
    assert home.data.is_reachable()


PRAGMAS = {
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "busy_timeout": 10_000,
    "temp_store": 2,
    "cell_size_check": 1,
}


@pytest.mark.parametrize(("backend", "journal"), [(Backend.WAL, "wal"), (Backend.DELETE, "delete")])
def test_every_connection_has_the_pragmas(home: Home, journal: str) -> None:
    for database in (home.data, home.keys):
        for engine, query_only in ((database.reading, 1), (database.writing, 0)):
            with engine.connect() as connection:
                found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
                assert found == PRAGMAS
                assert connection.exec_driver_sql("PRAGMA query_only").scalar() == query_only
                assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == journal


@pytest.mark.both_backends
def test_parameters_never_appear_in_an_error(home: Home) -> None:
    with home.data.transaction() as db, pytest.raises(DBAPIError) as caught:
        db.execute(text("INSERT INTO no_such_table VALUES (:name)"), {"name": "Ойдантап"})
    assert "Ойдантап" not in str(caught.value)


@pytest.mark.both_backends
def test_references_between_rows_are_enforced(home: Home) -> None:
    def add_orphan() -> None:
        with home.data.transaction() as db:
            db.execute(
                text("INSERT INTO blob_chunk (id, blob_id, n, last, body_ct) VALUES (:id, :blob, 0, true, :ct)"),
                {"id": uuid4().hex, "blob": uuid4().hex, "ct": b""},
            )

    with pytest.raises(IntegrityError):
        add_orphan()


def _wait_until(claim: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_writers_get_their_turn_in_the_order_they_came() -> None:
    turn, served, threads = WriteTurn(), list[int](), list[threading.Thread]()
    turn.take()

    def wait(n: int) -> None:
        turn.take()
        served.append(n)
        turn.give()

    for n in range(12):
        thread = threading.Thread(target=wait, args=(n,))
        thread.start()
        threads.append(thread)
        _wait_until(lambda n=n: len(turn._queue) == n + 1)  # type: ignore[misc]  # the default binds n
    turn.give()
    for thread in threads:
        thread.join()
    assert served == list(range(12))


def test_who_waits_too_long_is_told_and_leaves_the_queue() -> None:
    turn = WriteTurn()
    turn.take()
    with pytest.raises(Unavailable):
        turn.take(0.01)
    turn.give()
    turn.take(0.01)


def test_a_turn_may_be_given_back_by_another_thread() -> None:
    turn = WriteTurn()
    turn.take()
    _in_threads(turn.give, 1)
    turn.take(0.01)


def test_jobs_are_found_by_column(home: Home) -> None:
    job_id = _add_job(home.data)
    with home.data.read() as db:
        assert db.exec(select(Job.id).where(col(Job.kind) == JobKind.DETECT)).one() == job_id
