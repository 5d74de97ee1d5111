"""The audit page of a study."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from qualcoder.accounts import people
from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain, queries
from qualcoder.audit.queries import Line, Narrowing
from qualcoder.audit.words import ACT_LABELS
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
    narrowing: Narrowing
    acts: tuple[str, ...]
    people: tuple[tuple[PersonId, str], ...]
    labels: dict[str, str] = field(default_factory=lambda: ACT_LABELS)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        return None


def _person(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        return None


@router.get("/studies/{slug}/audit", name="audit:show")
def show(
    request: Request,
    db: ReadDb,
    me: Me,
    slug: str,
    before: Before = None,
    act: str = "",
    who: str = "",
    since: str = "",
    until: str = "",
) -> Response:
    """Who did what, narrowed by act, person and days, and whether the whole record is whole."""
    access = study_by_slug(db, me, slug, Act.SEE_AUDIT)
    study_id = access.study.id
    acts = queries.acts_in(db, study_id)
    narrowing = Narrowing(act if act in acts else "", _person(who), _day(since), _day(until))
    lines = queries.lines(db, study_id, before=before, narrowing=narrowing)
    verdict = chain.verify(db, study_id)
    names = people.names_of(db, queries.actors_in(db, study_id))
    address = request.app.url_path_for("audit:show", slug=slug)
    asked = {"act": act, "who": who, "since": since, "until": until, "before": lines[-1].seq if lines else 0}
    view = AuditView(
        lines=tuple(lines),
        names=names,
        entries=verdict.entries,
        first_bad=verdict.first_bad,
        older=f"{address}?{urlencode({k: v for k, v in asked.items() if v})}" if len(lines) == queries.PAGE else "",
        narrowing=narrowing,
        acts=tuple(acts),
        people=tuple(sorted(names.items(), key=lambda one: one[1].casefold())),
    )
    return render(request, "audit/show.html", view, title=N_("Audit"), access=access)
