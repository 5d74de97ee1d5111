"""One program through the works of QUALCODER_BENCH, in a process of its own: `python -m tests.bench.driven`.

Started by `tests.bench.beside`, which says where their scripts are, which program, which works, and how much of them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import json
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.async_api import Error, async_playwright

from tests.bench import product
from tests.bench.drawn import WATCH
from tests.bench.wire import share
from tests.programs import require_program
from tests.served import FLAGS

OWN = ("study", "browser")
GRACE_SECONDS = 10.0
QUIET = "console.log = () => {};"


def main() -> None:
    """Drive one program; their result file holds the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("program", choices=("taguette", "ours"))
    parser.add_argument("items", nargs="+")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    sys.path.insert(0, os.environ["QUALCODER_BENCH"])
    kit, run = importlib.import_module("kit"), importlib.import_module("run")
    trim(kit.SCENARIO["items"], run, is_quick=asked.quick)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        if asked.program == "ours":
            program = product.adapter(importlib.import_module("adapter").Adapter, kit, Path(folder))
        else:
            program = importlib.import_module("peer_taguette").Taguette()
        try:
            asyncio.run(drive(program, kit.Results(asked.program), run, asked.items))
        finally:
            program.close() if asked.program == "ours" else program.stop()


def trim(items: dict[str, Any], run: Any, *, is_quick: bool) -> None:
    """Leave out what no target is about, and with `is_quick` take less of everything."""

    async def nothing(*_arguments: Any) -> dict[str, int]:
        return {"n": 0}

    run.paced = nothing
    items["add"]["users"] = [20, 50]
    if not is_quick:
        return
    items["cold_start"]["repeats"] = 3
    items["import"]["docs"] = 5
    items["open_server"] |= {"words": [8000, 150000], "repeats": 5}
    items["open_browser"] |= {"repeats": 1, "limit_s": 40}
    items["open_scaling"]["project_docs"] = [10, 200]
    items["add"] |= {"sequential": 60, "limit_s": 6, "words_large": [150000]}
    items["propagate"]["adds"] = 5
    items["export"]["highlights"] = [10000]


async def drive(program: Any, results: Any, run: Any, items: list[str]) -> None:
    """Their works by their names; two are ours, because theirs know one program only."""
    await program.start()
    await program.login()
    run.run_browser = browse
    for item in items:
        if item == "cold":
            await _hundred(program, run)
        if item == "study":
            await study_page(program, results, run)
        elif item == "export" and not isinstance(program, product.Product):
            await _exported(program, results, run)
        elif item in run.ITEMS and not (item == "export" and isinstance(program, product.Product)):
            await run.ITEMS[item](program, results)


async def _hundred(program: Any, run: Any) -> None:
    """A database of 100 documents, as a cold start is to find."""
    project = await program.new_project("cold")
    document, _text = await run.make_doc(program, project, 8000)
    program.copies(project, document, 99)


async def _exported(program: Any, results: Any, run: Any) -> None:
    """Without the copy of the whole project, which takes minutes and has no target."""
    paths = program.export_paths
    program.export_paths = lambda pid: {kind: path for kind, path in paths(pid).items() if kind != "sqlite"}
    await run.item_export(program, results)


async def study_page(program: Any, results: Any, run: Any) -> None:
    """The page that lists the documents of a study with as many codings as the largest export has."""
    scenario = run.IT["export"]
    count = scenario["highlights"][-1]
    project = await program.new_project("study-page")
    codes = await program.codes(project, run.corpus.CODES)
    document, text = await run.make_doc(program, project, 8000)
    documents = [document, *program.copies(project, document, scenario["docs"] - 1)]
    for n, one in enumerate(documents):
        program.bulk(project, one, text, run.corpus.spans(len(text), count // scenario["docs"], seed=n), codes)
    path = program.project_path(project) if isinstance(program, product.Product) else f"/project/{project}"
    client = program.client()
    times = []
    for _ in range(7):
        status, _headers, _body, _first, taken = await client.request("GET", path)
        if status != 200:
            raise RuntimeError(f"the study page was answered with {status}")
        times.append(taken)
    await client.close()
    results.put(f"project_page_{count}", {"ms": round(share(times, 50) * 1000, 2)})


def browse(program: Any, results: Any, runs: list[dict[str, Any]]) -> None:
    """Open pages in Chromium. From a thread: their works run in a loop of their own, and this is called inside it."""
    thread = threading.Thread(target=lambda: asyncio.run(_browse(program, results, runs)))
    thread.start()
    thread.join()


async def _browse(program: Any, results: Any, runs: list[dict[str, Any]]) -> None:
    cookies = [
        {"name": name, "value": value, "domain": "127.0.0.1", "path": "/"} for name, value in program.cookies.items()
    ]
    wanted = json.loads((Path(os.environ["QUALCODER_BENCH"]) / "targets.json").read_text("utf-8"))
    for one in runs:
        if f"{one['label']}.median" not in wanted:
            continue
        async with async_playwright() as playwright:
            found: dict[str, Any]
            browser = await playwright.chromium.launch(
                executable_path=str(require_program("chromium")), args=list(FLAGS)
            )
            try:
                context = await browser.new_context(viewport={"width": 1366, "height": 768}, bypass_csp=True)
                await context.add_cookies(cookies)  # type: ignore[arg-type]  # plain records, as the library takes them
                times = [await _visible(context, one) for _ in range(one["repeats"])]
                found = {"median": round(share(times, 50))}
            except (Error, TimeoutError):
                found = {"median": one["limit_s"] * 1000, "lower_bound": True}
            with contextlib.suppress(Error, TimeoutError):
                # A page that still counts does not let itself be closed; the browser goes with its driver then.
                await asyncio.wait_for(browser.close(), GRACE_SECONDS)
            results.put(one["label"], found)


async def _visible(context: Any, run: dict[str, Any]) -> float:
    async with asyncio.timeout(run["limit_s"] + GRACE_SECONDS):
        page = await context.new_page()
        await page.add_init_script(f"{QUIET}({WATCH})({run['ready']!r})")
        await page.goto(run["url"], wait_until="commit")
        await page.wait_for_function("globalThis.drawnAt !== undefined", timeout=run["limit_s"] * 1000, polling=50)
        drawn = float(await page.evaluate("globalThis.drawnAt"))
        await page.close()
        return drawn


if __name__ == "__main__":
    main()
