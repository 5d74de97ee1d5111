"""Interviews, who took part, what they agreed to, and which race they are about (sealed: a link can name a person)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint

from qualcoder.core.ids import InterviewId, PersonId, RespondentId, StudyId
from qualcoder.core.tables import IdColumn, Table, Versioned, moment, plain_text, text_enum
from qualcoder.vault import fields as f


class Category(StrEnum):
    """What a respondent was in the race. Sealed with the respondent's key."""

    CANDIDATE_WINNER = "candidate_winner"
    CANDIDATE_LOSER = "candidate_loser"
    TEC = "tec_official"
    PEC = "pec_official"
    CEC = "cec_official"
    VOTER = "voter"
    OBSERVER = "ngo_observer"
    RESEARCHER = "researcher"
    OTHER = "other"


class LinkType(StrEnum):
    """How an interview is tied to a race. Sealed with the link."""

    ABOUT = "about"
    CANDIDATE = "candidate_in"
    OFFICIAL = "official_in"
    VOTER = "voter_in"
    OBSERVER = "observer_of"


class Mode(StrEnum):
    """How the interview was held."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    ONLINE = "online"
    WRITTEN = "written"


class InterviewKind(StrEnum):
    """One respondent, or several together."""

    INDIVIDUAL = "individual"
    FOCUS_GROUP = "focus_group"


class InterviewState(StrEnum):
    """Whether an interview may still be used."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Respondent(Versioned, Table, table=True):
    """Somebody who was asked. Known by a serial; the attributes are sealed."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("study_id", "number"),)
    id: RespondentId = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    number: int
    attributes_ct: bytes = f.sealed(f.RESPONDENT_ATTRIBUTES)
    sealed_rev: int = 0
    version: int = 1

    @property
    def serial(self) -> str:
        return f"R-{self.number:03d}"


class Interview(Versioned, Table, table=True):
    """One conversation. Date and place are sealed in its details."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("study_id", "number"),)
    id: InterviewId = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    number: int
    state: InterviewState = text_enum(InterviewState, name="interview_state", default=InterviewState.ACTIVE)
    kind: InterviewKind = text_enum(InterviewKind, name="interview_kind", default=InterviewKind.INDIVIDUAL)
    mode: Mode = text_enum(Mode, name="interview_mode", default=Mode.IN_PERSON)
    details_ct: bytes = f.sealed(f.INTERVIEW_DETAILS)
    created_by: PersonId = IdColumn(foreign="person.id")
    sealed_rev: int = 0
    version: int = 1

    @property
    def serial(self) -> str:
        return f"I-{self.number:03d}"


class Participation(Table, table=True):
    """That a respondent took part; which one is sealed with the interview."""

    id: UUID = IdColumn()
    interview_id: InterviewId = IdColumn(foreign="interview.id")
    target_ct: bytes = f.sealed(f.PARTICIPATION_TARGET)
    sealed_rev: int = 0


class Consent(Table, table=True):
    """What the respondent agreed to; the newest row counts."""

    id: UUID = IdColumn()
    interview_id: InterviewId = IdColumn(foreign="interview.id")
    scope_ct: bytes = f.sealed(f.CONSENT_SCOPE)
    sealed_rev: int = 0
    created_at: datetime = moment()


class Instrument(Table, table=True):
    """A version of the interview guide."""

    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    number: int
    body_ct: bytes = f.sealed(f.INSTRUMENT_BODY)
    sealed_rev: int = 0
    state: str = plain_text("draft or in use", length=20)


class Link(Versioned, Table, table=True):
    """That an interview is tied to a race, a contest or a place. The whole target is sealed."""

    id: UUID = IdColumn()
    interview_id: InterviewId = IdColumn(foreign="interview.id")
    target_ct: bytes = f.sealed(f.LINK_TARGET)
    sealed_rev: int = 0
    version: int = 1
