"""How much is measured: the sizes of a whole run, and those of a quick one that only shows that everything works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Words and codings of texts, texts of studies, people at once, and how often each work is done."""

    words: int = 8_000
    long_words: tuple[int, ...] = (50_000, 150_000)
    codings: int = 500
    many_codings: int = 5_000
    few_texts: int = 10
    some_texts: int = 100
    many_texts: int = 1_000
    each: int = 100
    files: int = 100
    searched: int = 3
    adds: int = 200
    people: tuple[int, ...] = (20, 50)
    seconds: float = 25.0
    listeners: tuple[int, int] = (5, 50)
    watched: int = 20
    changes: int = 20
    repeats: int = 10
    starts: int = 5
    exports: int = 3
    openings: int = 3
    limit_seconds: float = 120.0


WHOLE = Sizes()
QUICK = Sizes(
    words=300,
    long_words=(600, 1_200),
    codings=20,
    many_codings=60,
    few_texts=2,
    some_texts=4,
    many_texts=8,
    each=5,
    files=1,
    searched=1,
    adds=4,
    people=(2, 3),
    seconds=0.3,
    listeners=(1, 3),
    watched=2,
    changes=1,
    repeats=2,
    starts=1,
    exports=1,
    openings=1,
    limit_seconds=20.0,
)
