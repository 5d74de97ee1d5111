"""The review page's values: every turn cut into plain and marked pieces (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.core.messages import N_
from qualcoder.transcripts.queries import OpenTurn

CONTEXT = 40

LABELS = {
    Label.PERSON: N_("Person"),
    Label.PLACE_FINE: N_("Village or address"),
    Label.PLACE_COARSE: N_("District or oblast"),
    Label.ORG: N_("Organisation"),
    Label.ROLE: N_("Position"),
    Label.CONTACT: N_("Phone, e-mail or account"),
    Label.ID: N_("Number of a document"),
    Label.DATE: N_("Date"),
    Label.AGE: N_("Age"),
    Label.PRECINCT: N_("Precinct"),
    Label.RESULT: N_("Result of a vote"),
    Label.CLAN: N_("Clan"),
}


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """A stretch of a turn: plain when `finding` is None."""

    text: str
    finding: UUID | None = None
    tier: str = ""
    decision: str = ""
    replacement: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ReviewTurn:
    """A turn of the raw text, cut at the findings."""

    n: int
    speaker: str
    language: str
    is_interviewer: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Proposal:
    """A finding with its surroundings and what would stand instead."""

    id: UUID
    turn: int
    label: str
    tier: str
    words: str
    before: str
    after: str
    language: str
    replacement: str
    decision: Decision
    reason: str
    siblings: int

    @property
    def is_decided(self) -> bool:
        return self.decision is not Decision.UNDECIDED


def pieces(turn: OpenTurn, spans: Sequence[PiiSpan], shown: Mapping[UUID, str]) -> tuple[Piece, ...]:
    """Cut a turn; the pieces joined are the turn's text. Spans don't overlap and are in reading order."""
    found: list[Piece] = []
    at = turn.start
    for span in spans:
        start, end = max(span.start, at), min(span.end, turn.end)
        if start >= end:
            continue
        if start > at:
            found.append(Piece(turn.body[at - turn.start : start - turn.start]))
        found.append(
            Piece(
                turn.body[start - turn.start : end - turn.start],
                span.id,
                span.tier.value.lower(),
                span.decision.value,
                shown.get(span.id, ""),
            )
        )
        at = end
    if at < turn.end:
        found.append(Piece(turn.body[at - turn.start :]))
    return tuple(found)


def review_turns(
    turns: Sequence[OpenTurn], spans: Sequence[PiiSpan], shown: Mapping[UUID, str]
) -> tuple[ReviewTurn, ...]:
    """All turns with their findings."""
    mine: dict[int, list[PiiSpan]] = {}
    at = 0
    for span in sorted(spans, key=lambda s: s.start):
        while at + 1 < len(turns) and span.start >= turns[at].end:
            at += 1
        mine.setdefault(turns[at].n, []).append(span)
    return tuple(
        ReviewTurn(turn.n, turn.speaker, turn.language, turn.is_interviewer, pieces(turn, mine.get(turn.n, []), shown))
        for turn in turns
    )


def proposals(
    turns: Sequence[OpenTurn], spans: Sequence[PiiSpan], shown: Mapping[UUID, str], reasons: Mapping[UUID, str]
) -> tuple[Proposal, ...]:
    """The findings in reading order, each with at most CONTEXT characters around it."""
    crowd: dict[UUID, int] = {}
    for span in spans:
        if span.entity_id is not None:
            crowd[span.entity_id] = crowd.get(span.entity_id, 0) + 1
    found = []
    at = 0
    for span in sorted(spans, key=lambda s: s.start):
        while at + 1 < len(turns) and span.start >= turns[at].end:
            at += 1
        turn = turns[at]
        start, end = span.start - turn.start, span.end - turn.start
        found.append(
            Proposal(
                id=span.id,
                turn=turn.n,
                label=LABELS[span.label],
                tier=span.tier.value.lower(),
                words=turn.body[start:end],
                before=turn.body[max(0, start - CONTEXT) : start],
                after=turn.body[end : end + CONTEXT],
                language=turn.language,
                replacement=shown.get(span.id, ""),
                decision=span.decision,
                reason=reasons.get(span.id, ""),
                siblings=crowd.get(span.entity_id, 1) if span.entity_id else 1,
            )
        )
    return tuple(found)
