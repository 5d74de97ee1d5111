"""The search for names as a job: begun anew it finds the same, and whatever stops it leaves a state to go on from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.models import Entity
from qualcoder.core import queue
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.errors import Conflict, Unavailable
from qualcoder.core.ids import JobId
from qualcoder.core.models import Job, JobState
from qualcoder.core.queue import MAX_ATTEMPTS, STALE_AFTER
from qualcoder.home import Home
from qualcoder.transcripts import jobs, service
from qualcoder.transcripts.access import reach
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.works import WORKS
from tests.homes import Browser, Worker, World
from tests.transcripts import making

TEXT = """\
Интервьюер: Представьтесь, пожалуйста.
Респондент: Меня зовут Серик Ойдантапов, мой телефон +7 700 000 00 15, почта serik@example.org.
Интервьюер: ИИН для анкеты?
Респондент: ИИН 990101400003. Кандидат Ойдантапов живёт рядом.
"""
Seen = list[tuple[int, int, Label, str, float]]


def waiting(home: Home, world: World, text: str = TEXT) -> Transcript:
    transcript = making.receive(home, world, making.upload(text))
    making.confirm(home, transcript, world.pi)
    return transcript


def job_of(home: Home, transcript: Transcript) -> Job:
    with home.data.read() as db:
        return db.exec(
            select(Job).where(col(Job.object_id) == transcript.id).order_by(col(Job.created_at).desc())
        ).first() or pytest.fail("no job")


def seen_in(home: Home, transcript: Transcript) -> Seen:
    return [(s.start, s.end, s.label, str(s.entity_id), s.score) for s in making.findings(home, transcript.id)]


def entities(home: Home) -> int:
    with home.data.read() as db:
        return len(db.exec(select(Entity.id)).all())


def run(home: Home, transcript: Transcript) -> None:
    queue.run(home.data, WORKS, JobId(job_of(home, transcript).id))


def test_the_search_proposes_and_hands_over_to_review(home: Home, world: World, worker: Worker) -> None:
    transcript = waiting(home, world)
    assert worker() == 1
    assert making.again(home, transcript).state is TranscriptState.REVIEW
    assert {Label.PERSON, Label.CONTACT, Label.ID} <= {
        label for _s, _e, label, _id, _score in seen_in(home, transcript)
    }
    done = job_of(home, transcript)
    assert (done.state, done.error_code) == (JobState.DONE, None)
    assert done.done >= done.total > 0


def test_the_same_person_is_one_entity_in_all_transcripts(home: Home, world: World, worker: Worker) -> None:
    first = waiting(home, world)
    worker()
    known = entities(home)
    second = waiting(home, world)
    worker()
    assert entities(home) == known
    names = [{id_ for _s, _e, label, id_, _score in seen_in(home, t) if label is Label.PERSON} for t in (first, second)]
    assert names[0] == names[1]


def test_a_search_that_was_done_is_not_done_again(home: Home, world: World, worker: Worker) -> None:
    transcript = waiting(home, world)
    worker()
    before = seen_in(home, transcript)
    jobs.detect(home.data, JobId(job_of(home, transcript).id))
    assert seen_in(home, transcript) == before


@pytest.mark.parametrize("steps", range(4))
def test_a_search_that_is_killed_anywhere_finds_the_same_when_it_runs_again(
    home: Home, world: World, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    whole = waiting(home, world)
    run(home, whole)
    expected = seen_in(home, whole)
    killed = waiting(home, world)
    monkeypatch.setattr(jobs, "STEP", 2)
    monkeypatch.setattr(jobs, "PAUSE_SECONDS", 0)
    really = queue.progress
    calls = 0

    def kill_at(database: Database, job_id: JobId, done: int, total: int) -> None:
        nonlocal calls
        really(database, job_id, done, total)
        calls += 1
        if calls > steps:
            raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "progress", kill_at)
    with pytest.raises(KeyboardInterrupt):
        run(home, killed)
    assert making.again(home, killed).state is TranscriptState.DETECTING
    assert job_of(home, killed).state is JobState.RUNNING
    monkeypatch.setattr(jobs, "progress", really)
    assert queue.unfinished(home.data) == []
    _let_time_pass(home, killed)
    assert queue.unfinished(home.data) == [job_of(home, killed).id]
    run(home, killed)
    assert seen_in(home, killed) == expected
    assert making.again(home, killed).state is TranscriptState.REVIEW


def _let_time_pass(home: Home, transcript: Transcript) -> None:
    with home.data.transaction() as db:
        for job in db.exec(select(Job).where(col(Job.object_id) == transcript.id)):
            job.changed_at = now() - STALE_AFTER - timedelta(seconds=1)


def test_a_refusal_fails_the_transcript_and_a_retry_mends_it(
    home: Home, world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript = waiting(home, world)

    def refuse(*_turns: object) -> None:
        raise Unavailable("No space.")

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "find_in_turns", refuse)
        worker()
    failed = making.again(home, transcript)
    assert (failed.state, failed.error_code) == (TranscriptState.FAILED, "Unavailable")
    assert job_of(home, transcript).state is JobState.FAILED
    _retry(home, world, transcript)
    worker()
    assert making.again(home, transcript).state is TranscriptState.REVIEW


def _retry(home: Home, world: World, transcript: Transcript) -> None:
    with home.data.transaction() as db:
        service.retry_detection(db, reach(db, world.pi, transcript.id, Act.REVIEW))


def test_an_unforeseen_failure_is_tried_again_and_at_last_leaves_a_transcript_that_can_be_searched_anew(
    home: Home, world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    transcript = waiting(home, world)

    def crash(*_turns: object) -> None:
        raise RuntimeError("Ойдантапов")

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "find_in_turns", crash)
        assert worker() == MAX_ATTEMPTS
    assert job_of(home, transcript).error_code == "RuntimeError"
    page = browser.as_(world.pi).get(f"/transcripts/{transcript.id}/status").text
    assert "The search failed" in page
    assert "Ойдантапов" not in page
    _retry(home, world, transcript)
    worker()
    assert making.again(home, transcript).state is TranscriptState.REVIEW


def test_a_search_that_takes_its_worker_with_it_each_time_can_be_begun_anew(
    home: Home, world: World, worker: Worker
) -> None:
    transcript = waiting(home, world)
    with home.data.transaction() as db:
        job = db.exec(select(Job).where(col(Job.object_id) == transcript.id)).one()
        job.state, job.attempts, job.changed_at = JobState.RUNNING, MAX_ATTEMPTS, now() - STALE_AFTER * 2
    run(home, transcript)
    assert job_of(home, transcript).error_code == "WorkerLost"
    _retry(home, world, transcript)
    worker()
    assert making.again(home, transcript).state is TranscriptState.REVIEW


def test_a_search_that_still_has_a_chance_is_not_begun_beside_itself(home: Home, world: World) -> None:
    transcript = waiting(home, world)
    with pytest.raises(Conflict):
        _retry(home, world, transcript)
    with home.data.transaction() as db:
        db.exec(select(Job).where(col(Job.object_id) == transcript.id)).one().state = JobState.FAILED
    _retry(home, world, transcript)
    with pytest.raises(Conflict):
        _retry(home, world, transcript)
