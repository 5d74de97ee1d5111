"""Work is in its row: a killed worker loses nothing, and no text gets into the queue."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from uuid import uuid4

import pytest

from qualcoder.core import queue
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.errors import Conflict, Invalid
from qualcoder.core.ids import JobId
from qualcoder.core.models import Job, JobKind, JobState
from qualcoder.core.queue import MAX_ATTEMPTS, STALE_AFTER, Cancelled, Work
from qualcoder.home import Home
from tests.homes import Backend

SPOKEN = "Ойдантап айтты"


def _add(home: Home) -> JobId:
    with home.data.transaction() as db:
        return queue.add_job(db, JobKind.DETECT, uuid4(), study_id=uuid4(), actor_id=None).id


def _job(home: Home, job_id: JobId) -> Job:
    with home.data.read() as db:
        return db.get_one(Job, job_id)


def _run(home: Home, job_id: JobId, work: Work) -> Job:
    queue.run(home.data, {JobKind.DETECT: work}, job_id)
    return _job(home, job_id)


def _nothing(_database: Database, _job_id: JobId) -> None:
    return None


def _raising(error: Exception) -> Work:
    def work(_database: Database, _job_id: JobId) -> None:
        raise error

    return work


def _make_stale(home: Home, job_id: JobId) -> None:
    with home.data.transaction() as db:
        db.get_one(Job, job_id).changed_at = now() - STALE_AFTER - timedelta(seconds=1)


@pytest.mark.both_backends
def test_a_job_waits_runs_and_is_done(home: Home) -> None:
    job_id, seen = _add(home), list[JobState]()
    assert queue.unfinished(home.data) == [job_id]

    def work(database: Database, given: JobId) -> None:
        assert given == job_id
        with database.read() as db:
            seen.append(db.get_one(Job, job_id).state)

    done = _run(home, job_id, work)
    assert seen == [JobState.RUNNING]
    assert (done.state, done.attempts, done.error_code) == (JobState.DONE, 1, None)
    assert queue.unfinished(home.data) == []


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_a_finished_job_is_never_done_again(home: Home, state: JobState) -> None:
    job_id = _add(home)
    with home.data.transaction() as db:
        db.get_one(Job, job_id).state = state
    after = _run(home, job_id, _raising(AssertionError("it ran")))
    assert (after.state, after.attempts) == (state, 0)


def test_a_job_that_is_gone_is_passed_over(home: Home) -> None:
    queue.run(home.data, {}, JobId(uuid4()))


def test_a_refusal_fails_the_job_at_once_with_the_name_of_the_refusal(home: Home) -> None:
    failed = _run(home, _add(home), _raising(Invalid("The file is empty.")))
    assert (failed.state, failed.error_code, failed.attempts) == (JobState.FAILED, "Invalid", 1)


def test_a_crash_is_tried_again_and_then_given_up(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    job_id, states = _add(home), list[JobState]()
    with caplog.at_level(logging.DEBUG):
        for _ in range(MAX_ATTEMPTS):
            states.append(_run(home, job_id, _raising(RuntimeError(SPOKEN))).state)
    failed = _job(home, job_id)
    assert states == [JobState.WAITING] * (MAX_ATTEMPTS - 1) + [JobState.FAILED]
    assert failed.error_code == "RuntimeError"
    assert SPOKEN not in caplog.text
    assert "RuntimeError" in caplog.text


def test_a_kind_without_work_fails_by_name(home: Home) -> None:
    job_id = _add(home)
    for _ in range(MAX_ATTEMPTS):
        queue.run(home.data, {}, job_id)
    assert _job(home, job_id).error_code == "KeyError"


@pytest.mark.both_backends
def test_a_killed_worker_loses_nothing(home: Home) -> None:
    job_id = _add(home)
    assert queue.claim(home.data, job_id) is not None
    assert queue.unfinished(home.data) == []
    assert queue.claim(home.data, job_id) is None
    _make_stale(home, job_id)
    assert queue.unfinished(home.data) == [job_id]
    done = _run(home, job_id, _nothing)
    assert (done.state, done.attempts) == (JobState.DONE, 2)


def test_a_job_that_kills_every_worker_is_given_up(home: Home) -> None:
    job_id = _add(home)
    for _ in range(MAX_ATTEMPTS):
        assert queue.claim(home.data, job_id) is not None
        _make_stale(home, job_id)
    assert queue.claim(home.data, job_id) is None
    lost = _job(home, job_id)
    assert (lost.state, lost.error_code) == (JobState.FAILED, "WorkerLost")


@pytest.mark.both_backends
def test_only_one_of_many_workers_gets_a_job(home: Home) -> None:
    job_id, together, got = _add(home), threading.Barrier(4), list[bool]()

    def take() -> None:
        together.wait()
        got.append(queue.claim(home.data, job_id) is not None)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False, False, False, True]
    assert _job(home, job_id).attempts == 1


def test_a_waiting_job_that_is_cancelled_never_runs(home: Home) -> None:
    job_id = _add(home)
    with home.data.transaction() as db:
        queue.ask_cancel(db, db.get_one(Job, job_id))
    after = _run(home, job_id, _raising(AssertionError("it ran")))
    assert (after.state, after.attempts) == (JobState.CANCELLED, 0)


def test_a_running_job_stops_at_its_next_step(home: Home) -> None:
    job_id, steps = _add(home), list[int]()

    def work(database: Database, given: JobId) -> None:
        for n in range(5):
            queue.progress(database, given, n, 5)
            steps.append(n)
            if n == 1:
                with database.transaction() as db:
                    queue.ask_cancel(db, db.get_one(Job, given))

    after = _run(home, job_id, work)
    assert steps == [0, 1]
    assert (after.state, after.done, after.total) == (JobState.CANCELLED, 1, 5)


def test_what_has_ended_can_not_be_cancelled(home: Home) -> None:
    job_id = _add(home)
    _run(home, job_id, _nothing)
    with pytest.raises(Conflict), home.data.transaction() as db:
        queue.ask_cancel(db, db.get_one(Job, job_id))


def test_progress_keeps_a_job_from_looking_dead(home: Home) -> None:
    job_id = _add(home)
    queue.claim(home.data, job_id)
    _make_stale(home, job_id)
    queue.progress(home.data, job_id, 1, 2)
    assert queue.unfinished(home.data) == []


def test_cancelled_is_no_failure(home: Home) -> None:
    assert _run(home, _add(home), _raising(Cancelled())).error_code is None


@pytest.fixture
def messages(home: Home) -> Callable[[], list[bytes]]:
    """What lies in the queue's file."""

    def read() -> list[bytes]:
        with closing(sqlite3.connect(home.settings.queue_file)) as file:
            return [bytes(row[0]) for row in file.execute("SELECT data FROM task ORDER BY id")]

    return read


