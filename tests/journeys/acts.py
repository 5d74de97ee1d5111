"""What people do on the pages, an act a function; places are found by name and address, never by translated words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.homes import PASSPHRASE, PASSWORD
from tests.journeys import factor_acts
from tests.served import ROOT, Served, Troubles, visiting

CODEBOOK = ROOT / "codebooks" / "akim-elections.yaml"
RACES = ROOT / "qualcoder" / "demo" / "races"
SLUG = "slice"
# A refused form is a message on the browser's console too.
REFUSED = "status of 4(13|15|22)"


@dataclass(frozen=True, slots=True)
class Street:
    """A browser program, the server it visits and the language of everybody in it."""

    chrome: Browser
    served: Served
    troubles: Troubles
    language: str

    @contextmanager
    def browser(self) -> Iterator[Page]:
        with visiting(self.chrome, self.served, self.troubles, language=self.language) as page:
            yield page


@dataclass(frozen=True, slots=True)
class Upload:
    """A file for the upload form, and what stands in the form beside it."""

    file: Path
    category: str = "voter"
    race: str = ""
    link_type: str = "about"
    language: str = "auto"
    title: str = field(default="")


def submit(page: Page, action: str) -> None:
    """Press the main button of the form that goes to an address with this ending."""
    page.locator(f"form[method=post][action$='{action}'] button.is-primary").click()


def accept_invitation(page: Page, address: str, language: str) -> None:
    """Choose a password behind an invitation; the interface stays in the language of the invitation's page."""
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.fill("#f-password", PASSWORD)
    page.fill("#f-again", PASSWORD)
    page.click("main button.is-primary")
    factor_acts.set_up_if_asked(page)
    expect(page.locator("html")).to_have_attribute("lang", language)


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    give_password(page, email)
    factor_acts.type_code_if_asked(page, email)


def give_password(page: Page, email: str) -> None:
    page.fill("#f-email", email)
    page.fill("#f-password", PASSWORD)
    page.click("main button.is-primary")


def create_study(page: Page) -> None:
    page.goto("/")
    page.fill("#f-title", "Study of a journey")
    page.fill("#f-slug", SLUG)
    submit(page, "/studies")
    page.wait_for_url(re.compile(rf"/studies/{SLUG}/people$"))


def invite(page: Page, email: str, name: str, role: str) -> str:
    """Add somebody to the study; returns the invitation's address as the page shows it."""
    page.goto(f"/studies/{SLUG}/people")
    page.fill("#f-email", email)
    page.fill("#f-name", name)
    page.select_option("#f-role", role)
    submit(page, "/people")
    return page.locator(".flash code").inner_text()


def open_identity_vault(page: Page) -> None:
    page.goto(f"/studies/{SLUG}/settings")
    page.fill("#f-passphrase", PASSPHRASE)
    page.fill("#f-again", PASSPHRASE)
    submit(page, "/identity")
    expect(page.locator("#f-passphrase")).to_have_count(0)


def set_rules(page: Page, *, second_reader: bool, accept_all: bool = False) -> None:
    page.goto(f"/studies/{SLUG}/settings")
    page.set_checked("[name=needs_second_reader]", second_reader)
    page.set_checked("[name=may_accept_all]", accept_all)
    submit(page, "/settings")
    expect(page.locator("[name=needs_second_reader]")).to_be_checked(checked=second_reader)


def import_codebook(page: Page, file: Path = CODEBOOK) -> None:
    page.goto(f"/studies/{SLUG}/codebook")
    page.set_input_files("#f-file", file)
    submit(page, "/codebook")


def import_races(page: Page, file: Path) -> None:
    page.goto(f"/studies/{SLUG}/races/import")
    page.set_input_files("#f-file", file)
    submit(page, "/races/import")


def upload(page: Page, new: Upload) -> None:
    """Fill in the upload form and send it."""
    page.goto(f"/studies/{SLUG}/upload")
    page.set_input_files("#f-file", new.file)
    page.fill("#f-title", new.title)
    page.select_option("#f-language", new.language)
    page.select_option("#f-category", new.category)
    page.check("[name=consent]")
    page.check("[name=may_quote]")
    page.fill("#f-race", new.race)
    page.select_option("#f-link_type", new.link_type)
    submit(page, "/upload")


def confirm_speakers(page: Page) -> None:
    """Take the speakers as they were found, and wait until the worker has searched the text."""
    page.wait_for_url(re.compile(r"/speakers$"))
    submit(page, "/speakers")
    page.wait_for_url(re.compile(r"/review$"), timeout=300_000)


def settled(page: Page) -> None:
    """Wait until the review has answered what was done, and its keys act on what is shown."""
    expect(page.locator("#review:not([aria-busy=true])")).to_have_count(1)


