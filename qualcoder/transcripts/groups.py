"""Findings that are one thing, gathered in the order of the text, a page of them at a time (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from qualcoder.anonymise.findings import Tier
from qualcoder.anonymise.models import Decision, PiiSpan

PAGE_FINDINGS = 100
# Of one thing so many places are shown; the others stand on a page of its own.
SHOWN_TOGETHER = 25


@dataclass(frozen=True, slots=True, repr=False)
class Group:
    """One person, place or phrase of a transcript with every place where it stands."""

    spans: tuple[PiiSpan, ...]

    @property
    def id(self) -> UUID:
        """The first place's id: stable while no mark is added before it."""
        return self.spans[0].id

    @property
    def tier(self) -> Tier:
        return self.spans[0].tier

    @property
    def waiting(self) -> int:
        return sum(not span.is_decided for span in self.spans)


def groups_of(spans: Sequence[PiiSpan], words: Mapping[UUID, str]) -> tuple[Group, ...]:
    """Gather findings by entity, or where there is none by kind and words; in order of first appearance."""
    found: dict[object, list[PiiSpan]] = {}
    for span in sorted(spans, key=lambda one: one.start):
        found.setdefault(key_of(span, words), []).append(span)
    return tuple(Group(tuple(members)) for members in found.values())


def key_of(span: PiiSpan, words: Mapping[UUID, str]) -> object:
    """What findings that are one thing have in common."""
    if span.entity_id is not None:
        return span.tier, span.entity_id
    return span.tier, span.label, " ".join(words.get(span.id, "").casefold().split())


def pages_of(groups: Sequence[Group]) -> tuple[tuple[Group, ...], ...]:
    """Pages of about PAGE_FINDINGS shown places; at least one page."""
    pages: list[list[Group]] = [[]]
    shown = 0
    for group in groups:
        size = min(len(group.spans), SHOWN_TOGETHER)
        if pages[-1] and shown + size > PAGE_FINDINGS:
            pages.append([])
            shown = 0
        pages[-1].append(group)
        shown += size
    return tuple(tuple(page) for page in pages)


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a pass is."""

    done: int
    total: int

    @property
    def left(self) -> int:
        return self.total - self.done


def is_agreed(span: PiiSpan, reader: UUID) -> bool:
    """In a second reading: whether this reader has agreed to a decision, or made it himself."""
    return span.is_decided and reader in (span.agreed_by, span.decided_by)


def stays_by_one(span: PiiSpan) -> bool:
    """A direct or indirect identifier that stays in the text on one person's word."""
    return span.decision is Decision.KEEP and span.tier is not Tier.C and span.agreed_by is None
