"""The socket between those who search and the index in the worker: questions there, verdicts back.

A question names the versions that its asker may read at this moment, and the answer speaks of those alone. Whatever
goes wrong on either side, the answer is None, and the asker opens the texts as if there were no index.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from qualcoder.coding import search
from qualcoder.coding.folded import Verdict
from qualcoder.coding.index import Index, Looked
from qualcoder.core import sockets

log = logging.getLogger("qualcoder.index")

AT_ONCE = 256
LOOK_SECONDS = 0.5
# The worker may have other work in hand; one that takes longer than this is left alone for a while.
ANSWER_SECONDS = 1.5
SILENCE_SECONDS = 20.0
REFRESH_SECONDS = 60.0
PAUSE_SECONDS = 0.1
_QUESTION_BYTES = 64 * 1024
_ANSWER_BYTES = 1024 * 1024
_MAX_SHOWN = 1000

_silent_until: dict[Path, float] = {}


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for in which versions of a study: at most AT_ONCE, until `limit` of them fit."""

    study_id: UUID
    versions: Sequence[UUID]
    words: str = field(repr=False)
    reads_kazakh_as_russian: bool
    shown: int
    limit: int = 0
    with_endings: bool = False


@dataclass(slots=True)
class Asker:
    """Asks about the versions of one search, a stretch at a time as the search goes on."""

    path: Path
    question: Question
    _first: int = 0
    _looked: Looked | None = None
    _is_gone: bool = False

    def known(self, first: int, n: int, limit: int) -> dict[UUID, Verdict | None]:
        """Of the `n` versions from place `first` on, those that the index knows; None says that nothing is there.

        `limit` is how many versions that fit are enough.
        """
        if not self._is_gone and (self._looked is None or first >= self._first + self._looked.looked):
            versions = self.question.versions[first : first + AT_ONCE]
            self._looked = ask(self.path, replace(self.question, versions=versions, limit=limit))
            self._first, self._is_gone = first, self._looked is None
        if self._looked is None:
            return {}
        places = range(first - self._first, min(first - self._first + n, self._looked.looked))
        return {
            self.question.versions[self._first + at]: self._looked.found.get(at)
            for at in places
            if at not in self._looked.missing
        }


def ask(path: Path, question: Question) -> Looked | None:
    """The index's answer; None when there is none, it is late, or it is no answer."""
    if time.monotonic() < _silent_until.get(path, 0.0):
        return None
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(str(path))
            sockets.send(connection, _frame(question), limit=_QUESTION_BYTES)
            return _looked(sockets.receive(connection, limit=_ANSWER_BYTES, seconds=ANSWER_SECONDS), question)
    except (TimeoutError, BlockingIOError):
        _silent_until[path] = time.monotonic() + SILENCE_SECONDS
        return None
    except (OSError, ValueError, TypeError, LookupError):
        return None


def _frame(question: Question) -> list[object]:
    versions = [version.hex for version in question.versions]
    asked = (question.words, question.reads_kazakh_as_russian, question.shown, question.limit, question.with_endings)
    return [question.study_id.hex, versions, *asked]


def _looked(answer: Any, question: Question) -> Looked:
    looked, missing, found = answer
    places = range(len(question.versions))
    verdicts = {
        places[at]: Verdict(_whole(hits), _whole(turns), tuple(_whole(n) for n in shown))
        for at, hits, turns, shown in found
    }
    return Looked(max(0, min(_whole(looked), len(places))), frozenset(places[at] for at in missing), verdicts)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


# The worker's side ---------------------------------------------------------------------------------


@contextmanager
def serving(path: Path, index: Index) -> Iterator[None]:
    """Answer at `path`, and keep the index fresh, in threads of this process until the block ends."""
    try:
        listener = sockets.listen(path)
    except OSError:
        log.warning("search.sock can't be made here; searches open every text")
        yield
        return
    ended = threading.Event()
    threads = [
        threading.Thread(target=_answer_all, args=(listener, index, ended), daemon=True),
        threading.Thread(target=_refresh_always, args=(index, ended), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        index.wake()
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as knock:
            knock.connect(str(path))
        for thread in threads:
            thread.join(ANSWER_SECONDS)
        listener.close()


def _answer_all(listener: socket.socket, index: Index, ended: threading.Event) -> None:
    while not ended.is_set():
        try:
            connection, _address = listener.accept()
            with connection:
                if not ended.is_set():
                    _answer(connection, index)
        except Exception as error:  # noqa: BLE001  # a thread's last words would hold what was looked for
            log.warning("a search was not answered: %s", type(error).__name__)
            time.sleep(PAUSE_SECONDS)


def _answer(connection: socket.socket, index: Index) -> None:
    asked: Any = sockets.receive(connection, limit=_QUESTION_BYTES, seconds=ANSWER_SECONDS)
    study, versions, words, reads_kazakh_as_russian, shown, limit, with_endings = asked
    if len(words) > search.LONGEST_SEARCH:
        raise ValueError
    query = search.parse(words, reads_kazakh_as_russian=bool(reads_kazakh_as_russian), with_endings=bool(with_endings))
    looked = index.look(
        UUID(study),
        [UUID(version) for version in versions[:AT_ONCE]],
        query,
        shown=min(_whole(shown), _MAX_SHOWN),
        limit=_whole(limit),
        seconds=LOOK_SECONDS,
    )
    found = [(at, one.hits, one.turns, one.shown) for at, one in looked.found.items()]
    connection.settimeout(ANSWER_SECONDS)
    sockets.send(connection, (looked.looked, sorted(looked.missing), found), limit=_ANSWER_BYTES)


def _refresh_always(index: Index, ended: threading.Event) -> None:
    while not ended.is_set():
        try:
            index.refresh()
        except Exception as error:  # noqa: BLE001  # a thread's last words could hold text
            log.warning("the index of searches was not refreshed: %s", type(error).__name__)
        index.wait(REFRESH_SECONDS)
