"""What giving a code to a stretch means where its coder gave the same code before. Pure.

A new coding that says nothing of its own joins the older one it overlaps or touches; sent for exactly the same stretch
it takes the older one off. One that says something of its own (helps, a weight, unsure) is never lost in another: it
marks the older one where the stretch is the same, and else stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualcoder.coding.models import Coding, Valence
from qualcoder.core.text import Span


@dataclass(frozen=True, slots=True)
class Said:
    """What a new coding says beside its place and code."""

    valence: Valence | None
    weight: int | None
    is_unsure: bool
    has_memo: bool = False

    def is_within(self, other: Coding) -> bool:
        """Whether an older coding says all this already; a memo can join any."""
        return (
            self.valence in {None, other.valence}
            and self.weight in {None, other.weight}
            and (other.is_unsure or not self.is_unsure)
        )


@dataclass(frozen=True, slots=True)
class AddNew:
    """There is nothing to join."""


@dataclass(frozen=True, slots=True)
class TakeOff:
    """The same again: the older one goes."""

    coding: Coding


@dataclass(frozen=True, slots=True)
class Mark:
    """The same stretch, and more said of it."""

    coding: Coding


@dataclass(frozen=True, slots=True)
class Keep:
    """The older one holds the stretch already."""

    coding: Coding


@dataclass(frozen=True, slots=True)
class Extend:
    """The oldest one becomes the union; the others go, their memos to it."""

    coding: Coding
    span: Span
    absorbed: tuple[Coding, ...]


Outcome = AddNew | TakeOff | Mark | Keep | Extend


def outcome(span: Span, said: Said, mine: Sequence[Coding]) -> Outcome:
    """What becomes of a new stretch among the coder's living codings of this code in this text."""
    near = sorted((one for one in mine if _touches(one, span)), key=lambda one: (one.created_at, one.id.int))
    same = [one for one in near if (one.start, one.end) == (span.start, span.end)]
    for one in same:
        if said.is_within(one):
            return Mark(one) if said.has_memo else TakeOff(one)
    for one in same:
        if said.valence is None or one.valence in {None, said.valence}:
            return Mark(one)
    joined = [one for one in near if said.is_within(one)]
    if not joined:
        return AddNew()
    holder = next((one for one in joined if one.start <= span.start and span.end <= one.end), None)
    if holder is not None:
        return Keep(holder)
    first, *others = joined
    absorbed = tuple(one for one in others if Said(one.valence, one.weight, one.is_unsure).is_within(first))
    reach = (span, *(Span(one.start, one.end) for one in (first, *absorbed)))
    return Extend(first, Span(min(one.start for one in reach), max(one.end for one in reach)), absorbed)


def _touches(one: Coding, span: Span) -> bool:
    return one.start <= span.end and span.start <= one.end
