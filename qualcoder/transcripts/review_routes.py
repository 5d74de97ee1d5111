"""The review of what identifies somebody: three passes, what is said of a finding, and the release."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from qualcoder.accounts.models import Person
from qualcoder.anonymise.models import Decision
from qualcoder.core.errors import Conflict, DomainError, Invalid, Refused
from qualcoder.core.ids import PersonId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.transcripts import levels, publishing, review_queries, reviewing
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.forms import DecisionForm, PublishForm, TellForm
from qualcoder.transcripts.levels import GONE
from qualcoder.transcripts.locks import standing_of
from qualcoder.transcripts.opinions import DecidedAnew
from qualcoder.transcripts.review_page import Refusal, first_open, view_of
from qualcoder.transcripts.review_queries import Page
from qualcoder.transcripts.review_view import Pass
from qualcoder.web.deps import Db, Me, ReadDb, WriteDb
from qualcoder.web.forms import Body, Posted, posted
from qualcoder.web.pages import back_to, is_htmx, redirect, render

router = APIRouter()


@router.get("/transcripts/{transcript_id}/review", name="transcripts:review")
def review(
    request: Request,
    db: ReadDb,
    me: Me,
    transcript_id: TranscriptId,
    which: Annotated[Pass | None, Query(alias="pass")] = None,
    at: Annotated[int, Query(ge=0, le=100_000)] = 0,
    group: UUID | None = None,
    marked: UUID | None = None,
    n: Annotated[int, Query(ge=0, le=100_000)] = 0,
    here: str = "",
) -> Response:
    """A pass of the review. The opening of the original is recorded."""
    asked = Asked(which, at, group, marked, n, is_only_here=bool(here))
    return review_page(request, db, me, transcript_id, asked)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: a pass, or where the reader goes on; a page of it; one thing; a word about what was done."""

    which: Pass | None = None
    at: int = 0
    group: UUID | None = None
    marked: UUID | None = None
    n_marked: int = 0
    is_only_here: bool = False


