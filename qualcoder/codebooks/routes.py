"""The codebook page, and importing a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks import service
from qualcoder.codebooks.models import CodeStatus
from qualcoder.codebooks.names import NamesInCodebook
from qualcoder.codebooks.queries import OpenCode, codes_of
from qualcoder.core.errors import DomainError, Invalid
from qualcoder.core.ids import CodeId
from qualcoder.core.messages import N_
from qualcoder.web.deps import Db, Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import render

router = APIRouter()


class ImportForm(BaseModel):
    """A file, and whether words in it that look like known names are kept knowingly."""

    keep_names: bool = False


@dataclass(frozen=True, slots=True)
class CodebookView:
    """The codebook as a tree, and what was wrong with an import."""

    codes: tuple[OpenCode, ...]
    may_edit: bool
    retired: tuple[OpenCode, ...] = ()
    gone: OpenCode | None = None
    problem: str | None = None
    problem_params: dict[str, object] | None = None
    may_keep_names: bool = False


@router.get("/studies/{slug}/codebook", name="codebooks:show")
def show(request: Request, db: ReadDb, me: Me, slug: str, gone: UUID | None = None) -> Response:
    """The codebook; `gone` is a code just taken out of use, which can be brought back at once."""
    access = study_by_slug(db, me, slug, Act.SEE_CODEBOOK)
    may_edit = access.may(Act.EDIT_CODEBOOK)
    every = codes_of(db, access.study.id, with_retired=may_edit)
    retired = tuple(code for code in every if code.status is CodeStatus.RETIRED)
    view = CodebookView(
        tuple(codes_of(db, access.study.id)) if retired else tuple(every),
        may_edit,
        retired,
        next((code for code in retired if code.id == gone), None),
    )
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


@router.post("/studies/{slug}/codebook", name="codebooks:import")
def import_file(
    request: Request, db: Db, me: Me, slug: str, form: Annotated[Posted[ImportForm], Depends(posted(ImportForm))]
) -> Response:
    """Import YAML or CSV; a wrong file changes nothing."""
    with db.read() as reading:
        study_by_slug(reading, me, slug, Act.EDIT_CODEBOOK)
    try:
        files = form.body.files.get("file") or ()
        if not files:
            raise Invalid(N_("Choose a file."))
        book = service.read_file(files[0].name, files[0].content)
        with db.transaction() as writing:
            access = study_by_slug(writing, me, slug, Act.EDIT_CODEBOOK)
            service.import_codebook(writing, access, book, keeps_names=form.require().keep_names)
    except DomainError as problem:
        with db.read() as reading:
            access = study_by_slug(reading, me, slug, Act.SEE_CODEBOOK)
            codes = tuple(codes_of(reading, access.study.id))
        view = CodebookView(
            codes,
            access.may(Act.EDIT_CODEBOOK),
            problem=problem.message,
            problem_params=dict(problem.params),
            may_keep_names=isinstance(problem, NamesInCodebook),
        )
        return render(request, "codebooks/show.html", view, title=N_("Codebook"), access=access, status=problem.status)
    return RedirectResponse(request.app.url_path_for("codebooks:show", slug=slug), status_code=303)
