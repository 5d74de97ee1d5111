"""Flagging from the coding page, and telling every open page at once what is hidden."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from qualcoder.accounts import sessions
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.coding import service
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
# Between two looks: others' codings wake the page too, and are nothing to it.
GAP_SECONDS = 0.3
PING_SECONDS = 15.0
RETRY_MILLISECONDS = 3000
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
    """What is hidden in a text now, by offsets; nothing of who flagged it."""
    transcript = found.transcript
    if transcript.text_version_id is None:
        return {"revision": 0, "hidden": []}
    spans = flags.spans_hidden(db, transcript.text_version_id)
    return {"revision": transcript.hidden_revision, "hidden": [[span.start, span.end] for span in spans]}


# Open pages -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Watcher:
    """An open page, and what it knows."""

    database: Database
    token: str
    session_id: UUID
    study_id: StudyId
    transcript_id: TranscriptId
    is_demo: bool
    told: int = -1

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
            if found.transcript.hidden_revision == self.told:
                return ""
            self.told = found.transcript.hidden_revision
            return f"event: hidden\ndata: {json.dumps(_hidden(db, found))}\n\n"


def _watching(request: Request, db: ReadDb, current: Inside, transcript_id: TranscriptId) -> Watcher:
    me: Person = current.person
    found = reach_codable(db, me, transcript_id, Act.READ_TEXT)
    home = get_home(request)
    token = session_token(request) or ""
    study_id = found.transcript.study_id
    return Watcher(home.data, token, current.session_id, study_id, transcript_id, home.settings.demo)


@router.get("/transcripts/{transcript_id}/live", name="coding:live", response_class=Response)
async def live(request: Request, watcher: Annotated[Watcher, Depends(_watching)]) -> OpenStream:
    """What is hidden in a text, now and whenever it changes, as server-sent events: offsets, no words."""
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