def review_page(
    request: Request,
    db: ReadDb,
    me: Person,
    transcript_id: TranscriptId,
    asked: Asked = Asked(),
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    """The page, also after a refused act: the sentence stands where the act was, with what was typed there."""
    found = reviewing.open_original(db, me, transcript_id)
    standing = standing_of(db, found)
    current = asked.which or first_open(standing)
    if current is Pass.REST:
        page = review_queries.rest(db, found, asked.at)
    elif asked.group is not None:
        page = review_queries.every_place(db, found, asked.group, asked.at)
    else:
        page = review_queries.things(db, found, current, asked.at)
    view = view_of(
        db,
        found,
        current,
        page,
        standing,
        refusal=refusal,
        marked=asked.marked,
        n_marked=asked.n_marked,
        is_only_here=asked.is_only_here,
    )
    return render(
        request,
        "transcripts/review.html",
        view,
        title=N_("Review %(serial)s"),
        serial=view.serial,
        access=found.access,
        block="review",
        status=status,
    )


# What a button means: the decision, and whether it is for every place of the same thing.
_DECISIONS = {
    "accept": (Decision.ACCEPT, False),
    "accept_all": (Decision.ACCEPT, True),
    "remove": (Decision.ACCEPT, False),
    "remove_all": (Decision.ACCEPT, True),
    "keep": (Decision.KEEP, False),
    "keep_all": (Decision.KEEP, True),
}
_OTHER_ACTS = {
    "undo": (reviewing.undo, False),
    "undo_all": (reviewing.undo, True),
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
    """Accept a proposal, keep the words with a reason, agree to a decision, or take one back."""
    try:
        with db.transaction() as writing:
            found = reviewing.reach_review(writing, me, transcript_id)
            sent = form.require()
            _say(writing, found, finding_id, sent)
    except DecidedAnew as problem:
        if not is_htmx(request):
            return _refused(request, db, me, transcript_id, finding_id, form.body, problem)
        return _answer(request, db, me, transcript_id, finding_id, sent, problem=problem)
    except (Invalid, Refused, Conflict) as problem:
        return _refused(request, db, me, transcript_id, finding_id, form.body, problem)
    return _answer(request, db, me, transcript_id, finding_id, sent)


def _say(db: Session, found: Reach, finding_id: UUID, sent: DecisionForm) -> None:
    if sent.decision in _DECISIONS:
        decision, for_entity = _DECISIONS[sent.decision]
        reviewing.decide(
            db,
            found,
            finding_id,
            decision,
            reason=sent.reason,
            replacement=GONE if sent.decision.startswith("remove") else sent.replacement,
            for_entity=for_entity,
            leaves_decided=True,
        )
    elif sent.decision in _OTHER_ACTS:
        act, for_entity = _OTHER_ACTS[sent.decision]
        act(db, found, finding_id, for_entity=for_entity)
    elif sent.decision in ("agree", "agree_all"):
        reviewing.agree_to(db, found, finding_id, sent.seen, for_entity=sent.decision == "agree_all")
    elif sent.decision == "unmark":
        reviewing.unmark(db, found, finding_id)
    else:
        raise Invalid(N_("Choose one of the offered values."))


def _refused(
    request: Request,
    db: Db,
    me: Person,
    transcript_id: TranscriptId,
    finding_id: UUID,
    body: Body,
    problem: DomainError,
) -> Response:
    """The sentence where the act was, with what was typed there; a script's page has both before it already."""
    if is_htmx(request):
        raise problem
    within = next((one for one in Pass if one.value == body.first("within")), None)
    at = body.first("at")
    refusal = Refusal.of(
        problem,
        finding=finding_id,
        is_all=body.first("decision").endswith("_all"),
        reason=body.first("reason"),
        replacement=body.first("replacement"),
    )
    with db.read() as reading:
        alone = finding_id if body.first("alone") and reviewing.is_here(reading, transcript_id, finding_id) else None
        asked = Asked(within, int(at) if at.isdecimal() and len(at) < 6 else 0, alone)
        return review_page(request, reading, me, transcript_id, asked, refusal=refusal, status=problem.status)


@router.post("/transcripts/{transcript_id}/findings/{finding_id}/level", name="transcripts:tell")
def tell(
    request: Request,
    db: Db,
    me: Me,
    transcript_id: TranscriptId,
    finding_id: UUID,
    form: Annotated[Posted[TellForm], Depends(posted(TellForm))],
) -> Response:
    """How closely a thing is told of, at every place of it."""
    try:
        with db.transaction() as writing:
            found = reviewing.reach_review(writing, me, transcript_id)
            sent = form.require()
            is_only_here = levels.choose_level(writing, found, finding_id, sent.chosen)
    except (Invalid, Refused, Conflict) as problem:
        return _refused(request, db, me, transcript_id, finding_id, form.body, problem)
    return _answer(request, db, me, transcript_id, finding_id, sent, is_only_here=is_only_here)


def _answer(
    request: Request,
    db: Db,
    me: Person,
    transcript_id: TranscriptId,
    finding_id: UUID,
    sent: DecisionForm | TellForm,
    *,
    is_only_here: bool = False,
    problem: DomainError | None = None,
) -> Response:
    """The thing anew with what it changes around it; drawn when the writers' turn is given back.

    Its places were opened with the page, and the decision just recorded names who looks at them.
    """
    with db.read() as reading:
        found = reviewing.reach_review(reading, me, transcript_id)
        thing = review_queries.thing_of(reading, found, finding_id)
        place = f"pass={sent.within}&at={sent.at}{'&here=true' if is_only_here else ''}"
        if not is_htmx(request) or thing is None or thing.id != sent.thing:
            where = f"{place}#g-{thing.id}" if thing else place
            return redirect(request, back_to(request, "transcripts:review", where, transcript_id=transcript_id))
        standing = standing_of(reading, found)
        page = Page(sent.at, sent.at, only=thing.id if sent.alone else None)
        if sent.alone:
            page = review_queries.every_place(reading, found, finding_id, sent.at)
            thing = page.groups[0]
        refusal = Refusal.of(problem, finding=finding_id, is_all=_is_all(sent)) if problem else None
        view = view_of(
            reading, found, sent.within, page, standing, group=thing, is_only_here=is_only_here, refusal=refusal
        )
        return render(
            request,
            "transcripts/decided.html",
            view,
            title=N_("Review %(serial)s"),
            serial=view.serial,
            status=problem.status if problem else 200,
        )


def _is_all(sent: DecisionForm | TellForm) -> bool:
    return isinstance(sent, DecisionForm) and sent.decision.endswith("_all")


@router.post("/transcripts/{transcript_id}/accept-all", name="transcripts:accept_all")
def accept_all(request: Request, db: WriteDb, me: Me, transcript_id: TranscriptId) -> Response:
    reviewing.accept_all(db, reviewing.reach_review(db, me, transcript_id))
    return redirect(request, back_to(request, "transcripts:review", transcript_id=transcript_id))


@router.post("/transcripts/{transcript_id}/first-reading", name="transcripts:first_reading")
def first_reading(request: Request, db: Db, me: Me, transcript_id: TranscriptId) -> Response:
    """Finish the first reading; somebody else does the second."""
    try:
        with db.transaction() as writing:
            found = reviewing.reach_review(writing, me, transcript_id)
            reviewing.finish_first_reading(writing, found)
            slug = found.access.study.slug
    except Conflict as problem:
        with db.read() as reading:
            return review_page(request, reading, me, transcript_id, refusal=Refusal.of(problem), status=problem.status)
    return RedirectResponse(request.app.url_path_for("transcripts:list", slug=slug), status_code=303)


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
    except (Conflict, Refused, Invalid) as problem:
        refusal = replace(Refusal.of(problem), coders=frozenset(sent.coders))
        with db.read() as reading:
            return review_page(request, reading, me, transcript_id, refusal=refusal, status=problem.status)
    return RedirectResponse(request.app.url_path_for("coding:workbench", transcript_id=transcript_id), status_code=303)
