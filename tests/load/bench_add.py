"""Server CPU per added coding at 8,000, 50,000 and 150,000 words. Run it by hand; it asserts nothing.

    python -m tests.load.bench_add [HOW_MANY]

Prints milliseconds of CPU (median; process time, so other programs do not count), the ratio of the longest text to the
shortest, and the slope per 100,000 words, for the service alone and for the whole request. Codings of the three texts
take turns, so that a slow minute of the machine falls on all alike.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from qualcoder.coding import queries, service
from qualcoder.coding.service import NewCoding
from qualcoder.core.ids import CodeId, CodingId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from tests import homes
from tests.coding.long_texts import make_long
from tests.homes import Backend, World
from tests.transcripts import making

LENGTHS = (8_000, 50_000, 150_000)
WARM_UP = 5

Add = Callable[[Transcript, int], None]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory() as folder:
        template = homes.make_template(Backend.WAL, Path(folder) / "template")
        with homes.copied(template, Path(folder) / "home") as home:
            world = homes.make_world(home)
            code = making.import_codes(home, world)["WATER"]
            texts = {words: make_long(home, world, words) for words in LENGTHS}
            for name, add in (("service", _by_service(home, world, code)), ("request", _by_request(home, world, code))):
                _print(name, _measure(texts, add, rounds))


def _by_service(home: Home, world: World, code: CodeId) -> Add:
    def add(transcript: Transcript, start: int) -> None:
        new = NewCoding(CodingId(new_id()), transcript.id, 1, Span(start, start + 25), code)
        with home.data.transaction() as db:
            queries.touched_view(db, service.add_coding(db, world.coder, new), "kk")

    return add


def _by_request(home: Home, world: World, code: CodeId) -> Add:
    browser = homes.client(home).as_(world.coder)

    def add(transcript: Transcript, start: int) -> None:
        body = {
            "transcript_id": str(transcript.id),
            "version": 1,
            "start": start,
            "end": start + 25,
            "code_id": str(code),
        }
        answer = browser.put(f"/codings/{new_id()}", content=json.dumps(body))
        if answer.status_code != 200:
            raise SystemExit(f"a coding was answered with {answer.status_code}")

    return add


def _measure(texts: dict[int, Transcript], add: Add, rounds: int) -> dict[int, float]:
    """Median CPU milliseconds by length; places are spread evenly over each text."""
    spent: dict[int, list[float]] = {words: [] for words in texts}
    gc.collect()
    gc.disable()
    for n in range(rounds + WARM_UP):
        for words, transcript in texts.items():
            start = (transcript.n_chars - 40) * n // (rounds + WARM_UP)
            before = time.process_time()
            add(transcript, start)
            if n >= WARM_UP:
                spent[words].append((time.process_time() - before) * 1000)
    gc.enable()
    return {words: statistics.median(values) for words, values in spent.items()}


def _print(name: str, found: dict[int, float]) -> None:
    short, long = min(found), max(found)
    slope = (found[long] - found[short]) / (long - short) * 100_000
    numbers = "  ".join(f"{words:>7} words {milliseconds:6.2f} ms" for words, milliseconds in found.items())
    sys.stdout.write(
        f"{name:8} {numbers}   ratio {found[long] / found[short]:.3f}   slope {slope:+.3f} ms/100k words\n"
    )


if __name__ == "__main__":
    main()
