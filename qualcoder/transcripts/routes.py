"""Transcripts of a study: the list, the upload, and who speaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from qualcoder.accounts import people
from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act, allows
from qualcoder.core.db import Database
from qualcoder.core.errors import DomainError, Invalid
from qualcoder.core.ids import PersonId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.core.models import Job
from qualcoder.interviews.models import Category, InterviewKind, LinkType, Mode
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import ConsentScope, InterviewDetails
from qualcoder.interviews.words import CATEGORY_LABELS, KIND_LABELS, LINK_LABELS, MODE_LABELS
from qualcoder.races.queries import round_keys
from qualcoder.transcripts import bulk, queries, reviewing, service
from qualcoder.transcripts.access import reach
from qualcoder.transcripts.flagged import waiting_for
from qualcoder.transcripts.forms import BulkForm, SeenForm, UploadForm
from qualcoder.transcripts.list_view import BulkResult, ListView
from qualcoder.transcripts.models import TranscriptState
from qualcoder.transcripts.parsing import ACCEPTED, notice_messages
from qualcoder.transcripts.queries import EVERYTHING, Narrowing, SpeakerLine
from qualcoder.transcripts.service import NewTranscript, Speaker
from qualcoder.web.deps import Db, Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import is_htmx, render

router = APIRouter()

After = Annotated[int, Query(ge=0, le=2**31 - 1)]

LANGUAGE_LABELS = (
    ("auto", N_("find out")),
    ("ru", N_("Russian")),
    ("kk", N_("Kazakh")),
    ("en", N_("English")),
    ("mixed", N_("mixed")),
)


@dataclass(frozen=True, slots=True)
class UploadView:
    """The upload form, with what was wrong."""

    categories: tuple[tuple[Category, str], ...]
    kinds: tuple[tuple[InterviewKind, str], ...]
    modes: tuple[tuple[Mode, str], ...]
    link_types: tuple[tuple[LinkType, str], ...]
    languages: tuple[tuple[str, str], ...]
    races: tuple[str, ...]
    accepted: str
    form: UploadForm | None
    errors: dict[str, str]
    problem: str | None = None
    problem_params: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one uploaded file. Its name is shown to who sent it and nowhere else."""

    name: str = field(repr=False)
    serial: str = ""
    id: TranscriptId | None = None
    problem: str = ""
    params: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UploadedView:
    """The files of one upload, in the order they came."""

    results: tuple[FileResult, ...]

    @property
    def stored(self) -> int:
        return sum(result.id is not None for result in self.results)


@dataclass(frozen=True, slots=True)
class StatusView:
    """A transcript that waits for the worker, or whose work failed."""

    id: TranscriptId
    serial: str
    state: TranscriptState
    job: Job | None
    version: int


@dataclass(frozen=True, slots=True)
class SpeakersView:
    """The speakers found in a raw text."""

    id: TranscriptId
    serial: str
    title: str
    language: str
    n_turns: int
    speakers: tuple[SpeakerLine, ...]
    sample: tuple[tuple[str, str, str], ...]
    notices: tuple[str, ...]
    version: int


@router.get("/studies/{slug}/transcripts", name="transcripts:list")
def list_page(
    request: Request,
    db: ReadDb,
    me: Me,
    slug: str,
    state: str = "",
    language: str = "",
    mine: str = "",
    coder: str = "",
    after: After = 0,
) -> Response:
    """Transcripts by serial, fifty a page, narrowed by state, language, who added and who codes them."""
    access = study_by_slug(db, me, slug, Act.LIST_TRANSCRIPTS)
    narrowing = Narrowing(
        TranscriptState(state) if state in set(TranscriptState) else None,
        language if language in dict(LANGUAGE_LABELS) else "",
        bool(mine),
        _coder(coder) if access.may(Act.ASSIGN) else "",
    )
    return _list(request, db, access, narrowing, after)


def _coder(typed: str) -> str:
    try:
        return typed if typed in {"", queries.NOBODY} else str(UUID(typed))
    except ValueError:
        return ""


def _list(
    request: Request,
    db: ReadDb,
    access: Access,
    narrowing: Narrowing = EVERYTHING,
    after: int = 0,
    done: BulkResult | None = None,
) -> Response:
    lines = queries.transcripts_of(db, access, narrowing, after=after)
    address = request.app.url_path_for("transcripts:list", slug=access.study.slug)
    may_assign = access.may(Act.ASSIGN)
    members = people.members_of(db, access.study.id) if may_assign else []
    state = narrowing.state.value if narrowing.state else ""
    asked = {
        "state": state,
        "language": narrowing.language,
        "mine": "1" if narrowing.is_mine else "",
        "coder": narrowing.coder,
    }
    more = urlencode({**asked, "after": int(lines[-1].serial.removeprefix("T-")) if lines else 0})
    view = ListView(
        lines=tuple(lines),
        states=tuple(TranscriptState),
        narrowing=narrowing,
        may_upload=access.may(Act.UPLOAD),
        languages=dict(LANGUAGE_LABELS),
        next=f"{address}?{more}" if len(lines) == queries.PAGE else "",
        coders=tuple(member for member in members if allows(member.role, Act.CODE)),
        assigned=queries.coders_of(db, [line.id for line in lines]) if may_assign else {},
        done=done,
        flags=waiting_for(db, access) if access.may(Act.DECIDE_FLAGS) else None,
    )
    return render(request, "transcripts/list.html", view, title=N_("Transcripts"), access=access)


