"""The page of a study's background work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.permissions import Act
from qualcoder.core.ids import JobId
from qualcoder.core.messages import N_
from qualcoder.core.models import JobKind, JobState
from qualcoder.core.queue import UNFINISHED
from qualcoder.jobs import queries, service
from qualcoder.jobs.queries import JobLine
from qualcoder.matrices import excel, names
from qualcoder.web.deps import Me, ReadDb, WriteDb
from qualcoder.web.pages import render

router = APIRouter()

KIND_LABELS = {JobKind.DETECT: N_("Search for names"), JobKind.EXPORT: N_("Export")}
# What a failure's name means; any other is shown as a word for the administrator.
FAULTS = {
    "WorkerLost": N_("The worker was lost three times over this. Look whether the server has enough memory."),
    "Shredded": N_("The interview was withdrawn meanwhile."),
    "Refused": N_("Whoever asked may not do this any more."),
    "NotFound": N_("What it was about is not there any more."),
    **excel.FAULTS,
    names.FAULT: N_("A person of this study would have been named in the file. The page of the export says where."),
}

PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class JobsView:
    """A page of background work. `is_live` while something waits or runs."""

    lines: tuple[JobLine, ...]
    page: int
    has_next: bool
    kinds: dict[JobKind, str] = field(default_factory=lambda: KIND_LABELS)
    faults: dict[str, str] = field(default_factory=lambda: FAULTS)

    @property
    def unfinished(self) -> int:
        return sum(line.state in UNFINISHED for line in self.lines)

    @property
    def failed(self) -> int:
        return sum(line.state is JobState.FAILED for line in self.lines)


@router.get("/studies/{slug}/jobs", name="jobs:list")
def list_page(request: Request, db: ReadDb, me: Me, slug: str, page: PageNumber = 1) -> Response:
    """What waits, runs and is over; the table looks again by itself while something is unfinished."""
    access = study_by_slug(db, me, slug, Act.SEE_JOBS)
    lines = queries.jobs_in(db, access, page=page)
    view = JobsView(tuple(lines[: queries.PAGE]), page, len(lines) > queries.PAGE)
    return render(request, "jobs/list.html", view, title=N_("Background work"), access=access, block="work")


@router.post("/studies/{slug}/jobs/{job_id}/cancel", name="jobs:cancel")
def cancel(request: Request, db: WriteDb, me: Me, slug: str, job_id: JobId) -> Response:
    service.cancel(db, me, slug, job_id)
    return RedirectResponse(request.app.url_path_for("jobs:list", slug=slug), status_code=303)


@router.post("/studies/{slug}/jobs/{job_id}/retry", name="jobs:retry")
def retry(request: Request, db: WriteDb, me: Me, slug: str, job_id: JobId) -> Response:
    service.retry(db, me, slug, job_id)
    return RedirectResponse(request.app.url_path_for("jobs:list", slug=slug), status_code=303)
