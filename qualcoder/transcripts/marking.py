"""Marks that a reader makes by hand: findings with a decision from the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.anonymise.service import InText, Mention, finding_of, resolve
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.ids import TextVersionId
from qualcoder.core.text import Span
from qualcoder.races.study_places import places_of_study
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.opinions import BY_HAND, say
from qualcoder.transcripts.queries import OpenTurn

DIRECT = frozenset({Label.PERSON, Label.CONTACT, Label.ID})


@dataclass(frozen=True, slots=True, repr=False)
class NewMark:
    """A stretch to be marked, with its words."""

    span: Span
    words: str
    language: str


def mark_in(turn: OpenTurn, span: Span) -> NewMark:
    """A mark on a stretch of an opened turn."""
    return NewMark(span, turn.body[span.start - turn.start : span.end - turn.start], turn.language)


def tier_of(label: Label) -> Tier:
    """How directly a mark made by hand tells. A theme that somebody marks is to be replaced, so it is none any more."""
    return Tier.A if label in DIRECT else Tier.B


def add_marks(
    db: Session, reach: Reach, version_id: TextVersionId, new: Sequence[NewMark], label: Label
) -> list[PiiSpan]:
    """Mark stretches that overlap nothing marked; the caller has seen to that. They are accepted at once."""
    study_id = reach.transcript.study_id
    tier = tier_of(label)
    mentions = [
        Mention(mark.span.start, mark.span.end, label, tier, 1.0, (BY_HAND,), mark.words, mark.language) for mark in new
    ]
    place = InText(study_id, reach.transcript.id, version_id)
    found = []
    at = now()
    for mention, behind in zip(
        mentions, resolve(db, study_id, mentions, places=places_of_study(db, study_id)), strict=True
    ):
        span = finding_of(db, place, mention, behind)
        say(db, reach, span, Decision.ACCEPT)
        span.decided_at = at
        db.add(span)
        found.append(span)
    reach.transcript.review_revision += 1
    chain.record(db, reach.me.id, "finding.marked", "transcript", reach.transcript.id, study_id=study_id, n=len(found))
    return found
