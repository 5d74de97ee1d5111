"""Coding: one coder, many coders, coders beside an export, and who hears of a coding how soon."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from urllib.parse import quote

from sqlalchemy import func
from sqlmodel import col, select

from qualcoder.matrices.models import ExportLedger
from tests.bench.figures import Skipped
from tests.bench.filling import FREE_CODES, Filled, Text, spans_apart
from tests.bench.measuring import Bench, in_turns
from tests.bench.wire import closed_loop, paced, put_coding, share

STALL_EVERY_SECONDS = 0.25
HEARD_WITHIN_SECONDS = 15.0
# What the coding page is to bear: so many coders with one coding in so many seconds each.
PACE_CODERS = 20
PACE_SECONDS = 3.0


class _Adder:
    """A coder at a text, who codes one stretch after another."""

    def __init__(self, bench: Bench, found: Filled, text: Text, coder: int = 0) -> None:
        self.wire = bench.house.wire(found.coder(coder, text))
        self.text = text
        self.codes = found.codes[-FREE_CODES:]
        self.spans = spans_apart(len(text))
        self.n = 0

    async def add(self) -> float:
        self.n += 1
        # 1543 is prime: every stretch comes up before one comes again.
        at = self.n * 1543 % len(self.spans)
        code = self.codes[self.n // len(self.spans) % len(self.codes)]
        return await put_coding(self.wire, self.text.id, self.spans[at], code[0])


async def add(bench: Bench) -> None:
    """One coder, one coding after another, in texts of every length in turns."""
    sizes = bench.sizes
    lengths = (sizes.words, *sizes.long_words)
    studies = [bench.text(words, sizes.codings) for words in lengths]
    before = sum(found.count() for found, _text in studies)
    works = [_Adder(bench, found, text).add for found, text in studies]
    seconds = await in_turns(sizes.adds, *works)
    added = sum(found.count() for found, _text in studies) - before
    if added != (sizes.adds + 1) * len(lengths):
        raise Skipped(f"{added} codings are in the database, not as many as were answered")
    for words, taken in zip(lengths, seconds, strict=True):
        bench.report.figure(f"add a coding, {words} words", taken * 1000, "ms", "p50")
    bench.report.law(f"add a coding: {lengths[-1]} / {lengths[0]} words", seconds[0], seconds[-1], 1.1)


async def load(bench: Bench) -> None:
    """Many coders at once, each at a text of their own, who act again as soon as they are answered."""
    sizes = bench.sizes
    found = bench.study(max(max(sizes.people), sizes.few_texts))
    for people in sizes.people:
        adders = [_Adder(bench, found, found.texts[n], n) for n in range(people)]
        before = found.acts()
        times, per_second = await closed_loop(people, sizes.seconds, lambda n, adders=adders: adders[n].add())  # type: ignore[misc]  # a lambda's default has no type
        if found.acts() - before != len(times):
            raise Skipped("not every coding that was answered is in the database")
        note = f"p50 {share(times, 50) * 1000:.0f}, p99 {share(times, 99) * 1000:.0f} ms"
        bench.report.figure(f"codings a second, {people} coders", per_second, "/s", note)
    adders = [_Adder(bench, found, found.texts[n % len(found.texts)], n) for n in range(PACE_CODERS)]
    acts = max(1, round(sizes.seconds / PACE_SECONDS))
    late = await paced(PACE_CODERS, PACE_SECONDS, acts, lambda n: adders[n].add())
    note = f"p50 {share(late, 50) * 1000:.0f}, max {max(late) * 1000:.0f} ms, {len(late)} codings"
    name = f"answer, {PACE_CODERS} coders with a coding every {PACE_SECONDS:.0f} s, p95"
    bench.report.figure(name, share(late, 95) * 1000, "ms", note)


async def stall(bench: Bench) -> None:
    """The worst of one coder's codings, counted from the planned moment, while a whole study is exported."""
    sizes = bench.sizes
    exported = bench.study(sizes.many_texts)
    found, text = bench.text(sizes.words, sizes.codings)
    adder = _Adder(bench, found, text)
    await adder.add()
    late: list[float] = []
    for _ in range(sizes.exports):
        job = asyncio.create_task(export(bench, exported, "csv"))
        due = time.perf_counter()
        while not job.done():
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await adder.add()
            late.append(time.perf_counter() - due)
            due += STALL_EVERY_SECONDS
        await job
    note = f"p50 {share(late, 50) * 1000:.1f} ms, {len(late)} codings"
    bench.report.figure(f"worst add during an export of {exported.count()} codings", max(late) * 1000, "ms", note)


MATRIX = ("matrix/exports", "shape=long")
# Every coding with its words, offsets, coder and code version.
PASSAGES = ("retrieve/exports", "query=" + quote("step=and&code=any&deep=1&within=1&by=turns"))


async def export(bench: Bench, found: Filled, kind: str, what: tuple[str, str] = MATRIX) -> tuple[float, int]:
    """An export from asking for it to its last byte, as the page does; seconds and bytes."""
    wire = bench.house.wire(found.pi)
    begun = time.perf_counter()
    path, asked = what
    sent = f"format={kind}&{asked}".encode()
    answer = await wire.ask("POST", bench.house.page(found, path), sent, "application/x-www-form-urlencoded")
    if answer.status != 303:
        raise Skipped(f"an export was answered with {answer.status}")
    address = answer.headers["location"]
    while not _is_made(bench, found):
        await asyncio.sleep(0.02)
    file = await wire.get(f"{address}/file")
    wire.close()
    return time.perf_counter() - begun, len(file.body)


def _is_made(bench: Bench, found: Filled) -> bool:
    with bench.house.home.data.read() as db:
        waiting = (col(ExportLedger.study_id) == found.study.id, col(ExportLedger.digest).is_(None))
        return not db.exec(select(func.count()).select_from(ExportLedger).where(*waiting)).one()


async def live(bench: Bench) -> None:
    """From a coder's request until the last of so many listeners has the event."""
    sizes = bench.sizes
    found, text = bench.text(sizes.words, sizes.codings)
    adder = _Adder(bench, found, text)
    medians = {}
    for people in sorted({*sizes.listeners, sizes.watched}):
        wires = [bench.house.script(found.pi, found.study) for _ in range(people)]
        streams = [await wire.listen(f"/api/v1/studies/{found.slug}/events") for wire in wires]
        await asyncio.gather(*(_heard(stream, b"event: ready") for stream in streams))
        times = [await _told(adder, streams) for _ in range(sizes.changes + 1)][1:]
        medians[people] = share(times, 50)
        note = f"p50, max {max(times) * 1000:.0f} ms"
        bench.report.figure(f"a coding is heard of by {people} listeners", medians[people] * 1000, "ms", note)
        for wire in wires:
            wire.close()
    fewer, more = sizes.listeners
    bench.report.law(f"live: {more} / {fewer} listeners", medians[fewer], medians[more], 3.0)


async def _told(adder: _Adder, streams: Sequence[asyncio.StreamReader]) -> float:
    await asyncio.sleep(0.3)
    begun = time.perf_counter()
    hearing = [asyncio.create_task(_heard(stream, b"event: coding")) for stream in streams]
    await adder.add()
    await asyncio.gather(*hearing)
    return time.perf_counter() - begun


async def _heard(stream: asyncio.StreamReader, event: bytes) -> None:
    async with asyncio.timeout(HEARD_WITHIN_SECONDS):
        while event not in await stream.readline():
            pass
