"""What readers say of one finding: a decision with its words, and the first reader's beside the second's.

All sealed words of a finding are sealed anew together, since its `sealed_rev` binds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from qualcoder.anonymise.findings import Tier
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.anonymise.service import replacement_of
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Refused
from qualcoder.core.messages import N_
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.models import TranscriptState
from qualcoder.transcripts.parsing.cleaning import normalise
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.fields import SealedField
from qualcoder.vault.hashing import digest_of
from qualcoder.vault.keys import KeyRef

BY_HAND = "reviewer"


class NeedsAnother(Refused):
    """One's own decision is agreed to by somebody else, or by nobody."""

    def __init__(self) -> None:
        super().__init__(N_("Another person must agree to this decision, in the second reading."))


class DecidedAnew(Conflict):
    """The first reader decided otherwise after the second reader's page was made."""

    def __init__(self) -> None:
        super().__init__(N_("This was decided otherwise meanwhile. Look at it again."))


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """What stands sealed on a finding; empty where nothing does."""

    replacement: str = ""
    reason: str = ""
    first: str = ""


def words_of(db: Session, span: PiiSpan) -> Words:
    """The typed words of a finding. The caller has recorded the opening."""

    def opened(field: SealedField, blob: bytes | None) -> str:
        return sealing.open_(db, KeyRef.study(span.study_id), field, span, blob) if blob is not None else ""

    return Words(
        opened(f.PII_REPLACEMENT, span.replacement_ct),
        opened(f.PII_REASON, span.keep_reason_ct),
        opened(f.PII_FIRST_WORDS, span.first_words_ct),
    )


def put_words(db: Session, span: PiiSpan, words: Words) -> None:
    """Seal the words of a finding anew, all together."""
    span.sealed_rev += 1

    def sealed(field: SealedField, text: str) -> bytes | None:
        return sealing.seal(db, KeyRef.study(span.study_id), field, span, text) if text else None

    span.replacement_ct = sealed(f.PII_REPLACEMENT, words.replacement[:200])
    span.keep_reason_ct = sealed(f.PII_REASON, words.reason[:500])
    span.first_words_ct = sealed(f.PII_FIRST_WORDS, words.first)


def one_line(typed: str) -> str:
    """Words as they may enter a published turn: cleaned like an upload, on one line."""
    return " ".join(normalise(typed).split())


def is_late(reach: Reach) -> bool:
    """Whether two people's word counts now, in the second reading."""
    return reach.transcript.state is TranscriptState.SECOND_READ


def is_second(reach: Reach) -> bool:
    """Whether this person reads after another one."""
    return is_late(reach) and reach.transcript.first_reader != reach.me.id


def say(
    db: Session, reach: Reach, span: PiiSpan, decision: Decision, *, reason: str = "", replacement: str = ""
) -> bool:
    """Decide a finding as this person; True if words come into sight that a reader of this part has not seen there."""
    old, was, before = words_of(db, span), span.decision, replacement_of(db, span)
    typed = one_line(replacement)
    new = Words(
        replacement=typed if decision is Decision.ACCEPT and typed and typed != before else old.replacement,
        reason=reason.strip() if decision is Decision.KEEP else "",
        first=old.first,
    )
    span.agreed_by = None
    is_same = decision is was and decision is not Decision.UNDECIDED and new.replacement == old.replacement
    if is_second(reach) and is_same and span.decided_by not in (None, reach.me.id):
        span.agreed_by = reach.me.id
        new = replace(new, reason=new.reason or old.reason)
    else:
        new = _beside_the_first(reach, span, old, new, before)
        span.decision = decision
        span.decided_by = None if decision is Decision.UNDECIDED else reach.me.id
        span.decided_at = None if decision is Decision.UNDECIDED else now()
    put_words(db, span, new)
    if decision is Decision.KEEP:
        return was is not Decision.KEEP and not (was is Decision.UNDECIDED and span.tier is Tier.C)
    if decision is Decision.UNDECIDED:
        return was is Decision.ACCEPT and span.tier is Tier.C  # a theme that nobody decides on stays
    return new.replacement != old.replacement


def _beside_the_first(reach: Reach, span: PiiSpan, old: Words, new: Words, before: str) -> Words:
    """Remember what the first reader said, when it is somebody else who speaks now."""
    if not is_second(reach):
        span.first_decision = span.first_by = None
        return replace(new, first="")
    if span.first_by is None and span.is_decided and span.decided_by != reach.me.id:
        span.first_decision, span.first_by = span.decision, span.decided_by
        return replace(new, first=old.reason if span.decision is Decision.KEEP else before)
    return new


def seen_as(spans: Sequence[PiiSpan], shown: str) -> str:
    """A short digest of what is decided of one thing, of which the first place would read `shown`.

    Who agrees sends it back: agreement is to what was seen, not to what came after.
    """
    said = sorted(f"{span.id}{span.decision}{span.decided_by}{span.sealed_rev}" for span in spans)
    return digest_of("\n".join([*said, shown]).encode())[:16]


def agree(reach: Reach, span: PiiSpan) -> None:
    """Say as another person that a decision is right."""
    if not is_late(reach) or not span.is_decided or span.decided_by in (None, reach.me.id):
        raise NeedsAnother
    span.agreed_by = reach.me.id


def is_by_hand(span: PiiSpan) -> bool:
    return list(span.sources) == [BY_HAND]


def take_back(db: Session, reach: Reach, span: PiiSpan) -> bool:
    """Undo what this person said last of a finding; a mark made by this person's hand goes. True as for `say`."""
    me: UUID = reach.me.id
    if span.agreed_by == me:
        span.agreed_by = None
        return False
    if span.first_by is not None and span.decided_by == me:
        return _give_back(db, span)
    if is_by_hand(span) and span.decided_by == me:
        db.delete(span)
        return True
    return say(db, reach, span, Decision.UNDECIDED)


def _give_back(db: Session, span: PiiSpan) -> bool:
    """The first reader's decision holds again."""
    words, was = words_of(db, span), span.decision
    is_kept = span.first_decision is Decision.KEEP
    span.decision = span.first_decision or Decision.UNDECIDED
    span.decided_by, span.decided_at = span.first_by, now()
    span.first_decision = span.first_by = span.agreed_by = None
    if is_kept:
        put_words(db, span, Words(words.replacement, words.first))
        return was is not Decision.KEEP
    shown = replacement_of(db, span)
    put_words(db, span, Words(words.first if span.entity_id is None else ""))
    if replacement_of(db, span) != words.first:
        put_words(db, span, Words(words.first))  # words of the first reader's own, not the entry's
    return was is Decision.ACCEPT and shown != words.first
