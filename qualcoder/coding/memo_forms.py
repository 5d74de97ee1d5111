"""What pages send of memos and translations."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from qualcoder.coding.memo_acts import NewMemo
from qualcoder.coding.memos import LONGEST_MEMO
from qualcoder.coding.models import MemoKind, TranslationStatus
from qualcoder.coding.search import LONGEST_SEARCH

# The databases' integers are this large.
LARGEST = 2**31 - 1
# Forms send each line's end as two signs.
_SENT_LENGTH = 2 * LONGEST_MEMO


class MemoFields(BaseModel):
    """A memo. `seen` is the version that was seen, 0 for a new one (409 with both texts when it is another now);
    `edit` the client's id of one editing, whose many saves are one act on record.
    """

    kind: MemoKind
    about: UUID
    memo: str = Field(max_length=_SENT_LENGTH, repr=False)
    seen: int = Field(0, ge=0, le=LARGEST)
    edit: UUID | None = None

    def as_new(self, memo_id: UUID) -> NewMemo:
        """The memo as it shall be, under the client's id."""
        return NewMemo(memo_id, self.kind, self.about, self.memo, self.seen, self.edit)


class MemoForm(MemoFields):
    """The same from a page, where more may stand beside it."""

    model_config = ConfigDict(extra="ignore")


class SeenForm(BaseModel):
    """What is removed, as it was seen."""

    seen: int = Field(0, ge=0, le=LARGEST)


class RestoreForm(BaseModel):
    """The act that took a memo away."""

    act: UUID


class TranslationFields(BaseModel):
    """A translation. Other words are a draft again, whatever `status` says; `seen` and `edit` as with a memo."""

    words: str = Field(max_length=_SENT_LENGTH, repr=False)
    status: TranslationStatus = TranslationStatus.DRAFT
    seen: int = Field(0, ge=0, le=LARGEST)
    edit: UUID | None = None


class TranslationForm(TranslationFields):
    """The same from a page, where more may stand beside it."""

    model_config = ConfigDict(extra="ignore")


class MemoSearchForm(BaseModel):
    """Words to look for, and which memos to look through."""

    words: Annotated[str, Field(max_length=LONGEST_SEARCH)] = ""
    kind: MemoKind | None = None
    author: UUID | None = None
    about: UUID | None = None
    page: Annotated[int, Field(ge=1, le=LARGEST)] = 1

    @field_validator("kind", "author", "about", mode="before")
    @classmethod
    def _none(cls, typed: object) -> object:
        return typed or None
