"""On the coding page a removed coding comes back with all it had: by Ctrl+Z, by the button, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlmodel import select

from qualcoder.accounts import sessions
from qualcoder.coding import service
from qualcoder.coding.models import Coding, Memo, Valence
from qualcoder.coding.service import NewCoding
from qualcoder.core.ids import CodingId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from tests.homes import World
from tests.journeys.coding_acts import saved
from tests.load.server import serving
from tests.served import Served, Troubles, visiting
from tests.transcripts import making

pytestmark = [pytest.mark.journey, pytest.mark.slow]

MEMO = "Ойдантап осылай деді"


@dataclass(frozen=True, slots=True)
class Desk:
    """A served home, a signed-in coder, and a coding with memo, valence, weight and doubt."""

    home: Home
    served: Served
    token: str
    transcript: TranscriptId
    coding: CodingId

    def kept(self) -> tuple[object, ...]:
        """The coding and its memos as they are stored; empty while it is removed."""
        with self.home.data.read() as db:
            row = db.get_one(Coding, self.coding)
            memos = [memo.about_id for memo in db.exec(select(Memo))]
            if row.deleted_at is not None:
                return ()
            return (row.start, row.end, row.code_id, row.valence, row.weight, row.is_unsure, memos)


@pytest.fixture
def desk(home: Home, world: World) -> Iterator[Desk]:
    codes = making.import_codes(home, world)
    transcript = making.to_codable(home, world, None, world.coder)
    new = NewCoding(
        id=CodingId(new_id()),
        transcript_id=TranscriptId(transcript.id),
        text_number=1,
        span=Span(0, 11),
        code_id=codes["WATER"],
        valence=Valence.HINDERS,
        weight=3,
        is_unsure=True,
        memo=MEMO,
    )
    with home.data.transaction() as db:
        service.add_coding(db, world.coder, new)
        token = sessions.open_session(db, world.coder.id)
    with serving(home) as server:
        served = Served(server.address, home.settings.home, {}, server.log, server.process.pid)
        yield Desk(home, served, token, new.transcript_id, new.id)


@pytest.mark.parametrize("way", ["keys", "button"])
def test_an_undone_removal_brings_coding_and_memo_back(
    desk: Desk, chrome: Browser, troubles: Troubles, way: str
) -> None:
    before = desk.kept()
    with visiting(chrome, desk.served, troubles, token=desk.token) as page:
        page.goto(f"/transcripts/{desk.transcript}")
        item = _expect_noted(page, desk)
        for _ in range(2):
            page.locator("#transcript .turn").first.click()
            page.locator(f"#codes-on-turn li[data-coding='{desk.coding}'] [data-remove]").click()
            expect(item).to_have_count(0)
            saved(page)
            assert desk.kept() == ()
            if way == "keys":
                page.locator("#transcript").focus()
                page.keyboard.press("Control+z")
            else:
                page.locator("#undo").click()
            expect(item).to_have_count(1)
            saved(page)
            _expect_noted(page, desk)
            assert desk.kept() == before
        page.reload()
        _expect_noted(page, desk)


def test_the_same_without_scripts(desk: Desk, chrome: Browser) -> None:
    before = desk.kept()
    context = chrome.new_context(base_url=desk.served.url, java_script_enabled=False)
    context.add_cookies([{"name": "qc", "value": desk.token, "url": desk.served.url}])
    page = context.new_page()
    page.goto(f"/transcripts/{desk.transcript}")
    assert page.locator("#transcript details.margin li > *").count() == 0
    page.locator("#in-words").click()
    page.wait_for_url("**words=true")
    page.locator("#transcript details.margin summary").first.click()
    expect(page.locator(f"#transcript li[data-coding='{desk.coding}'] .by")).to_contain_text("memo")
    page.locator(f"#transcript li[data-coding='{desk.coding}'] [data-remove]").first.click()
    assert desk.kept() == ()
    page.locator(".flash form[action$='/restore'] button").click()
    _expect_noted(page, desk)
    assert desk.kept() == before
    context.close()


def _expect_noted(page: Page, desk: Desk) -> Locator:
    item = page.locator(f"#transcript li[data-coding='{desk.coding}']")
    expect(item).to_have_count(1)
    expect(item).to_have_attribute("data-memo", "")
    return item
