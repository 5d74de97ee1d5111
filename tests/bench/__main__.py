"""`python -m tests.bench`: how fast this program is on this machine, and how its costs grow.

Standalone it needs nothing but itself. With QUALCODER_BENCH naming a folder of scripts that drive other programs
(see the README) it is measured beside another one, and the exit status is 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from tests import homes
from tests.bench import beside, coding_load, drawn, in_and_out, opening, painted, wire
from tests.bench.figures import Report
from tests.bench.filling import invented_bodies, make_study
from tests.bench.house import made
from tests.bench.measuring import Bench
from tests.bench.sizes import QUICK, WHOLE, Sizes
from tests.homes import Backend

Item = Callable[[Bench], Awaitable[None]]

ITEMS: dict[str, Item] = {
    "cold": opening.cold,
    "open": opening.opening,
    "pages": opening.pages,
    "add": coding_load.add,
    "load": coding_load.load,
    "live": coding_load.live,
    "stall": coding_load.stall,
    "search": in_and_out.searching,
    "export": in_and_out.exports,
    "import": in_and_out.imports,
    "browser": drawn.drawing,
    "painted": painted.painting,
}


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def measure(items: Sequence[str], sizes: Sizes, folder: Path) -> Report:
    """Run these works on a fresh home and say what they took."""
    report = Report(say)
    template = homes.make_template(Backend.WAL, folder / "template")
    with made(template, folder / "home") as house, made(template, folder / "small") as small:
        make_study(small.home, "small").add_texts(sizes.few_texts, invented_bodies(sizes.words))
        bench = Bench(house, small, sizes, report)
        await house.start()
        for item in items:
            with report.naming(item):
                await ITEMS[item](bench)
            await wire.close_all()
    report.end()
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 where a target beside another program is missed; laws are only printed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    folder = os.environ.get("QUALCODER_BENCH", "")
    names = list(beside.ITEMS if folder else ITEMS)
    parser.add_argument("items", nargs="*", help=f"works to measure, all by default: {', '.join(names)}")
    parser.add_argument("--repeats", type=int, default=3, help="how often beside another program")
    parser.add_argument("--quick", action="store_true", help="small sizes: whether it works, not how fast")
    parser.add_argument("--folder", type=Path, help="where homes are made (a temporary folder by default)")
    asked = parser.parse_args(arguments)
    unknown = set(asked.items) - set(names)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    chosen = asked.items or names
    if folder:
        below = beside.compare(Path(folder).resolve(), chosen, say, repeats=asked.repeats, is_quick=asked.quick)
        return 1 if below else 0
    with tempfile.TemporaryDirectory(prefix="bench-", dir=asked.folder) as work:
        asyncio.run(measure(chosen, QUICK if asked.quick else WHOLE, Path(work)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
