"""Reads of interview rows, still sealed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TypeVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from qualcoder.core.ids import InterviewId, PersonId, RespondentId, StudyId
from qualcoder.interviews.models import Consent, Interview, InterviewState, Link, Participation, Respondent

MOST_CONSENTS = 50
RowT = TypeVar("RowT", Participation, Link)


def next_number(db: Session, table: type[Interview] | type[Respondent], study_id: StudyId) -> int:
    """The number after the highest one of the study; numbers are never used again."""
    highest = db.exec(select(func.max(table.number)).where(col(table.study_id) == study_id)).one()
    return (highest or 0) + 1


def find_respondent(db: Session, study_id: StudyId, number: int) -> Respondent | None:
    return db.exec(
        select(Respondent).where(col(Respondent.study_id) == study_id, col(Respondent.number) == number)
    ).first()


def respondents_by_id(db: Session, study_id: StudyId, ids: Collection[RespondentId]) -> dict[RespondentId, Respondent]:
    """Respondents of a study by id; an id that is not of the study is left out."""
    rows = db.exec(select(Respondent).where(col(Respondent.study_id) == study_id, col(Respondent.id).in_(set(ids))))
    return {row.id: row for row in rows}


def interviews_by(db: Session, study_id: StudyId, person_id: PersonId) -> list[InterviewId]:
    """The interviews in use that a person brought in."""
    ids = select(Interview.id).where(
        col(Interview.study_id) == study_id,
        col(Interview.created_by) == person_id,
        col(Interview.state) == InterviewState.ACTIVE,
    )
    return [InterviewId(interview_id) for interview_id in db.exec(ids)]


def participations_in(
    db: Session, study_id: StudyId, interview_ids: Collection[InterviewId]
) -> dict[InterviewId, list[Participation]]:
    """Who took part in each of these interviews; withdrawn interviews are left out."""
    return _by_interview(db, Participation, study_id, interview_ids)


def links_in(db: Session, study_id: StudyId, interview_ids: Collection[InterviewId]) -> dict[InterviewId, list[Link]]:
    """The links of each of these interviews; withdrawn interviews are left out."""
    return _by_interview(db, Link, study_id, interview_ids)


def _by_interview(
    db: Session, table: type[RowT], study_id: StudyId, interview_ids: Collection[InterviewId]
) -> dict[InterviewId, list[RowT]]:
    rows = db.exec(
        select(table)
        .join(Interview, col(Interview.id) == col(table.interview_id))
        .where(
            col(Interview.study_id) == study_id,
            col(Interview.state) == InterviewState.ACTIVE,
            col(Interview.id).in_(set(interview_ids)),
        )
        .order_by(col(table.id))
    )
    found: dict[InterviewId, list[RowT]] = defaultdict(list)
    for row in rows:
        found[row.interview_id].append(row)
    return dict(found)


def newest_consents(db: Session, interview_id: InterviewId) -> list[Consent]:
    """At most MOST_CONSENTS, the newest first: the first one counts."""
    mine = select(Consent).where(col(Consent.interview_id) == interview_id)
    return list(db.exec(mine.order_by(col(Consent.created_at).desc(), col(Consent.id)).limit(MOST_CONSENTS)))
