"""Every page in every language and colour scheme, on a telephone and a desk: nothing sticks out or is out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.page_table import PAGES, PageOf, Show, on_show, page_routes
from tests.served import Troubles, visiting

pytestmark = pytest.mark.journey

LANGUAGES = ("en", "ru", "kk")
WIDTHS = (320, 1440)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EVERY_PAGE = pytest.mark.parametrize("shown", PAGES, ids=[page.title for page in PAGES])
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

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
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """The demo, served for all tests of this file."""
    with on_show(tmp_path_factory.mktemp("show")) as shown:
        yield shown


@pytest.fixture
def browser(chrome: Browser) -> Browser:
    return chrome


def open_page(page: Page, show: Show, shown: PageOf, language: str) -> None:
    """Go to a page in a language and wait until its fonts and scripts are there."""
    server = show.sealed if shown.is_sealed else show.served
    page.goto(server.url + shown.path(show))
    assert page.evaluate("document.documentElement.lang") == language
    page.evaluate("document.fonts.ready.then(() => true)")


def test_every_page_has_an_entry() -> None:
    assert page_routes() == {page.route for page in PAGES}


@pytest.mark.parametrize("language", LANGUAGES)
@EVERY_PAGE
def test_a_page_fits_reads_and_is_free_of_barriers(show: Show, browser: Browser, shown: PageOf, language: str) -> None:
    troubles = Troubles()
    if shown.name == "not-found":
        troubles.expect("status of 404")
    if shown.is_sealed:
        troubles.expect("status of 503")
    show.speak(language)
    token = show.tokens.get(shown.who, "")
    with visiting(browser, show.served, troubles, language=language, token=token) as page:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            open_page(page, show, shown, language)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(CUT_OFF) == []
            assert page.evaluate(CUT_CHOICES) == []
        if language == "kk":  # the longest words
            _no_barriers(page)
    troubles.check()


def _no_barriers(page: Page) -> None:
    """None that axe finds, in light and in dark colours; where things stand does not depend on them."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"


@EVERY_PAGE
def test_what_opens_on_a_page_is_free_of_barriers_too(show: Show, browser: Browser, shown: PageOf) -> None:
    troubles = Troubles()
    troubles.expect("status of 404", "status of 503")
    show.speak("kk")
    token = show.tokens.get(shown.who, "")
    with visiting(browser, show.served, troubles, language="kk", token=token) as page:
        page.set_viewport_size({"width": WIDTHS[0], "height": 800})  # where the least stands open anyway
        open_page(page, show, shown, "kk")
        for number in range(page.evaluate(OPENING, shown.title == "home")):
            opener = page.locator(f"[data-opening='{number}']")
            opener.click()
            if opener.evaluate("el => el.matches('summary')"):
                expect(opener.locator("..")).to_have_attribute("open", "")
            else:
                expect(page.locator("dialog[open]")).to_be_visible()
            _no_barriers(page)
            page.keyboard.press("Escape")
            expect(page.locator("dialog[open]")).to_have_count(0)
    troubles.check()


def test_the_lists_of_the_coding_page_are_free_of_barriers(show: Show, browser: Browser) -> None:
    troubles = Troubles()
    show.speak("kk")
    coding = next(shown for shown in PAGES if shown.route == "coding:workbench" and not shown.name)
    token = show.tokens[coding.who]
    with visiting(browser, show.served, troubles, language="kk", token=token) as page:
        open_page(page, show, coding, "kk")
        page.focus("#transcript")
        for keys, opened in (("?", "#keys"), ("s c", "#palette")):
            for key in keys.split():
                page.keyboard.press(key)
            expect(page.locator(opened)).to_be_visible()
            _no_barriers(page)
            page.keyboard.press("Escape")
            expect(page.locator(opened)).to_be_hidden()
    troubles.check()


@EVERY_PAGE
def test_the_keyboard_reaches_everything(show: Show, browser: Browser, shown: PageOf) -> None:
    troubles = Troubles()
    troubles.expect("status of 404", "status of 503")
    show.speak("en")
    with visiting(browser, show.served, troubles, token=show.tokens.get(shown.who, "")) as page:
        open_page(page, show, shown, "en")
        stops = page.evaluate(REACHABLE)
        page.evaluate("document.activeElement.blur()")
        for _ in range(stops + 20):
            page.keyboard.press("Tab")
        assert page.evaluate(MISSED) == []
    troubles.check()


@EVERY_PAGE
def test_choosing_language_and_colours_stays_on_the_page(show: Show, browser: Browser, shown: PageOf) -> None:
    troubles = Troubles()
    troubles.expect("status of 404", "status of 503")
    show.speak("en")
    with visiting(browser, show.served, troubles, token=show.tokens.get(shown.who, "")) as page:
        open_page(page, show, shown, "en")
        before = page.url
        assert page.locator(".menu").count() == (not shown.is_sealed)
        for name, value, sign in (("language", "ru", "lang"), ("theme", "dark", "data-theme")):
            button = page.locator(f".menu button[name={name}][value={value}]")
            if not button.count():
                is_signed_out = shown.who in {"", "pending"}
                assert shown.is_sealed or (name == "theme" and is_signed_out) or shown.name == "not-found"
                continue
            page.click(".menu > summary")
            button.click()
            expect(page.locator("html")).to_have_attribute(sign, value)
            assert page.url == before
    show.look("auto")
    troubles.check()
