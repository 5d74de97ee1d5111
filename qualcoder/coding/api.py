"""JSON: codings one at a time under the client's own ids, and lists of them in long form."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from qualcoder.accounts.access import study_named
from qualcoder.accounts.permissions import Act
from qualcoder.coding import queries, service
from qualcoder.coding.forms import CodingFields
from qualcoder.coding.models import Coding, Valence
from qualcoder.coding.queries import CodingFilter, CodingLine
from qualcoder.core.ids import CodeId, CodingId, PersonId, TranscriptId
from qualcoder.transcripts.access import reach_codable
from qualcoder.web.bearer import ApiMe, ApiRead, ApiWrite
from qualcoder.web.replies import Listed, Paging, Reply, Sent, json_of, paging, takes

router = APIRouter(tags=["codings"])


class CodingIn(CodingFields, Sent):
    """A coding by offsets: code points, zero-based, end-exclusive, into the text version that is named."""


class CodingOut(Reply):
    """A coding as it is kept: the stretch is cut to whole characters and has no blank ends."""

    id: UUID
    transcript_id: UUID
    version: int
    start: int
    end: int
    code_id: UUID
    coder_id: UUID
    valence: Valence | None
    weight: int | None
    unsure: bool
    has_memo: bool
    created_at: datetime
    is_removed: bool


def _out(coding: Coding, *, has_memo: bool) -> CodingOut:
    return CodingOut(
        id=coding.id,
        transcript_id=coding.transcript_id,
        version=coding.text_number,
        start=coding.start,
        end=coding.end,
        code_id=coding.code_id,
        coder_id=coding.coder_id,
        valence=coding.valence,
        weight=coding.weight,
        unsure=coding.is_unsure,
        has_memo=has_memo,
        created_at=coding.created_at,
        is_removed=coding.deleted_at is not None,
    )


def _page(lines: list[CodingLine], page: Paging) -> Listed[CodingOut]:
    listed = page.page(lines, lambda line: line.coding.id)
    items = tuple(_out(line.coding, has_memo=line.has_memo) for line in listed.items)
    return Listed(items=items, next=listed.next)


@router.put("/codings/{coding_id}", name="api:put_coding", **takes(CodingIn))
def put(
    db: ApiWrite, me: ApiMe, coding_id: CodingId, sent: Annotated[CodingIn, Depends(json_of(CodingIn))]
) -> CodingOut:
    """Give a stretch of a released text a code. The same request again gets the same answer."""
    touched = service.add_coding(db, me, sent.as_new(coding_id))
    return _out(touched.coding, has_memo=queries.has_memo(db, coding_id))


@router.delete("/codings/{coding_id}", name="api:delete_coding")
def delete(db: ApiWrite, me: ApiMe, coding_id: CodingId) -> CodingOut:
    """Take one's own coding off; doing it twice is the same as once."""
    touched = service.remove_coding(db, me, coding_id)
    return _out(touched.coding, has_memo=queries.has_memo(db, coding_id))


@router.get("/transcripts/{transcript_id}/codings", name="api:codings_of_transcript")
def of_transcript(
    db: ApiRead, me: ApiMe, transcript_id: TranscriptId, page: Annotated[Paging, Depends(paging)]
) -> Listed[CodingOut]:
    """The codings of a transcript that the person sees: a PI everybody's, the others their own."""
    found = reach_codable(db, me, transcript_id, Act.READ_TEXT)
    wanted = CodingFilter(transcript_id=transcript_id)
    return _page(queries.codings_after(db, found.access, wanted, page.after_id, page.limit + 1), page)


@router.get("/studies/{s}/codings", name="api:codings")
def of_study(
    db: ApiRead,
    me: ApiMe,
    s: str,
    page: Annotated[Paging, Depends(paging)],
    transcript: Annotated[UUID | None, Query(description="Id of a transcript")] = None,
    code: Annotated[UUID | None, Query(description="Id of a code")] = None,
    coder: Annotated[UUID | None, Query(description="Id of a person")] = None,
) -> Listed[CodingOut]:
    """The codings of a study that the person sees, one line each, in an order that never changes."""
    access = study_named(db, me, s, Act.READ_TEXT)
    wanted = CodingFilter(
        transcript_id=TranscriptId(transcript) if transcript else None,
        code_id=CodeId(code) if code else None,
        coder_id=PersonId(coder) if coder else None,
    )
    return _page(queries.codings_after(db, access, wanted, page.after_id, page.limit + 1), page)
