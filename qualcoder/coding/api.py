"""JSON: codings one at a time under the client's own ids, and lists of them in long form."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlmodel import Session

from qualcoder.accounts.access import study_named
from qualcoder.accounts.permissions import Act
from qualcoder.coding import changing, queries, service, undoing
from qualcoder.coding.forms import ChangeFields, CodingFields, UndoFields
from qualcoder.coding.listing import CodingFilter, CodingLine, codings_after
from qualcoder.coding.log import StepName
from qualcoder.coding.models import Coding, Valence
from qualcoder.core.ids import CodeId, CodingId, PersonId, TranscriptId
from qualcoder.transcripts.access import reach_codable
from qualcoder.web.bearer import ApiMe, ApiRead, ApiWrite
from qualcoder.web.replies import Listed, Paging, Reply, Sent, json_of, paging, takes

router = APIRouter(tags=["codings"])


class CodingIn(CodingFields, Sent):
    """A coding by offsets: code points, zero-based, end-exclusive, into the text version that is named."""


class ChangeIn(ChangeFields, Sent):
    """What of a coding is to change; what is absent stays, null takes a mark away."""


class CodingOut(Reply):
    """A coding as it is kept: the stretch is cut to whole characters and has no blank ends.

    `version` is the text version that the offsets count in, `revision` grows with each change of the coding.
    """

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
    revision: int


class UndoIn(UndoFields, Sent):
    """An undo or redo under your own id of it."""

    act: UUID


class StepOut(Reply):
    """A step that can be undone or redone; `code_id` is null where it is not known any more."""

    seq: int
    kind: str
    code_id: UUID | None


class HistoryOut(Reply):
    """What can be undone and redone next; null where there is nothing."""

    undo: StepOut | None
    redo: StepOut | None


class UndoneOut(HistoryOut):
    """The same after an undo or redo, with the codings that it touched."""

    codings: tuple[CodingOut, ...]


def _step(one: StepName | None) -> StepOut | None:
    return StepOut(seq=one.seq, kind=one.kind.value, code_id=one.code_id) if one else None


def _undone(db: Session, turned: undoing.Turned) -> UndoneOut:
    noted = queries.with_memo(db, [CodingId(coding.id) for coding in turned.codings])
    codings = tuple(_out(coding, has_memo=coding.id in noted) for coding in turned.codings)
    return UndoneOut(undo=_step(turned.ends.undo), redo=_step(turned.ends.redo), codings=codings)


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
        revision=coding.version,
    )


def _page(lines: list[CodingLine], page: Paging) -> Listed[CodingOut]:
    listed = page.page(lines, lambda line: line.coding.id)
    items = tuple(_out(line.coding, has_memo=line.has_memo) for line in listed.items)
    return Listed(items=items, next=listed.next)


@router.put("/codings/{coding_id}", name="api:put_coding", **takes(CodingIn))
def put(
    db: ApiWrite, me: ApiMe, coding_id: CodingId, sent: Annotated[CodingIn, Depends(json_of(CodingIn))]
) -> CodingOut:
    """Give a stretch of a released text a code. The same request again gets the same answer.

    Where you gave the same code before, the answer is about that coding: it is extended when the stretch overlaps or
    touches it, and taken off when the stretch is the same.
    """
    touched = service.add_coding(db, me, sent.as_new(coding_id))
    return _out(touched.coding, has_memo=queries.has_memo(db, CodingId(touched.coding.id)))


@router.patch("/codings/{coding_id}", name="api:change_coding", **takes(ChangeIn))
def change(
    db: ApiWrite, me: ApiMe, coding_id: CodingId, sent: Annotated[ChangeIn, Depends(json_of(ChangeIn))]
) -> CodingOut:
    """Change extent, valence, weight, doubt or memo of one's own coding; the same request again changes nothing."""
    touched = changing.change_coding(db, me, coding_id, sent.as_wanted(), sent.act)
    return _out(touched.coding, has_memo=queries.has_memo(db, CodingId(touched.coding.id)))


@router.delete("/codings/{coding_id}", name="api:delete_coding")
def delete(
    db: ApiWrite,
    me: ApiMe,
    coding_id: CodingId,
    act: Annotated[UUID | None, Query(description="Your id of the act, so that a repetition does nothing")] = None,
) -> CodingOut:
    """Take one's own coding off; doing it twice is the same as once."""
    touched = service.remove_coding(db, me, coding_id, act)
    return _out(touched.coding, has_memo=queries.has_memo(db, CodingId(touched.coding.id)))


@router.get("/transcripts/{transcript_id}/history", name="api:history")
def history(db: ApiRead, me: ApiMe, transcript_id: TranscriptId) -> HistoryOut:
    """What you could undo and redo in a transcript: your own steps only."""
    _found, ends = undoing.ends_of(db, me, transcript_id)
    return HistoryOut(undo=_step(ends.undo), redo=_step(ends.redo))


@router.post("/transcripts/{transcript_id}/undo", name="api:undo", **takes(UndoIn))
def undo(
    db: ApiWrite, me: ApiMe, transcript_id: TranscriptId, sent: Annotated[UndoIn, Depends(json_of(UndoIn))]
) -> UndoneOut:
    """Take back your newest step in a transcript; the same request again does nothing more."""
    return _undone(db, undoing.undo(db, me, transcript_id, sent.seen, sent.act))


@router.post("/transcripts/{transcript_id}/redo", name="api:redo", **takes(UndoIn))
def redo(
    db: ApiWrite, me: ApiMe, transcript_id: TranscriptId, sent: Annotated[UndoIn, Depends(json_of(UndoIn))]
) -> UndoneOut:
    """Bring back the step that you undid last; the same request again does nothing more."""
    return _undone(db, undoing.redo(db, me, transcript_id, sent.seen, sent.act))


@router.get("/transcripts/{transcript_id}/codings", name="api:codings_of_transcript")
def of_transcript(
    db: ApiRead, me: ApiMe, transcript_id: TranscriptId, page: Annotated[Paging, Depends(paging)]
) -> Listed[CodingOut]:
    """The codings of a transcript that the person sees: a PI everybody's, the others their own.

    In a study whose layers are shared, those who are assigned to the transcript see everybody's.
    """
    found = reach_codable(db, me, transcript_id, Act.READ_TEXT)
    wanted = CodingFilter(transcript_id=transcript_id)
    return _page(codings_after(db, found.access, wanted, page.after_id, page.limit + 1), page)


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
    return _page(codings_after(db, access, wanted, page.after_id, page.limit + 1), page)
