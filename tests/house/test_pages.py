"""Every page in every language and colour scheme, on a telephone and a desk: nothing sticks out or is out of reach."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.barriers import no_barriers_in_any_colours
from tests.demos import MakeDemo
from tests.page_table import PAGES, PageOf, Show, on_show, page_routes
from tests.served import Troubles, visiting

pytestmark = pytest.mark.journey

LANGUAGES = ("ru", "en", "kk")
NARROW, WIDE = 320, 1440
EVERY_PAGE = pytest.mark.parametrize("shown", PAGES, ids=[page.title for page in PAGES])

# Elements whose words are cut off: they hold more than they show, and nobody can scroll them.
CUT_OFF = """() => [
    ...document.querySelectorAll("h1, h2, h3, a, button, label, summary, th, td, dd, dt, legend, p, .badge")]
  .filter((el) => el.checkVisibility({visibilityProperty: true}) && !el.closest(".vh, .skip"))
  .filter((el) => el.scrollWidth > el.clientWidth + 1 && el.clientWidth > 0
    && ["hidden", "clip"].includes(getComputedStyle(el).overflowX))
  .map((el) => el.outerHTML.slice(0, 120))"""
# Lists that cut off the words of their chosen option: a copy as wide as these words would be wider.
CUT_CHOICES = """() => [...document.querySelectorAll("select")].filter((el) => el.checkVisibility()).filter((el) => {
  const copy = el.cloneNode(false);
  copy.append(el.selectedOptions[0]?.cloneNode(true) ?? "");
  Object.assign(copy.style, {width: "auto", maxWidth: "none", minWidth: "0", position: "absolute"});
  el.after(copy);
  const needed = copy.offsetWidth;
  copy.remove();
  return needed > el.offsetWidth + 1;
}).map((el) => `${el.name}: ${el.selectedOptions[0].textContent}`)"""

# What Tab must reach. One radio of a group and one tab of a roving list stand for all of theirs.
REACHABLE = """() => {
  const seen = new Set();
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const wanted = stops.filter((el) => {
    if (el.disabled || el.tabIndex < 0 || !el.checkVisibility({visibilityProperty: true})) return false;
    if (el.type === "hidden" || el.closest("dialog:not([open])")) return false;
    if (el.type !== "radio") return true;
    const group = `${el.form?.action}/${el.name}`;
    return !seen.has(group) && seen.add(group);
  });
  window.__visited = new Set();
  document.addEventListener("focusin", (event) => window.__visited.add(event.target));
  window.__wanted = wanted;
  return wanted.length;
}"""
MISSED = """() => window.__wanted.filter((el) => ![...window.__visited].some((at) => at === el
    || (el.type === "radio" && at.type === "radio" && at.name === el.name && at.form === el.form)))
  .map((el) => el.outerHTML.slice(0, 160))"""


# One of each kind of part that opens: menus, details, and buttons that ask first. Menus look alike on every page.
OPENING = """(isHome) => {
  const kinds = new Map();
  for (const el of document.querySelectorAll("details:not([open]) > summary, [data-confirm]")) {
    const is_menu = el.closest(".menu") !== null;
    if ((is_menu && !isHome) || !el.checkVisibility()) continue;
    const part = el.closest("[id]")?.id.split(/[-0-9]/)[0];  // rows of one list look alike
    const kind = el.matches("summary") ? `summary ${el.parentElement.className} ${part}` : "question";
    if (!kinds.has(kind)) kinds.set(kind, el);
  }
  [...kinds.values()].forEach((el, n) => el.setAttribute("data-opening", n));
  return kinds.size;
}"""


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory, demo_copy: MakeDemo) -> Iterator[Show]:
    """The demo, served for all tests of this file."""
    with on_show(tmp_path_factory.mktemp("show"), demo_copy) as shown:
        yield shown


@pytest.fixture
def browser(chrome: Browser) -> Browser:
    return chrome


def open_page(page: Page, show: Show, shown: PageOf, language: str) -> None:
    """Go to a page in a language and wait until its fonts and scripts are there."""
    show.speak(language)
    # Who is not signed in is answered in the language of the browser.
    agent = {"userAgent": page.evaluate("navigator.userAgent"), "acceptLanguage": language}
    page.context.new_cdp_session(page).send("Emulation.setUserAgentOverride", agent)
    server = show.sealed if shown.is_sealed else show.served
    page.goto(server.url + shown.path(show))
    assert page.evaluate("document.documentElement.lang") == language
    page.evaluate("document.fonts.ready.then(() => true)")


@contextmanager
def looking_at(show: Show, browser: Browser, shown: PageOf) -> Iterator[Page]:
    """A browser of whoever looks at the page; what goes wrong in it fails the test."""
    troubles = Troubles()
    if shown.name == "not-found":
        troubles.expect("status of 404")
    if shown.is_sealed:
        troubles.expect("status of 503")
    with visiting(browser, show.served, troubles, token=show.token(shown.who)) as page:
        yield page
    troubles.check()


def test_every_page_has_an_entry() -> None:
    assert page_routes() == {page.route for page in PAGES}


@EVERY_PAGE
def test_a_page_fits_in_every_language_and_the_keyboard_reaches_all_of_it(
    show: Show, browser: Browser, shown: PageOf
) -> None:
    with looking_at(show, browser, shown) as page:
        for language in LANGUAGES:
            # Opened as wide as the last was left, then made narrow or wide, as a telephone is turned.
            open_page(page, show, shown, language)
            for width in (NARROW, WIDE):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (language, width)
                assert page.evaluate(CUT_OFF) == [], (language, width)
                assert page.evaluate(CUT_CHOICES) == [], (language, width)
            if language == "en":
                _keyboard_reaches_everything(page)


def _keyboard_reaches_everything(page: Page) -> None:
    stops = page.evaluate(REACHABLE)
    page.evaluate("document.activeElement.blur()")
    for _ in range(stops + 20):
        page.keyboard.press("Tab")
    assert page.evaluate(MISSED) == []


@EVERY_PAGE
def test_a_page_and_what_opens_on_it_are_free_of_barriers(show: Show, browser: Browser, shown: PageOf) -> None:
    with looking_at(show, browser, shown) as page:
        # In the longest words, where the least stands open anyway.
        page.set_viewport_size({"width": NARROW, "height": 800})
        open_page(page, show, shown, "kk")
        no_barriers_in_any_colours(page)
        for number in range(page.evaluate(OPENING, shown.title == "home")):
            opener = page.locator(f"[data-opening='{number}']")
            opener.click()
            if opener.evaluate("el => el.matches('summary')"):
                opened = f"details[open]:has(> [data-opening='{number}'])"
            else:
                opened = "dialog[open]"
            expect(page.locator(opened)).to_be_visible()
            no_barriers_in_any_colours(page, within=opened)
            page.keyboard.press("Escape")
            expect(page.locator("dialog[open]")).to_have_count(0)


def test_the_lists_of_the_coding_page_are_free_of_barriers(show: Show, browser: Browser) -> None:
    coding = next(shown for shown in PAGES if shown.route == "coding:workbench" and not shown.name)
    with looking_at(show, browser, coding) as page:
        open_page(page, show, coding, "kk")
        page.focus("#transcript")
        for keys, opened in (("?", "#keys"), ("s c", "#palette")):
            for key in keys.split():
                page.keyboard.press(key)
            expect(page.locator(opened)).to_be_visible()
            no_barriers_in_any_colours(page)
            page.keyboard.press("Escape")
            expect(page.locator(opened)).to_be_hidden()


@EVERY_PAGE
def test_choosing_language_or_colours_leads_back_to_the_page(show: Show, shown: PageOf) -> None:
    """Every page says where its choices lead back to; one click of each is a journey of its own."""
    server = show.sealed if shown.is_sealed else show.served
    token = show.token(shown.who)
    answer = httpx.get(server.url + shown.path(show), cookies={"qc": token, "qc-pending": token}, trust_env=False)
    menu = re.search(r'<details class="menu">.*?</details>', answer.text, re.S)
    assert (menu is None) == shown.is_sealed
    if menu is not None:
        back = [html.unescape(path) for path in re.findall(r'name="next" value="([^"]*)"', menu.group())]
        # Nobody's colours are kept where nobody is known, as on a page that is not there.
        knows_who = shown.who not in {"", "pending"} and shown.name != "not-found"
        assert back == [shown.path(show)] * (2 if knows_who else 1)


@pytest.mark.parametrize("title", ["home", "accounts-sign-in", "coding-workbench", "passages-found"])
def test_chosen_language_and_colours_are_there_at_once(show: Show, browser: Browser, title: str) -> None:
    shown = next(page for page in PAGES if page.title == title)
    with looking_at(show, browser, shown) as page:
        open_page(page, show, shown, "en")
        before = page.url
        for name, value, sign in (("language", "ru", "lang"), ("theme", "dark", "data-theme")):
            if name == "theme" and not shown.who:
                continue
            page.click(".menu > summary")
            page.locator(f".menu button[name={name}][value={value}]").click()
            expect(page.locator("html")).to_have_attribute(sign, value)
            assert page.url == before
    show.look("auto")
