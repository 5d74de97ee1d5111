"""The audit page of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from qualcoder.accounts import people
from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain, queries
from qualcoder.audit.queries import Line
from qualcoder.core.ids import PersonId
from qualcoder.core.messages import N_
from qualcoder.web.deps import Me, ReadDb
from qualcoder.web.pages import render

router = APIRouter()

Before = Annotated[int | None, Query(ge=0, le=2**31 - 1)]


@dataclass(frozen=True, slots=True)
class AuditView:
    """Acts, newest first, and what checking the chain found."""

    lines: tuple[Line, ...]
    names: dict[PersonId, str]
    entries: int
    first_bad: int | None
    older: str


@router.get("/studies/{slug}/audit", name="audit:show")
def show(request: Request, db: ReadDb, me: Me, slug: str, before: Before = None) -> Response:
    """Who did what, and whether the record is whole."""
    access = study_by_slug(db, me, slug, Act.SEE_AUDIT)
    lines = queries.lines(db, access.study.id, before=before)
    verdict = chain.verify(db, access.study.id)
    address = request.app.url_path_for("audit:show", slug=slug)
    view = AuditView(
        lines=tuple(lines),
        names=people.names_of(db, {line.actor_id for line in lines if line.actor_id}),
        entries=verdict.entries,
        first_bad=verdict.first_bad,
        older=f"{address}?before={lines[-1].seq}" if len(lines) == queries.PAGE else "",
    )
    return render(request, "audit/show.html", view, title=N_("Audit"), access=access)
