"""What people do with a second factor on the pages: set it up, read codes from the app, type them."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from playwright.sync_api import Page, expect

from qualcoder.core.clock import now
from qualcoder.vault import onetime
from tests.homes import PASSWORD

DOOR = re.compile(r"(/|/account/second-factor|/sign-in/code(\?.*)?)$")


@dataclass(slots=True)
class App:
    """An authenticator app: one secret, and the last step whose code it gave out."""

    secret: bytes
    last: int = 0

    def code(self) -> str:
        """A code that the server has not seen; waits for the next one if need be."""
        while onetime.step_of(now()) + onetime.SKEW <= self.last:
            time.sleep(0.5)
        self.last = max(self.last + 1, onetime.step_of(now()))
        return onetime.code_at(self.secret, self.last)


# The apps of everybody, by address. Each journey has a home of its own and sets its apps up anew.
APPS: dict[str, App] = {}


def set_up(page: Page) -> Sequence[str]:
    """Put the secret of the page into an app and show a code; returns the recovery codes."""
    address = urlsplit(str(page.locator("#uri").get_attribute("href")))
    email = unquote(address.path).rpartition(":")[2]
    app = App(onetime.unspelled(parse_qs(address.query)["secret"][0]))
    assert page.locator("#secret").inner_text().replace(" ", "") == onetime.spelled(app.secret)
    APPS[email] = app
    page.fill("#f-code", app.code())
    page.fill("#f-password", PASSWORD)
    page.click("main form button.is-primary")
    expect(page.locator("#codes code")).to_have_count(10)
    return page.locator("#codes code").all_inner_texts()


def set_up_if_asked(page: Page) -> None:
    """What the role asks for right after the first sign-in, then on to the start page."""
    page.wait_for_url(DOOR)
    if page.url.endswith("/account/second-factor"):
        set_up(page)
        page.click("main a.is-primary")
    page.wait_for_url(re.compile(r"/$"))


def type_code_if_asked(page: Page, email: str) -> None:
    """The second step of a sign-in, for those who have one."""
    page.wait_for_url(DOOR)
    if "/sign-in/code" in page.url:
        type_code(page, APPS[email].code())
    page.wait_for_url(re.compile(r"/$"))


def type_code(page: Page, code: str) -> None:
    page.fill("#f-code", code)
    page.click("main button.is-primary")
