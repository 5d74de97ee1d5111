"""What all works share: the house, the studies of each size, the report, and taking turns between two sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from qualcoder.accounts.models import Person
from tests.bench.figures import Report
from tests.bench.filling import Filled, Text, invented_bodies, invented_spans, make_study
from tests.bench.house import House
from tests.bench.sizes import Sizes
from tests.bench.wire import Wire, share

Timed = Callable[[], Awaitable[float]]


@dataclass(slots=True)
class Bench:
    """One run: `small` is a second home with few texts only, for what must not grow with a home."""

    house: House
    small: House
    sizes: Sizes
    report: Report
    _studies: dict[str, Filled] = field(default_factory=dict)

    def study(self, texts: int, each: int | None = None) -> Filled:
        """A study of so many interviews with so many codings each, all of one coder."""
        each = self.sizes.each if each is None else each
        slug = f"s{texts}-{each}"
        if slug not in self._studies:
            self._studies[slug] = fill_study(self.house, slug, texts, self.sizes.words, each)
        return self._studies[slug]

    def text(self, words: int, codings: int) -> tuple[Filled, Text]:
        """A text of so many words with so many codings, in a study of its own."""
        slug = f"t{words}-{codings}"
        if slug not in self._studies:
            self._studies[slug] = fill_study(self.house, slug, 1, words, codings)
        found = self._studies[slug]
        return found, found.texts[0]

    def coder_of(self, found: Filled) -> Person:
        return found.coders[0]


def fill_study(house: House, slug: str, texts: int, words: int, each: int) -> Filled:
    """A study of texts with codings, written straight into the database."""
    found = make_study(house.home, slug, races=5)
    made = found.add_texts(texts, invented_bodies(words))
    found.add_all_codings([(text, invented_spans(len(text), each, n)) for n, text in enumerate(made)], found.coders[0])
    return found


async def in_turns(repeats: int, *works: Timed) -> list[float]:
    """The median seconds of each work. They take turns, so that a slow moment of the machine falls on all alike."""
    for work in works:
        await work()
    times: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        for taken, work in zip(times, works, strict=True):
            taken.append(await work())
    return [share(taken, 50) for taken in times]


def getting(wire: Wire, path: str) -> Timed:
    """Asking for a page, as a work."""

    async def work() -> float:
        return (await wire.get(path)).seconds

    return work
