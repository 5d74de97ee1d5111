"""JSON: flagging passages that may name somebody, and the decisions on them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from qualcoder.accounts.access import study_named
from qualcoder.accounts.permissions import Act
from qualcoder.core.ids import PersonId
from qualcoder.transcripts import flagged, flags
from qualcoder.transcripts.flag_forms import DecidedForm, FlagFields, ShowAgainForm
from qualcoder.transcripts.flag_models import Flag, Standing
from qualcoder.transcripts.flagged import FlagLine
from qualcoder.web.bearer import ApiMe, ApiRead, ApiWrite
from qualcoder.web.replies import Listed, Paging, Reply, Sent, cursor_of, json_of, paging, takes

router = APIRouter(tags=["flags"])


class FlagIn(FlagFields, Sent):
    """A passage that may name somebody, by offsets; `note` is for the reviewer alone."""


class FlagDecisionIn(DecidedForm, Sent):
    """What a flagged passage is, and why it may be shown again. `seen_version` is the flag's."""


class ShowAgainIn(ShowAgainForm, Sent):
    """Whose waiting flags are all taken back, and why."""


class FlagOut(Reply):
    """A flag as it is kept: the stretch is widened to whole words. It is hidden until it stands as `no_name`."""

    id: UUID
    transcript_id: UUID
    start: int
    end: int
    standing: Standing
    flagged_at: datetime
    version: int


class FlagWithWords(FlagOut):
    """A flag for those who decide on it, with the hidden words in their context."""

    serial: str
    turn: int
    language: str
    before: str
    words: str
    after: str
    note: str
    reason: str
    flagged_by: UUID
    flagged_by_name: str
    decided_by_name: str
    decided_at: datetime | None


class ShownAgain(Reply):
    """How many flags were taken back; ask again while it is not 0."""

    shown: int


def _out(flag: Flag) -> FlagOut:
    return FlagOut(
        id=flag.id,
        transcript_id=flag.transcript_id,
        start=flag.start,
        end=flag.end,
        standing=flag.standing,
        flagged_at=flag.flagged_at,
        version=flag.version,
    )


def _with_words(line: FlagLine) -> FlagWithWords:
    return FlagWithWords(**{name: getattr(line, name) for name in FlagWithWords.model_fields})


@router.put("/flags/{flag_id}", name="api:put_flag", **takes(FlagIn))
def put(db: ApiWrite, me: ApiMe, flag_id: UUID, sent: Annotated[FlagIn, Depends(json_of(FlagIn))]) -> FlagOut:
    """Hide a passage of a released text for everybody, from this answer on. The same request again gets the same
    answer; a reviewer decides whether it is shown again."""
    _found, made = flags.flag(db, me, sent.as_new(flag_id))
    db.flush()
    return _out(made)


@router.get("/studies/{s}/flags", name="api:flags")
def of_study(
    db: ApiRead,
    me: ApiMe,
    s: str,
    page: Annotated[Paging, Depends(paging)],
    standing: Annotated[Standing, Query(description="Only those that stand like this")] = Standing.WAITING,
) -> Listed[FlagWithWords]:
    """Flagged passages with their words, the oldest first. The opening is recorded before the first byte."""
    _access, found = flagged.queue(db, me, s, standing, after=page.after_number, limit=page.limit)
    lines = tuple(_with_words(line) for line in found.lines)
    return Listed(items=lines, next=None if found.next is None else cursor_of(str(found.next)))


@router.post("/flags/{flag_id}/decision", name="api:decide_flag", **takes(FlagDecisionIn))
def decide(
    db: ApiWrite, me: ApiMe, flag_id: UUID, sent: Annotated[FlagDecisionIn, Depends(json_of(FlagDecisionIn))]
) -> FlagOut:
    """Say that a passage names somebody, so that it stays hidden, or that it does not, with the reason."""
    _found, row = flags.decide(
        db, me, flag_id, is_name=sent.decision == "name", seen_version=sent.seen_version, reason=sent.reason
    )
    db.flush()
    return _out(row)


@router.post("/studies/{s}/flags/show-again", name="api:show_flags_again", **takes(ShowAgainIn))
def show_again(
    db: ApiWrite, me: ApiMe, s: str, sent: Annotated[ShowAgainIn, Depends(json_of(ShowAgainIn))]
) -> ShownAgain:
    """Take back every waiting flag of one person at once, at most 500."""
    access = study_named(db, me, s, Act.DECIDE_FLAGS)
    return ShownAgain(shown=flags.show_again(db, me, access.study.id, PersonId(sent.person_id), sent.reason))
