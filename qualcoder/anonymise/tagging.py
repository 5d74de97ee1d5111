"""A CRF as a voter: for each word how sure it is that this is no name, and what it would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PERSON, PLACE, ORG = "PER", "LOC", "ORG"
OUTSIDE = "O"
KINDS = (PERSON, PLACE, ORG)
# Below this no threshold of anybody looks.
_FLOOR = 0.005


@dataclass(frozen=True, slots=True)
class Guess:
    """Words start..end of a sentence are said to be a name of a kind, with the chance of that."""

    start: int
    end: int
    kind: str
    chance: float


@dataclass(frozen=True, slots=True)
class Vote:
    """What a model says of one word: the likeliest kind, the chance that it is a name of any kind at all.

    `begins` says that a new name begins here, `is_best` that the word is a name in the likeliest reading.
    """

    kind: str
    chance: float
    begins: bool
    is_best: bool


class Crf:
    """One model file, opened once. Not for several threads at a time."""

    def __init__(self, path: Path) -> None:
        import pycrfsuite

        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(path))
        known = set(self._tagger.labels())
        self._tags = {kind: [tag for tag in (f"B-{kind}", f"I-{kind}") if tag in known] for kind in KINDS}

    def votes(self, rows: Sequence[Sequence[str]], threshold: float) -> list[Vote | None]:
        """One vote per word whose chance reaches the threshold; None for the others."""
        if not rows:
            return []
        self._tagger.set(rows)
        best: list[str] = self._tagger.tag()
        return [self._vote(at, tag, max(threshold, _FLOOR)) for at, tag in enumerate(best)]

    def _vote(self, at: int, tag: str, threshold: float) -> Vote | None:
        chance = 1.0 - self._tagger.marginal(OUTSIDE, at)
        if tag != OUTSIDE:
            return Vote(tag[2:], chance, tag.startswith("B-"), is_best=True)
        if chance < threshold:
            return None
        chances = {kind: sum(self._tagger.marginal(tag, at) for tag in tags) for kind, tags in self._tags.items()}
        return Vote(max(chances, key=lambda kind: chances[kind]), chance, begins=False, is_best=False)


def stretches(votes: Sequence[Vote | None]) -> list[Guess]:
    """Names out of votes. A faint word beside a name is a guess of its own: it must not widen the name."""
    found: list[Guess] = []
    for at, vote in enumerate(votes):
        if vote is None:
            continue
        last = found[-1] if found else None
        before = votes[at - 1] if at > 0 else None
        goes_on = vote.is_best and before is not None and before.is_best and not vote.begins
        if last is not None and last.end == at and last.kind == vote.kind and goes_on:
            found[-1] = Guess(last.start, at + 1, vote.kind, max(last.chance, vote.chance))
        else:
            found.append(Guess(at, at + 1, vote.kind, vote.chance))
    return found
