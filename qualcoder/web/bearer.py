"""Who a script is: the bearer token, what it may still ask this minute, and sessions bound to its one study."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlmodel import Session

from qualcoder.accounts import limits, tokens
from qualcoder.accounts.access import ONLY_STUDY
from qualcoder.accounts.limits import Limit
from qualcoder.accounts.models import Person
from qualcoder.accounts.tokens import Holder
from qualcoder.core.db import Database
from qualcoder.core.errors import DomainError
from qualcoder.core.messages import N_
from qualcoder.web.deps import get_database

SCHEME = "bearer"
LONGEST_TOKEN = 200
# Taken from the shared bucket at once, so that not every request writes to the database.
BLOCKS_PER_MINUTE = 10


class TokenNeeded(DomainError):
    """No token, or one that opens nothing."""

    status = 401

    def __init__(self) -> None:
        super().__init__(N_("Send a token that is in use, as the header “Authorization: Bearer TOKEN”."))


class Budget:
    """How many requests each token may still send from this process before it asks the shared bucket again."""

    def __init__(self, per_minute: int) -> None:
        self._limit = Limit("api token", per_minute, per_minute)
        self._block = max(1, per_minute // BLOCKS_PER_MINUTE)
        self._left: dict[UUID, int] = {}
        self._guard = threading.Lock()

    def spend(self, database: Database, token_id: UUID) -> None:
        """Count one request; TooMany when this minute's are used up."""
        if self._has_one(token_id):
            return
        with database.transaction() as db:
            is_given = limits.take(db, self._limit, str(token_id), self._block)
        if not is_given:
            raise limits.TooMany
        with self._guard:
            self._left[token_id] = self._left.get(token_id, 0) + self._block - 1

    def _has_one(self, token_id: UUID) -> bool:
        with self._guard:
            left = self._left.get(token_id, 0)
            if left:
                self._left[token_id] = left - 1
            return left > 0


def find_token(request: Request) -> str | None:
    """The token that a request carries. Cookies are not looked at."""
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    is_one = scheme.lower() == SCHEME and token.isascii() and 0 < len(token) <= LONGEST_TOKEN
    return token if is_one else None


def holder(request: Request) -> Holder:
    """Whom the request's token stands for, or TokenNeeded."""
    token = find_token(request)
    database = get_database(request)
    found = tokens.look_up(database, token) if token else None
    if found is None:
        raise TokenNeeded
    request.state.me = found.person
    budget: Budget = request.app.state.budget
    budget.spend(database, found.token_id)
    return found


HolderDep = Annotated[Holder, Depends(holder)]


def _me(found: HolderDep) -> Person:
    return found.person


def _bound(request: Request, found: HolderDep) -> Database:
    return get_database(request).carrying(**{ONLY_STUDY: found.study_id})


ApiMe = Annotated[Person, Depends(_me)]
ApiDb = Annotated[Database, Depends(_bound)]


def _read(database: ApiDb) -> Iterator[Session]:
    with database.read() as db:
        yield db


def _write(database: ApiDb) -> Iterator[Session]:
    with database.transaction() as db:
        yield db


ApiRead = Annotated[Session, Depends(_read, scope="function")]
ApiWrite = Annotated[Session, Depends(_write, scope="function")]
