"""Everything that still locks a release, all at once; `require_releasable` refuses by the same rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func
from sqlalchemy import select as rows
from sqlmodel import Session, col

from qualcoder.anonymise.findings import Tier
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.groups import Tally
from qualcoder.transcripts.models import TranscriptState
from qualcoder.transcripts.opinions import is_late
from qualcoder.transcripts.parts import parts_of
from qualcoder.transcripts.reading_rest import places_of, read_by
from qualcoder.vault import identity, sealing


class Lock(StrEnum):
    """A reason why a text can't be released, or a first reading not be finished."""

    SPEAKERS = "speakers"
    NO_VAULT = "no_vault"
    UNDECIDED = "undecided"
    UNREAD = "unread"
    UNAGREED = "unagreed"
    SECOND_READING = "second_reading"
    SAME_PERSON = "same_person"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a review is for one reader: each pass, the reading, and what locks the release."""

    passes: dict[Tier, Tally]
    parts: Tally
    waiting: int
    unagreed: int
    locks: tuple[tuple[Lock, int], ...]

    @property
    def may_finish(self) -> bool:
        """Whether a first reading can be handed on: nothing is left but the second one."""
        locked = {lock for lock, _n in self.locks}
        return Lock.SECOND_READING in locked and locked <= {Lock.SECOND_READING, Lock.NO_VAULT}


def standing_of(db: Session, reach: Reach) -> Standing:
    """How far a review is, counted without opening anything."""
    late, me = is_late(reach), reach.me.id
    span = PiiSpan
    columns = (span.tier, span.decision, span.agreed_by, span.decided_by)
    counted = db.execute(
        rows(*columns, func.count()).where(col(span.transcript_id) == reach.transcript.id).group_by(*columns)  # type: ignore[call-overload]  # columns of a SQLModel class are typed as their values
    ).all()
    done, total = dict.fromkeys(Tier, 0), dict.fromkeys(Tier, 0)
    waiting = unagreed = 0
    for tier, decision, agreed_by, decided_by, n in counted:
        total[tier] += n
        is_decided = decision is not Decision.UNDECIDED
        done[tier] += n if is_decided and (not late or me in (agreed_by, decided_by)) else 0
        if tier is not Tier.C:
            waiting += 0 if is_decided else n
            unagreed += n if decision is Decision.KEEP and agreed_by is None else 0
    known = read_by(db, reach)
    parts = parts_of(places_of(db, reach.transcript))
    read = Tally(sum((part.start, part.end) in known for part in parts), len(parts))
    passes = {tier: Tally(done[tier], total[tier]) for tier in Tier}
    return Standing(passes, read, waiting, unagreed, _locks(db, reach, waiting, read.left, unagreed))


def _locks(db: Session, reach: Reach, waiting: int, unread: int, unagreed: int) -> tuple[tuple[Lock, int], ...]:
    transcript, study = reach.transcript, reach.access.study
    asks_reading = not study.may_accept_all
    late = is_late(reach)
    found = {
        Lock.SPEAKERS: transcript.state is TranscriptState.RECEIVED,
        Lock.UNDECIDED: waiting,
        Lock.UNREAD: unread if asks_reading else 0,
        Lock.UNAGREED: unagreed if asks_reading and late else 0,
        Lock.SECOND_READING: transcript.state is TranscriptState.REVIEW and study.needs_second_reader,
        Lock.SAME_PERSON: late and transcript.first_reader == reach.me.id,
        Lock.NO_VAULT: not identity.exists(sealing.keyring_of(db), study.id),
    }
    return tuple((lock, int(n)) for lock, n in found.items() if n)
