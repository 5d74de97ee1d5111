"""A day in the study through the pages: many files and a killed worker, search, removals, everybody's start."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, select

from qualcoder.anonymise.models import PiiSpan
from qualcoder.core.clock import now
from qualcoder.core.models import Job, JobState
from qualcoder.core.queue import STALE_AFTER
from qualcoder.home import Home, open_home
from qualcoder.settings import Settings
from qualcoder.transcripts.models import Transcript, TranscriptState
from tests.demos import MakeDemo
from tests.journeys import acts
from tests.journeys.acts import Street
from tests.journeys.conftest import House
from tests.page_table import SLUG, Show, on_show
from tests.served import Served, Troubles, visiting

pytestmark = [pytest.mark.journey, pytest.mark.slow]

FILES = 5
SAID = "Респондент: Меня зовут Серик Ойдантапов, звоните +7 700 000 00 {n:02d}, пишите serik{n}@example.org.\n"
PATIENCE_SECONDS = 600.0


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory, demo_copy: MakeDemo) -> Iterator[Show]:
    """The demo with something in every state, served."""
    with on_show(tmp_path_factory.mktemp("show"), demo_copy) as made:
        yield made


# Many files, and a worker that is killed --------------------------------------------------------------


def test_a_worker_killed_in_a_batch_loses_no_file_and_doubles_none(
    house: House, chrome: Browser, troubles: Troubles, tmp_path: Path
) -> None:
    troubles.expect(acts.REFUSED, "ERR_INTERNET_DISCONNECTED")
    street = Street(chrome, house.served, troubles, "ru")
    with street.browser() as page:
        acts.accept_invitation(page, house.invitation, "ru")
        acts.create_study(page)
        invitation = acts.invite(page, "pi@slice.example", "Principal Oydantapqyzy", "pi")
    with street.browser() as page:
        acts.accept_invitation(page, invitation, "ru")
        _send_many(page, _files(tmp_path))
        for serial in range(1, FILES + 1):
            page.goto(f"/studies/{acts.SLUG}/transcripts")
            page.get_by_role("link", name=f"T-{serial:03d}", exact=True).click()
            acts.submit(page, "/speakers")
            if serial == 2:
                _kill_worker(house.served)
        _age_what_was_left(house.served)
        page.goto(f"/studies/{acts.SLUG}/jobs")
        # The list looks again by itself; nobody reloads.
        expect(page.locator("#work .badge.is-good")).to_have_count(FILES, timeout=PATIENCE_SECONDS * 1000)
        expect(page.locator("#work [hx-trigger]")).to_have_count(0)
        page.goto(f"/studies/{acts.SLUG}/transcripts?state=review")
        expect(page.locator("tbody tr")).to_have_count(FILES)
    _each_was_searched_once(house.served)


def _files(folder: Path) -> list[Path]:
    found = []
    for number in range(FILES):
        file = folder / f"сұхбат {number}.txt"
        said = "".join(SAID.format(n=n) for n in range(40))
        file.write_text(f"Интервьюер: Кто вы?\n{said}Респондент: Это запись {number}.\n", "utf-8")
        found.append(file)
    return found


def _send_many(page: Page, files: list[Path]) -> None:
    """Choose in two goes, lose the connection for the first sending, send again."""
    page.goto(f"/studies/{acts.SLUG}/upload")
    page.set_input_files("#f-file", files[:2])
    page.set_input_files("#f-file", [*files[1:], files[0]])
    expect(page.locator("#chosen li")).to_have_count(FILES)
    page.select_option("#f-category", "voter")
    page.check("[name=consent]")
    page.context.set_offline(True)
    acts.submit(page, "/upload")
    expect(page.locator("#upload-progress li[data-refused]")).to_have_count(FILES)
    expect(page.locator("#f-category")).to_have_value("voter")
    page.context.set_offline(False)
    page.locator("#upload-progress .actions button").click()
    expect(page.locator("#upload-progress li a[href]")).to_have_count(FILES, timeout=300_000)


def _kill_worker(served: Served) -> None:
    """End the worker as a machine without memory does, once it has begun."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        children = [
            int(child)
            for task in Path(f"/proc/{served.process_id}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
        if children and _running(served):
            os.kill(children[0], signal.SIGKILL)
            return
        time.sleep(0.05)
    raise AssertionError("no worker began")


def _home(served: Served) -> Home:
    """The same home from here, sealed: rows, ids and states are plain."""
    return open_home(Settings(home=served.home))


def _running(served: Served) -> int:
    home = _home(served)
    try:
        with home.data.read() as db:
            return len(db.exec(select(Job.id).where(col(Job.state) == JobState.RUNNING)).all())
    finally:
        home.close()


def _age_what_was_left(served: Served) -> None:
    """As if the two minutes had gone by after which work counts as left."""
    home = _home(served)
    with home.data.transaction() as db:
        for job in db.exec(select(Job).where(col(Job.state) == JobState.RUNNING)):
            if job.attempts == 1:
                job.changed_at = now() - 2 * STALE_AFTER
    home.close()


def _each_was_searched_once(served: Served) -> None:
    home = _home(served)
    with home.data.read() as db:
        rows = list(db.exec(select(Transcript)))
        assert [row.state for row in rows] == [TranscriptState.REVIEW] * FILES
        assert sorted(row.number for row in rows) == list(range(1, FILES + 1))
        places: dict[object, list[tuple[int, int, str]]] = {}
        for span in db.exec(select(PiiSpan)):
            places.setdefault(span.transcript_id, []).append((span.start, span.end, span.label))
        assert len({tuple(sorted(found)) for found in places.values()}) == 1
        assert all(len(set(found)) == len(found) >= 80 for found in places.values())
        assert len(list(db.exec(select(Job.id)))) == FILES
    home.close()


# Search ---------------------------------------------------------------------------------------------


def test_a_coder_searches_by_keyboard_and_lands_on_the_lit_words(
    show: Show, chrome: Browser, troubles: Troubles
) -> None:
    troubles.expect(acts.REFUSED)
    with _visit(show, chrome, troubles, "coder") as page:
        page.goto(f"/studies/{SLUG}/search")
        page.locator("#f-words").focus()
        page.keyboard.press("Enter")
        page.keyboard.type("ауыл*")
        page.keyboard.press("Enter")
        expect(page.locator("#found-h")).to_be_focused()
        first = page.locator("ol.found a").first
        words = page.locator("ol.found mark").first.inner_text()
        assert words.casefold().startswith("ауыл")
        first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/transcripts/[0-9a-f-]{36}#t\d+~[\d.-]+$"))
        turn = page.url.partition("#")[2].partition("~")[0]
        expect(page.locator(f"#{turn}")).to_be_in_viewport()
        lit = page.evaluate("[...(CSS.highlights.get('found') ?? CSS.highlights.get('spot') ?? [])].map(String)")
        assert words in lit
        page.goto(f"/studies/{SLUG}/search")
        page.fill("#f-words", "словакоторогонет")
        page.keyboard.press("Enter")
        expect(page.locator("#search .empty")).to_be_visible()


# Removals -------------------------------------------------------------------------------------------


def test_a_pi_removes_and_takes_it_back(show: Show, chrome: Browser, troubles: Troubles) -> None:
    with _visit(show, chrome, troubles, "pi") as page:
        page.goto(f"/interviews/{show.interview}")
        rows = page.locator("#links tbody tr")
        held = rows.count()
        rows.first.locator("button").click()
        expect(page.locator(".flash[data-focused]")).to_be_focused()
        expect(rows).to_have_count(held - 1)
        page.locator(".flash button").click()
        expect(rows).to_have_count(held)
        page.goto(f"/studies/{SLUG}/people")
        people = page.locator("tbody tr")
        held = people.count()
        page.locator("tbody button.is-danger").last.click()
        page.locator("dialog[open] button[value=yes]").click()
        expect(people).to_have_count(held - 1)
        page.goto(f"/studies/{SLUG}/people")
        page.locator("details.card summary").click()
        page.locator("details.card form[action$='/restore'] button").click()
        expect(people).to_have_count(held)


# Everybody's start ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["admin", "pi", "researcher", "coder", "observer"])
def test_everybody_starts_with_what_waits_for_them(show: Show, chrome: Browser, troubles: Troubles, who: str) -> None:
    begins = who in {"pi", "researcher", "coder"}
    with _visit(show, chrome, troubles, who) as page:
        page.goto("/")
        leads = page.locator("main a[href*='/transcripts/']")
        if begins:
            leads.first.click()
            page.wait_for_url(re.compile(r"/transcripts/[0-9a-f-]{36}"))
            expect(page.locator("h1")).to_be_visible()
        else:
            expect(leads).to_have_count(0)
            expect(page.locator("main h1")).to_be_visible()


def _visit(show: Show, chrome: Browser, troubles: Troubles, who: str) -> AbstractContextManager[Page]:
    return visiting(chrome, show.served, troubles, token=show.tokens[who])