@router.post("/studies/{slug}/transcripts", name="transcripts:bulk")
def bulk_act(
    request: Request, db: Db, me: Me, slug: str, form: Annotated[Posted[BulkForm], Depends(posted(BulkForm))]
) -> Response:
    """One act on the ticked transcripts, all of it or nothing; the answer offers to take it back."""
    with db.read() as reading:
        study_by_slug(reading, me, slug, Act.ASSIGN)
    sent = form.require()
    try:
        pairs = [(TranscriptId(transcript_id), PersonId(coder)) for transcript_id, coder in sent.named_pairs()]
    except ValueError:
        raise Invalid(N_("Some fields need another look.")) from None
    if not (sent.transcripts if sent.act == "retry" else pairs):
        raise Invalid(N_("Tick transcripts first, and for an assignment also coders."))
    with db.transaction() as writing:
        if sent.act == "assign":
            done = bulk.assign(writing, me, pairs)
        elif sent.act == "unassign":
            done = bulk.unassign(writing, me, pairs)
        else:
            done = bulk.retry(writing, me, [TranscriptId(transcript_id) for transcript_id in sent.transcripts])
    with db.read() as reading:
        access = study_by_slug(reading, me, slug, Act.LIST_TRANSCRIPTS)
        return _list(request, reading, access, done=BulkResult(sent.act, done))


def _upload_view(db: ReadDb, access: Access, **more: object) -> UploadView:
    return UploadView(
        categories=tuple(CATEGORY_LABELS.items()),
        kinds=tuple(KIND_LABELS.items()),
        modes=tuple(MODE_LABELS.items()),
        link_types=tuple(LINK_LABELS.items()),
        languages=LANGUAGE_LABELS,
        races=tuple(round_keys(db, access.study.id)),
        accepted=ACCEPTED,
        **{"form": None, "errors": {}, **more},  # type: ignore[arg-type]  # the view's own optional fields
    )


@router.get("/studies/{slug}/upload", name="transcripts:upload_form")
def upload_form(request: Request, db: ReadDb, me: Me, slug: str) -> Response:
    access = study_by_slug(db, me, slug, Act.UPLOAD)
    return render(
        request, "transcripts/upload.html", _upload_view(db, access), title=N_("Add a transcript"), access=access
    )


@router.post("/studies/{slug}/upload", name="transcripts:upload")
def upload(
    request: Request, db: Db, me: Me, slug: str, form: Annotated[Posted[UploadForm], Depends(posted(UploadForm))]
) -> Response:
    """Store files, each by itself. What is wrong with a single one is said in the form; of several, beside each."""
    try:
        results = _receive(db, me, slug, form, is_reported=is_htmx(request))
    except Invalid as problem:
        with db.read() as reading:
            access = study_by_slug(reading, me, slug, Act.UPLOAD)
            view = _upload_view(
                reading,
                access,
                form=form.form,
                errors={**form.errors, **problem.fields},
                problem=problem.message,
                problem_params=dict(problem.params),
            )
        return render(
            request,
            "transcripts/upload.html",
            view,
            title=N_("Add a transcript"),
            access=access,
            block="problem",
            status=problem.status,
        )
    if len(results) == 1 and results[0].id is not None and not is_htmx(request):
        address = request.app.url_path_for("transcripts:speakers", transcript_id=results[0].id)
        return RedirectResponse(address, status_code=303)
    with db.read() as reading:
        access = study_by_slug(reading, me, slug, Act.UPLOAD)
    return render(
        request,
        "transcripts/uploaded.html",
        UploadedView(tuple(results)),
        title=N_("Files added"),
        access=access,
        block="rows",
        status=200 if any(result.id for result in results) else 422,
    )


def _receive(
    database: Database, me: Person, slug: str, form: Posted[UploadForm], *, is_reported: bool
) -> list[FileResult]:
    """Store each file in the order given. One that is refused keeps none of the others out."""
    with database.read() as db:
        access = study_by_slug(db, me, slug, Act.UPLOAD)
        known_races = set(round_keys(db, access.study.id))
    sent = form.require()
    files = form.body.files.get("file") or ()
    if not files:
        message = N_("Choose a file.")
        raise Invalid(message, fields={"file": message})
    interview = _interview(sent, known_races)
    results = []
    for file in files:
        new = NewTranscript(file.name, file.content, interview, sent.title, sent.language)
        try:
            # A script sends one file at a time under a key of its own; a form's files need no key: the same text
            # is not taken twice.
            stored = service.receive(database, me, slug, new, sent.sending if len(files) == 1 else "")
        except DomainError as problem:
            if len(files) == 1 and not is_reported:
                raise
            results.append(FileResult(file.name, problem=problem.message, params=dict(problem.params)))
        else:
            results.append(FileResult(file.name, stored.serial, stored.id))
    return results


