"""What the routes say of themselves: whose bodies are read at all, and which paths can be gone back to.

Nothing that a stranger sends is read: who sends is looked up before the body, not after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
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


@dataclass(frozen=True, slots=True)
class Addresses:
    """Which paths show something, and which take something, of all routes."""

    reading: tuple[re.Pattern[str], ...]
    taking: tuple[re.Pattern[str], ...]

    def page_for(self, path: str) -> str:
        """The path itself; for one that only takes forms the nearest page above it, where a browser may be sent."""
        if _matches(self.reading, path) or not _matches(self.taking, path):
            return path
        while path and not _matches(self.reading, path):
            path = path.rpartition("/")[0]
        return path or "/"


def _matches(patterns: tuple[re.Pattern[str], ...], path: str) -> bool:
    return any(pattern.match(path) for pattern in patterns)


def addresses(routers: Iterable[APIRouter]) -> Addresses:
    """The paths of all routes."""
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    reading = tuple(route.path_regex for route in routes if "GET" in (route.methods or ()))
    return Addresses(reading, tuple(route.path_regex for route in routes if "GET" not in (route.methods or ())))


def _asks_who(dependant: Dependant) -> bool:
    return dependant.call in ASKS_WHO or any(_asks_who(inner) for inner in dependant.dependencies)


async def known_first(request: Request) -> None:
    """Refuse a stranger at a door for the signed-in before a byte of the body is read. The API's doors do the same."""
    if is_harmless(request):
        return
    closed: Endpoints = request.app.state.for_the_signed_in
    if request.scope["endpoint"] in closed and await run_in_threadpool(find_me, request) is None:
        raise SignInFirst
