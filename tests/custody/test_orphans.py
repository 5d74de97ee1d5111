"""Keys that belong to nothing: counted by doctor, destroyed after thirty days, and nothing else with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlmodel import col, select

from qualcoder.audit import chain
from qualcoder.audit.models import AuditEntry
from qualcoder.core.ids import ZERO, new_id
from qualcoder.custody.orphans import MONTH_SECONDS, OrphanSweep, orphans
from qualcoder.home import Home
from qualcoder.interviews import service
from qualcoder.interviews.models import Interview
from qualcoder.vault import shredding
from qualcoder.vault.fields import KeyKind
from qualcoder.vault.keys import KeyRef, Shredded
from qualcoder.vault.models import InterviewKey
from tests.homes import World, access_of
from tests.interviews.making import DETAILS, draft, make_interview


@dataclass(slots=True)
class Clock:
    """Seconds that pass when a test says so."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


def leave_behind(home: Home, world: World) -> None:
    """An interview that was begun and never kept: its keys are durable, its rows are not."""
    with pytest.raises(RuntimeError), home.data.transaction() as db:
        service.create_interview(db, access_of(db, world.study, world.pi), draft())
        raise RuntimeError("the disk is full")


def counts(home: Home) -> list[int]:
    return [len(ids) for ids in orphans(home.data, home.keys).values()]


def swept(home: Home) -> list[dict[str, int]]:
    with home.data.read() as db:
        return [one.counts for one in db.exec(select(AuditEntry).where(col(AuditEntry.act) == "keys.swept"))]


@pytest.mark.both_backends
def test_keys_left_behind_go_after_a_day_and_the_others_stay(home: Home, world: World) -> None:
    kept = make_interview(home, world)
    assert counts(home) == [0, 0]
    leave_behind(home, world)
    assert counts(home) == [1, 1]
    clock = Clock()
    sweep = OrphanSweep(clock)
    for seconds in (0.0, MONTH_SECONDS / 2, MONTH_SECONDS - 1):
        clock.at = seconds
        sweep(home.data)
    assert counts(home) == [1, 1]
    assert swept(home) == []
    clock.at = MONTH_SECONDS
    for _ in range(2):
        sweep(home.data)
    assert counts(home) == [0, 0]
    assert swept(home) == [{"interview_keys": 1, "respondent_keys": 1}]
    with home.data.read() as db:
        assert service.details_of(db, db.get_one(Interview, kept.id)) == DETAILS
        assert chain.verify(db, ZERO).first_bad is None


def test_a_key_whose_interview_comes_late_is_left_alone(home: Home, world: World) -> None:
    clock = Clock()
    sweep = OrphanSweep(clock)
    with home.data.transaction() as db:
        service.create_interview(db, access_of(db, world.study, world.pi), draft())
        sweep_sees = counts(home)
        clock.at = 1.0
    assert sweep_sees == [1, 1]
    for at in (2.0, 2.0 + MONTH_SECONDS):
        clock.at = at
        sweep(home.data)
    assert swept(home) == []


def test_beside_a_foreign_data_database_no_key_is_destroyed(
    home: Home, world: World, make_home: Callable[[], Home]
) -> None:
    make_interview(home, world)
    empty = make_home()
    assert [len(ids) for ids in orphans(empty.data, home.keys).values()] == [0, 0]


def test_a_sealed_home_is_not_swept(home: Home, world: World) -> None:
    leave_behind(home, world)
    clock = Clock()
    sweep = OrphanSweep(clock)
    sweep(home.data)
    home.keyring.seal()
    clock.at = 2 * MONTH_SECONDS
    sweep(home.data)
    assert counts(home) == [1, 1]


def test_what_a_destroyed_key_sealed_opens_no_more(home: Home, world: World) -> None:
    gone, kept = make_interview(home, world), make_interview(home, world)
    shredding.destroy(home.keyring, KeyKind.INTERVIEW, [gone.id])
    home.keyring._checked_at = 0.0
    with home.data.read() as db:
        with pytest.raises(Shredded):
            service.details_of(db, db.get_one(Interview, gone.id))
        assert service.details_of(db, db.get_one(Interview, kept.id)) == DETAILS
    with pytest.raises(Shredded):
        home.keyring.current(KeyRef.interview(gone.id, world.study.id))
    for path in home.settings.home.glob("keys.db*"):
        assert gone.id.bytes not in path.read_bytes()
        assert gone.id.hex.encode() not in path.read_bytes()


def test_nothing_to_destroy_destroys_nothing(home: Home, world: World) -> None:
    make_interview(home, world)
    shredding.destroy(home.keyring, KeyKind.INTERVIEW, [new_id()])
    with home.keys.read() as db:
        assert len(db.exec(select(InterviewKey.id)).all()) == 1
