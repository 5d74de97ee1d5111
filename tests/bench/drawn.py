"""Opening a text in a real browser: from the start of the navigation to the last coding drawn."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, async_playwright
from sqlmodel import col, select

from qualcoder.coding.models import Coding
from tests.bench.figures import Skipped
from tests.bench.filling import Filled, Text
from tests.bench.measuring import Bench
from tests.bench.wire import share
from tests.programs import require_program
from tests.served import FLAGS

# Two frames after the condition holds the browser has painted what the condition asks for.
WATCH = """(condition) => {
  const holds = new Function("return (" + condition + ")");
  const look = () => {
    let is_there = false;
    try { is_there = Boolean(holds()); } catch { /* the page is not that far */ }
    if (!is_there) requestAnimationFrame(look);
    else requestAnimationFrame(() => requestAnimationFrame(() => { globalThis.drawnAt = performance.now(); }));
  };
  requestAnimationFrame(look);
}"""
COUNT = "new Set([...document.querySelectorAll('li[data-coding]')].map((one) => one.dataset.coding)).size"


def is_drawn(last: object | None) -> str:
    """What must hold in the page: the mark and the margin of the last coding, or the text where nothing is coded."""
    if last is None:
        return "document.querySelector('.chunk:last-child .turn:last-child .x') && document.readyState !== 'loading'"
    return f"document.querySelector('li[data-coding=\"{last}\"]') && document.querySelector('mark')"


async def drawing(bench: Bench) -> None:
    """Each shape in a browser of its own pages; the number of codings in the page must be that of the database."""
    sizes = bench.sizes
    shapes = (
        (sizes.words, 0),
        (sizes.words, sizes.codings),
        (sizes.words, sizes.many_codings),
        (sizes.long_words[-1], sizes.codings),
    )
    program = require_program("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(program), args=list(FLAGS))
        try:
            for words, codings in shapes:
                found, text = bench.text(words, codings)
                times = [await _open(bench, browser, found, text) for _ in range(sizes.openings)]
                bench.report.figure(f"open browser, {words} words, {codings} codings", share(times, 50), "ms")
        finally:
            await browser.close()


async def _open(bench: Bench, browser: Browser, found: Filled, text: Text) -> float:
    address = f"http://127.0.0.1:{bench.house.port}"
    # Our pages allow no script but their own; what looks for the last coding is not theirs.
    context = await browser.new_context(
        base_url=address, viewport={"width": 1366, "height": 768}, bypass_csp=True, locale="en"
    )
    try:
        token = bench.house.token(found.coders[0])
        await context.add_cookies([{"name": "qc", "value": token, "url": address}])
        page = await context.new_page()
        last = last_coding(found, text)
        await page.add_init_script(f"({WATCH})({is_drawn(last)!r})")
        await page.goto(f"/transcripts/{text.id}", wait_until="commit")
        limit = bench.sizes.limit_seconds * 1000
        await page.wait_for_function("globalThis.drawnAt !== undefined", timeout=limit, polling=50)
        drawn: Any = await page.evaluate("globalThis.drawnAt")
        there: Any = await page.evaluate(COUNT)
        if there != found.count():
            raise Skipped(f"{there} of {found.count()} codings are in the page")
        return float(drawn)
    finally:
        await context.close()


def last_coding(found: Filled, text: Text) -> object | None:
    """The coding that stands last in the page."""
    with found.home.data.read() as db:
        mine = (col(Coding.transcript_id) == text.id, col(Coding.deleted_at).is_(None))
        return db.exec(select(Coding.id).where(*mine).order_by(col(Coding.end).desc())).first()
