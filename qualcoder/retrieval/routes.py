"""The page of questions over codes, the table of codes that stand together, kept questions and files of passages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.coding import layers
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.retrieval import answering, service
from qualcoder.retrieval.answering import TogetherAnswer
from qualcoder.retrieval.forms import PassagesForm, RemoveForm, ShareForm, ViewForm
from qualcoder.retrieval.question import Ask, Pairs, from_pairs, require_readable, to_pairs
from qualcoder.retrieval.service import View, asked_in, query_of
from qualcoder.retrieval.view import UNIT_LABELS, PairCell, RetrieveView, TogetherView, form_view
from qualcoder.web import locale
from qualcoder.web.deps import Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import language_of, render

router = APIRouter()

BANDS = 10


@router.get("/studies/{slug}/retrieve", name="retrieval:ask")
def ask(request: Request, db: ReadDb, me: Me, slug: str, page: str = "1") -> Response:
    """A question over codes and a page of what it finds. The address holds ids and words of closed sets only."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1
    return _page(request, db, me, slug, pairs, page=number)


def _page(
    request: Request,
    db: Session,
    me: Person,
    slug: str,
    pairs: Pairs,
    *,
    page: int = 1,
    removed: View | None = None,
) -> Response:
    language = language_of(request).value
    access, answer, query = study_by_slug(db, me, slug, Act.READ_TEXT), None, ""
    errors: Mapping[str, str] = {}
    try:
        asked = from_pairs(pairs)
        require_readable(access, asked)
        query = query_of(asked)
        if asked.rows:
            access, answer = answering.retrieve(db, me, slug, asked, page=page, language=language)
    except Invalid as problem:
        errors = _said(request, problem)
    address = f"{request.app.url_path_for('retrieval:ask', slug=slug)}?{query}"
    view = RetrieveView(
        form=form_view(db, access, pairs, language, errors),
        answer=answer,
        query=query,
        previous=f"{address}&page={answer.page - 1}" if answer and answer.page > 1 else "",
        next=f"{address}&page={answer.page + 1}" if answer and answer.page < answer.pages else "",
        views=tuple(service.views_of(db, access)),
        can_export=access.may(Act.EXPORT),
        shows_coders=layers.may_see_others(access),
        removed=removed,
    )
    status = 422 if errors else 200
    return render(request, "retrieval/ask.html", view, title=N_("Passages by codes"), access=access, status=status)


def _said(request: Request, problem: Invalid) -> Mapping[str, str]:
    with locale.speaking(language_of(request)):
        return {name: locale._(text, **problem.params) for name, text in problem.fields.items()}


@router.get("/studies/{slug}/retrieve/together", name="retrieval:together")
def together(
    request: Request,
    db: ReadDb,
    me: Me,
    slug: str,
    rollup: bool = False,  # noqa: FBT001, FBT002  # a query parameter
) -> Response:
    """Which codes stand together, with a way to the passages of each cell."""
    access = study_by_slug(db, me, slug, Act.READ_TEXT)
    language = language_of(request).value
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "rollup"]
    errors: Mapping[str, str] = {}
    asked, answer = Ask(), None
    try:
        asked = from_pairs(pairs)
        require_readable(access, asked)
        answer = answering.co_occurrence(db, access, asked, is_rolled_up=rollup)
    except Invalid as problem:
        errors = _said(request, problem)
    address = str(request.app.url_path_for("retrieval:ask", slug=slug))
    view = TogetherView(
        form=form_view(db, access, pairs, language, errors),
        labels=tuple(code.label.in_language(language) for code in answer.codes) if answer else (),
        rows=_cells(answer, asked, address, language, is_rolled_up=rollup) if answer else (),
        left_out=answer.left_out if answer else 0,
        codings=answer.codings if answer else 0,
        is_rolled_up=rollup,
        unit_label=UNIT_LABELS[asked.unit],
    )
    status = 422 if errors else 200
    return render(request, "retrieval/together.html", view, title=N_("Codes together"), access=access, status=status)


