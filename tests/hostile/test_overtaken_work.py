"""A run of the search that was thought dead comes back: it must not undo what people decided meanwhile."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from qualcoder.anonymise import pipeline
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.core.clock import now
from qualcoder.core.ids import JobId
from qualcoder.core.models import Job, JobState
from qualcoder.core.queue import run
from qualcoder.home import Home
from qualcoder.transcripts import jobs, reviewing
from qualcoder.transcripts.models import TranscriptState
from qualcoder.works import WORKS
from tests.homes import World
from tests.transcripts.making import again, confirm, findings, receive, upload

TEXT = """\
Интервьюер: Кто приходил?
Респондент: Меня зовут Ойлап Ойдантап, телефон +7 701 000 00 00. Был ещё кто-то из соседей.
"""
MISSED = "соседей"

pytestmark = pytest.mark.both_backends


def _job(home: Home) -> JobId:
    with home.data.read() as db:
        return JobId(db.exec(select(Job.id)).one())


def _grow_old(home: Home, job_id: JobId) -> None:
    """As if the worker's machine had slept."""
    with home.data.transaction() as db:
        db.get_one(Job, job_id).changed_at = now() - timedelta(minutes=3)


def test_a_late_run_leaves_the_findings_of_the_review_alone(
    home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript = receive(home, world, upload(TEXT))
    confirm(home, transcript, world.pi)
    job_id = _job(home)
    find = pipeline.find_in_turns
    slept: list[bool] = []

    def sleeps_once(turns: Any, read: Any) -> Any:
        if not slept:
            slept.append(True)
            _grow_old(home, job_id)
            run(home.data, WORKS, job_id)
            with home.data.transaction() as db:
                reached = reviewing.reach_review(db, world.pi, transcript.id)
                reviewing.mark_missed(db, reached, MISSED, Label.PERSON)
        return find(turns, read)

    monkeypatch.setattr(jobs, "find_in_turns", sleeps_once)
    run(home.data, WORKS, job_id)
    spans = findings(home, transcript.id)
    assert any(span.sources == ["reviewer"] and span.decision is Decision.ACCEPT for span in spans)
    places = [(span.start, span.end) for span in spans]
    assert len(places) == len(set(places)) > 1
    with home.data.read() as db:
        assert db.get_one(Job, job_id).state is JobState.DONE
    assert again(home, transcript).state is TranscriptState.REVIEW


def test_a_run_that_is_overtaken_between_two_steps_writes_no_further(
    home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript = receive(home, world, upload(TEXT))
    confirm(home, transcript, world.pi)
    job_id = _job(home)
    monkeypatch.setattr(jobs, "STEP", 1)
    overtaken: list[bool] = []

    def overtake(_seconds: float) -> None:
        if not overtaken:
            overtaken.append(True)
            _grow_old(home, job_id)
            run(home.data, WORKS, job_id)

    monkeypatch.setattr(time, "sleep", overtake)
    run(home.data, WORKS, job_id)
    with home.data.read() as db:
        places = [(s.start, s.end) for s in db.exec(select(PiiSpan).order_by(col(PiiSpan.start)))]
        assert db.get_one(Job, job_id).state is JobState.DONE
    assert len(places) == len(set(places)) > 1
