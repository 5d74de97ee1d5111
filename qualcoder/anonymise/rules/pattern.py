"""A rule: a compiled pattern over the shadow of a text, and what a match of it means.

Patterns are bounded everywhere (no open repetition beside another), so a hostile text costs linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from qualcoder.anonymise.findings import Finding, Label, Tier
from qualcoder.anonymise.letters import Shadow
from qualcoder.anonymise.rules.gates import Gate, asked


class Finder(Protocol):
    """Anything that finds things in a text: a rule, or many rules that share one walk over it."""

    @property
    def uncased_only(self) -> bool: ...

    def findings(self, shadow: Shadow) -> Iterator[Finding]: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What of a match counts, in offsets of the searched text, and how sure the rule is."""

    start: int
    end: int
    score: float


Judge = Callable[[re.Match[str], float], Verdict | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to see one kind of thing. The first group, where there is one, is the stretch; else the whole match.

    `judge` may refuse a match, narrow it or change its score. `uncased_only` rules run on texts without capitals.
    """

    source: str
    label: Label
    tier: Tier
    score: float
    reason: str
    pattern: re.Pattern[str]
    judge: Judge | None = None
    uncased_only: bool = False

    def findings(self, shadow: Shadow) -> Iterator[Finding]:
        for verdict in self._verdicts(shadow.text):
            span = shadow.span(verdict.start, verdict.end)
            yield Finding(span.start, span.end, self.label, self.tier, verdict.score, (self.source,), self.reason)

    def _verdicts(self, text: str) -> Iterator[Verdict]:
        at = 0
        while match := self.pattern.search(text, at):
            verdict = self.judge(match, self.score) if self.judge else whole(match, self.score)
            at = match.end()
            if verdict is not None:
                yield verdict
            elif self.label is Label.PERSON:
                # "akim Mr" is no name, but "Mr Oydantap" begins inside it.
                at = match.start() + 1


def whole(match: re.Match[str], score: float) -> Verdict:
    """The first group that took part, else the whole match."""
    for group in range(1, (match.re.groups or 0) + 1):
        if match.group(group):
            return Verdict(match.start(group), match.end(group), score)
    return Verdict(match.start(), match.end(), score)


def unless(before: str = "", after: str = "", *, window: int = 40) -> Judge:
    """Refuse a match when `before` ends just before it, or `after` begins just after it (case is ignored)."""
    refuse_before = re.compile(rf"(?i:{before})\Z") if before else None
    refuse_after = re.compile(rf"(?i:{after})") if after else None

    def judge(match: re.Match[str], score: float) -> Verdict | None:
        text = match.string
        if refuse_before and refuse_before.search(text, max(0, match.start() - window), match.start()):
            return None
        if refuse_after and refuse_after.match(text, match.end(), match.end() + window):
            return None
        return whole(match, score)

    return judge


def listed(text: str) -> tuple[str, ...]:
    """The words of a list that is written as one string; `_` stands for the space within one."""
    return tuple(word.replace("_", " ") for word in text.split())


class RuleSet:
    """Rules that read a text together; a rule is tried where the words it waits for are there."""

    def __init__(self, rules: Iterable[Finder]) -> None:
        self._rules = tuple(rules)
        self._gate = Gate(rule.pattern if isinstance(rule, Rule) else None for rule in self._rules)

    def findings(self, shadow: Shadow, *, is_cased: bool = False) -> list[Finding]:
        """All that the rules find, unmerged. `is_cased` says that the whole has capitals, though this part may not."""
        uncased = not is_cased and shadow.is_uncased
        tried = (self._rules[at] for at in self._gate.open_for(asked(shadow.text)))
        return [found for rule in tried if uncased or not rule.uncased_only for found in rule.findings(shadow)]


def apply(rules: Iterable[Finder], shadow: Shadow) -> list[Finding]:
    """All that the rules find, unmerged."""
    return RuleSet(rules).findings(shadow)