def _cells(
    answer: TogetherAnswer, asked: Ask, address: str, language: str, *, is_rolled_up: bool
) -> tuple[tuple[str, tuple[PairCell, ...]], ...]:
    pairs = answer.table.pairs
    most = max((pair.both for (one, other), pair in pairs.items() if one != other), default=0)
    others = [pair for pair in to_pairs(asked) if pair[0] not in {"step", "code", "deep", "within", "by"}]
    deep = str(int(is_rolled_up))
    rows = []
    for code in answer.codes:
        cells = []
        for other in answer.codes:
            pair = pairs[code.id, other.id]
            sought = dict.fromkeys((code.id, other.id))
            row = [("step", "and"), ("deep", deep), ("within", "1"), ("by", "turns")]
            url = f"{address}?{urlencode([*others, *(x for one in sought for x in [*row, ('code', str(one))])])}"
            is_self = code.id == other.id
            band = 0 if is_self or not most else -(-pair.both * BANDS // most)
            cells.append(PairCell(pair, band, url, is_self))
        rows.append((code.label.in_language(language), tuple(cells)))
    return tuple(rows)


@router.post("/studies/{slug}/retrieve/exports", name="retrieval:export")
def export(
    request: Request,
    db: WriteDb,
    me: Me,
    slug: str,
    form: Annotated[Posted[PassagesForm], Depends(posted(PassagesForm))],
) -> Response:
    """Put a file of passages in line; its page goes on to the file."""
    access = study_by_slug(db, me, slug, Act.EXPORT)
    sent = form.require()
    made = service.ask_passages(db, access, asked_in(sent.query), sent.format, language_of(request).value)
    return RedirectResponse(request.app.url_path_for("matrices:export_page", export_id=made.id), status_code=303)


@router.post("/exports/{export_id}/again", name="retrieval:export_again")
def export_again(request: Request, db: WriteDb, me: Me, export_id: UUID) -> Response:
    """The same file with words that look like names; that is recorded."""
    made = service.ask_again(db, me, export_id)
    return RedirectResponse(request.app.url_path_for("matrices:export_page", export_id=made.id), status_code=303)


@router.post("/studies/{slug}/retrieve/views", name="retrieval:save_view")
def save_view(
    request: Request, db: WriteDb, me: Me, slug: str, form: Annotated[Posted[ViewForm], Depends(posted(ViewForm))]
) -> Response:
    """Keep a question. Its name comes in the body, so that it stands in no address."""
    access = study_by_slug(db, me, slug, Act.READ_TEXT)
    sent = form.require()
    asked = asked_in(sent.query)
    service.save_view(db, access, sent.name, asked, is_shared=sent.is_shared)
    return _to_page(request, slug, query_of(asked))


def _to_page(request: Request, slug: str, query: str = "") -> Response:
    address = str(request.app.url_path_for("retrieval:ask", slug=slug))
    return RedirectResponse(f"{address}?{query}" if query else address, status_code=303)


@router.post("/studies/{slug}/retrieve/views/{view_id}/share", name="retrieval:share_view")
def share_view(
    request: Request,
    db: WriteDb,
    me: Me,
    slug: str,
    view_id: UUID,
    form: Annotated[Posted[ShareForm], Depends(posted(ShareForm))],
) -> Response:
    """Let the study see a kept question, or not any more."""
    access: Access = study_by_slug(db, me, slug, Act.READ_TEXT)
    sent = form.require()
    service.share_view(db, access, view_id, is_shared=sent.is_shared, seen_version=sent.seen_version)
    return _to_page(request, slug)


@router.post("/studies/{slug}/retrieve/views/{view_id}/remove", name="retrieval:remove_view")
def remove_view(
    request: Request,
    db: WriteDb,
    me: Me,
    slug: str,
    view_id: UUID,
    form: Annotated[Posted[RemoveForm], Depends(posted(RemoveForm))],
) -> Response:
    """Take a kept question away; the answer offers it back."""
    access = study_by_slug(db, me, slug, Act.READ_TEXT)
    removed = service.remove_view(db, access, view_id, seen_version=form.require().seen_version)
    return _page(request, db, me, slug, [], removed=removed)
