"""Memos on anything: the list, the search, and the page of one memo, which saves itself while somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.people import Member
from qualcoder.accounts.permissions import Act
from qualcoder.coding import memo_acts, memo_list, search
from qualcoder.coding.memo_acts import NewMemo, Written
from qualcoder.coding.memo_forms import MemoForm, MemoSearchForm, RestoreForm, SeenForm
from qualcoder.coding.memo_list import About, Line, Narrowing, Page
from qualcoder.coding.memo_subjects import subject_of
from qualcoder.coding.models import MemoKind
from qualcoder.core.errors import Invalid, NotFound
from qualcoder.core.ids import PersonId, new_id
from qualcoder.core.messages import N_
from qualcoder.web.deps import Db, Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted, posted_json
from qualcoder.web.pages import back_to, language_of, redirect, render, said

router = APIRouter()

KIND_LABELS = {
    MemoKind.CODING: N_("coding"),
    MemoKind.CODE: N_("code"),
    MemoKind.INTERVIEW: N_("interview"),
    MemoKind.RACE: N_("race"),
    MemoKind.STUDY: N_("study"),
}


@dataclass(frozen=True, slots=True)
class Gone:
    """A memo just removed, and the act that brings it back."""

    memo_id: UUID
    act: UUID


@dataclass(frozen=True, slots=True, repr=False)
class MemosView:
    """The list of memos. `study_id` is what a memo on the study is about."""

    page: Page
    wanted: Narrowing
    authors: tuple[Member, ...]
    study_id: UUID
    words: str = ""
    is_search: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    gone: Gone | None = None
    kinds: Mapping[MemoKind, str] = field(default_factory=lambda: KIND_LABELS)


@dataclass(frozen=True, slots=True, repr=False)
class MemoView:
    """The page of one memo. `theirs` is what it says now where somebody else saved first."""

    id: UUID
    about: About
    memo: str
    seen: int
    edit: UUID
    may_write: bool = True
    author: str = ""
    theirs: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    is_saved: bool = False
    kinds: Mapping[MemoKind, str] = field(default_factory=lambda: KIND_LABELS)


def _list(
    request: Request,
    db: ReadDb,
    me: Person,
    slug: str,
    sent: MemoSearchForm,
    gone: Gone | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    language = language_of(request).value
    wanted = Narrowing(sent.kind, PersonId(sent.author) if sent.author else None, sent.about)
    problems = dict(errors or {})
    query = None
    if sent.words.strip():
        try:
            query = search.parse(sent.words, with_endings=True)
        except Invalid as problem:
            problems |= said(request, problem, "words")
    if query is not None:
        access, page = memo_list.found(db, me, slug, wanted, query, page=sent.page, language=language)
    else:
        access, page = memo_list.listed(db, me, slug, wanted, page=sent.page, language=language)
    authors = tuple(memo_list.authors_of(db, access))
    view = MemosView(page, wanted, authors, access.study.id, sent.words, query is not None, problems, gone)
    status = 422 if problems else 200
    return render(request, "coding/memos.html", view, title=N_("Memos"), access=access, status=status)


@router.get("/studies/{slug}/memos", name="memos:list")
def show_list(
    request: Request,
    db: ReadDb,
    me: Me,
    slug: str,
    kind: str = "",
    author: UUID | None = None,
    about: UUID | None = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    removed: UUID | None = None,
    act: UUID | None = None,
) -> Response:
    """The memos that the person sees. `removed` and `act` are of one just taken away."""
    known = MemoKind(kind) if kind in set(MemoKind) else None
    sent = MemoSearchForm(kind=known, author=author, about=about, page=page)
    gone = Gone(removed, act) if removed and act else None
    return _list(request, db, me, slug, sent, gone)


@router.post("/studies/{slug}/memos", name="memos:search")
def run_search(
    request: Request,
    db: ReadDb,
    me: Me,
    slug: str,
    form: Annotated[Posted[MemoSearchForm], Depends(posted(MemoSearchForm))],
) -> Response:
    """Search memos. A POST, so that the words stand in no address and no log."""
    return _list(request, db, me, slug, form.form or MemoSearchForm(), errors=form.errors)


@router.get("/studies/{slug}/memos/new", name="memos:new")
def new(request: Request, db: ReadDb, me: Me, slug: str, kind: str = "", about: UUID | None = None) -> Response:
    """An empty memo on something; nothing is kept before the first words."""
    study_by_slug(db, me, slug, Act.CODE)
    if kind not in set(MemoKind) or about is None:
        raise NotFound
    subject = subject_of(db, me, MemoKind(kind), about)
    if subject.access.study.slug != slug:
        raise NotFound
    named = memo_list.about_for(db, subject.access, subject.kind, subject.id, language_of(request).value)
    return _memo(request, subject.access, MemoView(new_id(), named, "", 0, new_id()))


@router.get("/memos/{memo_id}", name="memos:show")
def show(request: Request, db: ReadDb, me: Me, memo_id: UUID, saved: str = "") -> Response:
    """One memo: its author changes it, a PI reads it."""
    access, line = memo_list.one(db, me, memo_id, language_of(request).value)
    return _memo(request, access, _view(line, is_saved=saved == "true"))


def _view(line: Line, *, is_saved: bool = False) -> MemoView:
    may_write, author = line.is_mine, line.author
    return MemoView(
        line.id, line.about, line.words, line.version, new_id(), may_write, author, is_saved=is_saved and may_write
    )


def _memo(request: Request, access: Access, view: MemoView, status: int = 200) -> Response:
    return render(request, "coding/memo_page.html", view, title=N_("Memo"), access=access, status=status)


@router.post("/memos/{memo_id}", name="memos:save")
def save(
    request: Request, db: Db, me: Me, memo_id: UUID, form: Annotated[Posted[MemoForm], Depends(posted(MemoForm))]
) -> Response:
    """Keep a memo from a plain form. When it changed meanwhile, a page with both texts comes back."""
    sent = form.require().as_new(memo_id)
    errors: Mapping[str, str] = {}
    done: Written | None = None
    try:
        with db.transaction() as writing:
            done = memo_acts.save(writing, me, sent)
    except Invalid as problem:
        errors = said(request, problem, "memo")
    if done is not None and done.theirs is None:
        return redirect(request, back_to(request, "memos:show", "saved=true", memo_id=memo_id))
    with db.read() as reading:
        subject = subject_of(reading, me, sent.kind, sent.about_id)
        named = memo_list.about_for(reading, subject.access, subject.kind, subject.id, language_of(request).value)
        view = _sent_back(sent, named, done, errors)
        return _memo(request, subject.access, view, status=409 if done else 422)


def _sent_back(sent: NewMemo, about: About, done: Written | None, errors: Mapping[str, str]) -> MemoView:
    seen = done.version if done else sent.seen
    edit = sent.edit_id or new_id()
    return MemoView(sent.id, about, sent.words, seen, edit, theirs=done.theirs if done else None, errors=errors)


def saved_as(version: int, theirs: str | None) -> JSONResponse:
    """What a page that saves while somebody types is told: the version, and on a conflict what is there."""
    if theirs is None:
        return JSONResponse({"version": version})
    return JSONResponse({"version": version, "theirs": theirs}, status_code=409)


@router.put("/memos/{memo_id}", name="memos:put")
def put(
    db: WriteDb, me: Me, memo_id: UUID, form: Annotated[Posted[MemoForm], Depends(posted_json(MemoForm))]
) -> JSONResponse:
    """The same from the page's script; the same request again changes nothing."""
    done = memo_acts.save(db, me, form.require().as_new(memo_id))
    return saved_as(done.version, done.theirs)


@router.post("/memos/{memo_id}/remove", name="memos:remove")
def remove(
    request: Request, db: WriteDb, me: Me, memo_id: UUID, form: Annotated[Posted[SeenForm], Depends(posted(SeenForm))]
) -> Response:
    """Take one's own memo away; the page after it brings it back."""
    subject, act = memo_acts.remove(db, me, memo_id, form.require().seen)
    query = f"removed={memo_id}&act={act}"
    return redirect(request, back_to(request, "memos:list", query, slug=subject.access.study.slug))


@router.post("/memos/{memo_id}/restore", name="memos:restore")
def restore(
    request: Request,
    db: WriteDb,
    me: Me,
    memo_id: UUID,
    form: Annotated[Posted[RestoreForm], Depends(posted(RestoreForm))],
) -> Response:
    """Bring a removed memo back."""
    memo_acts.restore(db, me, memo_id, form.require().act)
    return redirect(request, back_to(request, "memos:show", memo_id=memo_id))
