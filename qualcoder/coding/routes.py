"""The coding page, and the codings it sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from secrets import token_hex
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup
from sqlmodel import Session

from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.coding import changing, queries, reading, service, undoing
from qualcoder.coding.drawing import drawer_for
from qualcoder.coding.forms import ChangeForm, CodingForm, QuoteForm, SearchForm, UndoForm
from qualcoder.coding.models import Valence
from qualcoder.coding.searching import Answer, Ask, search_study
from qualcoder.coding.service import NewCoding
from qualcoder.coding.view import QuoteEntry
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import CodeId, CodingId, TranscriptId, new_id
from qualcoder.core.messages import N_
from qualcoder.transcripts.access import reach_codable
from qualcoder.web.deps import Db, Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted, posted_json
from qualcoder.web.pages import is_htmx, language_of, path_for, render, render_around, said

router = APIRouter()


@router.get("/transcripts/{transcript_id}", name="coding:workbench")
def workbench(
    request: Request,
    db: ReadDb,
    me: Me,
    transcript_id: TranscriptId,
    removed: UUID | None = None,
    *,
    words: bool = False,
) -> Response:
    """A released transcript with its codings. The opening is recorded. `removed` is a coding just taken off.

    With `words` the lists of codes come worded, for a browser without scripts.
    """
    return _page(request, db, me, transcript_id, removed=removed, words=words)


def _page(
    request: Request,
    db: ReadDb,
    me: Person,
    transcript_id: TranscriptId,
    quote: QuoteEntry | None = None,
    status: int = 200,
    removed: UUID | None = None,
    *,
    words: bool = False,
) -> Response:
    found, view = queries.open_transcript(db, me, transcript_id, language_of(request).value, quote)
    language = language_of(request).value
    drawer = drawer_for(language, partial(path_for, request), in_words=words, can_code=view.can_code)
    shown = removed if removed is not None and queries.is_removed(db, found, CodingId(removed)) else None
    # The head of a long text is there to be read while its end is drawn.
    mark = f"<!-- {token_hex(8)} -->"
    return render_around(
        request,
        "coding/workbench.html",
        replace(view, removed=shown, in_words=words, drawn=Markup(mark)),  # noqa: S704 -- letters and digits of our own
        mark,
        drawer.sections(view.chunks),
        title=N_("Coding %(serial)s"),
        serial=view.serial,
        access=found.access,
        status=status,
    )


@router.get("/transcripts/{transcript_id}/read", name="coding:read")
def read(request: Request, db: ReadDb, me: Me, transcript_id: TranscriptId, *, codes: bool = False) -> Response:
    """The interview to be read or printed; `codes` lists beside each turn what is coded there."""
    found, view = reading.read(db, me, transcript_id, language_of(request).value, with_codes=codes)
    title = N_("Interview %(serial)s")
    return render(request, "coding/reading.html", view, title=title, serial=view.serial, access=found.access)


@router.put("/codings/{coding_id}", name="coding:put")
def put(
    request: Request,
    db: Db,
    me: Me,
    coding_id: CodingId,
    form: Annotated[Posted[CodingForm], Depends(posted_json(CodingForm))],
) -> Response:
    """Add a coding under the client's id; the same request again gives the same answer."""
    # The transaction begins and ends in the thread that does the work: each change of threads costs a coder's wait.
    with db.transaction() as writing:
        touched = service.add_coding(writing, me, form.require().as_new(coding_id))
        return _turns(request, writing, touched)


def _turns(request: Request, db: Session, done: service.Touched | undoing.Turned) -> Response:
    language = language_of(request).value
    if isinstance(done, undoing.Turned):
        touched = undoing.touched(db, done)
        reach = done.found
    else:
        touched, reach = done, done.reach
    view = queries.touched_view(db, touched, language) if touched else queries.history_view(db, reach, language)
    view = replace(view, drawn=drawer_for(language_of(request).value, partial(path_for, request)).turns(view.turns))
    return render(
        request,
        "coding/turns.html",
        view,
        title=N_("Coding %(serial)s"),
        serial=reach.transcript.serial,
        access=reach.access,
        block="turns",
    )


@router.patch("/codings/{coding_id}", name="coding:change")
def change(
    request: Request,
    db: Db,
    me: Me,
    coding_id: CodingId,
    form: Annotated[Posted[ChangeForm], Depends(posted_json(ChangeForm))],
) -> Response:
    """Change extent, marks or memo of one's own coding; what is absent stays."""
    sent = form.require()
    with db.transaction() as writing:
        return _turns(request, writing, changing.change_coding(writing, me, coding_id, sent.as_wanted(), sent.act))


@router.delete("/codings/{coding_id}", name="coding:delete")
def delete(request: Request, db: Db, me: Me, coding_id: CodingId, act: UUID | None = None) -> Response:
    """Remove one's own coding; doing it twice is the same as once. `act` is the client's id of the removal."""
    with db.transaction() as writing:
        return _turns(request, writing, service.remove_coding(writing, me, coding_id, act))


async def _undo_sent(request: Request) -> Posted[UndoForm]:
    """The page's script sends JSON, its form does not."""
    return await (posted_json(UndoForm) if _is_json(request) else posted(UndoForm))(request)


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/json")


SentUndo = Annotated[Posted[UndoForm], Depends(_undo_sent)]


@router.post("/transcripts/{transcript_id}/undo", name="coding:undo")
def undo(request: Request, db: WriteDb, me: Me, transcript_id: TranscriptId, form: SentUndo) -> Response:
    """Take back one's own newest step in this transcript; the same request again gives the same answer."""
    sent = form.require()
    return _turned(request, db, undoing.undo(db, me, transcript_id, sent.seen, sent.act or new_id()))


