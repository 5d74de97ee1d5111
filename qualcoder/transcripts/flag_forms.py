"""What pages and scripts send about flagged passages."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from qualcoder.core.errors import Invalid
from qualcoder.core.ids import TranscriptId
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.transcripts.flags import LONGEST_NOTE, NewFlag

# The databases' integers are this large.
LARGEST = 2**31 - 1


class FlagFields(BaseModel):
    """A passage by offsets: code points, zero-based, end-exclusive, into the text version that is named."""

    transcript_id: UUID
    version: int = Field(ge=0, le=LARGEST)
    start: int = Field(ge=0, le=LARGEST)
    end: int = Field(ge=0, le=LARGEST)
    note: str = Field("", max_length=LONGEST_NOTE)

    def as_new(self, flag_id: UUID) -> NewFlag:
        """The flag that is asked for under the client's id; Invalid when nothing is selected."""
        if self.start >= self.end:
            message = N_("Nothing is selected. Select the words that name somebody.")
            raise Invalid(message, fields={"end": message})
        span = Span(self.start, self.end)
        return NewFlag(flag_id, TranscriptId(self.transcript_id), self.version, span, self.note)


class FlagForm(FlagFields):
    """The same from a page, where more may stand beside it."""

    model_config = ConfigDict(extra="ignore")


class FlagQuoteForm(BaseModel):
    """A flag by turn number and words, without mouse or script."""

    version: int = Field(ge=0, le=LARGEST)
    turn: str = Field("", max_length=10)
    quote: str = Field("", max_length=2000)
    note: str = Field("", max_length=LONGEST_NOTE)


class DecidedForm(BaseModel):
    """What a flagged passage is. `seen_version` is the flag's, as the list showed it."""

    decision: Literal["name", "no_name"]
    seen_version: int = Field(ge=0, le=LARGEST)
    reason: str = Field("", max_length=LONGEST_NOTE)


class ShowAgainForm(BaseModel):
    """Whose waiting flags are all taken back, and why."""

    person_id: UUID
    reason: str = Field("", max_length=LONGEST_NOTE)
