"""Deciding what is anonymised: every finding accepted or kept, missed names marked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import regex
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.anonymise.service import Mention, replacement_of, resolve
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid, NotFound, Refused
from qualcoder.core.ids import TranscriptId, new_id
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.races.study_places import places_of_study
from qualcoder.transcripts.access import Reach, reach
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.parsing.cleaning import normalise
from qualcoder.transcripts.queries import OpenTurn, open_turns, raw_version, turns_of
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

IN_REVIEW = frozenset({TranscriptState.REVIEW, TranscriptState.SECOND_READ})
MARKABLE = dict.fromkeys((Label.PERSON, Label.CONTACT, Label.ID), Tier.A)


class NotInReview(Conflict):
    """The transcript was released meanwhile, or has not come to review."""

    def __init__(self) -> None:
        super().__init__(N_("This transcript is not in review now."))


class Undecided(Conflict):
    """Release is locked while something waits for a decision."""

    def __init__(self, n: int) -> None:
        super().__init__(N_("%(n)s findings still wait for a decision. Decide them all, then release."), n=n)


class SamePerson(Refused):
    """The second reading must be somebody else's."""

    def __init__(self) -> None:
        super().__init__(N_("The second reading must be done by another person than the first."))


def reach_review(db: Session, me: Person, transcript_id: TranscriptId) -> Reach:
    """A transcript in review, for somebody who may review it."""
    found = reach(db, me, transcript_id, Act.REVIEW)
    if found.transcript.state not in IN_REVIEW:
        raise NotInReview
    return found


def read_original(db: Session, me: Person, transcript_id: TranscriptId) -> tuple[Reach, list[OpenTurn]]:
    """The raw text for review. The opening is recorded before the first byte."""
    found = reach(db, me, transcript_id, Act.REVIEW)
    transcript = found.transcript
    if transcript.state not in IN_REVIEW | {TranscriptState.RECEIVED}:
        raise NotInReview
    study_id = transcript.study_id
    chain.disclose(
        db,
        lambda own: chain.record(own, me.id, "original.opened", "transcript", transcript_id, study_id=study_id),
    )
    found = reach(db, me, transcript_id, Act.REVIEW)
    if found.transcript.state not in IN_REVIEW | {TranscriptState.RECEIVED}:
        raise NotInReview  # released between the record and this look
    turns = open_turns(db, found.key, turns_of(db, raw_version(db, found.transcript).id))
    return found, turns


def findings_of(db: Session, transcript: Transcript) -> list[PiiSpan]:
    """Findings in the raw version, in reading order."""
    return list(
        db.exec(select(PiiSpan).where(col(PiiSpan.transcript_id) == transcript.id).order_by(col(PiiSpan.start)))
    )


def words_about(db: Session, spans: Sequence[PiiSpan]) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """What would stand instead of each finding, and why some are kept. The caller has recorded the opening."""
    shown = {span.id: replacement_of(db, span) for span in spans}
    reasons = {
        span.id: sealing.open_(db, KeyRef.study(span.study_id), f.PII_REASON, span, span.keep_reason_ct)
        for span in spans
        if span.keep_reason_ct is not None
    }
    return shown, reasons


def waiting(spans: Sequence[PiiSpan]) -> int:
    """How many findings lock the release: undecided ones that are not merely themes."""
    return sum(span.decision is Decision.UNDECIDED and span.tier is not Tier.C for span in spans)


