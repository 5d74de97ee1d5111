"""A served home with one released interview and the shipped codebook, and a coder who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import col, select

from qualcoder.accounts import sessions
from qualcoder.accounts.models import Language, Person
from qualcoder.codebooks import service as codebooks
from qualcoder.coding.models import Coding
from qualcoder.core.ids import TranscriptId
from qualcoder.home import Home
from tests.homes import World, access_of
from tests.journeys.acts import CODEBOOK
from tests.load.server import serving
from tests.served import Served
from tests.transcripts import making


@dataclass(frozen=True, slots=True)
class CodingDesk:
    """Where the coder works."""

    home: Home
    served: Served
    token: str
    transcript: TranscriptId

    @property
    def path(self) -> str:
        return f"/transcripts/{self.transcript}"

    def codings(self) -> list[Coding]:
        """Living codings, in reading order."""
        with self.home.data.read() as db:
            mine = (col(Coding.transcript_id) == self.transcript, col(Coding.deleted_at).is_(None))
            return list(db.exec(select(Coding).where(*mine).order_by(col(Coding.start), col(Coding.created_at))))


@contextmanager
def coding_desk(home: Home, world: World, text: str, language: str = "ru") -> Iterator[CodingDesk]:
    """The interview is released to the coder of the world, whose pages are in this language."""
    with home.data.transaction() as db:
        book = codebooks.read_file(CODEBOOK.name, CODEBOOK.read_bytes())
        codebooks.import_codebook(db, access_of(db, world.study, world.pi), book)
    transcript = making.to_codable(home, world, making.upload(text), world.coder)
    with home.data.transaction() as db:
        db.get_one(Person, world.coder.id).language = Language(language)
        token = sessions.open_session(db, world.coder.id)
    with serving(home) as server:
        served = Served(server.address, home.settings.home, {}, server.log, server.process.pid)
        yield CodingDesk(home, served, token, TranscriptId(transcript.id))
