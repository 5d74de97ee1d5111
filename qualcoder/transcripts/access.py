"""The one way to a transcript: load it with its study for a person and an act, or refuse.

A PI reaches every transcript of the study, a researcher own uploads and assigned ones, a coder
assigned ones. Everybody else gets the same answer as for a transcript that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select
from sqlmodel import Session, col

from qualcoder.accounts.access import Access, is_in_scope, role_of
from qualcoder.accounts.models import Membership, Person, Role, Study
from qualcoder.accounts.permissions import Act
from qualcoder.core.errors import Conflict, NotFound
from qualcoder.core.ids import TranscriptId
from qualcoder.core.messages import N_
from qualcoder.transcripts.models import Assignment, Transcript
from qualcoder.vault.keys import KeyRef


@dataclass(frozen=True, slots=True)
class Reach:
    """A transcript, and what the person who asks is in its study."""

    access: Access
    transcript: Transcript
    is_assigned: bool = False

    @property
    def key(self) -> KeyRef:
        return KeyRef.interview(self.transcript.interview_id, self.transcript.study_id)

    @property
    def me(self) -> Person:
        return self.access.person


class NotCodable(Conflict):
    """A transcript that is not released, or not any more."""

    def __init__(self) -> None:
        super().__init__(N_("This transcript is not released for coding."))


# Made once: every act asks it, and putting it together takes longer than its answer.
_REACHED = (
    select(Transcript, Study, Membership, Assignment)
    .join(Study, col(Study.id) == col(Transcript.study_id))
    .join(
        Membership,
        and_(col(Membership.study_id) == col(Study.id), col(Membership.person_id) == bindparam("me")),
        isouter=True,
    )
    .join(
        Assignment,
        and_(col(Assignment.transcript_id) == col(Transcript.id), col(Assignment.person_id) == bindparam("me")),
        isouter=True,
    )
    .where(col(Transcript.id) == bindparam("transcript"))
)


def reach(db: Session, me: Person, transcript_id: TranscriptId, act: Act) -> Reach:
    """A transcript for an act: one statement, whatever the number of transcripts."""
    found = db.execute(_REACHED, {"me": me.id, "transcript": transcript_id}).first()
    if found is None:
        raise NotFound
    transcript, study, membership, assignment = found
    role = role_of(me, membership)
    if role is None or not is_in_scope(db, study.id):
        raise NotFound
    access = Access(study, me, role).require(act)
    is_own = role is Role.RESEARCHER and transcript.uploaded_by == me.id
    if not (role is Role.PI or is_own or assignment is not None):
        raise NotFound
    return Reach(access, transcript, is_assigned=assignment is not None)


def reach_codable(db: Session, me: Person, transcript_id: TranscriptId, act: Act) -> Reach:
    """The same for coding or reading: a transcript that is not released answers so."""
    found = reach(db, me, transcript_id, act)
    if not found.transcript.is_codable:
        raise NotCodable
    return found
