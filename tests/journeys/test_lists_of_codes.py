"""The list of codes under a turn: worded by a script where the column is not in sight, else by the server, alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlmodel import col, select

from qualcoder.accounts import sessions
from qualcoder.accounts.models import Language, Person
from qualcoder.codebooks.models import Code
from qualcoder.coding import service
from qualcoder.coding.models import Valence
from qualcoder.coding.service import NewCoding
from qualcoder.core.ids import CodeId, CodingId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from tests.homes import World
from tests.journeys.coding_acts import saved
from tests.journeys.coding_desk import CodingDesk, coding_desk
from tests.served import Troubles, visiting

pytestmark = [pytest.mark.journey, pytest.mark.slow]

TEXT = """\
Интервьюер: Как прошли выборы акима?
Респондент: Зимой дорогу к селу замело. Воды не было с осени, носили из колодца.
"""
ITEMS = "#t2 .codes-here li"


@pytest.fixture
def desk(home: Home, world: World, request: pytest.FixtureRequest) -> Iterator[CodingDesk]:
    """A turn with three codings: the coder's own, bare and with a claim and a memo, and one of the PI."""
    language = getattr(request, "param", "kk")
    with coding_desk(home, world, TEXT, language) as there:
        with home.data.transaction() as db:
            db.get_one(Person, world.pi.id).language = Language(language)
            codes = db.exec(select(Code.id).where(col(Code.is_codable)).order_by(col(Code.id)).limit(3)).all()
            for n, (me, code) in enumerate(zip((world.coder, world.coder, world.pi), codes, strict=True)):
                span = Span(40 + n * 3, 60 + n * 3)
                valence, memo = (Valence.DENIES, "Ойлап") if n == 1 else (None, "")
                new = NewCoding(CodingId(new_id()), there.transcript, 1, span, CodeId(code), valence, memo=memo)
                service.add_coding(db, me, new)
        yield there


@pytest.mark.parametrize(("desk", "role"), [("ru", "coder"), ("kk", "pi")], indirect=["desk"])
def test_the_words_are_those_of_the_page_without_scripts(
    desk: CodingDesk, world: World, chrome: Browser, troubles: Troubles, role: str
) -> None:
    with desk.home.data.transaction() as db:
        token = sessions.open_session(db, getattr(world, role).id)
    with visiting(chrome, desk.served, troubles, token=token) as page:
        page.set_viewport_size({"width": 390, "height": 780})
        page.goto(f"{desk.path}?words=true")
        page.locator("#t2 .margin > summary").click()
        worded = page.locator(ITEMS).all_inner_texts()
        assert len(worded) == (3 if role == "pi" else 2)
        buttons = page.locator(f"{ITEMS} button").count()
        page.goto(desk.path)
        page.locator("#t2 .margin > summary").click()
        expect(page.locator(f"{ITEMS} .name")).to_have_count(len(worded))
        assert page.locator(ITEMS).all_inner_texts() == worded
        assert page.locator(f"{ITEMS} button").count() == buttons
        assert any("Ойлап" not in one and " · " in one for one in worded)


def test_a_list_that_is_opened_before_the_script_is_there_gets_its_words(
    desk: CodingDesk, chrome: Browser, troubles: Troubles
) -> None:
    held: list[Route] = []
    with visiting(chrome, desk.served, troubles, token=desk.token) as page:
        page.set_viewport_size({"width": 390, "height": 780})
        page.route("**/js/coding-page.js", lambda route: held.append(route))
        page.goto(desk.path, wait_until="commit")
        page.locator("#t2 .margin > summary").click()
        expect(page.locator(f"{ITEMS} .name")).to_have_count(0)
        held[0].continue_()
        expect(page.locator(f"{ITEMS} .name")).to_have_count(2)


def test_one_is_removed_from_the_list_under_its_turn(desk: CodingDesk, chrome: Browser, troubles: Troubles) -> None:
    with visiting(chrome, desk.served, troubles, token=desk.token) as page:
        page.set_viewport_size({"width": 390, "height": 780})
        page.goto(desk.path)
        page.locator("#t2 .margin > summary").click()
        page.locator(f"{ITEMS} [data-remove]").first.click()
        saved(page)
        # The list stays open, in words, with the one that is left.
        expect(page.locator(f"{ITEMS} .name")).to_have_count(1)
        expect(page.locator(f"{ITEMS} .name")).to_be_visible()
        assert len(desk.codings()) == 2


def test_a_link_to_a_turn_holds_without_scripts(desk: CodingDesk, chrome: Browser) -> None:
    context = chrome.new_context(base_url=desk.served.url, java_script_enabled=False)
    context.add_cookies([{"name": "qc", "value": desk.token, "url": desk.served.url}])
    page: Page = context.new_page()
    page.goto(f"{desk.path}#t2")
    assert page.url.endswith(f"{desk.path}#t2")
    expect(page.locator("#in-words")).to_be_visible()
    context.close()
