"""Deciding what is anonymised: every finding accepted or kept, missed names marked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import regex
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.models import Decision, Entity, PiiSpan
from qualcoder.anonymise.service import replacement_of
from qualcoder.audit import chain
from qualcoder.core.errors import Conflict, Invalid, NotFound, Refused
from qualcoder.core.ids import TranscriptId
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach, reach
from qualcoder.transcripts.groups import key_of, stays_by_one
from qualcoder.transcripts.marking import add_marks, mark_in
from qualcoder.transcripts.models import Transcript, TranscriptState, Turn
from qualcoder.transcripts.opinions import (
    DecidedAnew,
    NeedsAnother,
    agree,
    is_by_hand,
    one_line,
    say,
    seen_as,
    take_back,
)
from qualcoder.transcripts.queries import OpenTurn, open_turns, raw_version, turns_to_read
from qualcoder.transcripts.reading_rest import Unread, forget, hold, places_of, unread
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

IN_REVIEW = frozenset({TranscriptState.REVIEW, TranscriptState.SECOND_READ})
IN_ONE_QUESTION = 500


class Stretch(Protocol):
    """Something that lies in the raw text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


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


class Unagreed(Conflict):
    """What stays in the text needs two people where the study has two readers."""

    def __init__(self, n: int) -> None:
        super().__init__(N_("%(n)s findings stay in the text on one person's word. Another must agree to each."), n=n)


def reach_review(db: Session, me: Person, transcript_id: TranscriptId) -> Reach:
    """A transcript in review, for somebody who may review it."""
    found = reach(db, me, transcript_id, Act.REVIEW)
    if found.transcript.state not in IN_REVIEW:
        raise NotInReview
    return found


def open_original(db: Session, me: Person, transcript_id: TranscriptId) -> Reach:
    """A transcript whose raw text is to be shown for review. The opening is recorded before the first byte."""
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
    return found


def read_original(db: Session, me: Person, transcript_id: TranscriptId) -> tuple[Reach, list[OpenTurn]]:
    """The whole raw text. The opening is recorded before the first byte."""
    found = open_original(db, me, transcript_id)
    return found, open_turns(db, found.key, turns_to_read(db, raw_version(db, found.transcript).id))


def turns_about(db: Session, reach: Reach, stretches: Sequence[Stretch]) -> list[OpenTurn]:
    """The raw turns that these stretches touch, in reading order; no other is opened. The opening was recorded."""
    wanted = sorted((stretch.start, stretch.end) for stretch in stretches)
    numbers = set()
    at = 0
    for place in places_of(db, reach.transcript):
        while at < len(wanted) and wanted[at][1] <= place.start:
            at += 1
        if any(start < place.end for start, _end in wanted[at : at + 1]):
            numbers.add(place.n)
    version_id = raw_version(db, reach.transcript).id
    found: list[Turn] = []
    ordered = sorted(numbers)
    for first in range(0, len(ordered), IN_ONE_QUESTION):
        mine = col(Turn.n).in_(ordered[first : first + IN_ONE_QUESTION])
        found += db.exec(select(Turn).where(col(Turn.text_version_id) == version_id, mine).order_by(col(Turn.n)))
    return open_turns(db, reach.key, found)


def surfaces(turns: Sequence[OpenTurn], spans: Sequence[PiiSpan]) -> dict[UUID, str]:
    """The words that findings cover, from opened turns."""
    found: dict[UUID, str] = {}
    at = 0
    for span in sorted(spans, key=lambda one: one.start):
        while at + 1 < len(turns) and span.start >= turns[at].end:
            at += 1
        turn = turns[at]
        found[span.id] = turn.body[max(0, span.start - turn.start) : max(0, span.end - turn.start)]
    return found


def findings_of(db: Session, transcript: Transcript) -> list[PiiSpan]:
    """Findings in the raw version, in reading order."""
    return list(
        db.exec(select(PiiSpan).where(col(PiiSpan.transcript_id) == transcript.id).order_by(col(PiiSpan.start)))
    )


