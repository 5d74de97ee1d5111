"""Released transcripts of any length, and many of them, without the way through upload and review."""

from __future__ import annotations

import random
from uuid import uuid4

from sqlmodel import Session, col, delete

from qualcoder.accounts.models import Person
from qualcoder.core.clock import now
from qualcoder.core.ids import TextVersionId, TranscriptId, TurnId, new_id
from qualcoder.home import Home
from qualcoder.transcripts.models import Assignment, TextKind, TextVersion, Transcript, TranscriptState, Turn
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef
from tests.homes import World
from tests.transcripts import making

WORDS = ("вода", "дорога", "мост", "аким", "су", "жол", "ауыл", "сайлау", "көше", "мектеп", "суд", "road", "vote")
WORDS_IN_TURN = 40


def make_long(home: Home, world: World, words: int) -> Transcript:
    """A released transcript of so many words, forty to a turn, assigned to the coder of the world."""
    transcript = making.to_codable(home, world)
    draw = random.Random(words)
    with home.data.transaction() as db:
        row = db.get_one(Transcript, transcript.id)
        key = KeyRef.interview(row.interview_id, row.study_id)
        assert row.text_version_id is not None
        db.execute(delete(Turn).where(col(Turn.text_version_id) == row.text_version_id))
        start = 0
        turns = []
        for n in range(1, words // WORDS_IN_TURN + 1):
            body = " ".join(draw.choice(WORDS) for _ in range(WORDS_IN_TURN))
            turns.append(_turn(db, key, row.text_version_id, n, start, body))
            start += len(body) + 1
        db.add_all(turns)
        row.n_chars, row.n_turns = start - 1, len(turns)
        db.get_one(TextVersion, row.text_version_id).n_chars = start - 1
    return making.again(home, transcript)


def _turn(db: Session, key: KeyRef, version_id: TextVersionId, n: int, start: int, body: str) -> Turn:
    row = sealing.RowKey(new_id())
    return Turn(
        id=TurnId(row.id),
        text_version_id=version_id,
        n=n,
        start=start,
        length=len(body),
        bounds=[0],
        language="ru",
        is_interviewer=n % 2 == 1,
        speaker_ct=sealing.seal(db, key, f.TURN_SPEAKER, row, "Респондент"),
        body_ct=sealing.seal(db, key, f.TURN_BODY, row, body),
    )


def add_many(home: Home, transcript: Transcript, coder: Person, count: int, *, first: int) -> None:
    """So many more released transcripts of one turn each in the study, for the coder, numbered from `first`."""
    with home.data.transaction() as db:
        like = db.get_one(Transcript, transcript.id)
        key = KeyRef.interview(like.interview_id, like.study_id)
        rows, versions, others, assigned = [], [], [], []
        for n in range(count):
            row, version_id = sealing.RowKey(new_id()), TextVersionId(new_id())
            rows.append(
                Transcript(
                    id=TranscriptId(row.id),
                    study_id=like.study_id,
                    interview_id=like.interview_id,
                    number=first + n,
                    state=TranscriptState.CODABLE,
                    language="ru",
                    title_ct=sealing.seal(db, key, f.TRANSCRIPT_TITLE, row, ""),
                    file_name_ct=sealing.seal(db, key, f.TRANSCRIPT_FILE_NAME, row, "x.txt"),
                    content_mac=uuid4().bytes,
                    text_version_id=version_id,
                    text_number=1,
                    n_chars=4,
                    n_turns=1,
                    uploaded_by=like.uploaded_by,
                    created_at=now(),
                )
            )
            versions.append(
                TextVersion(
                    id=version_id,
                    transcript_id=TranscriptId(row.id),
                    number=1,
                    kind=TextKind.ANONYMISED,
                    n_chars=4,
                    created_at=now(),
                )
            )
            others.append(_turn(db, key, version_id, 1, 0, "вода"))
            assigned.append(
                Assignment(
                    transcript_id=TranscriptId(row.id),
                    person_id=coder.id,
                    created_by=like.uploaded_by,
                    created_at=now(),
                )
            )
        for group in (rows, versions, others, assigned):
            db.add_all(group)
            db.flush()
