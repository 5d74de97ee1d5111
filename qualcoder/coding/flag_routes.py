"""Flagging from the coding page, and telling every open page at once what is hidden and which codings moved."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from qualcoder.accounts import sessions
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.coding import following, layers, service
from qualcoder.core.clock import at_second, now
from qualcoder.core.db import Database
from qualcoder.core.errors import DomainError, Invalid
from qualcoder.core.ids import StudyId, TranscriptId, new_id
from qualcoder.core.messages import N_
from qualcoder.transcripts import flags
from qualcoder.transcripts.access import Reach, reach_codable
from qualcoder.transcripts.flag_forms import FlagForm, FlagQuoteForm
from qualcoder.transcripts.flags import NewFlag
from qualcoder.web.deps import Inside, Me, ReadDb, WriteDb, get_home
from qualcoder.web.forms import Posted, posted, posted_json
from qualcoder.web.security import session_token
from qualcoder.web.streams import OpenStream, Streams

router = APIRouter()

# An open page learns of a flag within this time even if another process took it.
TICK_SECONDS = 1.0
# Between two looks for what is hidden: everything that happens in the study wakes the page.
GAP_SECONDS = 0.3
# Between two looks at codings: what many do meanwhile is told together.
CODINGS_SECONDS = 0.9
PING_SECONDS = 15.0
RETRY_MILLISECONDS = 3000
# Moments have ten digits for longer than anybody reads this.
LATEST = 9_999_999_999
END = "event: end\ndata: {}\n\n"


@router.put("/flags/{flag_id}", name="flags:put")
def put(
    db: WriteDb, me: Me, flag_id: UUID, form: Annotated[Posted[FlagForm], Depends(posted_json(FlagForm))]
) -> JSONResponse:
    """Hide a passage for everybody under the client's id; the same request again gives the same answer."""
    found, _made = flags.flag(db, me, form.require().as_new(flag_id))
    return JSONResponse(_hidden(db, found))


@router.post("/transcripts/{transcript_id}/flags", name="flags:by_quote")
def by_quote(
    request: Request,
    db: WriteDb,
    me: Me,
    transcript_id: TranscriptId,
    form: Annotated[Posted[FlagQuoteForm], Depends(posted(FlagQuoteForm))],
) -> Response:
    """Hide a turn, or words in it, without mouse or script."""
    found = reach_codable(db, me, transcript_id, Act.FLAG)
    sent = form.require()
    if not re.fullmatch(r"[0-9]{1,9}", sent.turn.strip()):
        message = N_("Enter a whole number.")
        raise Invalid(message, fields={"turn": message})
    span = service.span_by_quote(db, found, int(sent.turn), sent.quote)
    flags.flag(db, me, NewFlag(new_id(), transcript_id, sent.version, span, sent.note))
    address = request.app.url_path_for("coding:workbench", transcript_id=transcript_id)
    return RedirectResponse(f"{address}#t{int(sent.turn)}", status_code=303)


def _hidden(db: Session, found: Reach) -> dict[str, object]:
    """What is hidden in a text now, by offsets in the version that is named; nothing of who flagged it."""
    transcript = found.transcript
    if transcript.text_version_id is None:
        return {"version": 0, "revision": 0, "hidden": []}
    spans = flags.spans_hidden(db, transcript.text_version_id)
    hidden = [[span.start, span.end] for span in spans]
    return {"version": transcript.text_number, "revision": transcript.hidden_revision, "hidden": hidden}


