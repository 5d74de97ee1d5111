"""Which backups of a folder are kept: the newest of each day, week and month, and whatever is not ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.core.errors import Invalid
from qualcoder.custody import retention
from qualcoder.custody.retention import Keep

HOUSE, OTHER = UUID(int=1 << 100), UUID(int=2 << 100)
START = datetime(2026, 1, 1, 3, tzinfo=UTC)


def _daily(days: int, house: UUID = HOUSE) -> list[str]:
    return [retention.name_of_backup(house, START + timedelta(days=n)) for n in range(days)]


def _kept(names: list[str], keep: str) -> list[str]:
    gone = retention.superfluous(names, HOUSE, Keep.parse(keep))
    return [name for name in names if name not in gone]


def test_a_year_of_nights_leaves_seven_days_five_weeks_and_twelve_months() -> None:
    kept = _kept(_daily(365), "7,5,12")
    days = [name[-20:-12] for name in kept]
    assert days[-7:] == [f"202612{day}" for day in range(25, 32)]
    # Four more weeks end on Sundays, eleven more months on their last day.
    assert {"20261227", "20261220", "20261213", "20261206"} <= set(days)
    assert {"20260131", "20260228", "20261031", "20261130"} <= set(days)
    assert len(kept) == 7 + 3 + 11


def test_of_several_a_day_the_newest_is_kept() -> None:
    names = [retention.name_of_backup(HOUSE, START + timedelta(hours=n)) for n in range(6)]
    assert _kept(names, "7,5,12") == names[-1:]


def test_names_of_others_are_never_given_back() -> None:
    strange = ["notes.txt", "qualcoder-data-00001000-20260230T000000Z.age", "qualcoder-data.age", "x" + _daily(1)[0]]
    assert retention.superfluous([*_daily(3), *_daily(9, OTHER), *strange], HOUSE, Keep(1, 0, 0)) == _daily(2)


@given(st.lists(st.integers(0, 500), max_size=60), st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
def test_the_newest_always_stays_and_a_second_look_removes_nothing(
    nights: list[int], days: int, weeks: int, months: int
) -> None:
    names = sorted({retention.name_of_backup(HOUSE, START + timedelta(days=n)) for n in nights})
    keep = Keep(days, weeks, months)
    gone = retention.superfluous(names, HOUSE, keep)
    left = [name for name in names if name not in gone]
    assert left[-days:] == names[-days:] if names else left == []
    assert retention.superfluous(left, HOUSE, keep) == []


def test_the_last_two_copies_of_the_keys_stay() -> None:
    names = [retention.name_of_keys_copy(HOUSE, n) for n in (9, 10, 1_000_000, 11)]
    assert retention.superfluous_keys([*names, retention.name_of_keys_copy(OTHER, 1)], HOUSE) == [names[0], names[1]]
    assert retention.superfluous_keys(names[:2], HOUSE) == []


@pytest.mark.parametrize("typed", ["", "7", "7,5", "7,5,x", "-1,5,12", "0,5,12", "7,5,12,1", "٧,5,12"])
def test_a_wrong_plan_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        Keep.parse(typed)
