"""Gathering what a matrix counts: codings of released transcripts, opened links and respondents.

Links are sealed, so the join happens in memory; nothing is joined in SQL and nothing opened is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.access import Access
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks.queries import OpenCode, codes_of
from qualcoder.coding.models import Coding
from qualcoder.core.ids import CodeId, InterviewId, PersonId, RespondentId, RoundId, StudyId, TranscriptId
from qualcoder.interviews import service as interviews
from qualcoder.interviews.models import LinkType
from qualcoder.interviews.targets import LinkKind
from qualcoder.matrices import crosstab
from qualcoder.matrices.crosstab import Crosstab, RaceLink, Segment
from qualcoder.races.queries import RaceLine, rounds_of
from qualcoder.transcripts.models import Transcript, TranscriptState


@dataclass(frozen=True, slots=True)
class Question:
    """What a matrix is asked for: whose codings, which kind of link, and whether parents count their children."""

    coder_id: PersonId | None = None
    link_type: LinkType | None = None
    is_rolled_up: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """The figures with the codes and races that they stand for."""

    crosstab: Crosstab
    codes: tuple[OpenCode, ...]
    races: tuple[RaceLine, ...]
    transcripts: int
    codings: int


@dataclass(frozen=True, slots=True)
class _Material:
    """Codings of released transcripts, and who said them about which race."""

    segments: tuple[Segment, ...]
    links: tuple[RaceLink, ...]
    transcripts: int


def build(db: Session, access: Access, question: Question) -> Matrix:
    """The theme-by-race matrix of a study. Every race of the record is a column, with an interview or without."""
    access.require(Act.SEE_MATRIX)
    study_id = access.study.id
    codes = codes_of(db, study_id)
    races = rounds_of(db, study_id)
    material = _gather(db, access, question)
    parents = {code.id: code.parent_id for code in codes} if question.is_rolled_up else None
    table = crosstab.build(
        material.segments,
        material.links,
        codes=[code.id for code in codes],
        races=[race.id for race in races],
        parents=parents,
    )
    return Matrix(table, tuple(codes), tuple(races), material.transcripts, len(material.segments))


def _gather(db: Session, access: Access, question: Question) -> _Material:
    study_id = access.study.id
    rows = _codings(db, study_id, question.coder_id)
    released = _released(db, study_id)
    interview_ids = sorted(set(released.values()))
    respondents: dict[InterviewId, tuple[RespondentId, ...]] = {
        interview_id: tuple(line.id for line in lines)
        for interview_id, lines in interviews.respondents_of(db, study_id, interview_ids).items()
    }
    segments = tuple(
        Segment(
            coding_id=row.id,
            code_id=row.code_id,
            interview_id=released[row.transcript_id],
            respondent_ids=respondents[released[row.transcript_id]],
            chars=row.end - row.start,
            valence=row.valence,
        )
        for row in rows
    )
    return _Material(segments, links_to_rounds(db, access, interview_ids, question.link_type), len(released))


def _codings(db: Session, study_id: StudyId, coder_id: PersonId | None) -> Sequence[Coding]:
    query = (
        sql(Coding)
        .join(Transcript, col(Transcript.id) == col(Coding.transcript_id))
        .where(
            col(Coding.study_id) == study_id,
            col(Coding.deleted_at).is_(None),
            col(Coding.text_number) == col(Transcript.text_number),
            col(Transcript.state) == TranscriptState.CODABLE,
        )
    )
    if coder_id is not None:
        query = query.where(col(Coding.coder_id) == coder_id)
    return db.scalars(query).all()


def _released(db: Session, study_id: StudyId) -> dict[TranscriptId, InterviewId]:
    rows = db.execute(
        sql(col(Transcript.id), col(Transcript.interview_id)).where(
            col(Transcript.study_id) == study_id, col(Transcript.state) == TranscriptState.CODABLE
        )
    )
    return {TranscriptId(transcript_id): InterviewId(interview_id) for transcript_id, interview_id in rows}


def links_to_rounds(
    db: Session, access: Access, interview_ids: Sequence[InterviewId], link_type: LinkType | None = None
) -> tuple[RaceLink, ...]:
    """Which interviews are tied to which races, opened for computing."""
    targets = interviews.links_of(db, access, interview_ids)
    return tuple(
        RaceLink(interview_id, RoundId(target.id))
        for interview_id, links in targets.items()
        for target in links
        if target.kind is LinkKind.ROUND and (link_type is None or target.type is link_type)
    )


def codes_under(codes: Sequence[OpenCode], code_id: CodeId) -> set[CodeId]:
    """A code and everything below it."""
    found = {code_id}
    for code in codes:  # in tree order, so a parent comes before its children
        if code.parent_id in found:
            found.add(code.id)
    return found
