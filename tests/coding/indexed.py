"""An index of a test's home, in this process, that answers at the home's own socket."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import col, select

from qualcoder.coding import index_socket
from qualcoder.coding.index import Index, Looked
from qualcoder.coding.index_socket import Question
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript, TranscriptState
from tests.homes import World


@contextmanager
def indexing(home: Home, memory_mb: int = 10) -> Iterator[Index]:
    """Serve an index until the block ends."""
    index = Index(home.data, memory_mb)
    with index_socket.serving(home.settings.search_socket, index):
        yield index


def until(is_so: Callable[[], bool], seconds: float = 600) -> None:
    """Wait for something that another thread or process does."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def ask_all(home: Home, world: World, words: str = "нетути") -> Looked | None:
    """What the index says of every released transcript of the study."""
    with home.data.read() as db:
        released = select(Transcript.text_version_id).where(
            col(Transcript.study_id) == world.study.id, col(Transcript.state) == TranscriptState.CODABLE
        )
        versions = [version for version in db.exec(released) if version is not None]
    question = Question(world.study.id, versions, words, reads_kazakh_as_russian=False, shown=3, limit=99)
    return index_socket.ask(home.settings.search_socket, question)


def until_known(home: Home, world: World) -> None:
    """Wait until the index knows every released transcript."""

    def is_known() -> bool:
        looked = ask_all(home, world)
        return looked is not None and not looked.missing

    until(is_known)


@dataclass(slots=True)
class Answers:
    """What the index answered, noted on its way to the search."""

    given: list[Looked | None] = field(default_factory=list)
    real: Callable[[Path, Question], Looked | None] = index_socket.ask

    def ask(self, path: Path, question: Question) -> Looked | None:
        answer = self.real(path, question)
        self.given.append(answer)
        return answer
