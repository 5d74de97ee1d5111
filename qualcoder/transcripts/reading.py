"""Opening a released text for reading, with the record of it."""

from __future__ import annotations

from sqlmodel import Session

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.ids import TranscriptId
from qualcoder.transcripts.access import Reach, reach, reach_codable
from qualcoder.transcripts.queries import OpenTurn, open_turns, turns_to_read


def read_released(db: Session, me: Person, transcript_id: TranscriptId) -> tuple[Reach, list[OpenTurn]]:
    """A transcript with its turns once it is released, recorded before the first byte; before that without any."""
    found = reach(db, me, transcript_id, Act.READ_TEXT)
    if not found.transcript.is_codable:
        return found, []
    study_id = found.transcript.study_id
    chain.disclose(
        db, lambda own: chain.record(own, me.id, "transcript.opened", "transcript", transcript_id, study_id=study_id)
    )
    found = reach_codable(db, me, transcript_id, Act.READ_TEXT)
    return found, open_turns(db, found.key, turns_to_read(db, found.transcript.text_version_id))
