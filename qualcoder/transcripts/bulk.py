"""Acts on many transcripts at once. Each says what it changed, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.ids import PersonId, TranscriptId
from qualcoder.transcripts import publishing, service
from qualcoder.transcripts.access import reach
from qualcoder.transcripts.models import Assignment, TranscriptState

Pair = tuple[TranscriptId, PersonId]


@dataclass(frozen=True, slots=True)
class Done:
    """What one act changed: who on which transcript, how many transcripts, and how many it left out."""

    pairs: tuple[Pair, ...] = ()
    changed: int = 0
    left_out: int = 0


def _by_transcript(pairs: Sequence[Pair]) -> dict[TranscriptId, list[PersonId]]:
    found: dict[TranscriptId, list[PersonId]] = {}
    for transcript_id, person_id in pairs:
        found.setdefault(transcript_id, []).append(person_id)
    return found


def _assigned(db: Session, transcript_id: TranscriptId, people: Sequence[PersonId]) -> list[Assignment]:
    return list(
        db.exec(
            select(Assignment).where(
                col(Assignment.transcript_id) == transcript_id, col(Assignment.person_id).in_(people)
            )
        )
    )


def assign(db: Session, me: Person, pairs: Sequence[Pair]) -> Done:
    """Let people code transcripts. One that is not released is left out; a foreign one refuses everything."""
    new: list[Pair] = []
    left_out = 0
    for transcript_id, people in _by_transcript(pairs).items():
        if not reach(db, me, transcript_id, Act.ASSIGN).transcript.is_codable:
            left_out += 1
            continue
        known = {row.person_id for row in _assigned(db, transcript_id, people)}
        missing = [person_id for person_id in dict.fromkeys(people) if person_id not in known]
        if missing:
            publishing.assign(db, me, transcript_id, missing)
            new += [(transcript_id, person_id) for person_id in missing]
    return Done(tuple(new), len({transcript_id for transcript_id, _person in new}), left_out)


def unassign(db: Session, me: Person, pairs: Sequence[Pair]) -> Done:
    """Take people off transcripts. What they coded stays; `assign` with the same pairs takes this back."""
    gone: list[Pair] = []
    for transcript_id, people in _by_transcript(pairs).items():
        study_id = reach(db, me, transcript_id, Act.ASSIGN).transcript.study_id
        rows = _assigned(db, transcript_id, people)
        for row in rows:
            db.delete(row)
            gone.append((transcript_id, row.person_id))
        if rows:
            chain.record(
                db, me.id, "transcript.unassigned", "transcript", transcript_id, study_id=study_id, coders=len(rows)
            )
    return Done(tuple(gone), len({transcript_id for transcript_id, _person in gone}))


def retry(db: Session, me: Person, transcript_ids: Sequence[TranscriptId]) -> Done:
    """Start the search for names again where it failed; others are left out."""
    n = 0
    for transcript_id in dict.fromkeys(transcript_ids):
        found = reach(db, me, transcript_id, Act.REVIEW)
        if found.transcript.state is TranscriptState.FAILED:
            service.retry_detection(db, found)
            n += 1
    return Done(changed=n, left_out=len(set(transcript_ids)) - n)
