"""The index of searches: folded texts of released transcripts, in the worker's memory and nowhere else.

Nothing is kept until somebody searches a study; then its texts are opened in the background. A text version never
changes but for what flags hide in it, so its id and how often that changed say whether what is kept is what is asked
for. Texts that were withdrawn, replaced or not asked for
in a while are let go.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.coding.folded import FoldedText, Verdict
from qualcoder.coding.search import Query
from qualcoder.core.db import Database
from qualcoder.transcripts.models import SealedTo, Transcript, TranscriptState, Turn
from qualcoder.transcripts.queries import hide_in
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.aead import CannotOpen
from qualcoder.vault.keys import KeyRef, Shredded

log = logging.getLogger("qualcoder.index")

# A study that nobody searched for so long is let go.
IDLE_SECONDS = 900.0
BATCH = 8
PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Looked:
    """What the index says of the first `looked` versions of a question, by their places in it.

    Those in neither `found` nor `missing` hold nothing of what was looked for.
    """

    looked: int
    missing: frozenset[int]
    found: dict[int, Verdict]


@dataclass(slots=True)
class _Study:
    asked_at: float
    texts: dict[UUID, FoldedText] = field(default_factory=dict)


class Index:
    """Texts of one home, by study and text version. Any thread may ask while one loads."""

    def __init__(self, database: Database, memory_mb: int) -> None:
        self._database = database
        self._room = memory_mb * 1_000_000
        self._studies: dict[UUID, _Study] = {}
        self._is_full = False
        self._lock = threading.Lock()
        self._wanted = threading.Event()

    @property
    def size(self) -> int:
        """Bytes of the texts that are kept."""
        return sum(text.size for study in self._seen() for text in list(study.texts.values()))

    def _seen(self) -> list[_Study]:
        with self._lock:
            return list(self._studies.values())

    # Asking -------------------------------------------------------------------------------

    def look(
        self, study_id: UUID, versions: Sequence[UUID], query: Query, *, shown: int, limit: int, seconds: float
    ) -> Looked:
        """Look through versions in their order, until `limit` of them fit or time is up. What is missing is loaded
        later."""
        until = time.monotonic() + seconds
        with self._lock:
            study = self._studies.setdefault(study_id, _Study(0.0))
            study.asked_at = time.monotonic()
        missing: set[int] = set()
        found: dict[int, Verdict] = {}
        looked = 0
        for at, version in enumerate(versions):
            if len(found) >= limit or time.monotonic() > until:
                break
            looked += 1
            text = study.texts.get(version)
            if text is None:
                missing.add(at)
            elif verdict := text.verdict(query, shown):
                found[at] = verdict
        if missing and not self._is_full:
            self.wake()
        return Looked(looked, frozenset(missing), found)

    # Loading and letting go ----------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        """Until a question found something missing, or so long."""
        self._wanted.wait(seconds)
        self._wanted.clear()

    def wake(self) -> None:
        """End the wait."""
        self._wanted.set()

    def refresh(self) -> None:
        """Let go what is idle or not released any more, and open what is missing in studies that are searched."""
        for study_id, study in self._alive():
            with self._database.read() as db:
                released = _released(db, study_id)
                for version in study.texts.keys() - released.keys():
                    del study.texts[version]
                    self._is_full = False
                sealing.preload(db, [text.key for text in released.values()])
                self._load(db, study, released)

    def _alive(self) -> list[tuple[UUID, _Study]]:
        with self._lock:
            for study_id, study in list(self._studies.items()):
                if time.monotonic() - study.asked_at > IDLE_SECONDS:
                    del self._studies[study_id]
                    self._is_full = False
            return list(self._studies.items())

    def _load(self, db: Session, study: _Study, released: dict[UUID, _Text]) -> None:
        room = self._room - self.size
        missing = [version for version in released if version not in study.texts]
        for first in range(0, len(missing), BATCH):
            if self._is_full:
                return
            batch = {version: released[version] for version in missing[first : first + BATCH]}
            for version, text in _folded(db, batch):
                room -= text.size
                if room < 0:
                    self._is_full = True
                    log.warning("QUALCODER_SEARCH_MEMORY_MB is used up: searches open the other texts each time")
                    return
                study.texts[version] = text
            db.rollback()
            time.sleep(PAUSE_SECONDS)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text version that may be searched, and the key that opens it."""

    version_id: UUID
    key: KeyRef


def text_id(version_id: UUID, hidden_revision: int) -> UUID:
    """What a text is called here: another name each time that something in it is hidden or shown again."""
    return uuid5(version_id, str(hidden_revision)) if hidden_revision else version_id


def _released(db: Session, study_id: UUID) -> dict[UUID, _Text]:
    """The texts of a study that may be searched, by what they are called now."""
    rows = db.execute(
        sql(col(Transcript.text_version_id), col(Transcript.interview_id), col(Transcript.hidden_revision))
        .where(col(Transcript.study_id) == study_id, col(Transcript.state) == TranscriptState.CODABLE)
        .order_by(col(Transcript.number))
    )
    return {
        text_id(version, revision): _Text(version, KeyRef.interview(interview_id, study_id))
        for version, interview_id, revision in rows
    }


def _folded(db: Session, batch: dict[UUID, _Text]) -> Iterator[tuple[UUID, FoldedText]]:
    columns = (Turn.text_version_id, Turn.n, Turn.id, Turn.sealed_rev, Turn.body_ct, Turn.hidden)
    versions = [text.version_id for text in batch.values()]
    rows = db.execute(
        sql(*(col(column) for column in columns))
        .where(col(Turn.text_version_id).in_(versions), col(Turn.sealed_to) == SealedTo.INTERVIEW)
        .order_by(col(Turn.text_version_id), col(Turn.n))
    ).all()
    for name, text in batch.items():
        open_one = sealing.bulk_opener(db, text.key, f.TURN_BODY)
        turns = [row for row in rows if row[0] == text.version_id]
        try:
            bodies = [hide_in(open_one(row[2], row[3], row[4]), row[5]) for row in turns]
        except (Shredded, CannotOpen):
            continue
        yield name, FoldedText.of(bodies, [row[1] for row in turns])