def test_a_message_is_json_and_names_the_job_only(home: Home, messages: Callable[[], list[bytes]]) -> None:
    job_id = _add(home)
    (message,) = messages()
    values = json.loads(message)
    assert [str(job_id)] in values
    assert str(_job(home, job_id).object_id) not in message.decode()


def test_nothing_is_nudged_for_work_that_was_rolled_back(home: Home, messages: Callable[[], list[bytes]]) -> None:
    def fail() -> None:
        with home.data.transaction() as db:
            queue.add_job(db, JobKind.DETECT, uuid4(), study_id=uuid4(), actor_id=None)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert messages() == []


def _messages_waiting(home: Home) -> Iterator[bytes]:
    while (message := home.queue.storage.dequeue()) is not None:
        yield message


@pytest.mark.both_backends
def test_the_queue_hands_a_nudge_to_the_worker(home: Home, backend: Backend) -> None:
    job_id = _add(home)
    home.queue.storage.blocking = False
    (message,) = list(_messages_waiting(home)) if backend.is_sqlite else [home.queue.storage.dequeue()]
    task = home.queue.deserialize_task(message)
    assert task.args == (str(job_id),)
    assert (task.name, home.queue.results) == ("run_job", False)


def test_a_pickle_in_the_queue_is_not_read(home: Home) -> None:
    with pytest.raises(ValueError):
        home.queue.serializer.deserialize(b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07qualcod\x94.")
