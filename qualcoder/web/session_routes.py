"""Health, unsealing, language and appearance: pages that belong to no study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from qualcoder.accounts import limits
from qualcoder.accounts import service as accounts
from qualcoder.accounts.models import Language
from qualcoder.audit import chain
from qualcoder.core.messages import N_
from qualcoder.vault import slots
from qualcoder.web.deps import AtTheDoor, HomeDep, MaybeMe, WriteDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import render
from qualcoder.web.security import local_path

router = APIRouter()


class UnsealForm(BaseModel):
    """A passphrase or a recovery code."""

    secret: str = Field(min_length=1, max_length=1000)


class LanguageForm(BaseModel):
    """A language, and the page to come back to."""

    language: Language
    next: str = "/"


class AppearanceForm(BaseModel):
    """A theme or a density, whichever button was pressed, and the page to come back to."""

    theme: str | None = Field(None, max_length=10)
    density: str | None = Field(None, max_length=20)
    next: str = "/"


@dataclass(frozen=True, slots=True)
class UnsealView:
    """The unseal page."""

    problem: str | None = None


@router.get("/healthz", name="healthz")
def healthz(home: HomeDep) -> JSONResponse:
    """Whether the program runs and whether it is sealed."""
    return JSONResponse({"status": "sealed" if home.keyring.is_sealed else "ok"})


@router.get("/unseal", name="unseal:form")
def unseal_form(request: Request, home: HomeDep) -> Response:
    if not home.keyring.is_sealed:
        return RedirectResponse("/", status_code=303)
    return render(request, "accounts/unseal.html", UnsealView(), title=N_("Unseal"))


@router.post("/unseal", name="unseal")
def unseal(
    request: Request, home: HomeDep, form: Annotated[Posted[UnsealForm], Depends(posted(UnsealForm))]
) -> Response:
    """Give the root key. At most five tries a minute for the whole server."""
    if not home.keyring.is_sealed:
        return RedirectResponse("/", status_code=303)
    with home.data.transaction() as db:
        is_free = limits.take(db, limits.UNSEAL, "server")
    if not is_free:
        raise limits.TooMany
    if not home.keyring.unseal(slots.typed_secrets(form.require().secret)):
        view = UnsealView(N_("This does not open the server. Check for missing letters and try again."))
        return render(request, "accounts/unseal.html", view, title=N_("Unseal"), status=422)
    with home.data.transaction() as db:
        chain.record(db, None, "house.unsealed", "house", None)
    request.app.state.on_unsealed()
    return RedirectResponse("/", status_code=303)


@router.post("/language", name="locale:choose")
def choose_language(
    db: WriteDb, me: MaybeMe, form: Annotated[Posted[LanguageForm], Depends(posted(LanguageForm))]
) -> Response:
    """Keep the choice with the person and in the browser."""
    chosen = form.require()
    response = RedirectResponse(local_path(chosen.next), status_code=303)
    if me is not None:
        accounts.choose_language(db, me, chosen.language)
    # Pages that know nobody, such as that of a wrong address, speak it too.
    response.set_cookie("qc-language", chosen.language.value, httponly=True, samesite="lax", max_age=31_536_000)
    return response


@router.post("/appearance", name="appearance:choose")
def choose_appearance(
    db: WriteDb, current: AtTheDoor, form: Annotated[Posted[AppearanceForm], Depends(posted(AppearanceForm))]
) -> Response:
    chosen, me = form.require(), current.person
    accounts.choose_appearance(db, me, chosen.theme or me.theme, chosen.density or me.density)
    return RedirectResponse(local_path(chosen.next), status_code=303)


@router.get("/robots.txt", name="robots")
def robots() -> PlainTextResponse:
    """Nothing here is for search engines."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")
