"""The value of a review page: a pass, how far the others are, and what locks the release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session

from qualcoder.accounts.models import Role
from qualcoder.accounts.people import Member, members_of
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.generalising import Level
from qualcoder.core.errors import DomainError, Invalid
from qualcoder.core.ids import TranscriptId
from qualcoder.interviews.combination import Combination
from qualcoder.transcripts import left_over, queries
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.groups import Tally
from qualcoder.transcripts.locks import Standing
from qualcoder.transcripts.models import TranscriptState
from qualcoder.transcripts.opinions import is_late, is_second
from qualcoder.transcripts.review_queries import Page
from qualcoder.transcripts.review_view import LABELS, LEVELS, PASS_LABELS, TIER_OF, GroupView, PartView, Pass


@dataclass(frozen=True, slots=True, repr=False)
class Refusal:
    """Why an act was refused, and what was typed, so that nothing is lost; without a finding it was the release."""

    message: str
    params: Mapping[str, str | int]
    finding: UUID | None = None
    is_all: bool = False
    reason: str = ""
    replacement: str = ""
    coders: frozenset[UUID] | None = None

    @classmethod
    def of(
        cls,
        problem: DomainError,
        *,
        finding: UUID | None = None,
        is_all: bool = False,
        reason: str = "",
        replacement: str = "",
    ) -> Refusal:
        fields: Mapping[str, str] = problem.fields if isinstance(problem, Invalid) else {}
        message = next(iter(fields.values()), problem.message)
        return cls(message, problem.params, finding, is_all, reason, replacement)


@dataclass(frozen=True, slots=True)
class Tab:
    """A pass and how far it is."""

    which: Pass
    label: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A pass of the review, how far the others are, and what locks the release."""

    id: TranscriptId
    serial: str
    title: str
    state: TranscriptState
    version: int
    current: Pass
    tabs: tuple[Tab, ...]
    page: Page
    standing: Standing
    labels: tuple[tuple[Label, str], ...]
    coders: tuple[Member, ...]
    may_accept_all: bool
    is_second: bool
    is_late: bool
    group: GroupView | None = None
    part: PartView | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    marked: UUID | None = None
    n_marked: int = 0
    is_only_here: bool = False
    combination: Combination | None = None
    fewest: int = 0
    kinds: Mapping[Label, str] = field(default_factory=lambda: LABELS)
    levels: Mapping[Level | None, str] = field(default_factory=lambda: LEVELS)

    @property
    def tally(self) -> Tally:
        return next(tab.tally for tab in self.tabs if tab.which is self.current)

    @property
    def next_pass(self) -> Pass | None:
        """The pass after this one that has something in it."""
        later = [tab.which for tab in self.tabs[self.tabs.index(self._tab()) + 1 :] if tab.tally.total]
        return later[0] if later else None

    def refused_at(self, finding: UUID, *, is_all: bool = False) -> Refusal | None:
        """What was refused at this place, or at this thing as a whole."""
        found = self.refusal
        return found if found is not None and (found.finding, found.is_all) == (finding, is_all) else None

    @property
    def ticked(self) -> frozenset[UUID]:
        """Who is to get the text: all coders, or whom a refused release named."""
        if self.refusal is not None and self.refusal.coders is not None:
            return self.refusal.coders
        return frozenset(member.id for member in self.coders if member.role is Role.CODER)

    @property
    def refused_elsewhere(self) -> Refusal | None:
        """What was refused at a finding that is not on this page."""
        if self.refusal is None or self.refusal.finding is None:
            return None
        shown = {mention.id for group in self.page.groups for mention in group.mentions}
        return None if self.refusal.finding in shown else self.refusal

    def _tab(self) -> Tab:
        return next(tab for tab in self.tabs if tab.which is self.current)


def tabs_of(standing: Standing) -> tuple[Tab, ...]:
    """The passes in order, each with how far it is."""
    tiers = tuple(Tab(which, PASS_LABELS[which], standing.passes[tier]) for which, tier in TIER_OF.items())
    return (*tiers, Tab(Pass.REST, PASS_LABELS[Pass.REST], standing.parts))


def first_open(standing: Standing) -> Pass:
    """Where a reader goes on: the first pass in which something is left, else the text."""
    return next((which for which, tier in TIER_OF.items() if standing.passes[tier].left), Pass.REST)


def view_of(
    db: Session,
    found: Reach,
    current: Pass,
    page: Page,
    standing: Standing,
    *,
    group: GroupView | None = None,
    part: PartView | None = None,
    errors: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
    marked: UUID | None = None,
    n_marked: int = 0,
    is_only_here: bool = False,
) -> ReviewView:
    """The page's value. Members are looked up only where the release is open."""
    transcript, study = found.transcript, found.access.study
    members = members_of(db, study.id) if not standing.locks else []
    return ReviewView(
        id=transcript.id,
        serial=transcript.serial,
        title=queries.title_of(db, transcript),
        state=transcript.state,
        version=transcript.version,
        current=current,
        tabs=tabs_of(standing),
        page=page,
        standing=standing,
        labels=tuple(LABELS.items()),
        coders=tuple(member for member in members if member.role in {Role.CODER, Role.RESEARCHER, Role.PI}),
        may_accept_all=study.may_accept_all,
        is_second=is_second(found),
        is_late=is_late(found),
        group=group,
        part=part,
        errors=errors or {},
        refusal=refusal,
        marked=marked,
        n_marked=n_marked,
        is_only_here=is_only_here,
        combination=None if standing.waiting else left_over.combination_now(db, found),
        fewest=study.min_cell,
    )
