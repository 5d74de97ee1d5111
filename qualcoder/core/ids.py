"""Identities of rows. Random (UUIDv4), so an id tells neither time nor order."""

from __future__ import annotations

from typing import NewType
from uuid import UUID, uuid4

ZERO = UUID(int=0)

PersonId = NewType("PersonId", UUID)
StudyId = NewType("StudyId", UUID)
JobId = NewType("JobId", UUID)
BlobId = NewType("BlobId", UUID)
RespondentId = NewType("RespondentId", UUID)
InterviewId = NewType("InterviewId", UUID)
RoundId = NewType("RoundId", UUID)
TranscriptId = NewType("TranscriptId", UUID)
TextVersionId = NewType("TextVersionId", UUID)
TurnId = NewType("TurnId", UUID)
EntityId = NewType("EntityId", UUID)
CodeId = NewType("CodeId", UUID)
CodingId = NewType("CodingId", UUID)


def new_id() -> UUID:
    """A fresh random identity."""
    return uuid4()
