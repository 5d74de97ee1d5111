"""The audit page narrows to an act, a person and days; the check is of the whole record all the same."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from qualcoder.audit import chain
from qualcoder.audit.words import ACT_LABELS, LOOKING
from qualcoder.core.clock import now
from qualcoder.home import Home
from tests.homes import Browser, World


@pytest.fixture
def busy(home: Home, world: World) -> World:
    """A study in which the PI and the coder did a few things."""
    with home.data.transaction() as db:
        for who, act in ((world.pi, "code.retired"), (world.coder, "coding.added"), (world.coder, "coding.removed")):
            chain.record(db, who.id, act, "code", world.study.id, study_id=world.study.id)
    return world


def acts(page: str) -> list[str]:
    return re.findall(r"<code>([a-z_]+\.[a-z_]+)</code>", page)


def test_it_narrows_by_act_person_and_day(busy: World, browser: Browser) -> None:
    person, address = browser.as_(busy.pi), f"/studies/{busy.study.slug}/audit"
    today, tomorrow = now().date(), now().date() + timedelta(days=1)
    for query, expected in (
        ("act=coding.added", ["coding.added"]),
        (f"who={busy.coder.id}", ["coding.removed", "coding.added", "member.role_set"]),
        (f"who={busy.coder.id}&act=coding.removed&since={today}&until={today}", ["coding.removed"]),
        (f"since={tomorrow}", []),
        ("until=1999-12-31", []),
    ):
        page = person.get(f"{address}?{query}")
        assert page.status_code == 200
        assert (query, acts(page.text)) == (query, expected)
        assert ("No act fits" in page.text) is not bool(expected)
        assert "The record is whole" in page.text


def test_nonsense_narrows_nothing(busy: World, browser: Browser) -> None:
    person, address = browser.as_(busy.pi), f"/studies/{busy.study.slug}/audit"
    nonsense = (
        "who=nobody&since=yesterday&until=%00",
        "act=%00",
        "act=no.such",
        "until=9999-12-31",
        "before=99999&who=",
    )
    for query in nonsense:
        page = person.get(f"{address}?{query}")
        assert page.status_code == 200
        assert "coding.added" in acts(page.text)


def test_older_acts_keep_what_was_asked(home: Home, busy: World, browser: Browser) -> None:
    with home.data.transaction() as db:
        for _ in range(60):
            chain.record(db, busy.coder.id, "coding.added", "coding", None, study_id=busy.study.id)
    person, address = browser.as_(busy.pi), f"/studies/{busy.study.slug}/audit"
    first = person.get(f"{address}?act=coding.added")
    assert len(acts(first.text)) == 50
    assert "act=coding.added&amp;before=" in first.text
    older = first.text.split('rel="next" href="')[1].partition('"')[0].replace("&amp;", "&")
    assert acts(person.get(older).text) == ["coding.added"] * 11


def test_looking_is_named_like_any_act() -> None:
    assert set(ACT_LABELS) >= LOOKING
