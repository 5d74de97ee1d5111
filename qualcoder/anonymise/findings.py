"""What detection says about a stretch of text, and how several voices about one stretch become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import prod

from qualcoder.core.text import Span


class Label(StrEnum):
    """What kind of thing could tell who is speaking, or of whom."""

    PERSON = "PERSON"
    PLACE_FINE = "PLACE_FINE"
    PLACE_COARSE = "PLACE_COARSE"
    ORG = "ORG"
    ROLE = "ROLE"
    CONTACT = "CONTACT"
    ID = "ID"
    DATE = "DATE"
    AGE = "AGE"
    PRECINCT = "PRECINCT"
    RESULT = "RESULT"
    CLAN = "CLAN"


class Tier(StrEnum):
    """How directly it tells: A alone, B together with other things, C a theme of the research that is only shown."""

    A = "A"
    B = "B"
    C = "C"


# First part of a source: nobody is sure of such a finding; it is shown faintly.
UNCERTAIN = "uncertain"
# First part of a source: the reviewer is offered to keep the stretch, for it names nobody's private person.
KEEP = "keep"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A half-open stretch in code points, with who found it and why; it holds no text.

    `reason` is an English msgid; `sources` are the names of the rules, sorted, each once.
    """

    start: int
    end: int
    label: Label
    tier: Tier
    score: float
    sources: tuple[str, ...]
    reason: str

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError("a finding needs 0 <= start < end")
        if not 0.0 <= self.score <= 1.0:
            raise ValueError("a score lies between 0 and 1")

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def is_uncertain(self) -> bool:
        """Only faint voices speak for it."""
        return all(source.startswith(UNCERTAIN) for source in self.sources)

    @property
    def suggests_keep(self) -> bool:
        """It names a public figure or a national party: offered to be kept, still decided by the reviewer."""
        return any(source.startswith(KEEP) for source in self.sources)

    def shifted(self, by: int) -> Finding:
        return replace(self, start=self.start + by, end=self.end + by)


def union(findings: Iterable[Finding]) -> list[Finding]:
    """Merge findings that overlap (touching is not overlapping), in reading order.

    The widest span and all sources stay; the strongest tier leads, and within it the best scored
    finding gives label and reason. Different sources add up as noisy-or, one source counts once.
    """
    merged: list[Finding] = []
    crowd: list[Finding] = []
    end = -1
    for finding in sorted(findings):
        if crowd and finding.start >= end:
            merged.append(_joined(crowd))
            crowd = []
        end = max(end, finding.end) if crowd else finding.end
        crowd.append(finding)
    if crowd:
        merged.append(_joined(crowd))
    return merged


def _joined(crowd: Sequence[Finding]) -> Finding:
    if len(crowd) == 1:
        return crowd[0]
    lead = min(crowd, key=lambda f: (f.tier, -f.score, f.start - f.end, f.label))
    best: dict[tuple[str, ...], float] = {}
    for finding in crowd:
        best[finding.sources] = max(finding.score, best.get(finding.sources, 0.0))
    return Finding(
        start=min(f.start for f in crowd),
        end=max(f.end for f in crowd),
        label=lead.label,
        tier=lead.tier,
        score=1.0 - prod(1.0 - score for score in best.values()),
        sources=tuple(sorted({source for f in crowd for source in f.sources})),
        reason=lead.reason,
    )
