"""Correcting a released text, and the passages that wait to be placed in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from qualcoder.accounts.models import Person
from qualcoder.accounts.people import members_of
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.coding import queries, revising, service
from qualcoder.coding.forms import CorrectionForm, PlaceForm
from qualcoder.coding.revising import Change, Sides
from qualcoder.coding.service import TextChanged
from qualcoder.core.db import Database
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import CodeId, CodingId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.transcripts.access import reach_codable
from qualcoder.web.deps import Db, Me, ReadDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import language_of, render, said

router = APIRouter()


@dataclass(frozen=True, slots=True, repr=False)
class CorrectionView:
    """One turn to correct."""

    transcript_id: TranscriptId
    serial: str
    version: int
    n_turns: int
    turn: int
    speaker: str
    language: str
    words: str
    may_join: bool
    errors: Mapping[str, str]
    theirs: str = ""


def _form(
    request: Request,
    db: ReadDb,
    me: Person,
    transcript_id: TranscriptId,
    turn: int,
    *,
    words: str | None = None,
    problem: Invalid | TextChanged | None = None,
) -> Response:
    found = revising.reach_to_correct(db, me, transcript_id)
    study_id = found.transcript.study_id
    chain.disclose(
        db, lambda own: chain.record(own, me.id, "transcript.opened", "transcript", transcript_id, study_id=study_id)
    )
    here, after = revising.turn_to_correct(db, found, turn)
    view = CorrectionView(
        transcript_id=transcript_id,
        serial=found.transcript.serial,
        version=found.transcript.text_number,
        n_turns=found.transcript.n_turns,
        turn=here.n,
        speaker=here.speaker,
        language=here.language if here.language != "mixed" else "ru",
        words=here.body if words is None else words,
        may_join=after is not None and after.is_interviewer == here.is_interviewer,
        errors=said(request, problem, "words") if isinstance(problem, Invalid) else {},
        theirs=here.body if isinstance(problem, TextChanged) else "",
    )
    return render(
        request,
        "coding/correct.html",
        view,
        title=N_("Correct %(serial)s"),
        serial=view.serial,
        access=found.access,
        status=problem.status if problem else 200,
    )


@router.get("/transcripts/{transcript_id}/correct", name="revising:form")
def form(
    request: Request,
    db: ReadDb,
    me: Me,
    transcript_id: TranscriptId,
    turn: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> Response:
    """A turn of the released text, to be corrected. The opening is recorded."""
    return _form(request, db, me, transcript_id, turn)


@router.post("/transcripts/{transcript_id}/correct", name="revising:save")
def save(
    request: Request,
    db: Db,
    me: Me,
    transcript_id: TranscriptId,
    form: Annotated[Posted[CorrectionForm], Depends(posted(CorrectionForm))],
) -> Response:
    """A new version of the text; codings go along, and those nobody can place for certain are asked about."""
    with db.read() as reading:
        revising.reach_to_correct(reading, me, transcript_id)
    sent = form.require()
    bodies = tuple(part for part in sent.words.replace("\r\n", "\n").split("\n") if part.strip())
    try:
        with db.read() as reading:
            found = revising.reach_to_correct(reading, me, transcript_id)
            _, after = revising.turn_to_correct(reading, found, sent.turn)
        if sent.join and after is not None and bodies:
            bodies = (*bodies[:-1], f"{bodies[-1].rstrip()} {after.body}")
        change = Change(sent.turn, sent.turn + int(sent.join and after is not None), bodies)
        revised = revising.revise_text(db, me, transcript_id, sent.version, change)
    except (Invalid, TextChanged) as problem:
        with db.read() as reading:
            return _form(request, reading, me, transcript_id, sent.turn, words=sent.words, problem=problem)
    if revised.unsure and _has_to_place(db, me, transcript_id):
        address = request.app.url_path_for("revising:unplaced", transcript_id=transcript_id)
        return RedirectResponse(address, status_code=303)
    address = request.app.url_path_for("coding:workbench", transcript_id=transcript_id)
    return RedirectResponse(f"{address}#t{sent.turn}", status_code=303)


def _has_to_place(db: Database, me: Person, transcript_id: TranscriptId) -> bool:
    """Whether something waits for this person: that others have coded there is not for everybody to know."""
    with db.read() as reading:
        return bool(revising.unplaced(reading, me, transcript_id))


@dataclass(frozen=True, slots=True, repr=False)
class Waiting:
    """A coding to place, as the page shows it."""

    id: CodingId
    code: str
    coder: str
    old: Sides
    new: Sides | None
    text_number: int


@dataclass(frozen=True, slots=True, repr=False)
class UnplacedView:
    """Codings that wait, and the version they are to be placed in."""

    transcript_id: TranscriptId
    serial: str
    version: int
    language: str
    waiting: tuple[Waiting, ...]
    errors: Mapping[str, str]
    refused: CodingId | None


def _unplaced(
    request: Request,
    db: ReadDb,
    me: Person,
    transcript_id: TranscriptId,
    problem: Invalid | None = None,
    refused: CodingId | None = None,
) -> Response:
    found = reach_codable(db, me, transcript_id, Act.READ_TEXT)
    transcript = found.transcript
    study_id = transcript.study_id
    chain.disclose(
        db, lambda own: chain.record(own, me.id, "transcript.opened", "transcript", transcript_id, study_id=study_id)
    )
    waiting = revising.unplaced(db, me, transcript_id)
    # By what they are called, also those that are proposed or out of use.
    codes = queries.labels_of(db, {CodeId(one.code_id) for one in waiting}, language_of(request).value)
    names = {member.id: member.name for member in members_of(db, study_id)}
    view = UnplacedView(
        transcript_id=transcript_id,
        serial=transcript.serial,
        version=transcript.text_number,
        language=transcript.language if transcript.language != "mixed" else "ru",
        waiting=tuple(
            Waiting(one.coding_id, codes[one.code_id], names.get(one.coder_id, ""), one.old, one.new, one.text_number)
            for one in waiting
        ),
        errors=said(request, problem, "quote") if problem else {},
        refused=refused,
    )
    return render(
        request,
        "coding/unplaced.html",
        view,
        title=N_("To place in %(serial)s"),
        serial=view.serial,
        access=found.access,
        status=problem.status if problem else 200,
    )


@router.get("/transcripts/{transcript_id}/unplaced", name="revising:unplaced")
def unplaced(request: Request, db: ReadDb, me: Me, transcript_id: TranscriptId) -> Response:
    """Codings whose passage is not certain in the text of today. The opening is recorded."""
    return _unplaced(request, db, me, transcript_id)


@router.post("/codings/{coding_id}/place", name="revising:place")
def place(
    request: Request,
    db: Db,
    me: Me,
    coding_id: CodingId,
    form: Annotated[Posted[PlaceForm], Depends(posted(PlaceForm))],
) -> Response:
    """Say where a coding belongs: at the place that is proposed, or at words of a turn."""
    with db.read() as reading:
        found = revising.reach_coding(reading, me, coding_id)
    sent = form.require()
    transcript_id = TranscriptId(found.transcript.id)
    try:
        with db.transaction() as writing:
            found = revising.reach_coding(writing, me, coding_id)
            span = sent.span or service.span_by_quote(writing, found, sent.turn, sent.quote)
            revising.place(writing, me, coding_id, sent.version, span)
    except Invalid as problem:
        with db.read() as reading:
            return _unplaced(request, reading, me, transcript_id, problem, coding_id)
    address = request.app.url_path_for("revising:unplaced", transcript_id=transcript_id)
    return RedirectResponse(address, status_code=303)
