"""What respondents agreed to: every consent stays on record, and the newest counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, NotFound
from qualcoder.core.ids import InterviewId, new_id
from qualcoder.core.messages import N_
from qualcoder.interviews import queries, service
from qualcoder.interviews.models import Consent, Interview
from qualcoder.interviews.targets import ConsentScope
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef


@dataclass(frozen=True, slots=True, repr=False)
class ConsentLine:
    """A consent on record, opened."""

    id: UUID
    recorded_at: datetime
    scope: ConsentScope


def consents_of(db: Session, interview: Interview) -> tuple[ConsentLine, ...]:
    """The newest consents of an interview, opened, the one that counts first; Conflict when none is on record.

    The caller has checked the permission and records the act.
    """
    rows = queries.newest_consents(db, InterviewId(interview.id))
    if not rows:
        raise Conflict(N_("No consent is on record for this interview."))
    return tuple(ConsentLine(row.id, row.created_at, _opened(db, interview, row)) for row in rows)


def may_quote(db: Session, interview: Interview) -> bool:
    """Whether the consent that counts allows to quote today; nothing is allowed where none is on record."""
    rows = queries.newest_consents(db, InterviewId(interview.id))[:1]
    if not rows:
        return False
    scope = _opened(db, interview, rows[0])
    return scope.quote and (scope.until is None or scope.until >= now().date().isoformat())


def record_consent(
    db: Session, me: Person, interview_id: InterviewId, scope: ConsentScope, seen_version: int
) -> Consent:
    """Put a new consent on record: from now on it counts, and those before it stay to be seen.

    Conflict when the interview changed since `seen_version`. The record of the act holds nothing of the contents.
    """
    access, interview = service.interview_for(db, me, interview_id, Act.RECORD_CONSENT)
    return _record(db, access, interview, scope, seen_version)


def repeat_consent(db: Session, me: Person, interview_id: InterviewId, consent_id: UUID, seen_version: int) -> Consent:
    """Let what an earlier consent says count again, as a new one: the way back from a consent recorded by mistake."""
    access, interview = service.interview_for(db, me, interview_id, Act.RECORD_CONSENT)
    earlier = db.get(Consent, consent_id)
    if earlier is None or earlier.interview_id != interview.id:
        raise NotFound
    return _record(db, access, interview, _opened(db, interview, earlier), seen_version)


def _record(db: Session, access: Access, interview: Interview, scope: ConsentScope, seen_version: int) -> Consent:
    if interview.version != seen_version:
        raise Conflict(
            N_("The interview was changed meanwhile (you saw version %(seen)s, now it is %(now)s). Reload the page."),
            seen=seen_version,
            now=interview.version,
        )
    newest = queries.newest_consents(db, InterviewId(interview.id))[:1]
    # Times are whole seconds, and a clock may be set back: what is recorded last must be the newest all the same.
    at = max([now(), *(row.created_at + timedelta(seconds=1) for row in newest)])
    key = sealing.RowKey(new_id())
    ref = KeyRef.interview(interview.id, interview.study_id)
    sealed = sealing.seal_json(db, ref, f.CONSENT_SCOPE, key, scope.to_json())
    consent = Consent(id=key.id, interview_id=InterviewId(interview.id), scope_ct=sealed, created_at=at)
    db.add(consent)
    # The consent is part of the interview, so its version grows though none of its own columns changes.
    flag_modified(interview, "state")
    db.flush()
    chain.record(db, access.person.id, "consent.given", "consent", consent.id, study_id=interview.study_id)
    return consent


def _opened(db: Session, interview: Interview, row: Consent) -> ConsentScope:
    ref = KeyRef.interview(interview.id, interview.study_id)
    return ConsentScope.from_json(sealing.open_json(db, ref, f.CONSENT_SCOPE, row, row.scope_ct))
