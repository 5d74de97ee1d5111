"""JSON: themes by races, and exports of it. For the PI only until the disclosure gate exists."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from qualcoder.accounts.access import study_named
from qualcoder.accounts.models import Language
from qualcoder.accounts.permissions import Act
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import CodeId, PersonId, RoundId
from qualcoder.core.messages import N_
from qualcoder.core.models import JobState
from qualcoder.interviews.models import LinkType
from qualcoder.matrices import cells, service
from qualcoder.matrices.cells import Matrix, Question
from qualcoder.matrices.crosstab import Cell, State
from qualcoder.matrices.models import ExportFormat, ExportLedger, Profile
from qualcoder.matrices.service import ExportSpec
from qualcoder.web.bearer import ApiMe, ApiRead, ApiWrite
from qualcoder.web.replies import Reply, Sent, json_of, takes

router = APIRouter(tags=["matrix and exports"])


class Dimension(StrEnum):
    """What stands in rows or columns."""

    CODES = "codes"
    RACES = "races"


class Measure(StrEnum):
    """Which figure of a cell."""

    SEGMENTS = "segments"
    RESPONDENTS = "respondents"
    INTERVIEWS = "interviews"
    CHARACTERS = "characters"
    DENIED = "denied"


class Shape(StrEnum):
    """A row per race, or a row per race and code."""

    WIDE = "wide"
    LONG = "long"


class Head(Reply):
    """What a row or a column stands for."""

    id: UUID
    key: str
    label: str


class MatrixOut(Reply):
    """The figures, row by row. Where a value is null its state says why: no interview, or none that is coded.

    Totals are figures of their own, not sums: a coding of an interview linked to two races stands in both columns and
    once in its row's total.
    """

    rows: tuple[Head, ...]
    cols: tuple[Head, ...]
    measure: Measure
    values: tuple[tuple[int | None, ...], ...]
    states: tuple[tuple[State, ...], ...]
    row_totals: tuple[int | None, ...]
    col_totals: tuple[int | None, ...]
    total: int | None
    transcripts: int
    codings: int


class ExportIn(Sent):
    """What to export. `language` is that of the labels.

    A file that would name a known person of the study is not made, unless `keep_names` says that these words are no
    names.
    """

    format: ExportFormat
    shape: Shape = Shape.WIDE
    coder: UUID | None = None
    link_type: LinkType | None = None
    rollup: bool = False
    language: Language = Language.EN
    profile: Profile = Field(Profile.INTERNAL, description="Only `internal` until the disclosure gate exists")
    keep_names: bool = False


class ExportOut(Reply):
    """An export. When `state` is done its file lies at `file` for a day."""

    id: UUID
    serial: str
    state: JobState
    format: ExportFormat
    profile: Profile
    sha256: str | None
    error_code: str | None
    created_at: datetime
    file: str | None


_UNKNOWN = frozenset({State.NO_INTERVIEW, State.NOT_CODED})


def _figure(cell: Cell, measure: Measure) -> int | None:
    figures = {
        Measure.SEGMENTS: cell.segments,
        Measure.RESPONDENTS: cell.respondents,
        Measure.INTERVIEWS: cell.interviews,
        Measure.CHARACTERS: cell.characters,
        Measure.DENIED: cell.denied,
    }
    return None if cell.state in _UNKNOWN else figures[measure]


@router.get("/studies/{s}/matrix", name="api:matrix")
def matrix(
    db: ApiRead,
    me: ApiMe,
    s: str,
    rows: Annotated[Dimension, Query(description="What stands in the rows")] = Dimension.CODES,
    cols: Annotated[Dimension, Query(description="What stands in the columns")] = Dimension.RACES,
    measure: Annotated[Measure, Query(description="Which figure of a cell")] = Measure.SEGMENTS,
    coder: Annotated[UUID | None, Query(description="Only codings of this person")] = None,
    link_type: Annotated[LinkType | None, Query(description="Only interviews tied in this way")] = None,
    rollup: Annotated[bool, Query(description="A code counts those below it too")] = False,  # noqa: FBT002  # a query parameter
    every: Annotated[bool, Query(description="Races without an interview too")] = False,  # noqa: FBT002  # a query parameter
) -> MatrixOut:
    """Themes by races, or races by themes."""
    access = study_named(db, me, s, Act.SEE_MATRIX)
    if rows is cols:
        message = N_("Rows and columns must differ.")
        raise Invalid(message, fields={"cols": message})
    question = Question(PersonId(coder) if coder else None, link_type, rollup)
    found = cells.build(db, access, question)
    return _matrix(found, measure, me.language, is_turned=rows is Dimension.RACES, every=every)


def _matrix(found: Matrix, measure: Measure, language: Language, *, is_turned: bool, every: bool) -> MatrixOut:
    table = found.crosstab
    races = [race for race in found.races if every or table.coverage[race.id].linked]
    codes = [Head(id=code.id, key=code.key, label=code.label.in_language(language.value)) for code in found.codes]
    places = [Head(id=race.id, key=race.key, label=race.where) for race in races]
    rows, cols = (places, codes) if is_turned else (codes, places)
    totals = (table.col_totals, table.row_totals) if is_turned else (table.row_totals, table.col_totals)

    def cell(row: Head, col: Head) -> Cell:
        code, race = (col, row) if is_turned else (row, col)
        return table.cells[CodeId(code.id), RoundId(race.id)]

    lines = [[cell(row, col) for col in cols] for row in rows]
    return MatrixOut(
        rows=tuple(rows),
        cols=tuple(cols),
        measure=measure,
        values=tuple(tuple(_figure(one, measure) for one in line) for line in lines),
        states=tuple(tuple(one.state for one in line) for line in lines),
        row_totals=tuple(_figure(totals[0][row.id], measure) for row in rows),  # type: ignore[index]  # ids of codes or of races, as turned
        col_totals=tuple(_figure(totals[1][col.id], measure) for col in cols),  # type: ignore[index]  # the others
        total=_figure(table.total, measure),
        transcripts=found.transcripts,
        codings=found.codings,
    )


@router.post("/studies/{s}/exports", name="api:ask_export", status_code=202, **takes(ExportIn))
def ask_export(
    request: Request, db: ApiWrite, me: ApiMe, s: str, sent: Annotated[ExportIn, Depends(json_of(ExportIn))]
) -> ExportOut:
    """Put an export in line."""
    access = study_named(db, me, s, Act.EXPORT)
    if sent.profile is not Profile.INTERNAL:
        message = N_("Only internal exports are made until figures pass the disclosure gate.")
        raise Invalid(message, fields={"profile": message})
    question = Question(PersonId(sent.coder) if sent.coder else None, sent.link_type, sent.rollup)
    spec = ExportSpec(question, sent.shape.value, sent.language.value, keeps_names=sent.keep_names)
    return _export(request, db, service.ask_export(db, access, sent.format, spec))


@router.get("/exports/{export_id}", name="api:export")
def export(request: Request, db: ApiRead, me: ApiMe, export_id: UUID) -> ExportOut:
    """Where an export stands."""
    _access, found = service.export_for(db, me, export_id)
    return _export(request, db, found)


def _export(request: Request, db: ApiRead, found: ExportLedger) -> ExportOut:
    job = service.job_of(db, found)
    address = request.app.url_path_for("api:export_file", export_id=found.id)
    return ExportOut(
        id=found.id,
        serial=found.serial,
        state=job.state if job else JobState.FAILED,
        format=found.format,
        profile=found.profile,
        sha256=found.digest,
        error_code=job.error_code if job else None,
        created_at=found.created_at,
        file=str(address) if found.blob_id else None,
    )


_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FILE = {service.MEDIA[kind]: _BINARY for kind in (ExportFormat.XLSX, ExportFormat.DTA)}


@router.get(
    "/exports/{export_id}/file",
    name="api:export_file",
    response_class=Response,
    responses={200: {"description": "The file", "content": _FILE | {"text/csv": {"schema": {"type": "string"}}}}},
)
def export_file(db: ApiRead, me: ApiMe, export_id: UUID) -> Response:
    """The file itself. The disclosure is recorded before the first byte."""
    file = service.open_file(db, me, export_id)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type=file.media_type, headers=headers)
