"""JSON: what happens in a study while it happens, as server-sent events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError

from qualcoder.accounts import tokens
from qualcoder.accounts.access import ONLY_STUDY, Access, study_by_id, study_named
from qualcoder.accounts.permissions import Act
from qualcoder.coding import happenings
from qualcoder.coding.happenings import Happening, Topic, Work
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.errors import DomainError
from qualcoder.core.ids import StudyId
from qualcoder.core.models import JobKind, JobState
from qualcoder.vault.keys import Keyring
from qualcoder.web.bearer import ApiMe, ApiRead, HolderDep, TokenNeeded, find_token
from qualcoder.web.deps import get_database, get_home
from qualcoder.web.replies import Reply
from qualcoder.web.streams import OpenStream, Streams

router = APIRouter(tags=["events"])

# A right that was taken away ends the stream within this time.
TICK_SECONDS = 1.0
# Between two looks, so that many who write don't keep many who listen looking all the time.
GAP_SECONDS = 0.2
PING_SECONDS = 15.0
RETRY_MILLISECONDS = 3000
# Work is looked at again for this long, since what was written first may become visible later.
LOOK_BACK = timedelta(seconds=10)


class Event(Reply):
    """The data of an event about something: the name of the act, and ids to look it up by."""

    act: str
    id: UUID | None
    transcript_id: UUID | None
    at: datetime


class WorkEvent(Reply):
    """The data of an event `work`: where a piece of background work stands."""

    id: UUID
    kind: JobKind
    state: JobState
    object_id: UUID
    done: int
    total: int
    error_code: str | None


@dataclass(slots=True)
class Listener:
    """Somebody who listens, with what was told already."""

    database: Database
    token: str
    study_id: StudyId
    seq: int
    looked_at: datetime = field(default_factory=now)
    works: dict[UUID, tuple[str, int]] = field(default_factory=dict)

    def look(self) -> list[str] | None:
        """What is new; None once the token, the membership or the keys are gone."""
        try:
            return self._look()
        except (DomainError, SQLAlchemyError):
            return None

    def _look(self) -> list[str]:
        holder = tokens.look_up(self.database, self.token)
        if holder is None or holder.study_id != self.study_id:
            raise TokenNeeded
        bound = self.database.carrying(**{ONLY_STUDY: self.study_id})
        with bound.read() as db:
            access = study_by_id(db, holder.person, self.study_id, Act.SEE_STUDY)
            found, self.seq = happenings.since(db, access, self.seq)
            moment = now()
            works = happenings.work_since(db, access, self.looked_at - LOOK_BACK)
            self.looked_at = moment
        return [*map(_event, found), *(_work(work) for work in works if self._is_new(work))]

    def _is_new(self, work: Work) -> bool:
        stands = (work.state, work.done)
        is_new = self.works.get(work.id) != stands
        self.works[work.id] = stands
        return is_new


def _event(found: Happening) -> str:
    data = Event(act=found.act, id=found.object_id, transcript_id=found.transcript_id, at=found.at)
    return f"id: {found.id}\nevent: {found.topic}\ndata: {data.model_dump_json()}\n\n"


def _work(work: Work) -> str:
    data = WorkEvent(
        id=work.id,
        kind=work.kind,
        state=JobState(work.state),
        object_id=work.object_id,
        done=work.done,
        total=work.total,
        error_code=work.error_code,
    )
    return f"event: work\ndata: {data.model_dump_json()}\n\n"


def _listening(
    request: Request,
    db: ApiRead,
    me: ApiMe,
    s: str,
    last: Annotated[str, Header(alias="Last-Event-ID", max_length=60, description="Go on after this event")] = "",
) -> Listener:
    access = study_named(db, me, s, Act.SEE_STUDY)
    seq = _seq(db, access, last)
    listener = Listener(get_database(request), find_token(request) or "", StudyId(access.study.id), seq)
    if not last:
        # What stands at the beginning is in the lists; only what moves from here on is told.
        listener.works = {
            work.id: (work.state, work.done) for work in happenings.work_since(db, access, now() - LOOK_BACK)
        }
    return listener


def _seq(db: ApiRead, access: Access, last: str) -> int:
    if not last:
        return happenings.newest(db, access)
    try:
        return happenings.number_of(db, access, UUID(last))
    except ValueError:
        raise happenings.unknown_event() from None


_FIELDS = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "event": {"enum": ["ready", *Topic, "work", "end"]},
        "data": {"type": "string", "description": "JSON: what the event is about, by its ids"},
        "retry": {"type": "integer"},
    },
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": f"Events `ready`, {', '.join(f'`{topic}`' for topic in Topic)}, `work`, and `end` when the "
        "access has ended. The `id` of one, sent as Last-Event-ID, goes on after it.",
        "content": {"text/event-stream": {"schema": _FIELDS}},
    }
}


@router.get("/studies/{s}/events", name="api:events", response_class=Response, responses=_STREAM)
async def events(request: Request, held: HolderDep, listener: Annotated[Listener, Depends(_listening)]) -> OpenStream:
    """What happens in the study from now on, as far as the person sees it. Ends with the token or the membership."""
    streams: Streams = request.app.state.streams
    return OpenStream(_told(request, listener, streams.longest), streams, held.token_id)


async def _told(request: Request, listener: Listener, longest: float) -> AsyncIterator[str]:
    home = get_home(request)
    woken = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wake() -> None:
        with suppress(RuntimeError):  # the server ends
            loop.call_soon_threadsafe(woken.set)

    with home.data.changes.heard_by(wake, listener.study_id):
        async for one in _looking(home.keyring, listener, longest, woken):
            yield one


async def _looking(keyring: Keyring, listener: Listener, longest: float, woken: asyncio.Event) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MILLISECONDS}\nevent: ready\ndata: {{}}\n\n"
    began = quiet_since = time.monotonic()
    while True:
        woken.clear()
        found = None if keyring.is_sealed else await run_in_threadpool(listener.look)
        if found is None:
            yield "event: end\ndata: {}\n\n"
            return
        for one in found:
            yield one
        moment = time.monotonic()
        if found:
            quiet_since = moment
        elif moment - quiet_since > PING_SECONDS:
            quiet_since = moment
            yield ": still here\n\n"
        if moment - began >= longest:
            return
        await asyncio.sleep(GAP_SECONDS)
        with suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), TICK_SECONDS - GAP_SECONDS)