def stand_ins(db: Session, spans: Sequence[PiiSpan]) -> dict[UUID, str]:
    """What would stand instead of each finding."""
    ids = {span.entity_id for span in spans if span.entity_id is not None}
    # Held while the loop runs: the session forgets what nobody holds, and would ask for each entity again.
    held = db.exec(select(Entity).where(col(Entity.id).in_(ids))).all() if ids else []
    shown = {span.id: replacement_of(db, span) for span in spans}
    del held
    return shown


def words_about(db: Session, spans: Sequence[PiiSpan]) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """What would stand instead of each finding, and why some are kept. The caller has recorded the opening."""
    shown = stand_ins(db, spans)
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
    leaves_decided: bool = False,
) -> int:
    """Decide one finding, or every place of the same thing in this transcript; returns how many.

    With `leaves_decided` places that are decided already stay as they are while another one waits.
    """
    spans = _meant(db, reach, finding_id, for_entity=for_entity)
    if for_entity and leaves_decided:
        spans = [span for span in spans if not span.is_decided] or spans
    if decision is Decision.KEEP and spans[0].tier is Tier.A and not reason.strip():
        message = N_("Say why this may stay, for the second reader.")
        raise Invalid(message, fields={"reason": message})
    if one_line(replacement) == replacement_of(db, db.get_one(PiiSpan, finding_id)):
        # Taken as proposed: it follows the entity from now on, and other mentions have endings of their own.
        replacement = ""
    in_sight = [span for span in spans if say(db, reach, span, decision, reason=reason, replacement=replacement)]
    _note(db, reach, f"finding.{decision.value}", len(spans), in_sight)
    return len(spans)


def agree_to(db: Session, reach: Reach, finding_id: UUID, seen: str, *, for_entity: bool = False) -> int:
    """Agree as the second reader to what the first decided, as it was `seen`; returns how many.

    One's own decisions are left out. DecidedAnew when something else is decided now than was seen.
    """
    spans = _meant(db, reach, finding_id, for_entity=for_entity)
    theirs = [span for span in spans if span.is_decided and span.decided_by != reach.me.id] if for_entity else spans
    if not theirs:
        raise NeedsAnother
    is_new = any(span.agreed_by != reach.me.id for span in theirs)
    for span in theirs:
        agree(reach, span)
    if is_new and seen_as(spans, replacement_of(db, spans[0])) != seen:
        raise DecidedAnew
    _note(db, reach, "finding.agreed", len(theirs))
    return len(theirs)


def undo(db: Session, reach: Reach, finding_id: UUID, *, for_entity: bool = False) -> int:
    """Take back what this person said last, of one finding or of every place of the same thing; returns how many."""
    spans = _meant(db, reach, finding_id, for_entity=for_entity)
    _note(db, reach, "finding.undecided", len(spans), [span for span in spans if take_back(db, reach, span)])
    return len(spans)


def unmark(db: Session, reach: Reach, finding_id: UUID) -> int:
    """Take away the marks that this person made by hand in the same second as this one; returns how many."""
    spans = _meant(db, reach, finding_id, for_entity=True)
    first = next(span for span in spans if span.id == finding_id)
    together = [span for span in spans if is_by_hand(span) and span.decided_at == first.decided_at]
    mine = [span for span in together if span.decided_by == reach.me.id]
    _note(db, reach, "finding.undecided", len(mine), mine)
    for span in mine:
        db.delete(span)
    return len(mine)


def is_here(db: Session, transcript_id: TranscriptId, finding_id: UUID) -> bool:
    """Whether a finding lies in this transcript."""
    span = db.get(PiiSpan, finding_id)
    return span is not None and span.transcript_id == transcript_id


def _meant(db: Session, reach: Reach, finding_id: UUID, *, for_entity: bool) -> list[PiiSpan]:
    hold(db, reach)
    if not is_here(db, reach.transcript.id, finding_id):
        raise NotFound
    first = db.get_one(PiiSpan, finding_id)
    return siblings(db, reach, first) if for_entity else [first]


def siblings(db: Session, reach: Reach, first: PiiSpan) -> list[PiiSpan]:
    """Every place of the same thing in this transcript: one entity, or where there is none the same words."""
    alike = select(PiiSpan).where(
        col(PiiSpan.transcript_id) == reach.transcript.id,
        col(PiiSpan.entity_id).is_(None) if first.entity_id is None else col(PiiSpan.entity_id) == first.entity_id,
        col(PiiSpan.tier) == first.tier,
    )
    if first.entity_id is None:
        alike = alike.where(col(PiiSpan.label) == first.label)
    spans = list(db.exec(alike.order_by(col(PiiSpan.start))))
    if first.entity_id is not None:
        return spans
    words = surfaces(turns_about(db, reach, spans), spans)
    return [span for span in spans if key_of(span, words) == key_of(first, words)]


