"""Translations of a coded passage: the page of one passage, and the part of it that the coding page shows beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from qualcoder.accounts.models import Language, Person
from qualcoder.coding import translating
from qualcoder.coding.memo_forms import SeenForm, TranslationFields, TranslationForm
from qualcoder.coding.models import TranslationStatus
from qualcoder.coding.translating import NewTranslation, OpenTranslation, Translated, Written
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import CodingId, new_id
from qualcoder.core.messages import N_
from qualcoder.web.deps import Db, Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted, posted_json
from qualcoder.web.pages import back_to, language_of, redirect, render, said

router = APIRouter()

LANGUAGE_LABELS = {Language.KK: N_("Kazakh"), Language.RU: N_("Russian"), Language.EN: N_("English")}
STATUS_LABELS = {TranslationStatus.DRAFT: N_("draft"), TranslationStatus.CHECKED: N_("checked against the original")}


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """The form of one language. `theirs` is what it says now where somebody else saved first."""

    language: Language
    label: str
    words: str
    seen: int
    edit: UUID
    held: OpenTranslation | None = None
    theirs: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class TranslationsView:
    """A passage with a form for each language that it is not in."""

    passage: Translated
    sheets: tuple[Sheet, ...]
    is_hidden: bool
    saved: str = ""
    gone: str = ""
    statuses: Mapping[TranslationStatus, str] = field(default_factory=lambda: STATUS_LABELS)
    languages: Mapping[Language, str] = field(default_factory=lambda: LANGUAGE_LABELS)


def new_of(sent: TranslationFields) -> NewTranslation:
    """What was sent, as the service takes it."""
    return NewTranslation(sent.words, sent.status, sent.seen, sent.edit)


def _page(
    request: Request,
    db: ReadDb,
    me: Person,
    coding_id: CodingId,
    *,
    saved: str = "",
    gone: str = "",
    instead: Sheet | None = None,
    status: int = 200,
) -> Response:
    passage = translating.passage(db, me, coding_id, language_of(request).value)
    held = {one.language: one for one in passage.translations}
    sheets = []
    for language, label in LANGUAGE_LABELS.items():
        if instead is not None and instead.language is language:
            sheets.append(instead)
        elif language in held or language.value != passage.language:
            words = held[language].words if language in held else ""
            seen = passage.versions.get(language, 0)
            sheets.append(Sheet(language, label, words, seen, new_id(), held.get(language)))
    view = TranslationsView(passage, tuple(sheets), passage.is_hidden, saved, gone)
    return render(
        request,
        "coding/translations.html",
        view,
        title=N_("Translations"),
        access=passage.found.access,
        block="translations",
        status=status,
    )


@router.get("/codings/{coding_id}/translations", name="translations:show")
def show(request: Request, db: ReadDb, me: Me, coding_id: CodingId, saved: str = "", gone: str = "") -> Response:
    """A coded passage with its translations. `saved` and `gone` name the language of what was just done."""
    languages = {"", *Language}
    return _page(
        request,
        db,
        me,
        coding_id,
        saved=saved if saved in languages else "",
        gone=gone if gone in languages else "",
    )


@router.post("/codings/{coding_id}/translations/{language}", name="translations:save")
def save(
    request: Request,
    db: Db,
    me: Me,
    coding_id: CodingId,
    language: Language,
    form: Annotated[Posted[TranslationForm], Depends(posted(TranslationForm))],
) -> Response:
    """Keep a translation from a plain form. When it changed meanwhile, a page with both texts comes back."""
    sent = form.require()
    errors: Mapping[str, str] = {}
    done: Written | None = None
    try:
        with db.transaction() as writing:
            done = translating.save(writing, me, coding_id, language, new_of(sent))
    except Invalid as problem:
        errors = said(request, problem, "words")
    if done is not None and done.theirs is None:
        return redirect(request, back_to(request, "translations:show", f"saved={language}", coding_id=coding_id))
    seen, theirs = (done.version, done.theirs) if done else (sent.seen, None)
    sheet = Sheet(
        language,
        LANGUAGE_LABELS[language],
        sent.words,
        seen,
        sent.edit or new_id(),
        theirs=theirs,
        errors=errors,
    )
    with db.read() as reading:
        return _page(request, reading, me, coding_id, instead=sheet, status=409 if done else 422)


@router.put("/codings/{coding_id}/translations/{language}", name="translations:put")
def put(
    db: WriteDb,
    me: Me,
    coding_id: CodingId,
    language: Language,
    form: Annotated[Posted[TranslationForm], Depends(posted_json(TranslationForm))],
) -> JSONResponse:
    """The same from the page's script; the same request again changes nothing."""
    done = translating.save(db, me, coding_id, language, new_of(form.require()))
    told: dict[str, object] = {"version": done.version}
    if done.theirs is not None:
        return JSONResponse(told | {"theirs": done.theirs}, status_code=409)
    return JSONResponse(told)


@router.post("/codings/{coding_id}/translations/{language}/remove", name="translations:remove")
def remove(
    request: Request,
    db: WriteDb,
    me: Me,
    coding_id: CodingId,
    language: Language,
    form: Annotated[Posted[SeenForm], Depends(posted(SeenForm))],
) -> Response:
    """Take a translation away; the page after it brings it back."""
    translating.remove(db, me, coding_id, language, form.require().seen)
    return redirect(request, back_to(request, "translations:show", f"gone={language}", coding_id=coding_id))


@router.post("/codings/{coding_id}/translations/{language}/restore", name="translations:restore")
def restore(request: Request, db: WriteDb, me: Me, coding_id: CodingId, language: Language) -> Response:
    """Bring a removed translation back."""
    translating.restore(db, me, coding_id, language)
    return redirect(request, back_to(request, "translations:show", coding_id=coding_id))
