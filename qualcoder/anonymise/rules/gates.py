"""What a text must hold before a pattern can match it, read off the pattern itself.

Most rules wait for a word that most turns don't have. Asking once per turn which of these words are there is far
quicker than searching with 150 patterns, and finds the same: a pattern whose needs cannot be read is always tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from itertools import product
from operator import add
from typing import Any

# Stand for "a figure" and "a capital" among the words that may be needed; they are no letters of any text.
DIGIT, UPPER = "\ue000", "\ue001"
# More words than that are as good as none.
_MOST = 400
_CLASS = 6
_DIGIT = re.compile(r"\d")
# How often a need is met by chance, by its length.
_CHANCE = (9.0, 0.5, 0.15, 0.03, 0.006, 0.002)
_CHANCE_OF = {" ": 9.0, DIGIT: 0.2, UPPER: 0.9}
# A need that is met more often than not is not asked for.
_OFTEN = 1.5

# Up to this length it is quicker to look at the pieces of the text than at those that are waited for.
_SHORT = 300

Need = frozenset[str]


def asked(text: str) -> str:
    """The text as gates and `may_match` ask it: in small letters, with a sign for figures and one for capitals."""
    lower = text.lower()
    return f"{lower}{DIGIT if _DIGIT.search(lower) else ''}{UPPER if lower != text else ''}"


@cache
def needs(pattern: re.Pattern[str]) -> tuple[Need, ...]:
    """Sets of words; of each of them a text holds at least one, in any case, or the pattern does not match.

    The rarest set comes first. Empty for a pattern of which nothing is known.
    """
    try:
        parsed = import_module("re._parser").parse(pattern.pattern, pattern.flags)
    except (ImportError, AttributeError):
        return ()
    exact, found = _Reader(ignores_case=bool(pattern.flags & re.IGNORECASE)).sequence(parsed)
    useful = {short for need in (*found, *_as_need(exact)) if _chance(short := _shortened(need)) < _OFTEN}
    return tuple(sorted(useful, key=lambda need: (_chance(need), sorted(need))))


class Gated:
    """A pattern that is tried where a text holds what it needs."""

    def __init__(self, pattern: str, *, ignores_case: bool = True) -> None:
        self._pattern = re.compile(pattern, re.IGNORECASE if ignores_case else 0)

    @cached_property
    def _needs(self) -> tuple[Need, ...]:
        return needs(self._pattern)

    def may_match(self, text: str) -> bool:
        """Whether it is worth trying on an `asked` text."""
        return all(any(word in text for word in need) for need in self._needs)

    def search(self, text: str, as_asked: str) -> re.Match[str] | None:
        return self._pattern.search(text) if self.may_match(as_asked) else None

    def finditer(self, text: str, as_asked: str) -> Iterable[re.Match[str]]:
        return self._pattern.finditer(text) if self.may_match(as_asked) else ()


def _shortened(need: Need) -> Need:
    """Without words that hold another one."""
    if len(need) > _CLASS * 10:
        return need
    return frozenset(word for word in need if not any(other in word for other in need if other != word))


def _chance(need: Need) -> float:
    return sum(_CHANCE_OF.get(word) or _CHANCE[min(len(word), 5)] for word in need)


class Gate:
    """Many patterns: which of them are worth trying on a text. What stands for None always is."""

    def __init__(self, patterns: Iterable[re.Pattern[str] | None]) -> None:
        self._needs = [needs(pattern) if pattern is not None else () for pattern in patterns]
        self._always = [at for at, need in enumerate(self._needs) if not need]
        self._waiting: dict[str, list[int]] = {}
        for at, need in enumerate(self._needs):
            for word in need[0] if need else ():
                self._waiting.setdefault(word, []).append(at)
        self._begins = _by_beginning(self._waiting)

    def open_for(self, text: str) -> list[int]:
        """Numbers of the patterns that may match an `asked` text, in order."""
        begins: Iterable[str] = self._begins
        if len(text) < _SHORT:
            begins = {
                *text,
                *map(add, text, text[1:]),
                *map(add, map(add, text, text[1:]), text[2:]),
            } & self._begins.keys()
        there = (word for begin in begins if begin in text for word in self._begins[begin] if word in text)
        waited = {at for word in there for at in self._waiting[word]}
        met = (at for at in waited if all(any(word in text for word in need) for need in self._needs[at][1:]))
        return sorted([*self._always, *met])


def _by_beginning(words: Iterable[str]) -> dict[str, list[str]]:
    """Words under their first three signs: most texts have few of these."""
    found: dict[str, list[str]] = {}
    for word in sorted(words):
        found.setdefault(word[:3], []).append(word)
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads a parsed pattern. A sequence is either `exact`, when it is one of few plain texts, or None."""

    ignores_case: bool

    def sequence(self, parsed: Iterable[Any]) -> tuple[frozenset[str] | None, list[Need]]:
        """What a sequence is, where that is known, and what it needs."""
        run: frozenset[str] | None = frozenset([""])
        is_exact = True
        found: list[Need] = []
        for op, argument in parsed:
            exact, inner = self._part(str(op), argument)
            found += inner
            longer = None if exact is None or run is None else _joined(run, exact)
            if longer is None:
                is_exact = False
                found += _as_need(run)
                run = exact
            else:
                run = longer
        return (run, found) if is_exact else (None, [*found, *_as_need(run)])

    def _part(self, op: str, argument: Any) -> tuple[frozenset[str] | None, list[Need]]:
        if op == "LITERAL":
            return frozenset([chr(argument).lower()]), self._capital([chr(argument)])
        if op == "IN":
            return self._class(argument)
        if op in ("AT", "ASSERT_NOT"):
            return frozenset([""]), []
        if op == "ASSERT":
            exact, inner = self.sequence(argument[1])
            return frozenset([""]), [*inner, *_as_need(exact)]
        if op == "SUBPATTERN":
            _, added, dropped, body = argument
            ignores = (self.ignores_case or bool(added & re.IGNORECASE)) and not dropped & re.IGNORECASE
            return _Reader(ignores_case=ignores).sequence(body)
        if op == "BRANCH":
            return self._branch(argument[1])
        if op in ("MAX_REPEAT", "MIN_REPEAT"):
            return self._repeat(*argument)
        return None, []

    def _capital(self, signs: Sequence[str]) -> list[Need]:
        return [frozenset([UPPER])] if signs and not self.ignores_case and all(map(str.isupper, signs)) else []

    def _class(self, members: Sequence[Any]) -> tuple[frozenset[str] | None, list[Need]]:
        if [str(member[1]) for member in members] == ["CATEGORY_DIGIT"]:
            return None, [frozenset([DIGIT])]
        signs = _signs(tuple(members))
        if signs and all(map(str.isdigit, signs)):
            return None, [frozenset([DIGIT])]
        return (frozenset(map(str.lower, signs)) if 0 < len(signs) <= _CLASS else None), self._capital(signs)

    def _branch(self, ways: Iterable[Any]) -> tuple[frozenset[str] | None, list[Need]]:
        read = [self.sequence(way) for way in ways]
        texts = [exact for exact, _ in read if exact is not None]
        if len(texts) == len(read):
            return _few(frozenset().union(*texts)), []
        best: list[Need] = []
        for exact, inner in read:
            known = [*inner, *_as_need(exact)]
            if not known:
                return None, []
            best.append(min(known, key=_chance))
        return None, [frozenset().union(*best)]

    def _repeat(self, least: int, most: int, body: Iterable[Any]) -> tuple[frozenset[str] | None, list[Need]]:
        exact, inner = self.sequence(body)
        if least == 0:
            return (_few(exact | {""}) if exact is not None and int(most) == 1 else None), []
        return (exact if least == int(most) == 1 else None), [*inner, *_as_need(exact)]


@cache
def _signs(members: Sequence[Any]) -> tuple[str, ...]:
    """The signs of a class; none for one that cannot be counted out."""
    found: list[str] = []
    for op, argument in members:
        if str(op) == "LITERAL":
            found.append(chr(argument))
        elif str(op) == "RANGE":
            found += map(chr, range(argument[0], argument[1] + 1))
        else:
            return ()
    return tuple(found)


def _few(texts: frozenset[str]) -> frozenset[str] | None:
    return texts if len(texts) <= _MOST else None


def _joined(left: frozenset[str], right: frozenset[str]) -> frozenset[str] | None:
    if len(left) * len(right) > _MOST:
        return None
    return frozenset(a + b for a, b in product(left, right))


def _as_need(run: frozenset[str] | None) -> Iterator[Need]:
    if run and all(run):
        yield run
