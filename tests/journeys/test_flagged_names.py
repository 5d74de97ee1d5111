"""A coder meets a name in a released text and flags it: every open browser loses it at once, and a PI decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from qualcoder.accounts import sessions
from qualcoder.accounts.models import Language
from qualcoder.codebooks.queries import codes_of
from qualcoder.coding import translating
from qualcoder.coding.translating import NewTranslation
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from tests.coding.test_masking import code
from tests.homes import World
from tests.journeys.coding_acts import saved, select_with_mouse
from tests.load.server import serving
from tests.served import Served, Troubles, visiting
from tests.transcripts import making
from tests.transcripts.flagging import MISSED, TEXT, all_flags, flag_words

pytestmark = [pytest.mark.journey, pytest.mark.slow]
HIDDEN = "█" * len(MISSED)


@dataclass(frozen=True, slots=True)
class Desk:
    """A served home with a released text in which a name was missed, and sessions of those who read it."""

    home: Home
    world: World
    served: Served
    transcript: Transcript
    tokens: dict[str, str]

    @property
    def path(self) -> str:
        return f"/transcripts/{self.transcript.id}"


@pytest.fixture
def desk(home: Home, world: World) -> Iterator[Desk]:
    making.import_codes(home, world)
    transcript = making.to_codable(home, world, making.upload(TEXT))
    with home.data.transaction() as db:
        tokens = {name: sessions.open_session(db, world.by_name[name].id) for name in ("coder", "pi")}
    with serving(home) as server:
        served = Served(server.address, home.settings.home, {}, server.log, server.process.pid)
        yield Desk(home, world, served, transcript, tokens)


def text_of(page: Page) -> str:
    return str(page.evaluate("[...document.querySelectorAll('#transcript .x')].map((x) => x.textContent).join('\\n')"))


def nowhere(page: Page, words: str) -> None:
    """The words are in no element of the page, shown or not, and in nothing that scripts keep."""
    expect(page.locator("html")).not_to_contain_text(words)
    assert words not in page.content()


def open_dialog(page: Page) -> None:
    page.keyboard.press("Shift+H")
    expect(page.locator("#flag-note")).to_be_focused()
    expect(page.locator("#flag-words")).to_contain_text(MISSED)


def test_one_flags_by_keyboard_and_the_other_browser_loses_the_words(
    desk: Desk, chrome: Browser, troubles: Troubles
) -> None:
    with (
        visiting(chrome, desk.served, troubles, token=desk.tokens["coder"]) as coder,
        visiting(chrome, desk.served, troubles, token=desk.tokens["pi"]) as pi,
    ):
        for page in (coder, pi):
            page.goto(desk.path)
            expect(page.locator("#transcript")).to_contain_text(MISSED)
        # The PI has the words in the hand when they go.
        select_with_mouse(pi, f"Приходил {MISSED} из конторы")
        before = text_of(coder)
        coder.focus("#transcript")
        for _ in range(2):
            coder.keyboard.press("j")
        coder.keyboard.press("s")
        open_dialog(coder)
        coder.keyboard.type("Сосед Ойлап")
        coder.keyboard.press("Enter")
        expect(coder.locator("#flag-box")).not_to_be_visible()
        for page in (coder, pi):
            expect(page.locator("#t2 .hid").first).to_be_visible()
            nowhere(page, f"{MISSED} из")
        assert len(text_of(coder)) == len(text_of(pi)) == len(before)
        expect(pi.locator("#quote-now")).to_contain_text("█")
        expect(pi.locator("#toasts")).to_contain_text("Somebody flagged a name here")
        # Coding goes on where it was.
        pi.keyboard.press("Enter")
        pi.keyboard.type("Water")
        pi.keyboard.press("Enter")
        saved(pi)
        nowhere(pi, f"{MISSED} из")
        pi.goto("/")
        pi.get_by_role("link", name=re.compile("flagged passage")).click()
        expect(pi.locator(".flags mark")).to_contain_text(MISSED)
        pi.get_by_label("Why it names nobody").fill("Это колодец")
        pi.get_by_role("button", name="Not a name: show it again").click()
        expect(pi.locator("#flags")).to_contain_text("No flagged passage waits")
        expect(coder.locator("#toasts")).to_contain_text("decided to be no name")
        coder.locator("#toasts").get_by_role("button", name="Open again").click()
        expect(coder.locator("#transcript")).to_contain_text(f"{MISSED} из")
        assert text_of(coder) == before


def test_a_name_in_the_mouse_and_the_button(desk: Desk, chrome: Browser, troubles: Troubles) -> None:
    troubles.expect("status of 409")
    with visiting(chrome, desk.served, troubles, token=desk.tokens["coder"]) as page:
        page.goto(desk.path)
        select_with_mouse(page, MISSED)
        page.locator(".bench-passage [data-flag]").click()
        page.get_by_role("button", name="Hide for everyone").last.click()
        expect(page.locator("#t2 .hid")).to_have_text(HIDDEN)
        expect(page.locator("#t2 .hid")).to_have_attribute("aria-label", "hidden passage")
        # The same again: nothing is left to hide, and the dialog says so.
        page.locator(".bench-passage [data-flag]").click()
        page.get_by_role("button", name="Hide for everyone").last.click()
        expect(page.locator("#flag-error")).to_contain_text("hidden already")
        page.keyboard.press("Escape")
        assert len(all_flags(desk.home)) == 1
        page.reload()
        expect(page.locator("#t2 .hid")).to_have_text(HIDDEN)


def test_without_a_connection_it_says_so_and_loses_nothing(desk: Desk, chrome: Browser, troubles: Troubles) -> None:
    troubles.expect("net::ERR_")
    with visiting(chrome, desk.served, troubles, token=desk.tokens["coder"]) as page:
        page.goto(desk.path)
        select_with_mouse(page, MISSED)
        open_dialog(page)
        page.keyboard.type("Сосед")
        page.context.set_offline(True)
        page.keyboard.press("Enter")
        expect(page.locator("#flag-error")).to_contain_text("NOT hidden yet")
        expect(page.locator("#flag-note")).to_have_value("Сосед")
        page.keyboard.press("Escape")
        # Somebody else flags another place while this page hears nothing.
        flag_words(desk.home, desk.world.pi, desk.transcript, "никого")
        page.keyboard.press("Shift+H")
        expect(page.locator("#flag-note")).to_have_value("Сосед")
        page.context.set_offline(False)
        page.keyboard.press("Enter")
        expect(page.locator("#t2 .hid")).to_have_text(HIDDEN)
        expect(page.locator("#t4 .hid")).to_have_text("█" * 6)
    assert len(all_flags(desk.home)) == 2


def test_a_translation_beside_the_text_goes_when_its_words_are_hidden(
    desk: Desk, chrome: Browser, troubles: Troubles
) -> None:
    """Nobody has to choose another coding for it: the name may stand in the translation too."""
    words = "Their neighbour came to the village"
    with desk.home.data.read() as db:
        water = next(one.id for one in codes_of(db, desk.world.study.id) if one.key == "WATER")
    coding = code(desk.home, desk.world, desk.transcript, MISSED, water)
    with desk.home.data.transaction() as db:
        translating.save(db, desk.world.coder, coding, Language.EN, NewTranslation(words))
    with visiting(chrome, desk.served, troubles, token=desk.tokens["coder"]) as page:
        page.goto(desk.path)
        page.wait_for_selector("dl#strip")
        page.locator(f".turn:has(li[data-coding='{coding}']) .tn").first.click()
        page.locator("#codes-on-turn button.name").first.click()
        expect(page.locator("#inspector")).to_contain_text(words)
        flag_words(desk.home, desk.world.pi, desk.transcript)
        expect(page.locator("#t2 .hid")).to_have_text(HIDDEN)
        expect(page.locator("#inspector .inspected-code")).to_be_visible()
        nowhere(page, words)
