"""The page of one code, and the acts on it: word it, move it, propose it, decide on a proposal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks import editing, proposals
from qualcoder.codebooks.book import Localised
from qualcoder.codebooks.code_pages import code_view, refused_view
from qualcoder.codebooks.editing import NewCode
from qualcoder.codebooks.forms import (
    DecisionForm,
    EditForm,
    NewCodeForm,
    PlaceForm,
    StepForm,
    entry_from,
    typed,
)
from qualcoder.codebooks.models import CodeChange
from qualcoder.codebooks.names import NamesInCodebook
from qualcoder.codebooks.ordering import Place
from qualcoder.codebooks.proposals import Proposal
from qualcoder.codebooks.views import CodeView
from qualcoder.codebooks.writing import SeenOlder
from qualcoder.coding.code_passages import older_counts
from qualcoder.coding.recode_preview import shares_of
from qualcoder.coding.recoding import find_change
from qualcoder.core.errors import DomainError, Invalid
from qualcoder.core.ids import CodeId
from qualcoder.core.messages import N_
from qualcoder.web.deps import Db, Me, ReadDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import language_of, render

router = APIRouter()
EditPosted = Annotated[Posted[EditForm], Depends(posted(EditForm))]
NewPosted = Annotated[Posted[NewCodeForm], Depends(posted(NewCodeForm))]
StepPosted = Annotated[Posted[StepForm], Depends(posted(StepForm))]
PlacePosted = Annotated[Posted[PlaceForm], Depends(posted(PlaceForm))]
DecisionPosted = Annotated[Posted[DecisionForm], Depends(posted(DecisionForm))]


def _refused(request: Request, db: Db, me: Person, slug: str, problem: DomainError, name: str = "") -> Response:
    """The codebook's page with what was wrong; `name` is what was typed as the name of a new code."""
    with db.read() as reading:
        access = study_by_slug(reading, me, slug, Act.SEE_CODEBOOK)
        view = refused_view(reading, access, problem, name)
    return render(request, "codebooks/show.html", view, title=N_("Codebook"), access=access, status=problem.status)


def _page(request: Request, access: Access, view: CodeView, status: int = 200) -> Response:
    title = N_("Code")
    return render(request, "codebooks/code.html", view, title=title, access=access, status=status)


def _view(db: Session, access: Access, code_id: CodeId) -> CodeView:
    view = code_view(db, access, code_id)
    older = older_counts(db, access).get(code_id, 0) if access.may(Act.CODE) else 0
    codings = sum(one.codings for one in shares_of(db, code_id)) if access.may(Act.SEE_MATRIX) else None
    return replace(view, older=older, codings=codings)


@router.get("/studies/{slug}/codes/{code_id}", name="codes:show")
def show(request: Request, db: ReadDb, me: Me, slug: str, code_id: CodeId, saved: str = "") -> Response:
    """A code with its definition, its log, and for the PI the form to change it."""
    access = study_by_slug(db, me, slug, Act.SEE_CODEBOOK)
    return _page(request, access, replace(_view(db, access, code_id), is_saved=bool(saved)))


def _to(request: Request, slug: str, code_id: CodeId, query: str = "") -> Response:
    address = request.app.url_path_for("codes:show", slug=slug, code_id=code_id)
    return RedirectResponse(f"{address}{query}", status_code=303)


def _to_tree(request: Request, slug: str, code_id: CodeId, change: CodeChange | None = None) -> Response:
    address = request.app.url_path_for("codebooks:show", slug=slug)
    moved = f"?moved={change.id}" if change is not None else ""
    return RedirectResponse(f"{address}{moved}#code-{code_id}", status_code=303)


@router.post("/studies/{slug}/codes/{code_id}", name="codes:edit")
def edit(request: Request, db: Db, me: Me, slug: str, code_id: CodeId, form: EditPosted) -> Response:
    """Save what was typed. When somebody was faster both wordings are shown and nothing typed is lost."""
    words = typed(form.body)
    try:
        plain = form.require()
        wanted = entry_from(words, plain)
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.EDIT_CODEBOOK)
            editing.edit(writing, access, code_id, wanted, plain.seen_version, keeps_names=plain.keep_names)
    except (Invalid, SeenOlder) as problem:
        return _typed_again(request, db, me, slug, code_id, form, problem)
    return _to(request, slug, code_id, "?saved=1")


def _typed_again(
    request: Request, db: Db, me: Person, slug: str, code_id: CodeId, form: Posted[EditForm], problem: DomainError
) -> Response:
    names = ("stata", "source", "colour", "texture")
    sent = {**typed(form.body), **{name: form.body.first(name) for name in names}}
    for name in ("codable", "risk"):
        sent[name] = "yes" if form.body.first(name) else "no"
    with db.read() as reading:
        access = study_by_slug(reading, me, slug, Act.EDIT_CODEBOOK)
        view = _view(reading, access, code_id)
    errors: Mapping[str, str] = getattr(problem, "fields", {})
    is_older = isinstance(problem, SeenOlder)
    now_stands = {name: said for name, said in view.values.items() if is_older and sent.get(name, said) != said}
    seen = form.body.first("seen_version")
    view = replace(
        view,
        values={**view.values, **sent},
        # A refusal for another reason doesn't make an old page a new one.
        version=view.version if is_older or not seen.isdigit() else int(seen),
        errors=errors,
        now_stands=now_stands,
        problem=problem.message,
        problem_params=dict(problem.params),
        may_keep_names=isinstance(problem, NamesInCodebook),
    )
    return _page(request, access, view, problem.status)


