"""The review of what identifies somebody, up to the release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Person, Role
from qualcoder.accounts.people import Member, members_of
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.models import Decision
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import PersonId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.interviews.combination import Combination
from qualcoder.transcripts import publishing, queries, reviewing
from qualcoder.transcripts.forms import DecisionForm, MarkForm, PublishForm
from qualcoder.transcripts.last_check import STILL_NAMES, StillNames
from qualcoder.transcripts.left_over import combination_in
from qualcoder.transcripts.models import TranscriptState
from qualcoder.transcripts.review_view import LABELS, Proposal, ReviewTurn, proposals, review_turns
from qualcoder.vault import identity, sealing
from qualcoder.web.deps import Db, Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import is_htmx, render

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ReviewView:
    """The raw text with its findings, and what locks the release."""

    id: TranscriptId
    serial: str
    title: str
    state: TranscriptState
    version: int
    turns: tuple[ReviewTurn, ...]
    proposals: tuple[Proposal, ...]
    waiting: int
    labels: tuple[tuple[Label, str], ...]
    coders: tuple[Member, ...]
    may_accept_all: bool
    needs_second_reader: bool
    is_first_reader: bool
    has_vault: bool
    errors: dict[str, str]
    combination: Combination | None
    fewest: int
    kinds: Mapping[Label, str] = field(default_factory=lambda: LABELS)


def _view(db: ReadDb, me: Person, transcript_id: TranscriptId, errors: dict[str, str]) -> tuple[Access, ReviewView]:
    found, turns = reviewing.read_original(db, me, transcript_id)
    transcript = found.transcript
    spans = reviewing.findings_of(db, transcript)
    shown, reasons = reviewing.words_about(db, spans)
    study = found.access.study
    members = members_of(db, study.id)
    view = ReviewView(
        id=transcript.id,
        serial=transcript.serial,
        title=queries.title_of(db, transcript),
        state=transcript.state,
        version=transcript.version,
        turns=review_turns(turns, spans, shown),
        proposals=proposals(turns, spans, shown, reasons),
        waiting=reviewing.waiting(spans),
        labels=tuple(LABELS.items()),
        coders=tuple(member for member in members if member.role in {Role.CODER, Role.RESEARCHER, Role.PI}),
        may_accept_all=study.may_accept_all,
        needs_second_reader=study.needs_second_reader,
        is_first_reader=transcript.first_reader == me.id,
        has_vault=identity.exists(sealing.keyring_of(db), study.id),
        errors=errors,
        combination=combination_in(db, found, turns, spans, shown),
        fewest=study.min_cell,
    )
    return found.access, view


def _page(
    request: Request, db: ReadDb, me: Person, transcript_id: TranscriptId, errors: dict[str, str], status: int = 200
) -> Response:
    access, view = _view(db, me, transcript_id, errors)
    return render(
        request,
        "transcripts/review.html",
        view,
        title=N_("Review %(serial)s"),
        serial=view.serial,
        access=access,
        block="review",
        status=status,
    )


@router.get("/transcripts/{transcript_id}/review", name="transcripts:review")
def review(request: Request, db: ReadDb, me: Me, transcript_id: TranscriptId) -> Response:
    """The raw text with its findings. The opening is recorded."""
    return _page(request, db, me, transcript_id, {})


_DECISIONS = {
    "accept": (Decision.ACCEPT, False),
    "accept_all": (Decision.ACCEPT, True),
    "keep": (Decision.KEEP, False),
    "keep_all": (Decision.KEEP, True),
    "undo": (Decision.UNDECIDED, False),
}


@router.post("/transcripts/{transcript_id}/findings/{finding_id}", name="transcripts:decide")
def decide(
    request: Request,
    db: Db,
    me: Me,
    transcript_id: TranscriptId,
    finding_id: UUID,
    form: Annotated[Posted[DecisionForm], Depends(posted(DecisionForm))],
) -> Response:
    """Accept a proposal, keep the words with a reason, or take a decision back."""
    with db.transaction() as writing:
        found = reviewing.reach_review(writing, me, transcript_id)
        sent = form.require()
        if sent.decision not in _DECISIONS:
            raise Invalid(N_("Choose one of the offered values."))
        decision, for_entity = _DECISIONS[sent.decision]
        reviewing.decide(
            writing,
            found,
            finding_id,
            decision,
            reason=sent.reason,
            replacement=sent.replacement,
            for_entity=for_entity,
        )
    return _again(request, db, me, transcript_id)


def _again(request: Request, db: Db, me: Person, transcript_id: TranscriptId) -> Response:
    """The page anew for htmx, a redirect for a plain form; drawn when the writers' turn is given back."""
    if is_htmx(request):
        with db.read() as reading:
            return _page(request, reading, me, transcript_id, {})
    return RedirectResponse(
        request.app.url_path_for("transcripts:review", transcript_id=transcript_id), status_code=303
    )


@router.post("/transcripts/{transcript_id}/accept-all", name="transcripts:accept_all")
def accept_all(request: Request, db: Db, me: Me, transcript_id: TranscriptId) -> Response:
    with db.transaction() as writing:
        reviewing.accept_all(writing, reviewing.reach_review(writing, me, transcript_id))
    return _again(request, db, me, transcript_id)


@router.post("/transcripts/{transcript_id}/mark", name="transcripts:mark")
def mark(
    request: Request,
    db: Db,
    me: Me,
    transcript_id: TranscriptId,
    form: Annotated[Posted[MarkForm], Depends(posted(MarkForm))],
) -> Response:
    """Mark words that the search missed, wherever they stand."""
    with db.read() as reading:
        reviewing.reach_review(reading, me, transcript_id)
    sent = form.require()
    try:
        with db.transaction() as writing:
            found = reviewing.reach_review(writing, me, transcript_id)
            reviewing.mark_missed(writing, found, sent.words, sent.label)
    except Invalid as problem:
        with db.read() as reading:
            return _page(request, reading, me, transcript_id, problem.fields, problem.status)
    return _again(request, db, me, transcript_id)


@router.post("/transcripts/{transcript_id}/first-reading", name="transcripts:first_reading")
def first_reading(request: Request, db: WriteDb, me: Me, transcript_id: TranscriptId) -> Response:
    """Finish the first reading; somebody else does the second."""
    found = reviewing.reach_review(db, me, transcript_id)
    reviewing.finish_first_reading(db, found)
    return RedirectResponse(request.app.url_path_for("transcripts:list", slug=found.access.study.slug), status_code=303)


@router.post("/transcripts/{transcript_id}/publish", name="transcripts:publish")
def publish(
    request: Request,
    db: Db,
    me: Me,
    transcript_id: TranscriptId,
    form: Annotated[Posted[PublishForm], Depends(posted(PublishForm))],
) -> Response:
    """Release the anonymised text to the ticked coders."""
    with db.read() as reading:
        reviewing.reach_review(reading, me, transcript_id)
    sent = form.require()
    coders = [PersonId(coder) for coder in sent.coders]
    try:
        publishing.publish(db, me, transcript_id, coders, sent.seen_version)
    except StillNames as problem:
        with db.read() as reading:
            return _page(request, reading, me, transcript_id, {"release": STILL_NAMES}, problem.status)
    return RedirectResponse(request.app.url_path_for("coding:workbench", transcript_id=transcript_id), status_code=303)
