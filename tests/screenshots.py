"""Pictures of every page of the demo, as build/screenshots/{page}-{language}-{theme}-{width}.png.

Several runs at once are safe: each serves a demo of its own and puts finished pictures into place.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.page_table import PAGES, PageOf, Show, on_show
from tests.served import ROOT, Troubles, chromium, visiting

FOLDER = ROOT / "build" / "screenshots"
LANGUAGES = ("en", "ru", "kk")
THEMES = ("light", "dark")
WIDTHS = (320, 1440)
# A longer page is cut here: a picture of the whole codebook helps nobody.
TALLEST = 4000


def main(arguments: Sequence[str] = ()) -> int:
    """Take the pictures; returns how many."""
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--lang", choices=LANGUAGES, action="append", help="may be repeated; else all three")
    parser.add_argument("--out", type=Path, default=FOLDER)
    asked = parser.parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    pages = [page for page in PAGES if asked.only in page.title]
    taken = 0
    with tempfile.TemporaryDirectory() as folder, on_show(Path(folder)) as show, chromium() as browser:
        for language in asked.lang or LANGUAGES:
            show.speak(language)
            for theme in THEMES:
                for shown in pages:
                    taken += picture(browser, show, shown, asked.out, language=language, theme=theme)
    sys.stdout.write(f"{taken} pictures in {asked.out}\n")
    return taken


def picture(browser: Browser, show: Show, shown: PageOf, out: Path, *, language: str, theme: str) -> int:
    """One page in one language and theme, at every width."""
    token = show.token(shown.who)
    server = show.sealed if shown.is_sealed else show.served
    with visiting(browser, server, Troubles(), language=language, token=token, dark=theme == "dark") as page:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(shown.path(show))
            page.evaluate("document.fonts.ready.then(() => true)")
            _write(page, out / f"{shown.title}-{language}-{theme}-{width}.png", width)
    return len(WIDTHS)


def _write(page: Page, path: Path, width: int) -> None:
    height = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
    taken = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(taken)
    part.replace(path)


if __name__ == "__main__":
    main(sys.argv[1:])
