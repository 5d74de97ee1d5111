"""The matrix page, what stands behind a cell, and exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Role
from qualcoder.accounts.people import Member, members_of
from qualcoder.accounts.permissions import Act
from qualcoder.core.ids import CodeId, PersonId, RoundId
from qualcoder.core.messages import N_
from qualcoder.core.models import JobState
from qualcoder.interviews.models import LinkType
from qualcoder.interviews.words import LINK_LABELS
from qualcoder.matrices import cells, excel, names, passages, service
from qualcoder.matrices.cells import Matrix, Question
from qualcoder.matrices.crosstab import Cell
from qualcoder.matrices.models import ExportFormat, ExportLedger
from qualcoder.matrices.service import ExportSpec
from qualcoder.races.queries import RaceLine
from qualcoder.web.deps import Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import language_of, render

router = APIRouter()

BANDS = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell as the page shows it; `band` 0–10 draws the bar, `url` leads to the passages."""

    cell: Cell
    band: int
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A code with its cells and its total."""

    label: str
    depth: int
    key: str
    cells: tuple[Figure, ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class MatrixView:
    """The matrix of the races that have interviews."""

    rows: tuple[Row, ...]
    races: tuple[RaceLine, ...]
    totals: tuple[Cell, ...]
    total: Cell
    races_without: int
    transcripts: int
    codings: int
    coders: tuple[Member, ...]
    coder: str
    link_types: tuple[tuple[LinkType, str], ...]
    link_type: str
    is_rolled_up: bool
    shows_all: bool
    exports: tuple[ExportLedger, ...]


@dataclass(frozen=True, slots=True)
class ExportView:
    """One export: waiting, failed or ready. `fault` is what is to be said about a failure, if that is known.

    `retry` is what was asked for, where names in the table stopped it and it may be asked for again with them.
    """

    export: ExportLedger
    state: JobState
    fault: str
    column: int = 0
    row: int = 0
    retry: ExportSpec | None = None


class ExportForm(BaseModel):
    """What to export."""

    format: ExportFormat
    shape: str = Field("wide", pattern="^(wide|long)$")
    coder: str = Field("", max_length=40)
    link_type: str = Field("", max_length=20)
    rollup: bool = False
    keep_names: bool = False


def _question(coder: str, link_type: str, *, rollup: bool) -> Question:
    try:
        coder_id = PersonId(UUID(coder)) if coder else None
    except ValueError:
        coder_id = None
    return Question(coder_id, LinkType(link_type) if link_type in set(LinkType) else None, rollup)


@router.get("/studies/{slug}/matrix", name="matrices:show")
def show(
    request: Request,
    db: ReadDb,
    me: Me,
    slug: str,
    coder: str = "",
    link_type: str = "",
    rollup: bool = False,  # noqa: FBT001, FBT002  # a query parameter
    every: bool = False,  # noqa: FBT001, FBT002  # a query parameter
) -> Response:
    """Themes by races: segments and distinct respondents in every cell."""
    access = study_by_slug(db, me, slug, Act.SEE_MATRIX)
    question = _question(coder, link_type, rollup=rollup)
    matrix = cells.build(db, access, question)
    query = {"coder": coder, "link_type": link_type, "rollup": str(int(rollup))}
    address = request.app.url_path_for("matrices:cell", slug=slug)
    view = _view(db, access, matrix, question, language_of(request).value, f"{address}?{urlencode(query)}", every=every)
    return render(request, "matrices/show.html", view, title=N_("Matrix"), access=access)


def _view(
    db: ReadDb, access: Access, matrix: Matrix, question: Question, language: str, address: str, *, every: bool
) -> MatrixView:
    table = matrix.crosstab
    races = tuple(race for race in matrix.races if table.coverage[race.id].linked)
    most = max((cell.segments for cell in table.cells.values()), default=0)
    rows = []
    for code in matrix.codes:
        if not every and not (table.row_totals[code.id].segments or table.row_totals[code.id].denied):
            continue
        figures = tuple(
            Figure(
                table.cells[code.id, race.id],
                _band(table.cells[code.id, race.id].segments, most),
                f"{address}&code={code.id}&race={race.id}",
            )
            for race in races
        )
        rows.append(Row(code.label.in_language(language), code.depth, code.key, figures, table.row_totals[code.id]))
    return MatrixView(
        rows=tuple(rows),
        races=races,
        totals=tuple(table.col_totals[race.id] for race in races),
        total=table.total,
        races_without=len(matrix.races) - len(races),
        transcripts=matrix.transcripts,
        codings=matrix.codings,
        coders=tuple(m for m in members_of(db, access.study.id) if m.role not in {Role.ADMIN, Role.OBSERVER}),
        coder=str(question.coder_id or ""),
        link_types=tuple(LINK_LABELS.items()),
        link_type=question.link_type.value if question.link_type else "",
        is_rolled_up=question.is_rolled_up,
        shows_all=every,
        exports=tuple(service.exports_of(db, access)[:5]),
    )


def _band(segments: int, most: int) -> int:
    return -(-segments * BANDS // most) if most else 0


@router.get("/studies/{slug}/matrix/cell", name="matrices:cell")
def cell(
    request: Request,
    db: ReadDb,
    me: Me,
    slug: str,
    code: UUID,
    race: UUID,
    coder: str = "",
    link_type: str = "",
    rollup: bool = False,  # noqa: FBT001, FBT002  # a query parameter
) -> Response:
    """The passages that a cell counts. The opening is recorded."""
    question = _question(coder, link_type, rollup=rollup)
    access, view = passages.behind_cell(db, me, slug, CodeId(code), RoundId(race), question, language_of(request).value)
    return render(request, "matrices/cell.html", view, title=N_("Passages"), access=access)


@router.post("/studies/{slug}/matrix/exports", name="matrices:export")
def ask_export(
    request: Request, db: WriteDb, me: Me, slug: str, form: Annotated[Posted[ExportForm], Depends(posted(ExportForm))]
) -> Response:
    """Put an export in line; its page goes on to the file."""
    access = study_by_slug(db, me, slug, Act.EXPORT)
    sent = form.require()
    question = _question(sent.coder, sent.link_type, rollup=sent.rollup)
    spec = ExportSpec(question, sent.shape, language_of(request).value, keeps_names=sent.keep_names)
    export = service.ask_export(db, access, sent.format, spec)
    return RedirectResponse(request.app.url_path_for("matrices:export_page", export_id=export.id), status_code=303)


@router.get("/exports/{export_id}", name="matrices:export_page")
def export_page(request: Request, db: ReadDb, me: Me, export_id: UUID) -> Response:
    """Where an export stands."""
    access, export = service.export_for(db, me, export_id)
    job = service.job_of(db, export)
    code = job.error_code if job else None
    view = ExportView(export, job.state if job else JobState.FAILED, excel.FAULTS.get(code or "", ""))
    if place := names.place_in(code):
        retry = service.spec_of(db, access, export)
        view = ExportView(export, JobState.FAILED, names.SENTENCE, *place, retry)
    return render(request, "matrices/export.html", view, title=N_("Export"), access=access, block="export")


@router.get("/exports/{export_id}/file", name="matrices:export_file")
def export_file(request: Request, db: ReadDb, me: Me, export_id: UUID) -> Response:
    """The file itself. The disclosure is recorded before the first byte."""
    file = service.open_file(db, me, export_id)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type=file.media_type, headers=headers)
