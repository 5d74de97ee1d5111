"""Codings in lists: one line each, in an order that never changes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.access import Access
from qualcoder.coding import layers, marked
from qualcoder.coding.models import Coding
from qualcoder.core.ids import CodeId, PersonId, TranscriptId
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.queries import within_reach


@dataclass(frozen=True, slots=True)
class CodingFilter:
    """Which codings are asked for; None is all."""

    transcript_id: TranscriptId | None = None
    code_id: CodeId | None = None
    coder_id: PersonId | None = None


@dataclass(frozen=True, slots=True)
class CodingLine:
    """A coding in a list."""

    coding: Coding
    has_memo: bool


def codings_after(
    db: Session, access: Access, wanted: CodingFilter, after: UUID | None, limit: int
) -> list[CodingLine]:
    """Living codings of released transcripts that a person sees, by id; one statement."""
    query = (
        sql(Coding, marked.is_noted())
        .join(Transcript, col(Transcript.id) == col(Coding.transcript_id))
        .where(
            *layers.seen_in(access),
            col(Coding.deleted_at).is_(None),
            col(Transcript.state) == TranscriptState.CODABLE,
            *within_reach(access),
        )
    )
    asked = ((Coding.transcript_id, wanted.transcript_id), (Coding.code_id, wanted.code_id))
    for column, value in (*asked, (Coding.coder_id, wanted.coder_id)):
        if value is not None:
            query = query.where(col(column) == value)
    if after is not None:
        query = query.where(col(Coding.id) > after)
    rows = db.execute(query.order_by(col(Coding.id)).limit(limit))
    return [CodingLine(coding, is_noted) for coding, is_noted in rows]