def decide(
    db: Session,
    reach: Reach,
    finding_id: UUID,
    decision: Decision,
    *,
    reason: str = "",
    replacement: str = "",
    for_entity: bool = False,
) -> int:
    """Decide one finding, or every finding of its entity in this transcript; returns how many."""
    first = db.get(PiiSpan, finding_id)
    if first is None or first.transcript_id != reach.transcript.id:
        raise NotFound
    if decision is Decision.KEEP and first.tier is Tier.A and not reason.strip():
        message = N_("Say why this may stay, for the second reader.")
        raise Invalid(message, fields={"reason": message})
    if _one_line(replacement) == replacement_of(db, first):
        # Taken as proposed: it follows the entity from now on, and other mentions have endings of their own.
        replacement = ""
    spans = [first]
    if for_entity and first.entity_id is not None:
        spans = list(
            db.exec(
                select(PiiSpan).where(
                    col(PiiSpan.transcript_id) == reach.transcript.id, col(PiiSpan.entity_id) == first.entity_id
                )
            )
        )
    for span in spans:
        _set(db, reach, span, decision, reason, replacement)
    _count_decision(reach)
    act = f"finding.{decision.value}"
    study_id = reach.transcript.study_id
    chain.record(db, reach.me.id, act, "transcript", reach.transcript.id, study_id=study_id, findings=len(spans))
    return len(spans)


def _count_decision(reach: Reach) -> None:
    """Give the transcript a new version, so that a release prepared before this decision is refused."""
    reach.transcript.review_revision += 1


def _set(db: Session, reach: Reach, span: PiiSpan, decision: Decision, reason: str, replacement: str) -> None:
    key = KeyRef.study(span.study_id)
    shown = _one_line(replacement) or _own_replacement(db, span)
    span.sealed_rev += 1
    span.decision = decision
    span.decided_by = None if decision is Decision.UNDECIDED else reach.me.id
    span.decided_at = None if decision is Decision.UNDECIDED else now()
    span.replacement_ct = sealing.seal(db, key, f.PII_REPLACEMENT, span, shown[:200]) if shown else None
    kept = reason.strip() if decision is Decision.KEEP else ""
    span.keep_reason_ct = sealing.seal(db, key, f.PII_REASON, span, kept[:500]) if kept else None


def set_replacement(db: Session, span: PiiSpan, text: str) -> None:
    """Write what stands instead of a finding; its decision and reason stay."""
    key = KeyRef.study(span.study_id)
    kept = sealing.open_(db, key, f.PII_REASON, span, span.keep_reason_ct) if span.keep_reason_ct else None
    span.sealed_rev += 1
    span.replacement_ct = sealing.seal(db, key, f.PII_REPLACEMENT, span, text)
    span.keep_reason_ct = sealing.seal(db, key, f.PII_REASON, span, kept) if kept is not None else None


def _one_line(typed: str) -> str:
    """Words as they may enter a published turn: cleaned like an upload, on one line."""
    return " ".join(normalise(typed).split())


def _own_replacement(db: Session, span: PiiSpan) -> str:
    if span.replacement_ct is None:
        return ""
    return sealing.open_(db, KeyRef.study(span.study_id), f.PII_REPLACEMENT, span, span.replacement_ct)


def accept_all(db: Session, reach: Reach) -> int:
    """Accept every proposal at once; refused unless the study's policy allows it. Themes are kept."""
    if not reach.access.study.may_accept_all:
        raise Refused(N_("The rules of this study ask for every finding to be decided by itself."))
    spans = [span for span in findings_of(db, reach.transcript) if span.decision is Decision.UNDECIDED]
    for span in spans:
        is_theme = span.tier is Tier.C
        _set(db, reach, span, Decision.KEEP if is_theme else Decision.ACCEPT, "", "")
    _count_decision(reach)
    study_id = reach.transcript.study_id
    chain.record(
        db, reach.me.id, "findings.accepted_all", "transcript", reach.transcript.id, study_id=study_id, n=len(spans)
    )
    return len(spans)


