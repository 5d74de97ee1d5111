"""Where a reader of a transcript was last: the number of a turn, nobody else's affair, and no words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, update
from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.coding.models import LastPlace
from qualcoder.core.ids import TranscriptId
from qualcoder.transcripts.access import reach_codable


def keep(db: Session, me: Person, transcript_id: TranscriptId, turn: int) -> None:
    """Remember the turn where a reader is now. A text that is corrected may have fewer turns than that."""
    reach_codable(db, me, transcript_id, Act.READ_TEXT)
    mine = (col(LastPlace.person_id) == me.id, col(LastPlace.transcript_id) == transcript_id)
    known = update(LastPlace).where(*mine).values(turn=turn).execution_options(synchronize_session=False)
    if not db.exec(known).rowcount:
        db.add(LastPlace(person_id=me.id, transcript_id=transcript_id, turn=turn))


def place_query(me: Any, transcript_id: Any) -> Select[Any]:
    """The turn, in no row or one; a part of somebody's statement."""
    mine = (col(LastPlace.person_id) == me, col(LastPlace.transcript_id) == transcript_id)
    return sql(col(LastPlace.turn)).where(*mine)