@router.post("/studies/{slug}/codes", name="codes:create")
def create(request: Request, db: Db, me: Me, slug: str, form: NewPosted) -> Response:
    """Add a code by its name; its page asks for the rest."""
    try:
        sent = form.require()
        parent = CodeId(sent.parent) if sent.parent else None
        name = " ".join(sent.name.split())
        if len(name) > proposals.LONGEST_NAME:
            raise Invalid(N_("Give the code a name of at most 80 characters."))
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.EDIT_CODEBOOK)
            new = NewCode(Localised(**{language_of(request).value: name}), parent)
            code_id = editing.create(writing, access, new, keeps_names=sent.keep_names)
    except DomainError as problem:
        if problem.status not in {409, 422}:
            raise
        return _refused(request, db, me, slug, problem, form.body.first("name"))
    return _to(request, slug, code_id)


def _on_tree(request: Request, db: Db, me: Person, slug: str, act: Callable[[Session, Access], Response]) -> Response:
    try:
        with db.transaction() as writing:
            return act(writing, study_by_slug(writing, me, slug, Act.EDIT_CODEBOOK))
    except DomainError as problem:
        if problem.status not in {409, 422}:
            raise
        return _refused(request, db, me, slug, problem)


@router.post("/studies/{slug}/codes/{code_id}/step", name="codes:step")
def step(request: Request, db: Db, me: Me, slug: str, code_id: CodeId, form: StepPosted) -> Response:
    """Move a code up, down, in or out."""

    def act(writing: Session, access: Access) -> Response:
        return _to_tree(request, slug, code_id, editing.step(writing, access, code_id, form.require().step))

    return _on_tree(request, db, me, slug, act)


@router.post("/studies/{slug}/codes/{code_id}/place", name="codes:place")
def place(request: Request, db: Db, me: Me, slug: str, code_id: CodeId, form: PlacePosted) -> Response:
    """Put a code below another, or before another."""

    def act(writing: Session, access: Access) -> Response:
        sent = form.require()
        parent = CodeId(sent.parent) if sent.parent else None
        before = CodeId(sent.before) if sent.before else None
        return _to_tree(request, slug, code_id, editing.move(writing, access, code_id, Place(parent, before)))

    return _on_tree(request, db, me, slug, act)


@router.post("/studies/{slug}/codebook/changes/{change_id}/put-back", name="codes:put_back")
def put_back(request: Request, db: Db, me: Me, slug: str, change_id: UUID) -> Response:
    """Undo a move."""

    def act(writing: Session, access: Access) -> Response:
        change = find_change(writing, access, change_id)
        editing.undo_move(writing, access, change)
        return _to_tree(request, slug, CodeId(change.code_id or change.id))

    return _on_tree(request, db, me, slug, act)


@router.post("/studies/{slug}/proposals", name="codes:propose_by_form")
def propose_by_form(request: Request, db: Db, me: Me, slug: str, form: NewPosted) -> Response:
    """Propose a code from a plain form."""
    try:
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.PROPOSE_CODE)
            sent = form.require()
            parent = CodeId(sent.parent) if sent.parent else None
            new = Proposal(name=sent.name, language=language_of(request).value, parent_id=parent)
            code_id = proposals.propose(writing, access, new)
    except DomainError as problem:
        if problem.status not in {409, 422}:
            raise
        return _refused(request, db, me, slug, problem, form.body.first("name"))
    return _to(request, slug, code_id)


@router.post("/studies/{slug}/codes/{code_id}/accept", name="codes:accept")
def accept(request: Request, db: Db, me: Me, slug: str, code_id: CodeId, form: DecisionPosted) -> Response:
    """Make a proposal a code of the book."""
    return _decide(request, db, me, slug, code_id, form, proposals.accept)


@router.post("/studies/{slug}/codes/{code_id}/reject", name="codes:reject")
def reject(request: Request, db: Db, me: Me, slug: str, code_id: CodeId, form: DecisionPosted) -> Response:
    """Decline a proposal; the codebook offers to bring it back."""
    return _decide(request, db, me, slug, code_id, form, proposals.reject)


def _decide(
    request: Request,
    db: Db,
    me: Person,
    slug: str,
    code_id: CodeId,
    form: Posted[DecisionForm],
    act: Callable[[Session, Access, CodeId, int | None], None],
) -> Response:
    try:
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.EDIT_CODEBOOK)
            act(writing, access, code_id, form.require().seen_version)
    except DomainError as problem:
        if problem.status not in {409, 422}:
            raise
        with db.read() as reading:
            access = study_by_slug(reading, me, slug, Act.EDIT_CODEBOOK)
            view = _view(reading, access, code_id)
        view = replace(view, problem=problem.message, problem_params=dict(problem.params))
        return _page(request, access, view, problem.status)
    if act is proposals.reject:
        address = request.app.url_path_for("codebooks:show", slug=slug)
        return RedirectResponse(f"{address}?gone={code_id}", status_code=303)
    return _to(request, slug, code_id)
