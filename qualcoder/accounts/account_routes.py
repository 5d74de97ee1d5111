"""One's own account: name, password, second factor, sessions, tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from qualcoder.accounts import factors, own_account, people, qr, signing_in, tokens
from qualcoder.accounts.access import studies_of
from qualcoder.accounts.forms import FactorAct, FactorActForm, FactorForm, NameForm, NewPasswordForm, TokenForm
from qualcoder.accounts.own_account import NewPassword, OwnToken
from qualcoder.accounts.qr import Drawing
from qualcoder.accounts.service import title_of
from qualcoder.accounts.sessions import Current, Line, lines_of
from qualcoder.core.db import Database
from qualcoder.core.errors import Conflict, DomainError, Invalid
from qualcoder.core.messages import N_
from qualcoder.web.deps import AtTheDoor, Db, HomeDep, Inside, Me, ReadDb, WriteDb
from qualcoder.web.forms import Posted, posted
from qualcoder.web.pages import render
from qualcoder.web.security import clear_session, set_session

router = APIRouter()

DONE: Mapping[str, str] = {
    "name": N_("Your name was changed."),
    "password": N_("Your password was changed. You are signed out everywhere else."),
    "session": N_("The session was ended."),
    "sessions": N_("You are signed out everywhere else."),
    "factor": N_("The second factor was turned off."),
    "token": N_("The token works no more."),
}


@dataclass(frozen=True, slots=True)
class AccountView:
    """What belongs to the person who is signed in."""

    name: str
    email: str
    has_factor: bool
    is_mandatory: bool
    codes_left: int
    sessions: tuple[Line, ...]
    tokens: tuple[OwnToken, ...]
    studies: tuple[tuple[str, str], ...]
    errors: dict[str, str]
    done: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class TokenView:
    """A token, on the one answer that ever shows it."""

    token: str


@dataclass(frozen=True, slots=True, repr=False)
class FactorView:
    """A secret to put into an app, as words, address and picture."""

    secret: str
    uri: str
    drawing: Drawing
    is_mandatory: bool
    errors: dict[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class CodesView:
    """Recovery codes, on the one answer that ever shows them."""

    codes: tuple[str, ...]
    is_new: bool


def _account(
    request: Request, db: Database, current: Current, *, problem: DomainError | None = None, done: str = ""
) -> Response:
    """The account page as it is now; with a refusal, what was wrong stands beside the field."""
    errors = dict(getattr(problem, "fields", {}))
    if problem is not None and not errors:
        errors = {"": problem.message}
    with db.read() as reading:
        me = reading.get_one(type(current.person), current.person.id)
        view = AccountView(
            name=people.name_of(reading, me),
            email=people.email_of(reading, me),
            has_factor=me.totp_ct is not None,
            is_mandatory=factors.is_mandatory(reading, me.id) and not request.app.state.home.settings.demo,
            codes_left=factors.codes_left(reading, me.id),
            sessions=tuple(lines_of(reading, current)),
            tokens=tuple(own_account.tokens_of(reading, me)),
            studies=tuple((one.study.slug, title_of(reading, one.study)) for one in studies_of(reading, me)),
            errors=errors,
            done=DONE.get(done, ""),
        )
    status = problem.status if problem is not None else 200
    return render(request, "accounts/account.html", view, title=N_("Your account"), status=status)


def _back(request: Request, done: str) -> RedirectResponse:
    return RedirectResponse(f"{request.app.url_path_for('account:show')}?done={done}", status_code=303)


@router.get("/account", name="account:show")
def show(request: Request, db: Db, current: Inside, done: str = "") -> Response:
    return _account(request, db, current, done=done)


@router.post("/account/name", name="account:rename")
def rename(
    request: Request, db: Db, current: Inside, form: Annotated[Posted[NameForm], Depends(posted(NameForm))]
) -> Response:
    try:
        sent = form.require()
        with db.transaction() as writing:
            own_account.rename(writing, current.person, sent.name)
    except Invalid as problem:
        return _account(request, db, current, problem=problem)
    return _back(request, "name")


@router.post("/account/password", name="account:change_password")
def change_password(
    request: Request,
    db: Db,
    home: HomeDep,
    current: Inside,
    form: Annotated[Posted[NewPasswordForm], Depends(posted(NewPasswordForm))],
) -> Response:
    """A new password; this browser goes on with a new session, all others are signed out."""
    try:
        sent = form.require()
        typed = NewPassword(sent.old, sent.password, sent.again)
        memory_mib = home.settings.password_memory_mib
        token = own_account.change_password(db, current.person, typed, memory_mib=memory_mib)
    except Invalid as problem:
        return _account(request, db, current, problem=problem)
    response = _back(request, "password")
    set_session(response, home.settings, token)
    return response


@router.post("/account/sessions/{session_id}/end", name="account:end_session")
def end_session(request: Request, db: WriteDb, home: HomeDep, current: Inside, session_id: UUID) -> Response:
    own_account.end_session(db, current.person, session_id)
    if session_id != current.session_id:
        return _back(request, "session")
    response = RedirectResponse(request.app.url_path_for("accounts:sign_in"), status_code=303)
    clear_session(response, home.settings)
    return response


@router.post("/account/other-sessions/end", name="account:end_other_sessions")
def end_other_sessions(request: Request, db: WriteDb, current: Inside) -> Response:
    own_account.end_other_sessions(db, current)
    return _back(request, "sessions")


@router.post("/account/tokens", name="account:make_token")
def make_token(
    request: Request, db: Db, current: Inside, form: Annotated[Posted[TokenForm], Depends(posted(TokenForm))]
) -> Response:
    """The token is shown once, on this answer."""
    try:
        sent = form.require()
        token = own_account.make_token(db, current.person, sent.study, sent.token_password)
    except (Invalid, Conflict) as problem:
        return _account(request, db, current, problem=problem)
    return render(request, "accounts/token.html", TokenView(token), title=N_("A new token"))


@router.post("/account/tokens/{token_id}/revoke", name="account:revoke_token")
def revoke_token(request: Request, db: WriteDb, me: Me, token_id: UUID) -> Response:
    tokens.revoke_own(db, me, token_id)
    return _back(request, "token")


def _offer(request: Request, db: ReadDb, current: Current, errors: dict[str, str], status: int = 200) -> Response:
    me = db.get_one(type(current.person), current.person.id)
    offered = factors.offer(db, me, current.session_id)
    is_mandatory = current.owes_factor and not request.app.state.home.settings.demo
    view = FactorView(offered.spelled, offered.uri, qr.draw(offered.uri), is_mandatory, errors)
    return render(request, "accounts/second_factor.html", view, title=N_("Second factor"), status=status)


@router.get("/account/second-factor", name="account:factor")
def factor_form(request: Request, db: ReadDb, current: AtTheDoor) -> Response:
    """The secret to put into an app. It is in force once a code of it comes back."""
    if current.person.totp_ct is not None:
        return RedirectResponse(request.app.url_path_for("account:show"), status_code=303)
    return _offer(request, db, current, {})


@router.post("/account/second-factor", name="account:turn_on_factor")
def turn_on_factor(
    request: Request,
    db: Db,
    current: AtTheDoor,
    form: Annotated[Posted[FactorForm], Depends(posted(FactorForm))],
) -> Response:
    """Recovery codes are shown once, on this answer."""
    try:
        sent = form.require()
        codes = own_account.turn_on_factor(db, current, sent.code, sent.password)
    except Invalid as problem:
        with db.read() as reading:
            return _offer(request, reading, current, dict(problem.fields), problem.status)
    return render(request, "accounts/recovery_codes.html", CodesView(codes, is_new=True), title=N_("Recovery codes"))


@router.post("/account/second-factor/change", name="account:change_factor")
def change_factor(
    request: Request,
    db: Db,
    home: HomeDep,
    current: Inside,
    form: Annotated[Posted[FactorActForm], Depends(posted(FactorActForm))],
) -> Response:
    """New recovery codes, or no second factor any more; both ask for the password."""
    try:
        sent = form.require()
        signing_in.confirm_password(db, current.person, sent.factor_password, field="factor_password")
        with db.transaction() as writing:
            if sent.act is FactorAct.TURN_OFF:
                factors.turn_off(writing, current.person, may_always=home.settings.demo)
                return _back(request, "factor")
            codes = factors.renew_codes(writing, current.person)
    except (Invalid, Conflict) as problem:
        return _account(request, db, current, problem=problem)
    return render(request, "accounts/recovery_codes.html", CodesView(codes, is_new=False), title=N_("Recovery codes"))
