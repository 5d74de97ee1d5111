"""The registry of pseudonyms: a list, and one page for each entry with what may be changed about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.generalising import Level
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.transcripts import registry
from qualcoder.transcripts.forms import LevelForm, MergeForm, RenameForm, SplitForm
from qualcoder.transcripts.registry import Entry, Line
from qualcoder.transcripts.review_view import LABELS
from qualcoder.web.deps import Db, Me, ReadDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import render

router = APIRouter()

KINDS = (Label.PERSON, Label.PLACE_FINE, Label.PLACE_COARSE, Label.ORG, Label.CLAN)
LEVELS = {
    Level.CODE: N_("A code"),
    Level.KIND: N_("What sort of place it is"),
    Level.OBLAST: N_("The oblast it lies in"),
    Level.DISTRICT: N_("The district it lies in"),
}
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class RegistryView:
    """A page of entries."""

    lines: tuple[Line, ...]
    page: int
    has_next: bool
    kind: Label | None
    is_old: bool
    labels: dict[Label, str] = field(default_factory=lambda: {kind: LABELS[kind] for kind in KINDS})


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry, and what was wrong with the last form."""

    entry: Entry
    errors: dict[str, str]
    labels: dict[Label, str] = field(default_factory=lambda: {kind: LABELS[kind] for kind in KINDS})
    levels: dict[Level, str] = field(default_factory=lambda: dict(LEVELS))


@router.get("/studies/{slug}/registry", name="registry:list")
def list_page(
    request: Request, db: ReadDb, me: Me, slug: str, kind: str = "", page: PageNumber = 1, old: str = ""
) -> Response:
    """Who and what is known in the interviews, under pseudonyms. Names are in the identity vault alone."""
    access = study_by_slug(db, me, slug, Act.SEE_REGISTRY)
    chosen = next((one for one in KINDS if one.value == kind), None)
    shown, has_next = registry.lines(db, access, kind=chosen, page=page, is_old=bool(old))
    view = RegistryView(tuple(shown), page, has_next, chosen, bool(old))
    return render(request, "transcripts/registry.html", view, title=N_("Pseudonyms"), access=access)


def _entry_page(
    request: Request, db: Session, access: Access, entity_id: UUID, errors: dict[str, str], status: int = 200
) -> Response:
    view = EntryView(registry.entry(db, access, entity_id), errors)
    return render(
        request,
        "transcripts/registry_entry.html",
        view,
        title=N_("Pseudonym %(number)s"),
        number=view.entry.line.number,
        access=access,
        status=status,
    )


@router.get("/studies/{slug}/registry/{entity_id}", name="registry:show")
def show(request: Request, db: ReadDb, me: Me, slug: str, entity_id: UUID) -> Response:
    """One entry, where it stands, and what may be changed about it."""
    access = study_by_slug(db, me, slug, Act.SEE_REGISTRY)
    return _entry_page(request, db, access, entity_id, {})


def _act(
    request: Request, db: Db, me: Person, slug: str, entity_id: UUID, act: Callable[[Session, Access], UUID]
) -> Response:
    """Do it and show the entry it leads to; what was wrong is said beside the field."""
    try:
        with db.transaction() as writing:
            shown = act(writing, study_by_slug(writing, me, slug, Act.EDIT_REGISTRY))
    except Invalid as problem:
        with db.read() as reading:
            access = study_by_slug(reading, me, slug, Act.SEE_REGISTRY)
            errors = dict(problem.fields) or {"form": problem.message}
            return _entry_page(request, reading, access, entity_id, errors, problem.status)
    return RedirectResponse(request.app.url_path_for("registry:show", slug=slug, entity_id=shown), status_code=303)


@router.post("/studies/{slug}/registry/{entity_id}/name", name="registry:rename")
def rename(
    request: Request,
    db: Db,
    me: Me,
    slug: str,
    entity_id: UUID,
    form: Annotated[Posted[RenameForm], Depends(posted(RenameForm))],
) -> Response:
    """Another pseudonym."""

    def act(writing: Session, access: Access) -> UUID:
        sent = form.require()
        registry.rename(writing, access, entity_id, sent.pseudonym, sent.seen_version)
        return entity_id

    return _act(request, db, me, slug, entity_id, act)


@router.post("/studies/{slug}/registry/{entity_id}/merge", name="registry:merge")
def merge(
    request: Request,
    db: Db,
    me: Me,
    slug: str,
    entity_id: UUID,
    form: Annotated[Posted[MergeForm], Depends(posted(MergeForm))],
) -> Response:
    """Make another entry part of this one."""

    def act(writing: Session, access: Access) -> UUID:
        sent = form.require()
        registry.merge(writing, access, entity_id, sent.other, sent.seen_version)
        return entity_id

    return _act(request, db, me, slug, entity_id, act)


@router.post("/studies/{slug}/registry/{entity_id}/split", name="registry:split")
def split(
    request: Request,
    db: Db,
    me: Me,
    slug: str,
    entity_id: UUID,
    form: Annotated[Posted[SplitForm], Depends(posted(SplitForm))],
) -> Response:
    """Give the mentions in some interviews an entry of their own, and go there."""

    def act(writing: Session, access: Access) -> UUID:
        sent = form.require()
        return registry.split(writing, access, entity_id, sent.transcripts, sent.seen_version).id

    return _act(request, db, me, slug, entity_id, act)


@router.post("/studies/{slug}/registry/{entity_id}/level", name="registry:level")
def level(
    request: Request,
    db: Db,
    me: Me,
    slug: str,
    entity_id: UUID,
    form: Annotated[Posted[LevelForm], Depends(posted(LevelForm))],
) -> Response:
    """How much is told of a place."""

    def act(writing: Session, access: Access) -> UUID:
        sent = form.require()
        registry.choose_level(writing, access, entity_id, sent.level, sent.seen_version)
        return entity_id

    return _act(request, db, me, slug, entity_id, act)
