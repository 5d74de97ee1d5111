"""The codebook page, its files in and out, and its log."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.codebooks import changes, previewing, service
from qualcoder.codebooks.book import CodebookFile
from qualcoder.codebooks.code_pages import frozen_for, reasons_against, refused_view, tree_view
from qualcoder.codebooks.forms import ImportForm
from qualcoder.codebooks.names import NamesInCodebook
from qualcoder.codebooks.queries import every_code
from qualcoder.codebooks.views import LogView, PlanView
from qualcoder.core.errors import DomainError, Invalid
from qualcoder.core.ids import CodeId
from qualcoder.core.messages import N_
from qualcoder.web.deps import Db, Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import language_of, render

router = APIRouter()
ImportPosted = Annotated[Posted[ImportForm], Depends(posted(ImportForm))]
KINDS_OF_FILE = {"yaml": "application/yaml", "csv": "text/csv; charset=utf-8"}


@router.get("/studies/{slug}/codebook", name="codebooks:show")
def show(
    request: Request, db: ReadDb, me: Me, slug: str, gone: UUID | None = None, moved: UUID | None = None
) -> Response:
    """The codebook; `gone` is a code just taken out of use, `moved` a move just made: both can be undone at once."""
    access = study_by_slug(db, me, slug, Act.SEE_CODEBOOK)
    view = tree_view(db, access, gone, moved)
    return render(request, "codebooks/show.html", view, title=N_("Codebook"), access=access)


@router.post("/studies/{slug}/codes/{code_id}/retire", name="codebooks:retire")
def retire(request: Request, db: WriteDb, me: Me, slug: str, code_id: CodeId) -> Response:
    """Take a code out of use; the page offers to bring it back."""
    access = study_by_slug(db, me, slug, Act.EDIT_CODEBOOK)
    service.set_retired(db, access, code_id, is_retired=True)
    address = request.app.url_path_for("codebooks:show", slug=slug)
    return RedirectResponse(f"{address}?gone={code_id}", status_code=303)


@router.post("/studies/{slug}/codes/{code_id}/restore", name="codebooks:restore")
def restore(request: Request, db: WriteDb, me: Me, slug: str, code_id: CodeId) -> Response:
    """Bring a code back into use."""
    access = study_by_slug(db, me, slug, Act.EDIT_CODEBOOK)
    service.set_retired(db, access, code_id, is_retired=False)
    return RedirectResponse(request.app.url_path_for("codebooks:show", slug=slug), status_code=303)


def _read(form: Posted[ImportForm]) -> CodebookFile:
    sent = form.require()
    if sent.packed:
        return previewing.unpack(sent.packed)
    files = form.body.files.get("file") or ()
    if not files:
        raise Invalid(N_("Choose a file."))
    return service.read_file(files[0].name, files[0].content)


@router.post("/studies/{slug}/codebook", name="codebooks:import")
def import_file(request: Request, db: Db, me: Me, slug: str, form: ImportPosted) -> Response:
    """Import YAML or CSV, or what a preview showed; a wrong file changes nothing."""
    with db.read() as reading:
        study_by_slug(reading, me, slug, Act.EDIT_CODEBOOK)
    book = None
    try:
        book = _read(form)
        sent = form.require()
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.EDIT_CODEBOOK)
            if sent.basis and sent.basis != previewing.basis_of(every_code(writing, access.study.id)):
                raise previewing.ChangedSince
            service.import_codebook(writing, access, book, keeps_names=sent.keep_names)
    except DomainError as problem:
        if book is not None and form.form is not None and form.form.packed:
            return _preview(request, db, me, slug, book, problem)
        return _refused(request, db, me, slug, problem)
    return RedirectResponse(request.app.url_path_for("codebooks:show", slug=slug), status_code=303)


def _refused(request: Request, db: Db, me: Person, slug: str, problem: DomainError) -> Response:
    with db.read() as reading:
        access = study_by_slug(reading, me, slug, Act.SEE_CODEBOOK)
        view = refused_view(reading, access, problem)
    return render(request, "codebooks/show.html", view, title=N_("Codebook"), access=access, status=problem.status)


@router.post("/studies/{slug}/codebook/preview", name="codebooks:preview")
def preview(request: Request, db: Db, me: Me, slug: str, form: ImportPosted) -> Response:
    """Say what importing this file would change; nothing is changed."""
    with db.read() as reading:
        study_by_slug(reading, me, slug, Act.EDIT_CODEBOOK)
    try:
        return _preview(request, db, me, slug, _read(form), None)
    except DomainError as problem:
        return _refused(request, db, me, slug, problem)


def _preview(
    request: Request, db: Db, me: Person, slug: str, book: CodebookFile, problem: DomainError | None
) -> Response:
    packed = previewing.pack(book)
    with db.read() as reading:
        access = study_by_slug(reading, me, slug, Act.EDIT_CODEBOOK)
        view = PlanView(
            previewing.plan(reading, access, book),
            packed,
            problem.message if problem else None,
            dict(problem.params) if problem else None,
            isinstance(problem, NamesInCodebook),
            frozen_for(reading, access) is not None,
        )
    status = problem.status if problem else 200
    title = N_("What the import would change")
    return render(request, "codebooks/preview.html", view, title=title, access=access, status=status)


@router.get("/studies/{slug}/codebook/export", name="codebooks:export")
def export(db: ReadDb, me: Me, slug: str, form: str = "yaml") -> Response:
    """The codebook as a file; that it left is on record."""
    study_id = study_by_slug(db, me, slug, Act.SEE_CODEBOOK).study.id
    if form not in KINDS_OF_FILE:
        raise Invalid(N_("The format is yaml or csv."))
    chain.disclose(
        db, lambda own: chain.record(own, me.id, "codebook.exported", "codebook", study_id, study_id=study_id)
    )
    access = study_by_slug(db, me, slug, Act.SEE_CODEBOOK)
    content = service.export_file(db, access, form)
    headers = {"Content-Disposition": f'attachment; filename="codebook.{form}"'}
    return Response(content, media_type=KINDS_OF_FILE[form], headers=headers)


@router.get("/studies/{slug}/codebook/log", name="codebooks:log")
def log(request: Request, db: ReadDb, me: Me, slug: str) -> Response:
    """What was changed in the codebook, by whom, from what to what; for the PI."""
    access = study_by_slug(db, me, slug, Act.EDIT_CODEBOOK)
    every = every_code(db, access.study.id)
    language = language_of(request).value
    lines = tuple(changes.log_of(db, access))
    view = LogView(
        lines,
        {code.id: code.label.in_language(language) for code in every},
        {code.id: code.key for code in every},
        reasons_against(db, access, lines),
    )
    return render(request, "codebooks/log.html", view, title=N_("Changes of the codebook"), access=access)