@router.post("/transcripts/{transcript_id}/redo", name="coding:redo")
def redo(request: Request, db: WriteDb, me: Me, transcript_id: TranscriptId, form: SentUndo) -> Response:
    """Bring back the step that was undone last."""
    sent = form.require()
    return _turned(request, db, undoing.redo(db, me, transcript_id, sent.seen, sent.act or new_id()))


@router.get("/transcripts/{transcript_id}/history", name="coding:history")
def history(request: Request, db: ReadDb, me: Me, transcript_id: TranscriptId) -> Response:
    """What can be undone and redone here, for a page that was refused one."""
    found, ends = undoing.ends_of(db, me, transcript_id)
    return _turns(request, db, undoing.Turned(found, ends))


def _turned(request: Request, db: WriteDb, turned: undoing.Turned) -> Response:
    if _is_json(request):
        return _turns(request, db, turned)
    touched = undoing.touched(db, turned)
    address = request.app.url_path_for("coding:workbench", transcript_id=turned.found.transcript.id)
    turn = f"#t{touched.turns[-1].n}" if touched is not None and touched.turns else ""
    return RedirectResponse(f"{address}?words=true{turn}", status_code=303)


@router.post("/codings/{coding_id}/remove", name="coding:remove")
def remove(request: Request, db: WriteDb, me: Me, coding_id: CodingId) -> Response:
    """The same from a plain form."""
    touched = service.remove_coding(db, me, coding_id)
    if is_htmx(request):
        return _turns(request, db, touched)
    address = request.app.url_path_for("coding:workbench", transcript_id=touched.reach.transcript.id)
    turn = f"#t{touched.turns[-1].n}" if touched.turns else ""
    return RedirectResponse(f"{address}?words=true&removed={coding_id}{turn}", status_code=303)


@router.post("/codings/{coding_id}/restore", name="coding:restore")
def restore(request: Request, db: WriteDb, me: Me, coding_id: CodingId) -> Response:
    """Bring a removed coding back, from a plain form."""
    coding = service.restore_coding(db, me, coding_id)
    address = request.app.url_path_for("coding:workbench", transcript_id=coding.transcript_id)
    return RedirectResponse(f"{address}?words=true", status_code=303)


@router.post("/transcripts/{transcript_id}/codings", name="coding:add_by_quote")
def add_by_quote(
    request: Request,
    db: Db,
    me: Me,
    transcript_id: TranscriptId,
    form: Annotated[Posted[QuoteForm], Depends(posted(QuoteForm))],
    *,
    words: bool = False,
) -> Response:
    """Code a turn, or words in it, without mouse or script; `words` as on the page it comes back to."""
    sent = form.require()
    try:
        with db.transaction() as writing:
            _code_quote(writing, me, transcript_id, sent)
    except Invalid as problem:
        errors = said(request, problem, "code_id")
        quote = QuoteEntry(sent.turn, sent.quote, sent.code_id, sent.valence, tuple(errors.items()))
        with db.read() as reading:
            return _page(request, reading, me, transcript_id, quote, status=422, words=words)
    address = request.app.url_path_for("coding:workbench", transcript_id=transcript_id)
    query = "?words=true" if words else ""
    return RedirectResponse(f"{address}{query}#t{sent.turn}", status_code=303)


def _code_quote(db: WriteDb, me: Person, transcript_id: TranscriptId, sent: QuoteForm) -> None:
    found = reach_codable(db, me, transcript_id, Act.CODE)
    if not re.fullmatch(r"[0-9]{1,9}", sent.turn.strip()):
        message = N_("Enter a whole number.")
        raise Invalid(message, fields={"turn": message})
    try:
        code_id = CodeId(UUID(sent.code_id))
    except ValueError:
        message = N_("Choose a code")
        raise Invalid(message, fields={"code_id": message}) from None
    span = service.span_by_quote(db, found, int(sent.turn), sent.quote)
    valence = Valence(sent.valence) if sent.valence in set(Valence) else None
    new = NewCoding(CodingId(new_id()), transcript_id, sent.version, span, code_id, valence)
    # A form that is sent twice has another id each time: it only ever adds.
    service.add_coding(db, me, new, may_take_off=False)


@dataclass(frozen=True, slots=True, repr=False)
class SearchView:
    """The search form, and what was found."""

    form: SearchForm
    errors: Mapping[str, str]
    answer: Answer | None = None


@router.get("/studies/{slug}/search", name="search:form")
def search_form(request: Request, db: ReadDb, me: Me, slug: str) -> Response:
    access = study_by_slug(db, me, slug, Act.READ_TEXT)
    return _search_page(request, access, SearchView(SearchForm(endings=True), {}))


@router.post("/studies/{slug}/search", name="search:run")
def search_run(
    request: Request, db: ReadDb, me: Me, slug: str, form: Annotated[Posted[SearchForm], Depends(posted(SearchForm))]
) -> Response:
    """Search the study. A POST, so that the words stand in no address and no log."""
    access = study_by_slug(db, me, slug, Act.READ_TEXT)
    sent = form.form or SearchForm()
    try:
        ask = form.require()
        access, answer = search_study(
            db, me, slug, Ask(ask.words, ask.kazakh_as_russian, ask.after, ask.within, with_endings=ask.endings)
        )
    except Invalid as problem:
        return _search_page(request, access, SearchView(sent, said(request, problem, "words")), status=problem.status)
    return _search_page(request, access, SearchView(sent, {}, answer))


def _search_page(request: Request, access: Access, view: SearchView, status: int = 200) -> Response:
    return render(request, "coding/search.html", view, title=N_("Search"), access=access, block="search", status=status)
