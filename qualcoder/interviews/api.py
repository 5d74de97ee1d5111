"""JSON: interviews with consent and respondents, and what they are tied to. Opening one is recorded."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from qualcoder.accounts.access import study_named
from qualcoder.accounts.permissions import Act
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import InterviewId
from qualcoder.core.messages import N_
from qualcoder.interviews import page, service
from qualcoder.interviews.models import Category, Interview, InterviewKind, LinkType, Mode
from qualcoder.interviews.page import InterviewPage
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import ConsentScope, InterviewDetails, LinkKind, LinkTarget
from qualcoder.web.bearer import ApiMe, ApiRead, ApiWrite
from qualcoder.web.replies import LARGEST, Reply, Sent, json_of, takes

router = APIRouter(tags=["interviews"])


class LinkIn(Sent):
    """A tie to a race by its key, or to a round, contest or place by its id."""

    type: LinkType = LinkType.ABOUT
    key: str = Field("", max_length=60)
    kind: LinkKind = LinkKind.ROUND
    id: UUID | None = None


class RespondentIn(Sent):
    """Somebody who took part. `serial` names a respondent who is on record already."""

    category: Category
    serial: str = Field("", max_length=12)
    note: str = Field("", max_length=2000)
    speaker_labels: tuple[Annotated[str, Field(max_length=120)], ...] = Field((), max_length=50)


class ConsentIn(Sent):
    """What the respondent agreed to. Without a consent nothing is stored, so `given` must be true."""

    given: bool
    quote: bool = False
    share: bool = False
    archive: bool = False
    until: str | None = Field(None, max_length=10)
    note: str = Field("", max_length=2000)


class InterviewIn(Sent):
    """An interview before its text. Dates are ISO dates."""

    respondents: tuple[RespondentIn, ...] = Field(min_length=1, max_length=30)
    consent: ConsentIn
    kind: InterviewKind = InterviewKind.INDIVIDUAL
    mode: Mode = Mode.IN_PERSON
    held_on: str | None = Field(None, max_length=10)
    place: str | None = Field(None, max_length=200)
    language: str | None = Field(None, max_length=10)
    links: tuple[LinkIn, ...] = Field((), max_length=100)


class LinksIn(Sent):
    """All the links of an interview, and the version of the interview that they replace those of."""

    version: int = Field(ge=0, le=LARGEST)
    links: tuple[LinkIn, ...] = Field(max_length=100)


class InterviewLine(Reply):
    """An interview that was recorded, or whose links were set."""

    id: UUID
    serial: str
    version: int


class RespondentOut(Reply):
    """Who took part."""

    id: UUID
    serial: str
    category: Category
    note: str
    speaker_labels: tuple[str, ...]


class ConsentOut(Reply):
    """What the respondent agreed to."""

    quote: bool
    share: bool
    archive: bool
    until: str | None
    note: str


class LinkOut(Reply):
    """What the interview is tied to."""

    kind: LinkKind
    id: UUID
    type: LinkType
    key: str
    where: str


class InterviewOut(InterviewLine):
    """Everything about an interview but its text."""

    kind: InterviewKind
    mode: Mode
    held_on: str | None
    place: str | None
    language: str | None
    consent: ConsentOut
    respondents: tuple[RespondentOut, ...]
    links: tuple[LinkOut, ...]
    names_a_person: bool


def _link(sent: LinkIn) -> NewLink | LinkTarget:
    if sent.id is not None:
        return LinkTarget(sent.kind, sent.id, sent.type)
    return NewLink(sent.key, sent.type)


def _new(sent: InterviewIn) -> NewInterview:
    if not sent.consent.given:
        message = N_("Without a recorded consent nothing is stored.")
        raise Invalid(message, fields={"consent.given": message})
    consent = sent.consent
    return NewInterview(
        details=InterviewDetails(sent.held_on, sent.place, sent.language),
        consent=ConsentScope(consent.quote, consent.share, consent.archive, consent.until, consent.note),
        respondents=tuple(
            NewRespondent(one.category, one.serial or None, one.note, one.speaker_labels) for one in sent.respondents
        ),
        links=tuple(_link(link) for link in sent.links),
        kind=sent.kind,
        mode=sent.mode,
    )


def _line(interview: Interview) -> InterviewLine:
    return InterviewLine(id=interview.id, serial=interview.serial, version=interview.version)


def _out(found: InterviewPage) -> InterviewOut:
    consent = found.consent
    return InterviewOut(
        id=found.id,
        serial=found.serial,
        version=found.version,
        kind=found.kind,
        mode=found.mode,
        held_on=found.details.held_on,
        place=found.details.place,
        language=found.details.language,
        consent=ConsentOut(
            quote=consent.quote, share=consent.share, archive=consent.archive, until=consent.until, note=consent.note
        ),
        respondents=tuple(
            RespondentOut(
                id=one.id, serial=one.serial, category=one.category, note=one.note, speaker_labels=one.speaker_labels
            )
            for one in found.respondents
        ),
        links=tuple(
            LinkOut(kind=one.target.kind, id=one.target.id, type=one.target.type, key=one.key, where=one.where)
            for one in found.links
        ),
        names_a_person=found.names_a_person,
    )


@router.post("/studies/{s}/interviews", name="api:add_interview", status_code=201, **takes(InterviewIn))
def add_interview(
    db: ApiWrite, me: ApiMe, s: str, sent: Annotated[InterviewIn, Depends(json_of(InterviewIn))]
) -> InterviewLine:
    """Record an interview with its respondents, consent and links."""
    access = study_named(db, me, s, Act.UPLOAD)
    return _line(service.create_interview(db, access, _new(sent)))


@router.get("/interviews/{interview_id}", name="api:interview")
def interview(db: ApiRead, me: ApiMe, interview_id: InterviewId) -> InterviewOut:
    """What is on record about an interview. Opening it is recorded."""
    _access, found = page.read_interview(db, me, interview_id)
    return _out(found)


@router.put("/interviews/{interview_id}/links", name="api:set_links", **takes(LinksIn))
def set_links(
    db: ApiWrite, me: ApiMe, interview_id: InterviewId, sent: Annotated[LinksIn, Depends(json_of(LinksIn))]
) -> InterviewLine:
    """Make these the links of an interview; refused when it changed since the version that is named."""
    access, found = service.interview_for(db, me, interview_id, Act.LINK)
    return _line(service.set_links(db, access, found, [_link(link) for link in sent.links], sent.version))
