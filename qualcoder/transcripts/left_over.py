"""What a text still says that identifies only together with other things, and how few people of the record it fits."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.audit.models import AuditEntry
from qualcoder.core.ids import InterviewId, TranscriptId
from qualcoder.interviews.combination import Combination, Left, narrowest
from qualcoder.interviews.service import links_of
from qualcoder.interviews.targets import LinkKind
from qualcoder.races.ballots import ballots_of
from qualcoder.races.queries import rounds_of
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.queries import OpenTurn
from qualcoder.transcripts.reviewing import stand_ins, surfaces, turns_about

PUBLISHED = "transcript.published"


def combination_in(
    db: Session, found: Reach, turns: Sequence[OpenTurn], spans: Sequence[PiiSpan]
) -> Combination | None:
    """The narrowest combination in a text as it is decided. The caller holds the opened turns."""
    text = "\n".join(turn.body for turn in turns)
    return _narrowest(db, found, spans, {span.id: text[span.start : span.end] for span in spans})


def combination_now(db: Session, found: Reach) -> Combination | None:
    """The same for a review's page: opens only the turns in which something indirect stays."""
    mine = (col(PiiSpan.transcript_id) == found.transcript.id, col(PiiSpan.tier) == Tier.B)
    spans = db.exec(select(PiiSpan).where(*mine).order_by(col(PiiSpan.start))).all()
    kept = [span for span in spans if span.decision is Decision.KEEP]
    return _narrowest(db, found, spans, surfaces(turns_about(db, found, kept), kept))


def _narrowest(db: Session, found: Reach, spans: Sequence[PiiSpan], words: Mapping[UUID, str]) -> Combination | None:
    record = ballots_of(db, found.transcript.study_id)
    left = list(_left(spans, words, stand_ins(db, [span for span in spans if span.tier is Tier.B])))
    if not record or not left:
        return None
    return narrowest(record, left, _linked(db, found))


def _left(spans: Sequence[PiiSpan], words: Mapping[UUID, str], shown: Mapping[UUID, str]) -> Iterator[Left]:
    for span in spans:
        if span.tier is not Tier.B:
            continue
        if span.decision is Decision.KEEP:
            yield Left(span.label, words[span.id])
        elif span.decision is Decision.ACCEPT and _tells(span.label, shown[span.id]):
            yield Left(span.label, shown[span.id])


def _tells(label: Label, words: str) -> bool:
    """A code in brackets tells nothing, but an age's tells the decade, a date's the year, a place's where it lies."""
    if not words.startswith("[") or label in {Label.AGE, Label.DATE}:
        return True
    is_place = label in {Label.PLACE_FINE, Label.PLACE_COARSE}
    return is_place and " " in words and not any(char.isdigit() for char in words)


def _linked(db: Session, found: Reach) -> frozenset[UUID]:
    """The contests that the interview is tied to."""
    transcript = found.transcript
    interview_id = InterviewId(transcript.interview_id)
    links = links_of(db, found.access, [interview_id])[interview_id]
    lines = rounds_of(db, transcript.study_id) if links else []
    rounds: dict[UUID, UUID] = {line.id: line.contest_id for line in lines}
    contests = {link.id for link in links if link.kind is LinkKind.CONTEST}
    contests |= {rounds[link.id] for link in links if link.kind is LinkKind.ROUND and link.id in rounds}
    return frozenset(contests)


def fits_one_race(db: Session, transcript_ids: Collection[TranscriptId]) -> frozenset[TranscriptId]:
    """Those whose released text fits one race only, as it was found at the release."""
    rows = db.exec(
        select(AuditEntry)
        .where(col(AuditEntry.object_id).in_(transcript_ids), col(AuditEntry.act) == PUBLISHED)
        .order_by(col(AuditEntry.seq))
    )
    newest = {entry.object_id: entry.counts.get("races", 0) for entry in rows}
    return frozenset(TranscriptId(one) for one, races in newest.items() if one is not None and races == 1)