def mark_missed(db: Session, reach: Reach, words: str, label: Label) -> int:
    """Mark every place where these words stand and nothing is marked yet; returns how many.

    Refused when they also stand inside a finding that is kept: the name would be published there.
    """
    sought = words.strip()
    if len(sought) < 2:
        message = N_("Type the words as they stand in the text.")
        raise Invalid(message, fields={"words": message})
    version = raw_version(db, reach.transcript)
    turns = open_turns(db, reach.key, turns_of(db, version.id))
    spans = findings_of(db, reach.transcript)
    everywhere = [(place, turn) for turn in turns for place in _places(turn, sought)]
    kept = [Span(span.start, span.end) for span in spans if span.decision is Decision.KEEP]
    if any(place.overlaps(span) for place, _turn in everywhere for span in kept):
        message = N_("These words also stand inside a finding that is kept. Take that decision back first.")
        raise Invalid(message, fields={"words": message})
    taken = [Span(span.start, span.end) for span in spans]
    places = [(place, turn) for place, turn in everywhere if not any(place.overlaps(span) for span in taken)]
    if not places:
        message = N_("These words stand nowhere unmarked in the text. Check the spelling.")
        raise Invalid(message, fields={"words": message})
    tier = MARKABLE.get(label, Tier.B)
    mentions = [
        Mention(place.start, place.end, label, tier, 1.0, ("reviewer",), sought, turn.language)
        for place, turn in places
    ]
    known = resolve(db, reach.transcript.study_id, mentions, places=places_of_study(db, reach.transcript.study_id))
    for mention, behind in zip(mentions, known, strict=True):
        span = PiiSpan(
            id=new_id(),
            study_id=reach.transcript.study_id,
            transcript_id=reach.transcript.id,
            text_version_id=version.id,
            start=mention.start,
            end=mention.end,
            label=label,
            tier=tier,
            score=1.0,
            sources=["reviewer"],
            entity_id=behind.entity.id if behind.entity else None,
            grammar=behind.grammar,
        )
        _set(db, reach, span, Decision.ACCEPT, "", "" if behind.entity else behind.replacement)
        db.add(span)
    _count_decision(reach)
    study_id = reach.transcript.study_id
    chain.record(db, reach.me.id, "finding.marked", "transcript", reach.transcript.id, study_id=study_id, n=len(places))
    return len(places)


def stands_unmarked(db: Session, reach: Reach, words: str) -> bool:
    """Whether these words stand somewhere in the text where nothing is marked."""
    turns = open_turns(db, reach.key, turns_of(db, raw_version(db, reach.transcript).id))
    taken = [Span(span.start, span.end) for span in findings_of(db, reach.transcript)]
    places = (place for turn in turns for place in _places(turn, words.strip()))
    return any(not any(place.overlaps(span) for span in taken) for place in places)


def _places(turn: OpenTurn, sought: str) -> list[Span]:
    """Where the words stand in a turn, whatever the case of their letters."""
    found = regex.finditer(regex.escape(sought), turn.body, regex.IGNORECASE)
    return [Span(turn.start + match.start(), turn.start + match.end()) for match in found]


def finish_first_reading(db: Session, reach: Reach) -> None:
    """Hand the transcript to a second reader."""
    if reach.transcript.state is not TranscriptState.REVIEW:
        raise NotInReview
    if n := waiting(findings_of(db, reach.transcript)):
        raise Undecided(n)
    reach.transcript.state = TranscriptState.SECOND_READ
    reach.transcript.first_reader = reach.me.id
    study_id = reach.transcript.study_id
    chain.record(db, reach.me.id, "review.first_done", "transcript", reach.transcript.id, study_id=study_id)


def require_releasable(db: Session, reach: Reach) -> list[PiiSpan]:
    """The decided findings, or why the transcript can't be released yet."""
    transcript = reach.transcript
    spans = findings_of(db, transcript)
    if n := waiting(spans):
        raise Undecided(n)
    if transcript.state is TranscriptState.REVIEW and reach.access.study.needs_second_reader:
        raise Conflict(N_("The rules of this study ask for a second reading before release."))
    if transcript.state is TranscriptState.SECOND_READ and transcript.first_reader == reach.me.id:
        raise SamePerson
    return spans
