"""What scripts send about transcripts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.models import Decision
from qualcoder.core.errors import DomainError, Invalid
from qualcoder.core.ids import InterviewId
from qualcoder.core.messages import N_
from qualcoder.interviews.models import Category, InterviewKind, LinkType, Mode
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import ConsentScope, InterviewDetails
from qualcoder.transcripts.service import NewTranscript
from qualcoder.web.bearer import HolderDep
from qualcoder.web.forms import Upload, posted, read_body
from qualcoder.web.replies import LARGEST, Sent

MAX_DECISIONS = 2000
MAX_CODERS = 200


class Speakers(StrEnum):
    """Whether the speakers are taken as they were found, so that the search starts at once, or asked about first."""

    AS_FOUND = "as_found"
    ASK = "ask"


class UploadFields(BaseModel):
    """The fields beside the file. With `interview_id` the interview is on record and is not described again."""

    interview_id: UUID | None = None
    category: Category | None = None
    consent: bool = False
    may_quote: bool = False
    may_share: bool = False
    may_archive: bool = False
    title: str = Field("", max_length=300)
    language: str = Field("auto", max_length=10)
    kind: InterviewKind = InterviewKind.INDIVIDUAL
    mode: Mode = Mode.IN_PERSON
    respondent: str = Field("", max_length=12)
    held_on: str = Field("", max_length=10)
    place: str = Field("", max_length=200)
    race: list[Annotated[str, Field(max_length=60)]] = Field(default_factory=list, max_length=100)
    link_type: LinkType = LinkType.ABOUT
    speakers: Speakers = Speakers.AS_FOUND


class NoForm(DomainError):
    """An upload in another form than files are sent."""

    status = 415

    def __init__(self) -> None:
        super().__init__(N_("Send the file as multipart/form-data, in the field “file”."))


async def upload_of(request: Request, _holder: HolderDep) -> tuple[UploadFields, Upload]:
    """A dependency: the fields and the file, read once it is known who sends them."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise NoForm
    fields = (await posted(UploadFields)(request)).require()
    files = (await read_body(request)).files.get("file") or ()
    if len(files) != 1:
        raise _missing("file", N_("Send one file."))
    return fields, files[0]


def new_transcript(fields: UploadFields, file: Upload) -> NewTranscript:
    """What the service receives."""
    interview = InterviewId(fields.interview_id) if fields.interview_id else _interview(fields)
    return NewTranscript(file.name, file.content, interview, fields.title, fields.language)


def _interview(fields: UploadFields) -> NewInterview:
    if fields.category is None:
        raise _missing("category", N_("Fill this in."))
    if not fields.consent:
        raise _missing("consent", N_("Without a recorded consent nothing is stored."))
    language = None if fields.language == "auto" else fields.language
    return NewInterview(
        details=InterviewDetails(fields.held_on or None, fields.place.strip() or None, language),
        respondents=(NewRespondent(fields.category, fields.respondent.strip() or None),),
        consent=ConsentScope(fields.may_quote, fields.may_share, fields.may_archive),
        kind=fields.kind,
        mode=fields.mode,
        links=tuple(NewLink(key, fields.link_type) for key in fields.race),
    )


def _missing(name: str, why: str) -> Invalid:
    return Invalid(N_("Some fields need another look."), fields={name: why})


def upload_schema() -> dict[str, Any]:
    """The multipart body in the description."""
    schema = UploadFields.model_json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.pop("$defs")
    fields = {name: _inline(field, definitions) for name, field in schema["properties"].items()}
    file = {"type": "string", "format": "binary"}
    body = {"type": "object", "required": ["file"], "properties": {"file": file, **fields}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": body}}}}


def _inline(field: Any, definitions: dict[str, Any]) -> Any:
    """A schema with the named closed sets written out, since only bodies of JSON have their own names."""
    if isinstance(field, list):
        return [_inline(one, definitions) for one in field]
    if not isinstance(field, dict):
        return field
    if "$ref" in field:
        return definitions[field["$ref"].rpartition("/")[2]]
    return {name: _inline(value, definitions) for name, value in field.items()}


Version = Annotated[int, Field(ge=0, le=LARGEST)]
# An id, or an address as people know it.
Somebody = Annotated[str, Field(min_length=1, max_length=254)]


class SpeakersIn(Sent):
    """Numbers of the speakers who ask; null takes them as they were found. `version` is the transcript's."""

    version: Version
    interviewers: tuple[Annotated[int, Field(ge=0, le=LARGEST)], ...] | None = Field(None, max_length=1000)


class DecisionIn(Sent):
    """What becomes of one finding, or with `whole_entity` of every finding of the same person or place here."""

    finding_id: UUID
    decision: Decision
    reason: str = Field("", max_length=500)
    replacement: str = Field("", max_length=200)
    whole_entity: bool = False


class DecisionsIn(Sent):
    """Decisions on findings, all kept or none; `accept_all` accepts what is left, where the study's rules allow it."""

    decisions: tuple[DecisionIn, ...] = Field((), max_length=MAX_DECISIONS)
    accept_all: bool = False


class AgreementIn(Sent):
    """A finding of which the second reader says that it was decided rightly; `seen` as the review gave it."""

    finding_id: UUID
    seen: str = Field(max_length=40)


class AgreementsIn(Sent):
    """What the second reader agrees to: all of it, or none when something was decided otherwise meanwhile."""

    findings: tuple[AgreementIn, ...] = Field(min_length=1, max_length=MAX_DECISIONS)


class PartIn(Sent):
    """A part of the raw text that was read; `seen` is the part's as the review gave it."""

    number: int = Field(ge=1)
    seen: str = Field(max_length=40)


class MarkIn(Sent):
    """Words that the search missed."""

    words: str = Field(min_length=1, max_length=300)
    label: Label


class PublishIn(Sent):
    """Who may code the released text, by id or address; `version` is the transcript's as it was reviewed."""

    version: Version
    coders: tuple[Somebody, ...] = Field((), max_length=MAX_CODERS)


class CodersIn(Sent):
    """Everybody who may code the transcript, by id or address."""

    coders: tuple[Somebody, ...] = Field(max_length=MAX_CODERS)
