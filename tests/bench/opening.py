"""Starting, opening a text, and the lists: what a person waits for before any work begins."""

from __future__ import annotations

import asyncio

from tests.bench.filling import Filled, Text
from tests.bench.house import House, family, resident_mb
from tests.bench.measuring import Bench, Timed, getting, in_turns
from tests.bench.wire import share

SETTLED_SECONDS = 5.0


async def cold(bench: Bench) -> None:
    """Start to first answer, and memory at rest. Homes with many and with few texts take turns."""
    bench.study(bench.sizes.many_texts)
    times: dict[int, list[float]] = {}
    for _ in range(bench.sizes.starts):
        for house in (bench.house, bench.small):
            house.stop()
            times.setdefault(id(house), []).append(await house.start())
            house.stop()
    await bench.house.start()
    large, small = (share(times[id(house)], 50) for house in (bench.house, bench.small))
    bench.report.figure("cold start, to the first answer", large * 1000, "ms")
    bench.report.law("cold start: home with many / few texts", small, large, 1.1)
    await asyncio.sleep(min(SETTLED_SECONDS, bench.sizes.seconds))
    server, *others = family(bench.house.server_id)
    worker = sum(resident_mb(pid) for pid in others)
    bench.report.figure("memory at rest, server", resident_mb(server), "MB")
    bench.report.figure("memory at rest, server and worker", resident_mb(server) + worker, "MB")


def _opening(house: House, found: Filled, text: Text) -> Timed:
    """The coding page as its coder opens it: one request, whose answer holds the text and its codings."""
    return getting(house.wire(found.coders[0]), f"/transcripts/{text.id}")


async def opening(bench: Bench) -> None:
    """The coding page by the size of the text, of its codings, and of the study around it."""
    sizes = bench.sizes
    longest = sizes.long_words[-1]
    shapes = ((sizes.words, sizes.codings), (sizes.words, sizes.many_codings), (longest, sizes.codings))
    works = []
    for words, codings in shapes:
        found, text = bench.text(words, codings)
        answer = await bench.house.wire(found.coders[0]).get(f"/transcripts/{text.id}")
        works.append(_opening(bench.house, found, text))
        bench.report.figure(f"open page, {words} words, {codings} codings", len(answer.body) / 1000, "kB")
    seconds = await in_turns(sizes.repeats, *works)
    for (words, codings), taken in zip(shapes, seconds, strict=True):
        bench.report.figure(f"open server, {words} words, {codings} codings", taken * 1000, "ms")
    bench.report.law(f"open server: {longest} / {sizes.words} words", seconds[0], seconds[2], 1.15)
    few, many = bench.study(sizes.few_texts), bench.study(sizes.many_texts)
    small, large = await in_turns(
        sizes.repeats, *(_opening(bench.house, found, found.texts[1]) for found in (few, many))
    )
    for found, taken in ((few, small), (many, large)):
        name = f"open server, in a study of {len(found.texts)} with {found.count()} codings"
        bench.report.figure(name, taken * 1000, "ms")
    bench.report.law("open server: study of many / few texts and codings", small, large, 1.15)


async def pages(bench: Bench) -> None:
    """Lists of a study, with many codings and with few."""
    sizes = bench.sizes
    few = bench.study(sizes.some_texts, max(1, sizes.each // 10))
    many = bench.study(sizes.many_texts)
    for name, page in (("study page (list of texts)", "transcripts"), ("codebook", "codebook"), ("matrix", "matrix")):
        wires = [bench.house.wire(found.pi) for found in (few, many)]
        works = [getting(wire, bench.house.page(found, page)) for wire, found in zip(wires, (few, many), strict=True)]
        small, large = await in_turns(sizes.repeats, *works)
        bench.report.figure(f"{name}, {len(many.texts)} texts, {many.count()} codings", large * 1000, "ms")
        if page == "matrix":
            bench.report.law(f"{name}: {many.count()} / {few.count()} codings, warm", small, large, 1.5)
        else:
            bench.report.law(f"{name}: {many.count()} / {few.count()} codings", small, large, 1.2)
