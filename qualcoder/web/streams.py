"""Answers that stay open: how many a token may hold, and giving the place back however they end."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from uuid import UUID

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from qualcoder.accounts.limits import TooMany

EACH = 5
ALL = 200
LONGEST_SECONDS = 3600.0


class Streams:
    """The open streams of this process."""

    def __init__(self, longest: float = LONGEST_SECONDS) -> None:
        self.longest = longest
        self._open: dict[UUID, int] = {}
        self._guard = threading.Lock()

    def enter(self, token_id: UUID) -> None:
        """Take a place; TooMany when the token, or the process, has no more."""
        with self._guard:
            mine = self._open.get(token_id, 0)
            if mine >= EACH or sum(self._open.values()) >= ALL:
                raise TooMany
            self._open[token_id] = mine + 1

    def leave(self, token_id: UUID) -> None:
        with self._guard:
            left = self._open[token_id] - 1
            if left:
                self._open[token_id] = left
            else:
                del self._open[token_id]


class OpenStream(StreamingResponse):
    """Server-sent events under a token; refused before the first byte when there are too many."""

    def __init__(self, events: AsyncIterator[str], streams: Streams, token_id: UUID) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
        self._streams = streams
        self._token_id = token_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._streams.enter(self._token_id)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.leave(self._token_id)
