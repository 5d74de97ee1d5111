"""What routes ask for: sessions on the database, and who is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session

from qualcoder.accounts import sessions
from qualcoder.accounts.models import Person
from qualcoder.accounts.sessions import Current
from qualcoder.core.db import Database
from qualcoder.core.errors import DomainError
from qualcoder.core.messages import N_
from qualcoder.home import Home
from qualcoder.web.security import session_token


class SignInFirst(DomainError):
    """Nobody is signed in, or the session is over."""

    status = 401

    def __init__(self) -> None:
        super().__init__(N_("Sign in first. What you were doing is still on the page."))


class EnrolFirst(DomainError):
    """Signed in, in a role that needs a second factor, and without one."""

    status = 403

    def __init__(self) -> None:
        super().__init__(N_("Set up your second factor first. Your role needs one."))


def get_home(request: Request) -> Home:
    """The home that this server serves."""
    home: Home = request.app.state.home
    return home


def get_database(request: Request) -> Database:
    return get_home(request).data


def _read(request: Request) -> Iterator[Session]:
    with get_database(request).read() as db:
        yield db


def _write(request: Request) -> Iterator[Session]:
    with get_database(request).transaction() as db:
        yield db


ReadDb = Annotated[Session, Depends(_read, scope="function")]
WriteDb = Annotated[Session, Depends(_write, scope="function")]
Db = Annotated[Database, Depends(get_database)]
HomeDep = Annotated[Home, Depends(get_home)]


def find_current(request: Request) -> Current | None:
    """Who is signed in with which session, in a look that is over before the handler begins; one for each request."""
    if not hasattr(request.state, "found"):
        request.state.found = _look(request)
    found: Current | None = request.state.found
    return found


def _look(request: Request) -> Current | None:
    token = session_token(request)
    if token is None:
        return None
    database = get_database(request)
    current = sessions.find_current(database, token)
    if current is None:
        return None
    # A stream opens again by itself for as long as the page is there, which is no sign of anybody.
    is_background = "x-background" in request.headers or request.headers.get("accept") == "text/event-stream"
    if current.is_to_touch and not is_background:
        sessions.touch(database, current.session_id)
    request.state.me = current.person
    return current


def find_me(request: Request) -> Person | None:
    """Who is signed in, if anybody."""
    current = find_current(request)
    return current.person if current is not None else None


def at_the_door(request: Request) -> Current:
    """Who is signed in, perhaps still without the second factor that the role needs; or SignInFirst."""
    current = find_current(request)
    if current is None:
        raise SignInFirst
    return current


def inside(request: Request) -> Current:
    """Who is signed in with all that the role needs. The demo asks for no second factor."""
    current = at_the_door(request)
    if current.owes_factor and not get_home(request).settings.demo:
        raise EnrolFirst
    return current


def signed_in(request: Request) -> Person:
    """Who is signed in, or a refusal that says what is missing."""
    return inside(request).person


async def _signed_in(request: Request) -> Person:
    """The same for routes. The database is asked in another thread, unless it was asked before, for the gate."""
    if hasattr(request.state, "found"):
        return signed_in(request)
    return await run_in_threadpool(signed_in, request)


# What a route depends on when it is for the signed-in only.
ASKS_WHO = frozenset({_signed_in, inside, at_the_door})

Me = Annotated[Person, Depends(_signed_in)]
MaybeMe = Annotated[Person | None, Depends(find_me)]
Inside = Annotated[Current, Depends(inside)]
AtTheDoor = Annotated[Current, Depends(at_the_door)]
