"""What a memo may be about, and who may write one there.

One's own codings, codes and races that one sees, interviews of which one reads a text (researchers: also those they
brought in), and the study. What is about one interview is sealed with that interview's key, all else with the study's.
A memo never holds or shows which race an interview is linked to: neither refers to the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.access import Access, study_by_id
from qualcoder.accounts.models import Person, Role
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks.models import Code, CodeStatus
from qualcoder.coding import layers, service
from qualcoder.coding.models import Coding, Memo, MemoKind
from qualcoder.core.errors import NotFound
from qualcoder.core.ids import CodingId, InterviewId
from qualcoder.interviews.models import Interview, InterviewState
from qualcoder.races.models import Round
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.queries import within_reach
from qualcoder.vault import fields as f
from qualcoder.vault.fields import SealedField
from qualcoder.vault.keys import KeyRef


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to write about, for the person in `access`; `held` is the coding where it is one."""

    access: Access
    kind: MemoKind
    id: UUID
    interview_id: InterviewId | None = None
    held: service.Held | None = None


def key_of(memo: Memo) -> tuple[KeyRef, SealedField]:
    """Whose key seals a memo."""
    if memo.interview_id is None:
        return KeyRef.study(memo.study_id), f.MEMO_BODY_STUDY
    return KeyRef.interview(memo.interview_id, memo.study_id), f.MEMO_BODY


def subject_of(db: Session, me: Person, kind: MemoKind, about_id: UUID, edit_id: UUID | None = None) -> Subject:
    """What a memo is to be about; NotFound for what the person may not know of."""
    match kind:
        case MemoKind.CODING:
            held = service.held(db, me, CodingId(about_id), edit_id)
            if held.coding.deleted_at is not None:
                raise NotFound
            return Subject(held.found.access, kind, held.coding.id, held.found.transcript.interview_id, held)
        case MemoKind.CODE:
            return _code(db, me, about_id)
        case MemoKind.INTERVIEW:
            return _interview(db, me, about_id)
        case MemoKind.RACE:
            race = db.get(Round, about_id)
            if race is None:
                raise NotFound
            access = study_by_id(db, me, race.study_id, Act.SEE_RACES).require(Act.CODE)
            return Subject(access, kind, race.id)
    return Subject(study_by_id(db, me, about_id, Act.CODE), kind, about_id)


def _code(db: Session, me: Person, code_id: UUID) -> Subject:
    code = db.get(Code, code_id)
    if code is None:
        raise NotFound
    access = study_by_id(db, me, code.study_id, Act.CODE)
    # Somebody else's proposal is the PI's alone to see.
    if code.status is CodeStatus.PROPOSED and code.proposed_by != me.id and not access.may(Act.EDIT_CODEBOOK):
        raise NotFound
    return Subject(access, MemoKind.CODE, code.id)


def _interview(db: Session, me: Person, interview_id: UUID) -> Subject:
    interview = db.get(Interview, interview_id)
    if interview is None:
        raise NotFound
    access = study_by_id(db, me, interview.study_id, Act.CODE)
    query = sql(col(Interview.id)).where(col(Interview.id) == interview_id, _is_readable_interview(access))
    if db.execute(query).first() is None:
        raise NotFound
    return Subject(access, MemoKind.INTERVIEW, interview.id, InterviewId(interview.id))


def _is_readable_interview(access: Access) -> ColumnElement[bool]:
    """Condition on `interview`: in use, and read or brought in by the person."""
    is_active = and_(col(Interview.study_id) == access.study.id, col(Interview.state) == InterviewState.ACTIVE)
    if access.role is Role.PI:
        return is_active
    mine: ColumnElement[bool] = col(Interview.id).in_(sql(col(Transcript.interview_id)).where(*within_reach(access)))
    if access.role is Role.RESEARCHER:
        mine = or_(mine, col(Interview.created_by) == access.person.id)
    return and_(is_active, mine)


def seen(access: Access) -> list[ColumnElement[bool]]:
    """Conditions on `memo` for what a person sees: a PI everybody's, the others their own; and only on what is theirs
    to read today. Blind rounds need no rule of their own: nobody but a PI sees another's memo or that there is one.
    """
    readable = sql(col(Transcript.id)).where(*within_reach(access), col(Transcript.state) == TranscriptState.CODABLE)
    codings = sql(col(Coding.id)).where(
        col(Coding.study_id) == access.study.id,
        col(Coding.deleted_at).is_(None),
        col(Coding.transcript_id).in_(readable),
    )
    interviews = sql(col(Interview.id)).where(_is_readable_interview(access))
    is_coding = col(Memo.about_kind) == MemoKind.CODING
    conditions = [
        col(Memo.study_id) == access.study.id,
        col(Memo.deleted_at).is_(None),
        or_(
            and_(is_coding, col(Memo.about_id).in_(codings)),
            and_(col(Memo.about_kind) == MemoKind.INTERVIEW, col(Memo.about_id).in_(interviews)),
            col(Memo.interview_id).is_(None),
        ),
    ]
    if not layers.sees_study(access):
        conditions.append(col(Memo.author_id) == access.person.id)
    return conditions
