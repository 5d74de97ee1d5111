"""What a measuring run has to say: figures, laws of growth, and works that could not be measured, as one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value with its unit and what more is to be known of it."""

    name: str
    value: float
    unit: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.name:<58} {self.value:>11.5g} {self.unit:<7} {self.note}".rstrip()


@dataclass(frozen=True, slots=True)
class Law:
    """How a work may grow: its value at the greater size over that at the lesser one, and the most that may be."""

    name: str
    small: float
    large: float
    most: float

    @property
    def ratio(self) -> float:
        return self.large / self.small if self.small else float("inf")

    @property
    def is_kept(self) -> bool:
        return self.ratio <= self.most

    def __str__(self) -> str:
        verdict = "pass" if self.is_kept else "BELOW"
        values = f"({self.large:.4g} / {self.small:.4g})"
        return f"{self.name:<58} {self.ratio:>8.2f} x  <= {self.most:<6g} {verdict:<6} {values}"


@dataclass(slots=True)
class Report:
    """Everything that was measured, said line by line as it comes."""

    say: Callable[[str], object]
    figures: list[Figure] = field(default_factory=list)
    laws: list[Law] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def figure(self, name: str, value: float, unit: str, note: str = "") -> None:
        self.figures.append(Figure(name, value, unit, note))
        self.say(str(self.figures[-1]))

    def law(self, name: str, small: float, large: float, most: float) -> None:
        self.laws.append(Law(name, small, large, most))

    def skip(self, name: str, why: str) -> None:
        self.skipped.append(f"{name:<58} skipped: {why}")
        self.say(self.skipped[-1])

    @contextmanager
    def naming(self, item: str) -> Iterator[None]:
        """A work whose check fails is a line of the table, and the others go on."""
        self.say(f"-- {item}")
        try:
            yield
        except (Skipped, OSError, TimeoutError) as problem:
            self.skip(item, str(problem) or type(problem).__name__)

    def end(self) -> None:
        """The laws last, when both of their sizes are known."""
        self.say("-- laws of growth: the greater size over the lesser one, in this run")
        for law in self.laws:
            self.say(str(law))


class Skipped(Exception):
    """A work that could not be measured, and why."""