def _note(db: Session, reach: Reach, act: str, n: int, in_sight: Sequence[PiiSpan] = ()) -> None:
    """Record decisions, and give the transcript a new version: a release prepared before them is refused."""
    reach.transcript.review_revision += 1
    study_id = reach.transcript.study_id
    unread_again = forget(db, reach.transcript.id, in_sight)
    counts = {"unread_again": unread_again} if unread_again else {}
    chain.record(db, reach.me.id, act, "transcript", reach.transcript.id, study_id=study_id, findings=n, **counts)


def accept_all(db: Session, reach: Reach) -> int:
    """Accept every proposal at once; refused unless the study's policy allows it. Themes are kept."""
    if not reach.access.study.may_accept_all:
        raise Refused(N_("The rules of this study ask for every finding to be decided by itself."))
    spans = [span for span in findings_of(db, reach.transcript) if span.decision is Decision.UNDECIDED]
    for span in spans:
        say(db, reach, span, Decision.KEEP if span.tier is Tier.C else Decision.ACCEPT)
    reach.transcript.review_revision += 1
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
    hold(db, reach)
    version = raw_version(db, reach.transcript)
    turns = open_turns(db, reach.key, turns_to_read(db, version.id))
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
    return len(add_marks(db, reach, version.id, [mark_in(turn, place) for place, turn in places], label))


def stands_unmarked(db: Session, reach: Reach, words: str) -> bool:
    """Whether these words stand somewhere in the text where nothing is marked."""
    turns = open_turns(db, reach.key, turns_to_read(db, raw_version(db, reach.transcript).id))
    taken = [Span(span.start, span.end) for span in findings_of(db, reach.transcript)]
    places = (place for turn in turns for place in _places(turn, words.strip()))
    return any(not any(place.overlaps(span) for span in taken) for place in places)


def _places(turn: OpenTurn, sought: str) -> list[Span]:
    """Where the words stand in a turn, whatever the case of their letters."""
    found = regex.finditer(regex.escape(sought), turn.body, regex.IGNORECASE)
    return [Span(turn.start + match.start(), turn.start + match.end()) for match in found]


def unagreed(spans: Sequence[PiiSpan]) -> int:
    """How many identifiers would stay in the text on one person's word."""
    return sum(stays_by_one(span) for span in spans)


def finish_first_reading(db: Session, reach: Reach) -> None:
    """Hand the transcript to a second reader."""
    if reach.transcript.state is not TranscriptState.REVIEW:
        raise NotInReview
    if n := waiting(findings_of(db, reach.transcript)):
        raise Undecided(n)
    _require_read(db, reach)
    reach.transcript.state = TranscriptState.SECOND_READ
    reach.transcript.first_reader = reach.me.id
    study_id = reach.transcript.study_id
    chain.record(db, reach.me.id, "review.first_done", "transcript", reach.transcript.id, study_id=study_id)


def _require_read(db: Session, reach: Reach) -> None:
    """Nobody answers for a text unread, unless the study lets proposals be accepted unread too."""
    if not reach.access.study.may_accept_all and (n := len(unread(db, reach))):
        raise Unread(n)


def require_releasable(db: Session, reach: Reach) -> list[PiiSpan]:
    """The decided findings, or why the transcript can't be released yet."""
    transcript, study = reach.transcript, reach.access.study
    spans = findings_of(db, transcript)
    if n := waiting(spans):
        raise Undecided(n)
    if transcript.state is TranscriptState.REVIEW and study.needs_second_reader:
        raise Conflict(N_("The rules of this study ask for a second reading before release."))
    if transcript.state is TranscriptState.SECOND_READ:
        if transcript.first_reader == reach.me.id:
            raise SamePerson
        if not study.may_accept_all and (n := unagreed(spans)):
            raise Unagreed(n)
    _require_read(db, reach)
    return spans
