"""Nothing that a stranger sends is read: who sends is looked up before the body, not after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from qualcoder.web.deps import ASKS_WHO, SignInFirst, find_me
from qualcoder.web.security import is_harmless

Endpoints = frozenset[Callable[..., Any]]


def for_the_signed_in(routers: Iterable[APIRouter]) -> Endpoints:
    """The handlers that ask who is signed in."""
    return frozenset(
        route.endpoint
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute) and _asks_who(route.dependant)
    )


def _asks_who(dependant: Dependant) -> bool:
    return dependant.call in ASKS_WHO or any(_asks_who(inner) for inner in dependant.dependencies)


def known_first(request: Request) -> None:
    """Refuse a stranger at a door for the signed-in before a byte of the body is read. The API's doors do the same."""
    if is_harmless(request):
        return
    closed: Endpoints = request.app.state.for_the_signed_in
    if request.scope["endpoint"] in closed and find_me(request) is None:
        raise SignInFirst
