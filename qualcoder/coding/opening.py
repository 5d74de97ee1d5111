"""That somebody opened a text is on record once for an open page, which holds a proof of it and asks for more with it.

Who asks without one, or with one that is older than a day, opens the text, and that is recorded.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.ids import TranscriptId
from qualcoder.transcripts.access import Reach, reach_codable
from qualcoder.vault import hashing, sealing

HOLDS = timedelta(hours=24)


def proof(db: Session, found: Reach, at: datetime) -> str:
    """What only this person is given, for this text, once the opening is on record."""
    moment = str(int(at.timestamp()))
    return f"{moment}.{_mac(db, found, moment).hex()}"


def _mac(db: Session, found: Reach, moment: str) -> bytes:
    key = sealing.keyring_of(db).derived(found.key, "opened")
    return hashing.mac(key, found.me.id.bytes, found.transcript.id.bytes, moment.encode())


def _is_proven(db: Session, found: Reach, given: str) -> bool:
    moment, _, mac = given.partition(".")
    newest = int(now().timestamp())
    # One length and plain digits: nothing else is read as a number or as hex.
    if not (len(moment) <= 12 and moment.isascii() and moment.isdigit() and len(mac) == 64 and mac.isascii()):
        return False
    if not newest - HOLDS.total_seconds() <= int(moment) <= newest + 60:
        return False
    return hashing.same(mac.encode(), _mac(db, found, moment).hex().encode())


def reach_opened(db: Session, me: Person, transcript_id: TranscriptId, given: str) -> Reach:
    """A transcript to read from, whose opening by this person is on record before the first byte."""
    found = reach_codable(db, me, transcript_id, Act.READ_TEXT)
    if _is_proven(db, found, given):
        return found
    study_id = found.transcript.study_id
    chain.disclose(
        db, lambda own: chain.record(own, me.id, "transcript.opened", "transcript", transcript_id, study_id=study_id)
    )
    return reach_codable(db, me, transcript_id, Act.READ_TEXT)
