"""The door: signing in by password and code, signing out, and the page behind an invitation.

A page that is open when its session ends signs in without being left: its script sends the same two forms and asks
for JSON, and then for who is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from qualcoder.accounts import limits, people, sessions, signing_in
from qualcoder.accounts import service as accounts
from qualcoder.accounts.forms import CodeForm, PasswordForm, SignInForm, SignOutForm
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.home import Home
from qualcoder.web.deps import Db, HomeDep, MaybeMe, ReadDb, WriteDb
from qualcoder.web.errors import wants_json
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import language_of, render
from qualcoder.web.security import (
    clear_pending,
    clear_session,
    client_address,
    csrf_of,
    local_path,
    pending_token,
    session_token,
    set_pending,
    set_session,
)

router = APIRouter()


@dataclass(frozen=True, slots=True)
class SignInView:
    """The sign-in page."""

    next: str
    email: str = ""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class CodeView:
    """The second step."""

    next: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class InvitationView:
    """The page behind an invitation."""

    token: str
    name: str
    errors: dict[str, str]


def _let_in(request: Request, home: Home, entered: signing_in.Entered, next: str) -> Response:
    """Go on to the page that was asked for, or first to the second step; a script only hears which."""
    address = local_path(next)
    if entered.needs_code:
        address = f"{request.app.url_path_for('accounts:code')}?{urlencode({'next': address})}"
    response = _gone_on(request, address, needs_code=entered.needs_code)
    if not entered.needs_code:
        set_session(response, home.settings, entered.token)
        return response
    set_pending(response, home.settings, entered.token, int(signing_in.PENDING_LASTS.total_seconds()))
    return response


def _gone_on(request: Request, address: str, *, needs_code: bool = False) -> Response:
    if wants_json(request):
        return JSONResponse({"needs_code": needs_code})
    return RedirectResponse(address, status_code=303)


@router.get("/session", name="accounts:session")
def session(request: Request, me: MaybeMe) -> JSONResponse:
    """Who is signed in in this browser, and what its forms must carry now: for pages that outlive their session."""
    return JSONResponse({"person": str(me.id) if me else None, "csrf": csrf_of(request)})


@router.get("/sign-in", name="accounts:sign_in")
def sign_in_form(request: Request, me: MaybeMe, next: str = "/") -> Response:  # the name in the address
    if me is not None:
        return RedirectResponse(local_path(next), status_code=303)
    return render(request, "accounts/sign_in.html", SignInView(local_path(next)), title=N_("Sign in"))


@router.post("/sign-in", name="accounts:do_sign_in")
def sign_in(
    request: Request, db: Db, home: HomeDep, form: Annotated[Posted[SignInForm], Depends(posted(SignInForm))]
) -> Response:
    sent = form.require()
    try:
        entered = signing_in.sign_in(
            db,
            sent.email,
            sent.password,
            client_address(request),
            memory_mib=home.settings.password_memory_mib,
            asks_code=not home.settings.demo,
            instead_of=session_token(request),
        )
    except signing_in.WrongSignIn as problem:
        if wants_json(request):
            raise
        view = SignInView(local_path(sent.next), problem=problem.message)
        return render(request, "accounts/sign_in.html", view, title=N_("Sign in"), status=422)
    return _let_in(request, home, entered, sent.next)


@router.get("/sign-in/code", name="accounts:code")
def code_form(request: Request, db: ReadDb, next: str = "/") -> Response:  # the name in the address
    if not signing_in.is_pending(db, pending_token(request)):
        return RedirectResponse(request.app.url_path_for("accounts:sign_in"), status_code=303)
    return render(request, "accounts/code.html", CodeView(local_path(next)), title=N_("Second factor"))


@router.post("/sign-in/code", name="accounts:do_code")
def enter_code(
    request: Request, db: Db, home: HomeDep, form: Annotated[Posted[CodeForm], Depends(posted(CodeForm))]
) -> Response:
    next = local_path(form.body.first("next") or "/")
    try:
        token = signing_in.enter_code(db, pending_token(request), form.require().code)
    except (signing_in.StartAgain, Invalid) as problem:
        if wants_json(request):
            raise
        return _not_entered(request, home, next, problem)
    response = _gone_on(request, next)
    clear_pending(response, home.settings)
    set_session(response, home.settings, token)
    return response


def _not_entered(request: Request, home: Home, next: str, problem: signing_in.StartAgain | Invalid) -> Response:
    if isinstance(problem, Invalid):
        view = CodeView(next, problem.fields.get("code", problem.message))
        return render(request, "accounts/code.html", view, title=N_("Second factor"), status=problem.status)
    again = SignInView(next, problem=problem.message)
    response = render(request, "accounts/sign_in.html", again, title=N_("Sign in"), status=problem.status)
    clear_pending(response, home.settings)
    return response


@router.post("/sign-out", name="accounts:sign_out")
def sign_out(
    request: Request, db: WriteDb, home: HomeDep, form: Annotated[Posted[SignOutForm], Depends(posted(SignOutForm))]
) -> Response:
    if token := session_token(request):
        sessions.end(db, token)
    response = RedirectResponse("/sign-in", status_code=303)
    clear_session(response, home.settings, keep_storage=form.form is not None and form.form.keep_storage)
    return response


@router.get("/invitation/{token}", name="invitation:form")
def invitation_form(request: Request, db: ReadDb, token: str) -> Response:
    person = accounts.invited_person(db, token)
    view = InvitationView(token, people.name_of(db, person), {})
    return render(request, "accounts/invitation.html", view, title=N_("Choose a password"))


@router.post("/invitation/{token}", name="invitation:accept")
def accept_invitation(
    request: Request,
    db: Db,
    home: HomeDep,
    token: str,
    form: Annotated[Posted[PasswordForm], Depends(posted(PasswordForm))],
) -> Response:
    sent = form.require()
    settings = home.settings
    with db.transaction() as writing:
        is_free = limits.take(writing, limits.INVITATION, client_address(request))
    if not is_free:
        raise limits.TooMany
    try:
        if sent.password != sent.again:
            message = N_("The two passwords differ.")
            raise Invalid(message, fields={"again": message})
        entered = accounts.accept_invitation(
            db,
            token,
            sent.password,
            memory_mib=settings.password_memory_mib,
            asks_code=not settings.demo,
            language=language_of(request),
        )
    except Invalid as problem:
        with db.read() as reading:
            name = people.name_of(reading, accounts.invited_person(reading, token))
        view = InvitationView(token, name, problem.fields)
        return render(request, "accounts/invitation.html", view, title=N_("Choose a password"), status=422)
    return _let_in(request, home, entered, "/")