def _interview(sent: UploadForm, known_races: set[str]) -> NewInterview:
    if not sent.consent:
        message = N_("Without a recorded consent nothing is stored.")
        raise Invalid(message, fields={"consent": message})
    if sent.race and sent.race not in known_races:
        message = N_("No race has this key. Choose one from the list, or leave it empty and link later.")
        raise Invalid(message, fields={"race": message})
    try:
        held_on = sent.date_or_none()
    except ValueError:
        message = N_("Enter a date, such as 2026-09-25.")
        raise Invalid(message, fields={"held_on": message}) from None
    language = None if sent.language == "auto" else sent.language
    return NewInterview(
        details=InterviewDetails(held_on, sent.place.strip() or None, language),
        respondents=(NewRespondent(category=sent.category, serial=sent.respondent.strip()),),
        consent=ConsentScope(sent.may_quote, sent.may_share, sent.may_archive),
        kind=sent.kind,
        mode=sent.mode,
        links=(NewLink(sent.race, sent.link_type),) if sent.race else (),
    )


@router.get("/transcripts/{transcript_id}/speakers", name="transcripts:speakers")
def speakers_page(request: Request, db: ReadDb, me: Me, transcript_id: TranscriptId) -> Response:
    """Who speaks, as found in the file, to be confirmed; afterwards where the transcript stands."""
    found = reach(db, me, transcript_id, Act.REVIEW)
    if found.transcript.state is not TranscriptState.RECEIVED:
        return _status(request, db, me, transcript_id)
    found, turns = reviewing.read_original(db, me, transcript_id)
    transcript = found.transcript
    view = SpeakersView(
        id=transcript.id,
        serial=transcript.serial,
        title=queries.title_of(db, transcript),
        language=transcript.language,
        n_turns=transcript.n_turns,
        speakers=tuple(queries.speakers_of(turns)),
        sample=tuple((turn.speaker, turn.body[:400], turn.language) for turn in turns[:12]),
        notices=notice_messages(transcript.notices),
        version=transcript.version,
    )
    return render(request, "transcripts/speakers.html", view, title=N_("Who speaks"), access=found.access)


def _status(request: Request, db: ReadDb, me: Me, transcript_id: TranscriptId) -> Response:
    found = reach(db, me, transcript_id, Act.REVIEW)
    transcript = found.transcript
    if transcript.state in reviewing.IN_REVIEW:
        return RedirectResponse(
            request.app.url_path_for("transcripts:review", transcript_id=transcript_id), status_code=303
        )
    if transcript.state is TranscriptState.CODABLE:
        return RedirectResponse(
            request.app.url_path_for("coding:workbench", transcript_id=transcript_id), status_code=303
        )
    state = TranscriptState.FAILED if service.search_is_lost(db, transcript) else transcript.state
    view = StatusView(transcript.id, transcript.serial, state, queries.latest_job(db, transcript), transcript.version)
    return render(
        request, "transcripts/status.html", view, title=N_("Searching for names"), access=found.access, block="status"
    )


@router.get("/transcripts/{transcript_id}/status", name="transcripts:status")
def status(request: Request, db: ReadDb, me: Me, transcript_id: TranscriptId) -> Response:
    """How far the search is; the page asks again every second, and goes on by itself when it is done."""
    response = _status(request, db, me, transcript_id)
    if "location" in response.headers and "hx-request" in request.headers:
        return Response(headers={"HX-Redirect": response.headers["location"]})
    return response


@router.post("/transcripts/{transcript_id}/speakers", name="transcripts:confirm_speakers")
def confirm_speakers(
    request: Request,
    db: WriteDb,
    me: Me,
    transcript_id: TranscriptId,
    form: Annotated[Posted[SeenForm], Depends(posted(SeenForm))],
) -> Response:
    found = reach(db, me, transcript_id, Act.REVIEW)
    roles = {
        name.removeprefix("speaker-"): Speaker(values[0])
        for name, values in form.body.fields.items()
        if name.startswith("speaker-") and values[0] in set(Speaker)
    }
    service.confirm_speakers(db, found, roles, form.require().seen_version)
    return RedirectResponse(
        request.app.url_path_for("transcripts:status", transcript_id=transcript_id), status_code=303
    )


@router.post("/transcripts/{transcript_id}/retry", name="transcripts:retry")
def retry(request: Request, db: WriteDb, me: Me, transcript_id: TranscriptId) -> Response:
    service.retry_detection(db, reach(db, me, transcript_id, Act.REVIEW))
    return RedirectResponse(
        request.app.url_path_for("transcripts:status", transcript_id=transcript_id), status_code=303
    )
