"""The page of the house is red until both copies were made, and when one is older than a week."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from qualcoder.core.clock import now
from qualcoder.custody import queries, service
from qualcoder.custody.models import BackupLog
from qualcoder.custody.queries import Freshness
from qualcoder.home import Home
from qualcoder.vault.backup import Kind
from qualcoder.vault.keys import KeyRef
from tests.custody.copying import Offsite, copy_both, house_of
from tests.homes import Browser, World

RED = 'class="flash is-bad"'


def test_it_is_red_until_both_were_made(home: Home, world: World, browser: Browser, offsite: Offsite) -> None:
    admin = browser.as_(world.admin)
    page = admin.get("/house")
    assert page.status_code == 200
    assert page.text.count(RED) == page.text.count("none was ever made") == 2
    service.make_backup(house_of(home), offsite.folder, [offsite.recipient])
    assert admin.get("/house").text.count(RED) == 1
    made = service.copy_keys(house_of(home), offsite.folder, [offsite.recipient])
    page = admin.get("/house")
    assert RED not in page.text
    assert page.text.count("fresh") == 2
    assert made.written.sha256[:16] in page.text


@pytest.mark.parametrize(
    ("age", "freshness"),
    [
        (timedelta(0), Freshness.GOOD),
        (timedelta(days=7), Freshness.GOOD),
        (timedelta(days=7, seconds=1), Freshness.OLD),
    ],
)
def test_seven_days_are_the_limit(home: Home, offsite: Offsite, age: timedelta, freshness: Freshness) -> None:
    copy_both(home, offsite)
    at = now()
    with home.data.transaction() as db:
        db.execute(update(BackupLog).values(at=at - age))
    with home.data.read() as db:
        found = queries.last_copies(db, home.keys, at)
    assert [(one.kind, one.freshness) for one in found] == [(Kind.DATA, freshness), (Kind.KEYS, freshness)]


def test_an_old_copy_is_red_and_a_newer_one_mends_it(
    home: Home, world: World, browser: Browser, offsite: Offsite
) -> None:
    copy_both(home, offsite)
    with home.data.transaction() as db:
        db.execute(update(BackupLog).values(at=now() - timedelta(days=8)))
    admin = browser.as_(world.admin)
    assert admin.get("/house").text.count("older than 7 days") == 2
    copy_both(home, offsite)
    assert RED not in admin.get("/house").text


def test_keys_made_since_the_last_copy_are_counted(
    home: Home, world: World, browser: Browser, offsite: Offsite
) -> None:
    copy_both(home, offsite)
    admin = browser.as_(world.admin)
    assert "of the keys since" not in admin.get("/house").text
    for n in range(2):
        home.keyring.create(KeyRef.interview(world.coder.id if n else world.pi.id, world.study.id))
    assert "2 changes of the keys since" in admin.get("/house").text


def test_it_names_the_public_keys_and_the_start_page_leads_there(
    home: Home, world: World, browser: Browser, offsite: Offsite
) -> None:
    admin = browser.as_(world.admin)
    assert "Nobody yet" in admin.get("/house").text
    with home.data.transaction() as db:
        service.set_recipients(db, [offsite.recipient])
    assert offsite.recipient in admin.get("/house").text
    assert 'href="/house"' in admin.get("/").text


@pytest.mark.parametrize("who", ["pi", "researcher", "coder", "observer"])
def test_it_is_for_administrators_of_the_house(world: World, browser: Browser, who: str) -> None:
    other = browser.as_(world.by_name[who])
    assert other.get("/house").status_code == 403
    assert 'href="/house"' not in other.get("/").text
