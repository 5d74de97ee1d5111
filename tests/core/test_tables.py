"""The base of all tables refuses what SQLModel lets pass, and keeps quiet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import select

from qualcoder.accounts.models import Person
from qualcoder.core import clock
from qualcoder.core.ids import ZERO, new_id
from qualcoder.core.models import Job, JobKind, JobState
from qualcoder.core.tables import KeysTable, Table, _Strict
from qualcoder.home import Home
from qualcoder.schema import DATA, KEYS
from qualcoder.vault.keys import KeyRef

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def _job(at: datetime = AT) -> Job:
    return Job(kind=JobKind.DETECT, object_id=uuid4(), created_at=at, changed_at=at)


def _values(unknown: str) -> dict[str, Any]:
    return {"kind": JobKind.DETECT, "object_id": uuid4(), "created_at": AT, "changed_at": AT, unknown: 1}


@pytest.mark.parametrize("unknown", ["colour", "is_finished", "metadata", "Kind"])
def test_an_unknown_keyword_is_refused_by_name(unknown: str) -> None:
    with pytest.raises(TypeError, match=f"Job has no {unknown}"):
        Job(**_values(unknown))


def test_every_table_has_the_strict_base() -> None:
    classes = {cls for base in (Table, KeysTable) for cls in base.__subclasses__()}
    assert all(issubclass(cls, _Strict) for cls in classes)
    named = {str(getattr(cls, "__tablename__", "")) for cls in classes}
    assert named == set(DATA.tables) | set(KEYS.tables)


def test_a_row_prints_its_class_and_id_only() -> None:
    person = Person(email_lookup=b"look", email_ct=b"secret", name_ct=b"Oydantap", created_at=AT)
    for shown in (repr(person), str(person), f"{person}", f"{person!r}", repr([person])):
        assert shown.strip("[]") == f"<Person {person.id}>"


@pytest.mark.both_backends
@pytest.mark.parametrize(
    "moment",
    [AT, datetime(2026, 11, 21, 14, 30, tzinfo=timezone(timedelta(hours=5))), datetime(1991, 12, 16, tzinfo=UTC)],
)
def test_a_moment_comes_back_in_utc(home: Home, moment: datetime) -> None:
    with home.data.transaction() as db:
        job = _job(moment)
        db.add(job)
    with home.data.read() as db:
        found = db.get_one(Job, job.id).created_at
    assert found == moment
    assert found.tzinfo is UTC or found.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(home: Home) -> None:
    with pytest.raises(StatementError, match="needs its zone"), home.data.transaction() as db:
        db.add(_job(datetime(2026, 11, 21, 9, 30)))  # noqa: DTZ001  # this is what is refused


@pytest.mark.both_backends
def test_a_closed_set_is_kept_as_its_words_and_enforced(home: Home) -> None:
    with home.data.transaction() as db:
        job = _job()
        db.add(job)
    with home.data.read() as db:
        assert db.execute(text("SELECT state FROM job")).scalar_one() == "waiting"
        assert db.get_one(Job, job.id).state is JobState.WAITING
    with pytest.raises(IntegrityError), home.data.transaction() as db:
        db.execute(text("UPDATE job SET state = 'lost'"))


@pytest.mark.both_backends
def test_an_update_of_a_row_that_changed_meanwhile_is_refused(home: Home) -> None:
    with home.data.transaction() as db:
        job = _job()
        db.add(job)
    with home.data.read() as db:
        seen = db.get_one(Job, job.id)
        db.expunge(seen)
    with home.data.transaction() as db:
        db.get_one(Job, job.id).done = 1
    seen.done = 2
    with pytest.raises(StaleDataError), home.data.transaction() as db:
        db.add(seen)
    with home.data.read() as db:
        assert db.exec(select(Job.done, Job.version)).one() == (1, 2)


def test_the_clock_gives_whole_seconds_in_utc() -> None:
    present = clock.now()
    assert present.tzinfo is UTC
    assert present.microsecond == 0
    assert abs(present - datetime.now(UTC)) < timedelta(minutes=1)


def test_ids_are_random_and_the_systems_is_zero() -> None:
    made = {new_id() for _ in range(1000)}
    assert len(made) == 1000
    assert {one.version for one in made} == {4}
    assert UUID(int=0) == ZERO == KeyRef.system().study_id
