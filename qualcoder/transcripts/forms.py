"""What the transcript pages send."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.generalising import Level
from qualcoder.core.text import Span
from qualcoder.interviews.models import Category, InterviewKind, LinkType, Mode
from qualcoder.transcripts.review_view import Pass

_STRETCH = re.compile(r"\d{1,9}-\d{1,9}")


class UploadForm(BaseModel):
    """What the researcher says of an uploaded file."""

    title: str = Field("", max_length=300)
    language: str = Field("auto", max_length=10)
    category: Category
    kind: InterviewKind = InterviewKind.INDIVIDUAL
    mode: Mode = Mode.IN_PERSON
    respondent: str = Field("", max_length=12)
    held_on: str = Field("", max_length=10)
    place: str = Field("", max_length=200)
    consent: bool = False
    may_quote: bool = False
    may_share: bool = False
    may_archive: bool = False
    race: str = Field("", max_length=60)
    link_type: LinkType = LinkType.ABOUT
    sending: str = Field("", max_length=200)

    def date_or_none(self) -> str | None:
        """The date in ISO form, None if none was typed; ValueError for anything else."""
        return date.fromisoformat(self.held_on).isoformat() if self.held_on else None


class SeenForm(BaseModel):
    """The row version that the page showed."""

    seen_version: int


class DecisionForm(BaseModel):
    """One decision of the review, and where on the page it was made."""

    decision: str = Field(max_length=20)
    reason: str = Field("", max_length=500)
    replacement: str = Field("", max_length=200)
    thing: UUID | None = None
    within: Pass = Pass.A
    at: int = Field(1, ge=0, le=100_000)
    alone: bool = False
    seen: str = Field("", max_length=40)


class TellForm(BaseModel):
    """How closely a thing is told of, and where on the page that was chosen; "nothing" tells nothing at all."""

    level: Level | Literal["nothing"]
    thing: UUID | None = None
    within: Pass = Pass.B
    at: int = Field(1, ge=0, le=100_000)
    alone: bool = False

    @property
    def chosen(self) -> Level | None:
        return self.level if isinstance(self.level, Level) else None


class PartForm(BaseModel):
    """A part of the text as it was shown."""

    number: int = Field(ge=1, le=1_000_000)
    seen: str = Field(max_length=40)


class MarkForm(BaseModel):
    """Words that the search missed; `places` are stretches of the raw text, "start-end"."""

    words: str = Field(min_length=1, max_length=300)
    label: Label
    places: list[str] = Field(default_factory=list, max_length=1000)
    within: Pass = Pass.REST
    at: int = Field(0, ge=0, le=100_000)

    @field_validator("places")
    @classmethod
    def _are_stretches(cls, places: list[str]) -> list[str]:
        if not all(_STRETCH.fullmatch(place) for place in places):
            raise ValueError("a place is two numbers")
        return places

    def spans(self) -> list[Span]:
        """The ticked stretches; one that ends before it begins is an empty one."""
        found = [tuple(map(int, place.split("-"))) for place in self.places]
        return [Span(start, max(start, end)) for start, end in found]


class RenameForm(SeenForm):
    """Another pseudonym for an entry of the registry."""

    pseudonym: str = Field("", max_length=300)


class MergeForm(SeenForm):
    """The entry that means the same."""

    other: UUID


class SplitForm(SeenForm):
    """The interviews whose mentions mean somebody else."""

    transcripts: list[UUID] = Field(default_factory=list, max_length=2000)


class LevelForm(SeenForm):
    """How much is told of a place."""

    level: Level


class PublishForm(BaseModel):
    """Who may code the transcript."""

    seen_version: int
    coders: list[UUID] = Field(default_factory=list)


class BulkForm(BaseModel):
    """An act on the ticked transcripts; `pairs` (transcript:person) take back what was done before."""

    act: Literal["assign", "unassign", "retry"]
    transcripts: list[UUID] = Field(default_factory=list, max_length=100)
    coders: list[UUID] = Field(default_factory=list, max_length=100)
    pairs: list[str] = Field(default_factory=list, max_length=5000)

    def named_pairs(self) -> list[tuple[UUID, UUID]]:
        """The pairs that were sent, or every ticked coder on every ticked transcript; ValueError for nonsense."""
        if self.pairs:
            return [(UUID(pair[:36]), UUID(pair[37:])) for pair in self.pairs]
        return [(transcript_id, coder) for transcript_id in self.transcripts for coder in self.coders]
