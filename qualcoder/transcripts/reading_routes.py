"""Reading the rest of a raw text: parts that were read, and names that the search missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from qualcoder.anonymise.findings import Label
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import TranscriptId
from qualcoder.core.messages import N_
from qualcoder.transcripts import missed, review_queries, reviewing
from qualcoder.transcripts.forms import MarkForm, PartForm
from qualcoder.transcripts.locks import standing_of
from qualcoder.transcripts.missed import Looked
from qualcoder.transcripts.reading_rest import PartChanged, read_part
from qualcoder.transcripts.review_page import view_of
from qualcoder.transcripts.review_queries import Page, page_of_part
from qualcoder.transcripts.review_view import LABELS, Pass
from qualcoder.web.deps import Db, Me
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import back_to, is_htmx, redirect, render

router = APIRouter()


@dataclass(frozen=True, slots=True)
class MissedView:
    """Where words stand that somebody wants to mark."""

    id: TranscriptId
    serial: str
    words: str
    label: Label
    label_name: str
    looked: Looked
    within: Pass
    at: int
    errors: dict[str, str]


@router.post("/transcripts/{transcript_id}/parts", name="transcripts:read_part")
def read(
    request: Request,
    db: Db,
    me: Me,
    transcript_id: TranscriptId,
    form: Annotated[Posted[PartForm], Depends(posted(PartForm))],
) -> Response:
    """Note that a part was read as it was shown; one that changed meanwhile is shown anew."""
    with db.read() as reading:
        reviewing.reach_review(reading, me, transcript_id)
    sent = form.require()
    number = sent.number
    status, errors = 200, {}
    try:
        with db.transaction() as writing:
            read_part(writing, reviewing.reach_review(writing, me, transcript_id), number, sent.seen)
    except PartChanged as problem:
        status, errors = problem.status, {"part": problem.message}
    with db.read() as reading:
        found = reviewing.reach_review(reading, me, transcript_id)
        standing = standing_of(reading, found)
        if not is_htmx(request) and not errors:
            after = min(number + 1, standing.parts.total)
            where = f"pass=rest&at={page_of_part(after)}#part-{after}"
            return redirect(request, back_to(request, "transcripts:review", where, transcript_id=transcript_id))
        part = review_queries.part_of(reading, found, number)
        page = Page(page_of_part(number), page_of_part(standing.parts.total), parts=(part,))
        view = view_of(reading, found, Pass.REST, page, standing, part=part, errors=errors)
        template = "transcripts/part_read.html" if is_htmx(request) else "transcripts/review.html"
        return render(
            request,
            template,
            view,
            title=N_("Review %(serial)s"),
            serial=view.serial,
            access=found.access,
            status=status,
        )


@router.post("/transcripts/{transcript_id}/missed", name="transcripts:missed")
def look(
    request: Request,
    db: Db,
    me: Me,
    transcript_id: TranscriptId,
    form: Annotated[Posted[MarkForm], Depends(posted(MarkForm))],
) -> Response:
    """Where words stand unmarked, with their endings, to be ticked. Changes nothing; the opening is recorded."""
    with db.read() as reading:
        reviewing.reach_review(reading, me, transcript_id)
    sent = _sent(form)
    if form.form is None:
        return _missed(request, db, me, transcript_id, sent, dict(form.errors), 422)
    return _missed(request, db, me, transcript_id, sent, {}, 200)


def _sent(form: Posted[MarkForm]) -> MarkForm:
    """What was sent; words that can't be looked for are kept, so that the page can say so with them in the field."""
    if form.form is not None or set(form.errors) != {"words"}:
        return form.require()
    known = ("label", "within", "at")
    sent = {name: form.body.first(name) for name in known if name in form.body.fields}
    return MarkForm.model_validate({**sent, "words": "?"}).model_copy(update={"words": form.body.first("words")[:300]})


def _missed(
    request: Request,
    db: Db,
    me: Me,
    transcript_id: TranscriptId,
    sent: MarkForm,
    errors: dict[str, str],
    status: int,
) -> Response:
    with db.read() as reading:
        found = reviewing.open_original(reading, me, transcript_id)
        looked = Looked((), 0, 0, 0)
        if not errors:
            try:
                looked = missed.look_for(reading, found, sent.words, sent.label)
            except Invalid as problem:
                errors, status = dict(problem.fields), problem.status
        view = MissedView(
            id=transcript_id,
            serial=found.transcript.serial,
            words=sent.words,
            label=sent.label,
            label_name=LABELS[sent.label],
            looked=looked,
            within=sent.within,
            at=sent.at,
            errors=errors,
        )
        return render(
            request,
            "transcripts/missed.html",
            view,
            title=N_("Mark what was missed"),
            access=found.access,
            block="missed",
            status=status,
        )


@router.post("/transcripts/{transcript_id}/mark", name="transcripts:mark")
def mark(
    request: Request,
    db: Db,
    me: Me,
    transcript_id: TranscriptId,
    form: Annotated[Posted[MarkForm], Depends(posted(MarkForm))],
) -> Response:
    """Mark the ticked places; without any, every place where the words stand."""
    with db.read() as reading:
        reviewing.reach_review(reading, me, transcript_id)
    sent = _sent(form)
    if form.form is None:
        return _missed(request, db, me, transcript_id, sent, dict(form.errors), 422)
    place = f"pass={sent.within}&at={sent.at}"
    try:
        with db.transaction() as writing:
            found = reviewing.reach_review(writing, me, transcript_id)
            if sent.places:
                made = missed.mark_places(writing, found, sent.spans(), sent.label)
                place += f"&marked={made[0].id}&n={len(made)}"
            else:
                reviewing.mark_missed(writing, found, sent.words, sent.label)
    except Invalid as problem:
        return _missed(request, db, me, transcript_id, sent, dict(problem.fields), problem.status)
    return redirect(request, back_to(request, "transcripts:review", place, transcript_id=transcript_id))
