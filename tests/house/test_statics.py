"""Styles, scripts and fonts: asked for once, anew after every change, and never a wrong one kept."""

from __future__ import annotations

import re

from qualcoder.web import statics
from tests.homes import Browser, World

KEPT = "public, max-age=31536000, immutable"


def test_what_stands_under_todays_digest_is_kept_for_ever_and_nothing_else(browser: Browser) -> None:
    today = browser.get(statics.asset("js/coding/bench.js"))
    assert (today.status_code, today.headers["cache-control"]) == (200, KEPT)
    for address in ("/static/v-000000000000/js/coding/bench.js", "/static/js/coding/bench.js"):
        older = browser.get(address)
        assert (older.text, older.headers["cache-control"]) == (today.text, "no-cache")
    missing = browser.get(f"{statics.prefix()}js/nothing.js")
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-cache")
    for way in ("../qualcoder/app.py", "..%2fqualcoder%2fapp.py", "%2e%2e/pyproject.toml"):
        assert browser.get(f"{statics.prefix()}{way}").status_code == 404, way


def test_every_module_that_the_coding_page_imports_is_announced() -> None:
    """Also those that a module of it imports, in whatever way an import is written."""
    announced = {address.removeprefix(statics.prefix()) for address in statics.modules("js/coding/bench.js")}
    named = set()
    for path in (*announced, "js/coding/bench.js"):
        for name in re.findall(r'(?:from|import)\s*\(?\s*"([^"]+)"', (statics.FOLDER / path).read_text("utf-8")):
            named.add((statics.FOLDER / path).parent.joinpath(name).resolve().relative_to(statics.FOLDER).as_posix())
    assert named == announced


def test_a_page_names_no_file_without_the_digest(browser: Browser, world: World) -> None:
    page = browser.as_(world.pi).get("/").text
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(named) > 5
    assert all(address.startswith(statics.prefix()) for address in named)
