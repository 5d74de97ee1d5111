"""The demo as `qualcoder demo` serves it: every sign-in that it prints gets in, in each language, and finds work."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.served import ROOT, Served, Troubles, environment_of, free_port, visiting, wait_until_served

pytestmark = [pytest.mark.journey, pytest.mark.slow]

BAND = {
    "en": "Demo with invented data",
    "ru": "выдуманными",
    "kk": "ойдан",
}
STARTS_WITHIN = 600.0


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo, served by its own command, and the sign-ins as its words give them."""

    served: Served
    password: str
    people: tuple[tuple[str, str], ...]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    log, port = folder / "demo.log", free_port()
    environment = environment_of(folder / "unused", port)
    arguments = ["--home", str(folder / "home"), "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "qualcoder", "demo", *arguments],
            env=environment,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_served(process, url, log, within=STARTS_WITHIN)
        yield _as_printed(Served(url, folder / "home", environment, log, process.pid))
    finally:
        process.terminate()
        process.wait(timeout=120)


def _as_printed(served: Served) -> Demo:
    words = served.log.read_text("utf-8")
    assert served.url in words
    password = re.search(r"^Password of everybody: (.+)$", words, re.MULTILINE)
    assert password
    people = re.findall(r"^  (\S+@demo\.example) +(\w+)$", words, re.MULTILINE)
    return Demo(served, password[1], tuple(people))


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in")
    page.fill("#f-email", email)
    page.fill("#f-password", password)
    page.click("main button.is-primary")
    page.wait_for_url(re.compile(r"/$"))


def speak(page: Page, language: str) -> None:
    """Choose the language as people do, from the menu."""
    page.click(".menu > summary")
    page.click(f".menu button[name=language][value={language}]")
    expect(page.locator("html")).to_have_attribute("lang", language)


def expect_band(page: Page, language: str) -> None:
    band = page.locator("header .band-demo")
    expect(band).to_be_visible()
    expect(band).to_contain_text(re.compile(BAND[language], re.IGNORECASE))
    red, green, blue = band.evaluate("el => getComputedStyle(el).backgroundColor.match(/[0-9.]+/g).map(Number)")[:3]
    assert red > max(green, blue)


def enter_study(page: Page) -> None:
    page.goto("/")
    page.locator("main .card h2 a").click()
    page.wait_for_url(re.compile(r"/studies/akim-demo/"))


def at_the_record(page: Page) -> None:
    """An administrator reads who did what."""
    page.locator(".site-nav a[href$='/audit']").click()
    expect(page.locator("main table tbody tr").first).to_be_visible()


def at_the_matrix(page: Page) -> None:
    """The PI sees themes by races of three oblasts."""
    page.locator(".site-nav a[href$='/matrix']").click()
    expect(page.locator("main table tbody tr").nth(5)).to_be_visible()


def at_the_review(page: Page) -> None:
    """A researcher finds a transcript whose findings wait."""
    _open_row(page, "elder kk")
    page.wait_for_url(re.compile(r"/review$"))
    expect(page.locator("form[data-finding]:not([data-decided])").first).to_be_visible()


def at_the_bench(page: Page) -> None:
    """A coder opens the first transcript and sees the own codings, and no name."""
    page.locator("main table tbody th a").first.click()
    expect(page.locator("#transcript .turn").first).to_be_visible()


def at_the_codebook(page: Page) -> None:
    page.locator(".site-nav a[href$='/codebook']").click()
    expect(page.locator("main")).to_contain_text("KANDAS")


def _open_row(page: Page, title: str) -> None:
    page.locator(".site-nav a[href$='/transcripts']").click()
    page.locator("main tr", has_text=title).locator("th a").click()


TYPICAL: dict[str, Callable[[Page], None]] = {
    "admin": at_the_record,
    "pi": at_the_matrix,
    "researcher": at_the_review,
    "coder": at_the_bench,
    "observer": at_the_codebook,
}


def test_every_role_has_a_printed_sign_in(demo: Demo) -> None:
    assert {role for _, role in demo.people} == set(TYPICAL)
    assert sum(role == "coder" for _, role in demo.people) == 2


@pytest.mark.parametrize("email", ["admin", "pi", "researcher", "coder1", "coder2", "observer"])
def test_a_printed_sign_in_opens_home_and_a_typical_page_in_three_languages(
    demo: Demo, chrome: Browser, troubles: Troubles, email: str, tmp_path: Path
) -> None:
    roles = dict(demo.people)
    address = f"{email}@demo.example"
    with visiting(chrome, demo.served, troubles) as page:
        sign_in(page, address, demo.password)
        for language in ("en", "ru", "kk"):
            page.goto("/")
            speak(page, language)
            expect_band(page, language)
            expect(page.locator("main .card h2 a")).to_be_visible()
            enter_study(page)
            TYPICAL[roles[address]](page)
            expect(page.locator("html")).to_have_attribute("lang", language)
            expect_band(page, language)
            page.screenshot(path=tmp_path / f"{email}-{language}.png")


def test_the_pi_gives_the_second_reading_that_waits(demo: Demo, chrome: Browser, troubles: Troubles) -> None:
    with visiting(chrome, demo.served, troubles) as page:
        sign_in(page, "pi@demo.example", demo.password)
        enter_study(page)
        _open_row(page, "runner up ru")
        page.wait_for_url(re.compile(r"/review$"))
        page.locator("form[action$='/publish'] button.is-primary").click()
        page.wait_for_url(re.compile(r"/transcripts/[0-9a-f-]{36}$"))
        expect(page.locator("#transcript .turn").first).to_be_visible()
        expect(page.locator("#transcript")).not_to_contain_text("Мысалова")
