"""What stands for a thing is worded anew, in one review or in many at once.

There the parts in which it stands are unread again, and a release prepared before is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.anonymise.service import replacement_of
from qualcoder.core.ids import PersonId
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.reading_rest import forget
from qualcoder.transcripts.reviewing import IN_REVIEW

Worded = tuple[PiiSpan, str]


def in_reviews(db: Session, entity_ids: Collection[UUID]) -> list[Worded]:
    """Every place of these entries in transcripts under review, with what stands there now."""
    spans = db.exec(
        select(PiiSpan)
        .join(Transcript, col(Transcript.id) == col(PiiSpan.transcript_id))
        .where(col(PiiSpan.entity_id).in_(set(entity_ids)), col(Transcript.state).in_(IN_REVIEW))
    ).all()
    return [(span, replacement_of(db, span)) for span in spans]


def read_anew(db: Session, me_id: PersonId, before: Sequence[Worded]) -> None:
    """Take readings back where something else than `before` would be released now; kept words are no concern."""
    db.flush()
    anew: dict[UUID, list[PiiSpan]] = {}
    for span, words in before:
        if span.decision is not Decision.KEEP and replacement_of(db, span) != words:
            anew.setdefault(span.transcript_id, []).append(span)
    # In one order, so that two who do this at once wait for each other and don't lock each other out.
    for transcript_id, spans in sorted(anew.items(), key=lambda item: item[0]):
        db.get_one(Transcript, transcript_id).review_revision += 1
        for span in spans:
            # Whoever agreed, agreed to other words.
            span.agreed_by = span.agreed_by if span.agreed_by == me_id else None
        db.flush()
        forget(db, transcript_id, spans)
