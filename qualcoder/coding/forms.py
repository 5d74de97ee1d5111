"""What the coding page sends."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from qualcoder.coding.models import Valence
from qualcoder.coding.search import LONGEST_SEARCH


class CodingForm(BaseModel):
    """A coding by offsets: code points, zero-based, end-exclusive, into the named text version."""

    model_config = ConfigDict(extra="ignore")

    transcript_id: UUID
    version: int = Field(ge=0)
    start: int = Field(ge=0, le=2**31)
    end: int = Field(ge=0, le=2**31)
    code_id: UUID
    valence: Valence | None = None
    weight: int | None = Field(None, ge=1, le=5)
    unsure: bool = False
    memo: str | None = Field(None, max_length=10_000)


class QuoteForm(BaseModel):
    """A coding by turn number and words."""

    version: int = Field(ge=0)
    turn: str = Field("", max_length=10)
    quote: str = Field("", max_length=20_000)
    code_id: str = Field("", max_length=40)
    valence: str = Field("", max_length=10)


class SearchForm(BaseModel):
    """What is looked for in a study."""

    words: Annotated[str, Field(max_length=LONGEST_SEARCH)] = ""
    kazakh_as_russian: bool = False
    after: Annotated[int, Field(ge=0, le=2**31)] = 0
    within: UUID | None = None

    @field_validator("within", mode="before")
    @classmethod
    def _none(cls, typed: object) -> object:
        return typed or None
