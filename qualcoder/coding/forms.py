"""What the coding page sends."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from qualcoder.coding.changing import Wanted
from qualcoder.coding.models import Valence
from qualcoder.coding.search import LONGEST_SEARCH
from qualcoder.coding.service import LONGEST_MEMO, NewCoding
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import CodeId, CodingId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.core.text import Span

# The databases' integers are this large.
LARGEST = 2**31 - 1


class CodingFields(BaseModel):
    """A coding by offsets: code points, zero-based, end-exclusive, into the text version that is named."""

    transcript_id: UUID
    version: int = Field(ge=0, le=LARGEST)
    start: int = Field(ge=0, le=LARGEST)
    end: int = Field(ge=0, le=LARGEST)
    code_id: UUID
    valence: Valence | None = None
    weight: int | None = Field(None, ge=1, le=5)
    unsure: bool = False
    memo: str | None = Field(None, max_length=LONGEST_MEMO)

    def as_new(self, coding_id: CodingId) -> NewCoding:
        """The coding that is asked for under the client's id; Invalid when nothing is selected."""
        if self.start >= self.end:
            message = N_("Nothing is selected. Select some words and choose the code again.")
            raise Invalid(message, fields={"end": message})
        return NewCoding(
            id=coding_id,
            transcript_id=TranscriptId(self.transcript_id),
            text_number=self.version,
            span=Span(self.start, self.end),
            code_id=CodeId(self.code_id),
            valence=self.valence,
            weight=self.weight,
            is_unsure=self.unsure,
            memo=self.memo or "",
        )


class CodingForm(CodingFields):
    """The same from a page, where more may stand beside it."""

    model_config = ConfigDict(extra="ignore")


class ChangeFields(BaseModel):
    """What of a coding is to change; what is absent stays, null takes a mark away.

    `version` is the text version that the offsets count in; `revision` the coding's own that was seen (409 when it
    has another now); `act` the client's id of the act, so that a repetition does nothing.
    """

    version: int = Field(ge=0, le=LARGEST)
    start: int | None = Field(None, ge=0, le=LARGEST)
    end: int | None = Field(None, ge=0, le=LARGEST)
    valence: Valence | None = None
    weight: int | None = Field(None, ge=1, le=5)
    unsure: bool | None = None
    memo: str | None = Field(None, max_length=LONGEST_MEMO)
    revision: int | None = Field(None, ge=1, le=LARGEST)
    act: UUID | None = None

    def as_wanted(self) -> Wanted:
        """The change that is asked for."""
        places = {name for name in ("start", "end") if getattr(self, name) is not None}
        return Wanted(
            text_number=self.version,
            given=frozenset(self.model_fields_set - {"start", "end"} | places),
            start=self.start or 0,
            end=self.end or 0,
            valence=self.valence,
            weight=self.weight,
            is_unsure=bool(self.unsure),
            memo=self.memo or "",
            revision=self.revision,
        )


class ChangeForm(ChangeFields):
    """The same from a page, where more may stand beside it."""

    model_config = ConfigDict(extra="ignore")


class UndoFields(BaseModel):
    """An undo or redo. `act` is the client's id of it, so that a repetition does nothing (a plain form has none);
    `seen` the number of the step that the client saw as the next one (409 when it is another now), absent for
    whichever is next.
    """

    act: UUID | None = None
    seen: int | None = Field(None, ge=0, le=LARGEST)


class UndoForm(UndoFields):
    """The same from a page, where more may stand beside it."""

    model_config = ConfigDict(extra="ignore")


class QuoteForm(BaseModel):
    """A coding by turn number and words."""

    version: int = Field(ge=0)
    turn: str = Field("", max_length=10)
    quote: str = Field("", max_length=20_000)
    code_id: str = Field("", max_length=40)
    valence: str = Field("", max_length=10)


class CorrectionForm(BaseModel):
    """A turn in new words, a line for each turn it becomes."""

    turn: int = Field(ge=1, le=LARGEST)
    version: int = Field(ge=0, le=LARGEST)
    words: str = Field("", max_length=200_000)
    join: bool = False


class PlaceForm(BaseModel):
    """Where a coding belongs: by offsets, or by turn and words."""

    version: int = Field(ge=0, le=LARGEST)
    start: int | None = Field(None, ge=0, le=LARGEST)
    end: int | None = Field(None, ge=0, le=LARGEST)
    turn: int = Field(0, ge=0, le=LARGEST)
    quote: str = Field("", max_length=20_000)

    @property
    def span(self) -> Span | None:
        """The place by offsets, when one is given."""
        given = self.start is not None and self.end is not None and self.start < self.end
        return Span(self.start, self.end) if given and self.start is not None and self.end is not None else None


class SearchForm(BaseModel):
    """What is looked for in a study."""

    words: Annotated[str, Field(max_length=LONGEST_SEARCH)] = ""
    kazakh_as_russian: bool = False
    endings: bool = False
    after: Annotated[int, Field(ge=0, le=2**31)] = 0
    within: UUID | None = None

    @field_validator("within", mode="before")
    @classmethod
    def _none(cls, typed: object) -> object:
        return typed or None
