"""JSON: the review of what identifies somebody, up to the release. Opening a raw text is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from qualcoder.accounts.models import Role
from qualcoder.accounts.people import members_named, members_of
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.core.ids import TranscriptId
from qualcoder.transcripts import publishing, queries, reviewing
from qualcoder.transcripts.access import Reach, reach
from qualcoder.transcripts.api_forms import AgreementsIn, DecisionsIn, MarkIn, PartIn, PublishIn
from qualcoder.transcripts.locks import Lock, standing_of
from qualcoder.transcripts.models import TranscriptState
from qualcoder.transcripts.opinions import seen_as
from qualcoder.transcripts.parts import parts_of
from qualcoder.transcripts.reading_rest import places_of, read_by, read_part, seen_of
from qualcoder.vault import identity, sealing
from qualcoder.web.bearer import ApiDb, ApiMe, ApiRead, ApiWrite
from qualcoder.web.replies import Reply, json_of, takes

router = APIRouter(tags=["review"])

MAY_CODE = frozenset({Role.CODER, Role.RESEARCHER, Role.PI})


class RawTurn(Reply):
    """A turn of the raw text: `[start, end)` in code points."""

    n: int
    start: int
    end: int
    language: str
    is_interviewer: bool
    speaker: str
    body: str


class FindingOut(Reply):
    """A stretch of the raw text that may identify somebody, what would stand instead, and what was decided.

    `seen` is what a second reader sends back to agree.
    """

    id: UUID
    start: int
    end: int
    label: Label
    tier: Tier
    score: float
    sources: tuple[str, ...]
    entity_id: UUID | None
    decision: Decision
    replacement: str
    reason: str
    is_agreed: bool
    seen: str
    first_decision: Decision | None


class Coder(Reply):
    """Somebody who may be given the released text."""

    id: UUID
    name: str
    role: Role


class PartOut(Reply):
    """A part of the raw text, `[start, end)`; `seen` is what the reader sends back once it is read."""

    number: int
    start: int
    end: int
    is_read: bool
    seen: str


class ReviewState(Reply):
    """Where the review stands; `version` is what the release names.

    `waiting` findings, `unread` parts of the text and, in a second reading, findings that stay `unagreed` lock the
    release. A study that lets every proposal be accepted at once asks neither for reading nor for agreement.
    """

    id: UUID
    serial: str
    state: TranscriptState
    version: int
    waiting: int
    unread: int
    unagreed: int


class Review(ReviewState):
    """A raw text with its findings."""

    title: str
    turns: tuple[RawTurn, ...]
    findings: tuple[FindingOut, ...]
    parts: tuple[PartOut, ...]
    coders: tuple[Coder, ...]
    may_accept_all: bool
    needs_second_reader: bool
    is_first_reader: bool
    has_vault: bool


class Decided(ReviewState):
    """How many findings an act changed."""

    changed: int


def _finding(span: PiiSpan, replacement: str, reason: str) -> FindingOut:
    return FindingOut(
        id=span.id,
        start=span.start,
        end=span.end,
        label=span.label,
        tier=span.tier,
        score=span.score,
        sources=tuple(span.sources),
        entity_id=span.entity_id,
        decision=span.decision,
        replacement=replacement,
        reason=reason,
        is_agreed=span.agreed_by is not None,
        seen=seen_as([span], replacement),
        first_decision=span.first_decision,
    )


def _state(db: ApiRead, found: Reach) -> ReviewState:
    transcript = found.transcript
    if transcript.state not in reviewing.IN_REVIEW:
        waiting = unread = unagreed = 0
    else:
        locks = dict(standing_of(db, found).locks)
        waiting, unread, unagreed = (locks.get(lock, 0) for lock in (Lock.UNDECIDED, Lock.UNREAD, Lock.UNAGREED))
    return ReviewState(
        id=transcript.id,
        serial=transcript.serial,
        state=transcript.state,
        version=transcript.version,
        waiting=waiting,
        unread=unread,
        unagreed=unagreed,
    )


def _decided(db: ApiWrite, found: Reach, changed: int) -> Decided:
    db.flush()
    return Decided(**_state(db, found).model_dump(), changed=changed)


def _parts(db: ApiRead, found: Reach, spans: Sequence[PiiSpan], shown: Mapping[UUID, str]) -> tuple[PartOut, ...]:
    known = read_by(db, found)
    return tuple(
        PartOut(
            number=part.number,
            start=part.start,
            end=part.end,
            is_read=(part.start, part.end) in known,
            seen=seen_of(part, spans, shown),
        )
        for part in parts_of(places_of(db, found.transcript))
    )


@router.get("/transcripts/{transcript_id}/review", name="api:review")
def review(db: ApiRead, me: ApiMe, transcript_id: TranscriptId) -> Review:
    """A raw text in review with its findings. The opening is recorded before the first byte."""
    reach_first = reviewing.reach_review(db, me, transcript_id)
    found, turns = reviewing.read_original(db, me, reach_first.transcript.id)
    transcript, study = found.transcript, found.access.study
    spans = reviewing.findings_of(db, transcript)
    shown, reasons = reviewing.words_about(db, spans)
    return Review(
        **_state(db, found).model_dump(),
        title=queries.title_of(db, transcript),
        turns=tuple(
            RawTurn(
                n=turn.n,
                start=turn.start,
                end=turn.end,
                language=turn.language,
                is_interviewer=turn.is_interviewer,
                speaker=turn.speaker,
                body=turn.body,
            )
            for turn in turns
        ),
        findings=tuple(_finding(span, shown[span.id], reasons.get(span.id, "")) for span in spans),
        parts=_parts(db, found, spans, shown),
        coders=tuple(
            Coder(id=line.id, name=line.name, role=line.role)
            for line in members_of(db, study.id)
            if line.role in MAY_CODE
        ),
        may_accept_all=study.may_accept_all,
        needs_second_reader=study.needs_second_reader,
        is_first_reader=transcript.first_reader == me.id,
        has_vault=identity.exists(sealing.keyring_of(db), study.id),
    )


@router.post("/transcripts/{transcript_id}/decisions", name="api:decide", **takes(DecisionsIn))
def decide(
    db: ApiWrite, me: ApiMe, transcript_id: TranscriptId, sent: Annotated[DecisionsIn, Depends(json_of(DecisionsIn))]
) -> Decided:
    """Decide findings, all together or none."""
    found = reviewing.reach_review(db, me, transcript_id)
    changed = sum(
        reviewing.decide(
            db,
            found,
            one.finding_id,
            one.decision,
            reason=one.reason,
            replacement=one.replacement,
            for_entity=one.whole_entity,
        )
        for one in sent.decisions
    )
    if sent.accept_all:
        changed += reviewing.accept_all(db, found)
    return _decided(db, found, changed)


@router.post("/transcripts/{transcript_id}/marks", name="api:mark", **takes(MarkIn))
def mark(
    db: ApiWrite, me: ApiMe, transcript_id: TranscriptId, sent: Annotated[MarkIn, Depends(json_of(MarkIn))]
) -> Decided:
    """Mark words that the search missed, wherever they stand."""
    found = reviewing.reach_review(db, me, transcript_id)
    return _decided(db, found, reviewing.mark_missed(db, found, sent.words, sent.label))


@router.post("/transcripts/{transcript_id}/agreements", name="api:agree", **takes(AgreementsIn))
def agree(
    db: ApiWrite, me: ApiMe, transcript_id: TranscriptId, sent: Annotated[AgreementsIn, Depends(json_of(AgreementsIn))]
) -> Decided:
    """Agree as the second reader to what the first decided."""
    found = reviewing.reach_review(db, me, transcript_id)
    return _decided(db, found, sum(reviewing.agree_to(db, found, one.finding_id, one.seen) for one in sent.findings))


@router.post("/transcripts/{transcript_id}/parts", name="api:read_part", **takes(PartIn))
def part_was_read(
    db: ApiWrite, me: ApiMe, transcript_id: TranscriptId, sent: Annotated[PartIn, Depends(json_of(PartIn))]
) -> ReviewState:
    """Say that a part of the raw text was read as it was given; refused when something in it was decided since."""
    found = reviewing.reach_review(db, me, transcript_id)
    read_part(db, found, sent.number, sent.seen)
    db.flush()
    return _state(db, found)


@router.post("/transcripts/{transcript_id}/first-reading", name="api:first_reading")
def first_reading(db: ApiWrite, me: ApiMe, transcript_id: TranscriptId) -> ReviewState:
    """Finish the first reading; somebody else does the second."""
    found = reviewing.reach_review(db, me, transcript_id)
    reviewing.finish_first_reading(db, found)
    db.flush()
    return _state(db, found)


@router.post("/transcripts/{transcript_id}/publish", name="api:publish", **takes(PublishIn))
def publish(
    db: ApiDb, me: ApiMe, transcript_id: TranscriptId, sent: Annotated[PublishIn, Depends(json_of(PublishIn))]
) -> ReviewState:
    """Release the anonymised text to coders; refused when something was decided since the version that is named."""
    with db.read() as reading:
        study_id = reviewing.reach_review(reading, me, transcript_id).transcript.study_id
        coders = members_named(reading, study_id, sent.coders)
    publishing.publish(db, me, transcript_id, coders, sent.version)
    with db.read() as reading:
        return _state(reading, reach(reading, me, transcript_id, Act.REVIEW))
