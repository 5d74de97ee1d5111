"""Background work on its page: who sees it, who stops it, what a stop and a new beginning leave."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Person
from qualcoder.audit.models import AuditEntry
from qualcoder.core import queue
from qualcoder.core.errors import Conflict, NotFound, Refused
from qualcoder.core.ids import JobId
from qualcoder.core.models import Job, JobKind, JobState
from qualcoder.home import Home
from qualcoder.jobs import service
from qualcoder.jobs.queries import JobLine, jobs_in
from qualcoder.matrices import service as matrices
from qualcoder.matrices.cells import Question
from qualcoder.matrices.models import ExportFormat, ExportLedger
from qualcoder.matrices.service import ExportSpec
from qualcoder.transcripts import jobs
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.works import WORKS
from tests.homes import Browser, World, access_of, work_off
from tests.transcripts import making


@pytest.fixture
def searched(home: Home, world: World) -> Transcript:
    """A transcript of the researcher whose search waits in line."""
    transcript = making.receive(home, world, by=world.researcher)
    making.confirm(home, transcript, world.researcher)
    return transcript


def lines(home: Home, world: World, who: Person) -> list[JobLine]:
    with home.data.read() as db:
        return jobs_in(db, access_of(db, world.study, who))


def only_job(home: Home, transcript: Transcript) -> Job:
    with home.data.read() as db:
        return db.exec(select(Job).where(col(Job.object_id) == transcript.id)).one()


def cancel(home: Home, world: World, who: Person, job_id: JobId) -> None:
    with home.data.transaction() as db:
        service.cancel(db, who, world.study.slug, job_id)


def retry(home: Home, world: World, who: Person, job_id: JobId) -> None:
    with home.data.transaction() as db:
        service.retry(db, who, world.study.slug, job_id)


def test_a_pi_sees_all_work_and_a_researcher_her_own(home: Home, world: World, searched: Transcript) -> None:
    (line,) = lines(home, world, world.pi)
    assert (line.serial, line.state, line.may_cancel, line.may_retry) == ("T-001", JobState.WAITING, True, False)
    assert [one.id for one in lines(home, world, world.researcher)] == [line.id]
    assert lines(home, world, world.other_researcher) == []


@pytest.mark.both_backends
def test_waiting_work_stops_at_once_and_begins_again(home: Home, world: World, searched: Transcript) -> None:
    job = only_job(home, searched)
    cancel(home, world, world.researcher, job.id)
    work_off(home)
    assert making.again(home, searched).state is TranscriptState.FAILED
    (line,) = lines(home, world, world.researcher)
    assert (line.state, line.may_cancel, line.may_retry) == (JobState.CANCELLED, False, True)
    retry(home, world, world.researcher, job.id)
    with pytest.raises(Conflict):
        retry(home, world, world.researcher, job.id)
    assert work_off(home) == 1
    assert making.again(home, searched).state is TranscriptState.REVIEW
    newest, old = lines(home, world, world.researcher)
    assert (newest.state, newest.percent, old.may_retry) == (JobState.DONE, 100, False)
    with home.data.read() as db:
        acts = set(db.exec(select(AuditEntry.act)))
    assert {"job.cancelled", "job.retried"} <= acts


def test_running_work_stops_at_its_next_step(home: Home, world: World, searched: Transcript) -> None:
    job = only_job(home, searched)
    with home.data.transaction() as db:
        db.get_one(Job, job.id).is_cancel_asked = False
    assert queue.claim(home.data, job.id) is not None
    cancel(home, world, world.pi, job.id)
    (line,) = lines(home, world, world.pi)
    assert (line.state, line.is_stopping, line.may_cancel) == (JobState.RUNNING, True, False)
    with pytest.raises(queue.Cancelled):
        WORKS[job.kind](home.data, job.id)
    assert making.again(home, searched).state is TranscriptState.FAILED


def test_a_stop_leaves_what_a_later_run_has_begun(home: Home, world: World, searched: Transcript) -> None:
    job = only_job(home, searched)
    queue.claim(home.data, job.id)
    with home.data.transaction() as db:
        row = db.get_one(Job, job.id)
        row.attempts += 1
    cancel(home, world, world.pi, job.id)
    jobs._give_up_if_asked(home.data, job.id, 1, searched.id)
    assert making.again(home, searched).state is TranscriptState.DETECTING


def test_others_neither_stop_nor_find_it(home: Home, world: World, searched: Transcript) -> None:
    job = only_job(home, searched)
    with home.data.transaction() as db:
        db.get_one(Job, job.id).actor_id = world.pi.id
    for who, refusal in (
        (world.researcher, Refused),
        (world.other_researcher, NotFound),
        (world.coder, Refused),
        (world.outsider, NotFound),
    ):
        with pytest.raises(refusal):
            cancel(home, world, who, job.id)
    with pytest.raises(NotFound), home.data.transaction() as db:
        service.cancel(db, world.outsider, world.other_study.slug, job.id)
    assert only_job(home, searched).state is JobState.WAITING


def test_an_export_stops_and_begins_again(home: Home, world: World) -> None:
    making.import_codes(home, world)
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        export = matrices.ask_export(db, access, ExportFormat.CSV, ExportSpec(Question(), "long", "en"))
    (line,) = lines(home, world, world.pi)
    assert line.serial == "X-001"
    cancel(home, world, world.pi, line.id)
    work_off(home)
    with home.data.read() as db:
        assert db.get_one(ExportLedger, export.id).blob_id is None
    retry(home, world, world.pi, line.id)
    work_off(home)
    with home.data.read() as db:
        assert db.get_one(ExportLedger, export.id).blob_id is not None
    with pytest.raises(Conflict):
        retry(home, world, world.pi, line.id)


def test_the_page_looks_again_only_while_something_is_unfinished(
    home: Home, world: World, browser: Browser, searched: Transcript
) -> None:
    person, address = browser.as_(world.researcher), f"/studies/{world.study.slug}/jobs"
    page = person.get(address)
    assert page.status_code == 200
    assert 'hx-trigger="every 2s"' in page.text
    assert f"/jobs/{only_job(home, searched).id}/cancel" in page.text
    fragment = person.get(address, headers={"HX-Request": "true"})
    assert fragment.text.lstrip().startswith('<div id="work"')
    work_off(home)
    page = person.get(address)
    assert "hx-trigger" not in page.text
    assert "100 %" in page.text


def test_a_page_holds_thirty_and_the_next_the_rest(home: Home, world: World, browser: Browser) -> None:
    with home.data.transaction() as db:
        for _ in range(31):
            queue.add_job(db, JobKind.DETECT, world.study.id, study_id=world.study.id, actor_id=world.pi.id)
    person = browser.as_(world.pi)
    first = person.get(f"/studies/{world.study.slug}/jobs")
    assert first.text.count("/cancel") == 30
    assert "?page=2" in first.text
    assert person.get(f"/studies/{world.study.slug}/jobs?page=2").text.count("/cancel") == 1
    assert person.get(f"/studies/{world.study.slug}/jobs?page=0").status_code == 422


def test_nothing_yet_says_what_will_stand_here(world: World, browser: Browser) -> None:
    assert "No background work yet" in browser.as_(world.pi).get(f"/studies/{world.study.slug}/jobs").text