# Open pages -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Watcher:
    """An open page, and what it knows: of flags, and of codings from a moment on."""

    database: Database
    token: str
    session_id: UUID
    study_id: StudyId
    transcript_id: TranscriptId
    is_demo: bool
    since: datetime = field(default_factory=now)
    told: int = -1
    number: int = -1
    layer: str = ""
    looked: float = 0.0

    def look(self) -> str | None:
        """What is new, or END once the session, the membership or the keys are gone; None to be asked again later."""
        try:
            return self._look()
        except DomainError:
            return END
        except SQLAlchemyError:
            return None

    def _look(self) -> str:
        current = sessions.find_current(self.database, self.token)
        if current is None or (current.owes_factor and not self.is_demo):
            return END
        with self.database.read() as db:
            found = reach_codable(db, current.person, self.transcript_id, Act.READ_TEXT)
            return self._flags(db, found) + self._codings(db, found)

    def _flags(self, db: Session, found: Reach) -> str:
        if found.transcript.hidden_revision == self.told:
            return ""
        self.told = found.transcript.hidden_revision
        return f"event: hidden\ndata: {json.dumps(_hidden(db, found))}\n\n"

    def _codings(self, db: Session, found: Reach) -> str:
        """Which codings moved, by ids and offsets, and whose the page may show now."""
        moment = time.monotonic()
        if self.number >= 0 and moment - self.looked < CODINGS_SECONDS:
            return ""
        self.looked, at = moment, int(now().timestamp())
        is_first = self.number < 0
        if is_first:
            self.number = following.number_at(db, found, self.since)
        moved, self.number = following.moved_since(db, found, self.number)
        layer = "all" if layers.sees_all(found) else "own"
        if not (is_first or moved is None or moved or layer != self.layer):
            return ""
        self.layer = layer
        changes = None if moved is None else [[str(c.id), c.revision, c.start, c.end, c.is_gone] for c in moved]
        data = {"version": found.transcript.text_number, "layer": layer, "codings": changes}
        return f"id: {at}\nevent: codings\ndata: {json.dumps(data)}\n\n"


def _watching(
    request: Request,
    db: ReadDb,
    current: Inside,
    transcript_id: TranscriptId,
    since: Annotated[int | None, Query(ge=0, le=LATEST)] = None,
    last: Annotated[str, Header(alias="Last-Event-ID", max_length=20)] = "",
) -> Watcher:
    me: Person = current.person
    found = reach_codable(db, me, transcript_id, Act.READ_TEXT)
    home = get_home(request)
    token = session_token(request) or ""
    study_id = found.transcript.study_id
    if re.fullmatch(r"[0-9]{1,10}", last):
        since = int(last)
    moment = at_second(since) if since is not None else now()
    return Watcher(home.data, token, current.session_id, study_id, transcript_id, home.settings.demo, moment)


@router.get("/transcripts/{transcript_id}/live", name="coding:live", response_class=Response)
async def live(request: Request, watcher: Annotated[Watcher, Depends(_watching)]) -> OpenStream:
    """What is hidden in a text and which codings moved, now and later, as server-sent events: ids, offsets, no words.

    Of codings it tells what happened after `since`, in seconds, or after the event that the browser heard last.
    """
    streams: Streams = request.app.state.streams
    return OpenStream(_told(request, watcher, streams.longest), streams, watcher.session_id)


async def _told(request: Request, watcher: Watcher, longest: float) -> AsyncIterator[str]:
    woken = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wake() -> None:
        with suppress(RuntimeError):  # the server ends
            loop.call_soon_threadsafe(woken.set)

    with watcher.database.changes.heard_by(wake, watcher.study_id):
        async for one in _looking(request, watcher, longest, woken):
            yield one


async def _looking(request: Request, watcher: Watcher, longest: float, woken: asyncio.Event) -> AsyncIterator[str]:
    keyring = get_home(request).keyring
    yield f"retry: {RETRY_MILLISECONDS}\n\n"
    began = quiet_since = time.monotonic()
    while True:
        woken.clear()
        found = None if keyring.is_sealed else await run_in_threadpool(watcher.look)
        if found is None:
            return
        moment = time.monotonic()
        if found or moment - quiet_since > PING_SECONDS:
            quiet_since = moment
            yield found or ": still here\n\n"
        if found == END or moment - began >= longest:
            return
        await asyncio.sleep(GAP_SECONDS)
        with suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), TICK_SECONDS - GAP_SECONDS)
