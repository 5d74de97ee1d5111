"""Two coders in two browsers: what one codes, changes and removes appears to the other; filters, place and strip."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from qualcoder.accounts import service as accounts
from qualcoder.accounts import sessions
from qualcoder.accounts.models import Layers
from qualcoder.codebooks import service as codebooks
from qualcoder.coding.models import LastPlace
from qualcoder.home import Home
from tests.barriers import no_barriers
from tests.homes import World, access_of
from tests.journeys.acts import CODEBOOK
from tests.journeys.coding_acts import saved, selected
from tests.load.server import serving
from tests.served import PATIENCE_MS, Served, Troubles, visiting
from tests.transcripts import making

pytestmark = [pytest.mark.journey, pytest.mark.slow]
TEXT = """\
Интервьюер: Как прошли выборы акима?
Респондент: Зимой дорогу к селу замело. Воды не было с осени, носили из колодца.
Интервьюер: Кто помогал кандидатам?
Респондент: Партия дала машины и людей. Подсчёт был честный, я сам стоял рядом.
"""


def code_turn(page: Page, turn: int, word: str) -> None:
    """Give a turn the first code that fits a word."""
    page.locator(f"#t{turn} .tn").click()
    expect(page.locator("#open-palette")).to_be_visible()
    page.locator("#open-palette").click()
    page.locator("#palette-query").fill(word)
    expect(page.locator("#palette-options [aria-selected=true]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(f"#t{turn} li[data-coding]")).not_to_have_count(0)
    saved(page)


def is_kept(home: Home, page: Page, turn: int) -> None:
    """Wait until the server has the place of a page that was left."""
    for _ in range(PATIENCE_MS // 50):
        with home.data.read() as db:
            if turn in db.exec(select(LastPlace.turn)).all():
                return
        page.wait_for_timeout(50)
    raise AssertionError(turn)


def test_two_coders_see_each_other_live_and_a_blind_one_nothing(
    home: Home, world: World, chrome: Browser, troubles: Troubles
) -> None:
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        codebooks.import_codebook(db, access, codebooks.read_file(CODEBOOK.name, CODEBOOK.read_bytes()))
        policy = accounts.Policy(needs_second_reader=False, may_accept_all=False, layers=Layers.SHARED)
        accounts.set_policy(db, access, policy)
    transcript = making.to_codable(home, world, making.upload(TEXT), world.coder, world.other_coder)
    with home.data.transaction() as db:
        tokens = [sessions.open_session(db, person.id) for person in (world.coder, world.other_coder)]
    path = f"/transcripts/{transcript.id}"
    with serving(home) as server:
        served = Served(server.address, home.settings.home, {}, server.log, server.process.pid)
        with (
            visiting(chrome, served, troubles, token=tokens[0]) as first,
            visiting(chrome, served, troubles, token=tokens[1]) as second,
        ):
            first.goto(path)
            second.goto(path)
            expect(first.locator("#strip")).to_contain_text("I-001")
            # The second has a selection and the focus where the first codes.
            second.locator("#t2 .tn").click()
            expect(second.locator("#t2")).to_be_focused()
            expect(second.locator("#quote-now")).not_to_be_empty()
            held = selected(second)
            assert held
            code_turn(first, 2, "вод")
            expect(second.locator("#t2 li[data-by]")).to_have_count(1)
            expect(second.locator("#layers-said")).to_contain_text("1")
            assert selected(second) == held
            expect(second.locator("#t2")).to_be_focused()
            # Two at once, one of them removed again.
            code_turn(first, 4, "парт")
            expect(second.locator("#t4 li[data-by]")).to_have_count(1)
            first.locator("#codes-on-turn [data-remove]").first.click()
            saved(first)
            expect(second.locator("#t4 li[data-by]")).to_have_count(0)
            # The filter hides, and says so.
            second.locator("#layers summary").click()
            second.locator("#layers-coders input").last.uncheck()
            expect(second.locator("#t2 li[data-by]")).to_be_hidden()
            expect(second.locator("#t2 mark.d0")).to_have_count(1)
            expect(second.locator("#layers-said")).to_contain_text("1")
            no_barriers(second)
            second.locator("#layers-all").click()
            expect(second.locator("#t2 mark.d1")).to_have_count(1)
            # Where one was, one comes back to.
            second.locator("#t4 .tn").click()
            second.goto("/")
            is_kept(home, second, 4)
            second.goto(path)
            expect(second.locator("#t4")).to_be_focused()
            # Made blind, an open page lets go of the others' codings by itself.
            with home.data.transaction() as db:
                policy = accounts.Policy(needs_second_reader=False, may_accept_all=False, layers=Layers.BLIND)
                accounts.set_policy(db, access_of(db, world.study, world.pi), policy)
            expect(second.locator("#bench[data-layer=own]")).to_be_attached()
            expect(second.locator("li[data-by]")).to_have_count(0)
