"""What the pages of retrieval send. A question travels as the address that its page has."""

from __future__ import annotations

from pydantic import BaseModel, Field

from qualcoder.matrices.models import ExportFormat
from qualcoder.retrieval.service import LONGEST_NAME, LONGEST_QUERY


class PassagesForm(BaseModel):
    """A file of passages."""

    query: str = Field(max_length=LONGEST_QUERY)
    format: ExportFormat


class ViewForm(BaseModel):
    """A question to be kept."""

    query: str = Field(max_length=LONGEST_QUERY)
    name: str = Field("", max_length=LONGEST_NAME * 4)
    is_shared: bool = False


class ShareForm(BaseModel):
    """Whether the study sees a kept question."""

    is_shared: bool
    seen_version: int


class RemoveForm(BaseModel):
    """The version that is taken away."""

    seen_version: int
