"""Working in a text in a real browser: from a key or the mouse to the frame that shows what it did."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.bench.drawn import is_drawn, last_coding
from tests.bench.filling import Filled, Text
from tests.bench.measuring import Bench
from tests.bench.wire import share
from tests.programs import require_program
from tests.served import FLAGS

# From the moment the browser got the input until the task after the frame that it caused.
TIMED = """() => {
  globalThis.painted = [];
  const note = (event) => {
    const { timeStamp } = event;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => globalThis.painted.push(performance.now() - timeStamp);
      port2.postMessage(null);
    });
  };
  for (const type of ["keydown", "mouseup"]) addEventListener(type, note, true);
}"""
PLACES = (0.02, 0.5, 0.95)
# Two seconds of scrolling, a third of a window each frame: the time between frames.
SCROLLED = """() => new Promise((done) => {
  const frames = [];
  scrollTo(0, 0);
  let last = 0;
  const until = performance.now() + 2000;
  const step = (at) => {
    if (last) frames.push(at - last);
    last = at;
    scrollBy(0, innerHeight / 3);
    if (at < until) requestAnimationFrame(step);
    else done(frames);
  };
  requestAnimationFrame(step);
})"""
TO_TURN = """(share) => {
  const turns = document.querySelectorAll(".turn");
  const turn = turns[Math.floor(share * turns.length)];
  turn.scrollIntoView({ block: "center" });
  turn.focus({ preventScroll: true });
  const x = turn.querySelector(".x").getBoundingClientRect();
  return [x.left + x.width / 3, Math.max(x.top + 12, 90)];
}"""


async def painting(bench: Bench) -> None:
    """Selecting by key and by mouse, the list of codes, and coding, in short and long texts full of codings."""
    sizes = bench.sizes
    program = require_program("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(program), args=list(FLAGS))
        try:
            for words in (sizes.words, *sizes.long_words):
                found, text = bench.text(words, sizes.many_codings)
                worked = await _work(bench, browser, found, text)
                frames = worked.pop("frames")
                name = f"scrolling, a frame, {words} words, {sizes.many_codings} codings, p95"
                note = f"p50 {share(frames, 50):.0f}, max {max(frames):.0f} ms, {len(frames)} frames"
                bench.report.figure(name, share(frames, 95), "ms", note)
                for name, taken in worked.items():
                    figure = f"{name} → painted, {words} words, {sizes.many_codings} codings"
                    bench.report.figure(figure, share(taken, 50), "ms")
                    bench.report.figure(f"{figure}, worst of {len(taken)}", max(taken), "ms")
        finally:
            await browser.close()


async def _work(bench: Bench, browser: Browser, found: Filled, text: Text) -> dict[str, list[float]]:
    address = f"http://127.0.0.1:{bench.house.port}"
    # Our pages allow no script but their own; what takes the time is not theirs.
    context = await browser.new_context(
        base_url=address, viewport={"width": 1366, "height": 768}, bypass_csp=True, locale="en"
    )
    try:
        token = bench.house.token(found.coders[0])
        await context.add_cookies([{"name": "qc", "value": token, "url": address}])
        page = await context.new_page()
        limit = bench.sizes.limit_seconds * 1000
        await page.goto(f"/transcripts/{text.id}", wait_until="load", timeout=limit)
        await page.wait_for_function(is_drawn(last_coding(found, text)), timeout=limit, polling=50)
        taken: dict[str, list[float]] = {name: [] for name in ("sentence", "word", "mouse", "list of codes", "coding")}
        taken["frames"] = await page.evaluate(SCROLLED)
        await page.evaluate(TIMED)
        for place in PLACES:
            left, top = await page.evaluate(TO_TURN, place)
            for _ in range(bench.sizes.repeats):
                taken["sentence"].append(await _timed(page, "ArrowDown"))
                taken["word"].append(await _timed(page, "Shift+ArrowLeft"))
            left, top = await page.evaluate(TO_TURN, place)
            taken["mouse"].append(await _dragged(page, left, top))
            taken["list of codes"].append(await _timed(page, "r"))
            await page.keyboard.press("Escape")
            taken["coding"].append(await _timed(page, "1"))
            await page.wait_for_selector("#save-state[data-state=saved]", timeout=limit)
        return taken
    finally:
        await context.close()


async def _timed(page: Page, key: str) -> float:
    await page.evaluate("painted.length = 0")
    await page.keyboard.press(key)
    return await _last(page)


async def _dragged(page: Page, left: float, top: float) -> float:
    await page.mouse.move(left, top)
    await page.mouse.down()
    await page.mouse.move(left + 120, top, steps=4)
    await page.evaluate("painted.length = 0")
    await page.mouse.up()
    return await _last(page)


async def _last(page: Page) -> float:
    await page.wait_for_function("painted.length > 0", polling=20)
    found: Any = await page.evaluate("painted.at(-1)")
    return float(found)
