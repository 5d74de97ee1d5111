"""The second factor as people meet it: set up at the first sign-in, asked for ever after, lost and given anew."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.barriers import no_barriers
from tests.homes import PASSWORD
from tests.journeys import acts, factor_acts
from tests.journeys.acts import Street
from tests.journeys.conftest import House
from tests.served import Troubles

pytestmark = [pytest.mark.journey, pytest.mark.slow]

ADMIN, PI = "admin@house.example", "pi@factor.example"


def test_set_up_used_lost_and_set_up_again(house: House, chrome: Browser, troubles: Troubles) -> None:
    # Refused codes, the fifth of them, and a page that a newcomer may not see yet.
    troubles.expect("status of 4(01|22)")
    street = Street(chrome, house.served, troubles, "kk")
    with street.browser() as admin:
        acts.accept_invitation(admin, house.invitation, "kk")
        acts.create_study(admin)
        invitation = acts.invite(admin, PI, "Principal Oydantapqyzy", "pi")
        codes = first_sign_in(street, invitation)
        every_later_sign_in(street, codes)
        five_wrong_codes_lead_back(street)
        link = reset_by_the_administrator(admin)
    with street.browser() as page:
        choose_password(page, link)
        page.wait_for_url(re.compile(r"/account/second-factor$"))
        factor_acts.set_up(page)
    with street.browser() as page:
        page.goto("/sign-in")
        acts.give_password(page, PI)
        page.wait_for_url(re.compile(r"/sign-in/code"))
        factor_acts.type_code(page, codes[2])
        expect(page.locator("#f-code-error")).to_be_visible()
        factor_acts.type_code(page, factor_acts.APPS[PI].code())
        page.wait_for_url(re.compile(r"/$"))
    verified = house.served.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout


def choose_password(page: Page, address: str) -> None:
    page.goto(address)
    page.fill("#f-password", PASSWORD)
    page.fill("#f-again", PASSWORD)
    page.click("main button.is-primary")


def first_sign_in(street: Street, invitation: str) -> list[str]:
    """A PI can do nothing before the second factor is set up; returns the recovery codes."""
    with street.browser() as page:
        choose_password(page, invitation)
        for path in ("/", f"/studies/{acts.SLUG}/people", "/account"):
            page.goto(path)
            page.wait_for_url(re.compile(r"/account/second-factor$"))
        expect(page.locator("svg.qr")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", street.language)
        codes = factor_acts.set_up(page)
        no_barriers(page)
        page.click("main a.is-primary")
        page.wait_for_url(re.compile(r"/$"))
        page.goto("/account")
        expect(page.locator("#sessions tbody tr")).to_have_count(1)
        return list(codes)


def every_later_sign_in(street: Street, codes: list[str]) -> None:
    """A code works once, a recovery code works once, and the account page counts them."""
    app = factor_acts.APPS[PI]
    with street.browser() as page:
        page.goto("/sign-in?next=/account")
        acts.give_password(page, PI)
        page.wait_for_url(re.compile(r"/sign-in/code"))
        expect(page.locator("#f-code")).to_be_focused()
        no_barriers(page)
        code = app.code()
        factor_acts.type_code(page, code)
        page.wait_for_url(re.compile(r"/account$"))
        with street.browser() as other:
            other.goto("/sign-in")
            acts.give_password(other, PI)
            factor_acts.type_code(other, code)
            expect(other.locator("#f-code-error")).to_be_visible()
            factor_acts.type_code(other, codes[0].lower())
            other.wait_for_url(re.compile(r"/$"))
        page.reload()
        expect(page.locator("#factor")).to_contain_text("9")
        expect(page.locator("#sessions tbody tr")).to_have_count(3)
        page.locator("form[action$='/other-sessions/end'] button").click()
        expect(page.locator("#sessions tbody tr")).to_have_count(1)


def five_wrong_codes_lead_back(street: Street) -> None:
    with street.browser() as page:
        page.goto("/sign-in")
        acts.give_password(page, PI)
        for _ in range(5):
            factor_acts.type_code(page, "000000")
        expect(page.locator("#f-password")).to_be_visible()
        expect(page.locator(".flash.is-bad")).to_be_visible()
        page.goto("/sign-in/code")
        page.wait_for_url(re.compile(r"/sign-in$"))


def reset_by_the_administrator(admin: Page) -> str:
    """A new invitation that says it ends the second factor; returns its address."""
    admin.goto(f"/studies/{acts.SLUG}/people")
    row = admin.locator("tr", has_text=PI)
    row.locator("summary").click()
    row.locator("[name=resets_factor]").check()
    row.locator("form[action$='/invitation'] button").click()
    return admin.locator(".flash code").inner_text()
