"""Pages of the race record: the list, one race, importing a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.permissions import Act
from qualcoder.core.errors import DomainError
from qualcoder.core.ids import RoundId
from qualcoder.core.messages import N_
from qualcoder.races import queries
from qualcoder.races import service as races
from qualcoder.races.forms import RaceUpload, race_upload
from qualcoder.races.queries import RaceDetail, RacePage
from qualcoder.races.service import ImportReport
from qualcoder.web.deps import Db, Me, ReadDb
from qualcoder.web.pages import render

router = APIRouter()

MAX_TYPED = 200


@dataclass(frozen=True, slots=True)
class ListView:
    """A page of the list, what was searched for, and how many races there are in all."""

    races: RacePage
    q: str
    oblast: str
    oblasts: tuple[tuple[str, str], ...]
    total: int
    may_import: bool


@dataclass(frozen=True, slots=True)
class ShowView:
    """One race."""

    race: RaceDetail


@dataclass(frozen=True, slots=True)
class ImportView:
    """The import form, and what became of a file."""

    errors: dict[str, str]
    report: ImportReport | None = None
    problem: str | None = None
    problem_params: dict[str, object] | None = None


@router.get("/studies/{slug}/races", name="races:list")
def list_races(
    request: Request, db: ReadDb, me: Me, slug: str, q: str = "", oblast: str = "", page: str = "1"
) -> Response:
    """Rounds by key, 50 to a page."""
    access = study_by_slug(db, me, slug, Act.SEE_RACES)
    lines = queries.rounds_of(db, access.study.id)
    typed = q.strip()[:MAX_TYPED]
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    view = ListView(
        races=queries.page_of(queries.search(lines, typed, oblast), number),
        q=typed,
        oblast=oblast,
        oblasts=queries.oblasts_in(lines),
        total=len(lines),
        may_import=access.may(Act.IMPORT_RACES),
    )
    return render(request, "races/list.html", view, title=N_("Races"), access=access, block="races")


@router.get("/studies/{slug}/races/import", name="races:import")
def import_form(request: Request, db: ReadDb, me: Me, slug: str) -> Response:
    access = study_by_slug(db, me, slug, Act.IMPORT_RACES)
    return render(request, "races/import.html", ImportView({}), title=N_("Import races"), access=access)


@router.post("/studies/{slug}/races/import", name="races:import_file")
def import_file(
    request: Request, db: Db, me: Me, slug: str, upload: Annotated[RaceUpload, Depends(race_upload)]
) -> Response:
    """Store a file whole, or nothing of it; either way the page says what each line lacks."""
    with db.read() as reading:
        access = study_by_slug(reading, me, slug, Act.IMPORT_RACES)
    view, status = ImportView(upload.errors), 422
    if upload.content is not None:
        try:
            report = races.receive_file(db, me, slug, upload.content)
            view, status = ImportView({}, report), 422 if report.is_refused else 200
        except DomainError as problem:
            view = ImportView({}, problem=problem.message, problem_params=dict(problem.params))
            status = problem.status
    return render(request, "races/import.html", view, title=N_("Import races"), access=access, status=status)


@router.get("/studies/{slug}/races/{round_id}", name="races:show")
def show(request: Request, db: ReadDb, me: Me, slug: str, round_id: RoundId) -> Response:
    access = study_by_slug(db, me, slug, Act.SEE_RACES)
    view = ShowView(queries.race(db, access.study.id, round_id))
    return render(request, "races/show.html", view, title=N_("Race %(key)s"), access=access, key=view.race.line.key)