def review_by_keyboard(page: Page, identifying: Sequence[str]) -> None:
    """Decide every finding of all passes with J, A, R and N: accept what identifies, keep what does not."""
    for which in ("a", "b", "c"):
        if page.locator("#review").get_attribute("data-pass") == which:
            _decide_pass(page, identifying)
            if page.locator("[data-next-pass]").count():
                page.keyboard.press("n")
                page.wait_for_url(re.compile(rf"pass=(?!{which})"))
    expect(page.locator("#release [data-lock=undecided]")).to_have_count(0)


def _decide_pass(page: Page, identifying: Sequence[str]) -> None:
    if not page.locator("form[data-finding].is-current").count():
        page.keyboard.press("j")
    while page.locator("form[data-finding]:not([data-decided])").count():
        form = page.locator("form[data-finding].is-current")
        expect(form).to_have_count(1)
        here = form.get_attribute("data-finding")
        if form.get_attribute("data-decided") is not None:
            page.keyboard.press("j")
            continue
        words = form.locator(".proposal mark").inner_text()
        is_identifying = any(words in known or known in words for known in identifying)
        page.keyboard.press("a" if is_identifying else "r")
        if form.locator("[name=reason]:focus").count():
            page.keyboard.type("it names nobody")
            page.keyboard.press("Enter")
        expect(page.locator(f"form[data-finding='{here}'][data-decided]")).to_have_count(1)
        settled(page)


def agree_by_keyboard(page: Page) -> None:
    """As the second reader agree to every decision of the passes A and B."""
    for which in ("a", "b"):
        open_pass(page, which)
        left = page.locator("form[data-finding]:not([data-done])")
        while left.count():
            before = left.count()
            if not left.and_(page.locator(".is-current")).count():
                page.keyboard.press("j")
            page.keyboard.press("a")
            expect(left).to_have_count(before - 1)
            settled(page)


def accept_all(page: Page) -> None:
    """Accept every proposal at once, where there is one, and say yes to the question."""
    button = page.locator("form[action$='/accept-all'] button")
    if button.count():
        button.click()
        page.locator("dialog[open] button[value=yes]").click()
    expect(page.locator("#release form[action$='/publish']")).to_be_visible()


def open_pass(page: Page, which: str) -> None:
    """Go to a pass of the review: a, b, c or rest."""
    page.locator(f"#passes a[href$='?pass={which}']").click()
    expect(page.locator(f"#review[data-pass='{which}']")).to_be_visible()


def mark_missed(page: Page, words: str) -> None:
    """Mark words by hand: look where they stand, and mark every place that is offered."""
    page.fill("#f-words", words)
    page.locator("form[action$='/missed'] button").click()
    page.locator("#missed form button.is-primary").click()
    page.wait_for_url(re.compile(r"marked="))
    expect(page.locator("form[data-unmark]")).to_be_visible()


def unmarked_text(page: Page) -> str:
    """The text that would be released, without replaced words; the page then shows the text."""
    open_pass(page, "rest")
    return str(
        page.evaluate(
            """() => [...document.querySelectorAll(".review-text article .x")].map((span) => {
              const copy = span.cloneNode(true);
              for (const mark of copy.querySelectorAll(".is-replaced")) mark.replaceWith("\\u241f");
              return copy.textContent;
            }).join("\\n")"""
        )
    )


def read_rest(page: Page) -> None:
    """Read every part of the text with the keyboard, page after page."""
    open_pass(page, "rest")
    while page.locator("#release [data-lock=unread]").count():
        page.locator("[data-part]").first.wait_for()
        for _ in range(page.locator("form.part-end").count()):
            left = page.locator("form.part-end").count()
            if not page.locator("[data-part].is-current:has(form.part-end)").count():
                page.keyboard.press("j")
            page.keyboard.press("a")
            expect(page.locator("form.part-end")).to_have_count(left - 1)
        if page.locator(".pager [rel=next]").count() and page.locator("#release [data-lock=unread]").count():
            page.locator(".pager [rel=next]").press("Enter")


def release(page: Page, coder: str) -> None:
    """Release to one coder, ticked by name."""
    for box in page.locator("#release input[name=coders]").all():
        box.uncheck()
    page.locator("#release").get_by_label(coder).check()
    submit(page, "/publish")
    page.wait_for_url(re.compile(r"/transcripts/[0-9a-f-]{36}$"))


def link_race(page: Page, serial: str, race: str, link_type: str) -> None:
    """Tie an interview to one race more, from the list of transcripts."""
    page.goto(f"/studies/{SLUG}/transcripts")
    page.locator("tr", has=page.get_by_role("link", name=serial, exact=True)).locator("a[href*='/interviews/']").click()
    page.wait_for_url(re.compile(r"/interviews/"))
    page.fill("#f-key", race)
    page.select_option("#f-type", link_type)
    submit(page, "/links")
    expect(page.locator("#links tbody th", has_text=race)).to_be_visible()


def open_for_coding(page: Page, serial: str) -> None:
    page.goto(f"/studies/{SLUG}/transcripts")
    page.get_by_role("link", name=serial, exact=True).click()
    expect(page.locator("#transcript .turn").first).to_be_visible()
