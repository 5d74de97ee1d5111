"""Reading the rest: which parts of the raw text each reader has looked through, marked and unmarked words alike.

A part must be read again when words that were hidden there are now to stay, when a mark in it is removed, or when a
replacement that stood there is worded anew. Marking more, or accepting, only hides: it takes no reading back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select as rows
from sqlmodel import Session, col, delete, select

from qualcoder.anonymise.models import PiiSpan
from qualcoder.anonymise.service import replacement_of
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, NotFound
from qualcoder.core.messages import N_
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.models import PartRead, Transcript, Turn
from qualcoder.transcripts.parts import PART_CHARS, Part, parts_of
from qualcoder.transcripts.queries import raw_version
from qualcoder.vault.hashing import digest_of


class PartChanged(Conflict):
    """Something was decided in this part after the page was drawn."""

    def __init__(self) -> None:
        super().__init__(N_("Something in this part was decided meanwhile. Look at it once more."))


class Unread(Conflict):
    """Release and second reading are locked while parts of the text are unread by this person."""

    def __init__(self, n: int) -> None:
        super().__init__(N_("%(n)s parts of the text are still unread. Read the rest, then release."), n=n)


@dataclass(frozen=True, slots=True)
class Place:
    """A turn's place in the raw text."""

    n: int
    start: int
    length: int
    bounds: tuple[int, ...] = ()

    @property
    def end(self) -> int:
        return self.start + self.length


def places_of(db: Session, transcript: Transcript) -> list[Place]:
    """The places of the raw turns in reading order, without opening one; sentences only of long turns."""
    version_id = raw_version(db, transcript).id
    mine = col(Turn.text_version_id) == version_id
    found = db.execute(rows(Turn.n, Turn.start, Turn.length).where(mine).order_by(col(Turn.n))).all()  # type: ignore[call-overload]  # columns of a SQLModel class are typed as their values
    long = col(Turn.length) > PART_CHARS
    bounds: dict[int, list[int]] = dict(db.execute(rows(Turn.n, Turn.bounds).where(mine, long)).all())  # type: ignore[call-overload]  # as above
    return [Place(n, start, length, tuple(bounds.get(n, ()))) for n, start, length in found]


def read_by(db: Session, reach: Reach) -> set[tuple[int, int]]:
    """Where the parts that this person has read begin and end."""
    mine = (col(PartRead.transcript_id) == reach.transcript.id, col(PartRead.person_id) == reach.me.id)
    return {(start, end) for start, end in db.exec(select(PartRead.start, PartRead.end).where(*mine))}


def unread(db: Session, reach: Reach) -> list[Part]:
    """The parts that this person has still to read."""
    known = read_by(db, reach)
    return [part for part in parts_of(places_of(db, reach.transcript)) if (part.start, part.end) not in known]


def hold(db: Session, reach: Reach) -> None:
    """Let decisions and readings of one transcript happen one after the other, on PostgreSQL too."""
    db.refresh(reach.transcript, with_for_update=True)


def seen_of(part: Part, spans: Sequence[PiiSpan], shown: Mapping[UUID, str]) -> str:
    """A short digest of what is decided in a part and `shown` there, so that a stale page can't say it was read."""
    mine = (span for span in spans if part.touches(span.start, span.end))
    words = sorted(f"{span.id}{span.decision}{span.sealed_rev} {shown[span.id]}" for span in mine)
    return digest_of("\n".join(words).encode())[:16]


def read_part(db: Session, reach: Reach, number: int, seen: str) -> Part:
    """Note that this person has read a part as it was when `seen` was made. Saying so again changes nothing."""
    hold(db, reach)
    part = next((one for one in parts_of(places_of(db, reach.transcript)) if one.number == number), None)
    if part is None:
        raise NotFound
    touching = (col(PiiSpan.start) < part.end, col(PiiSpan.end) > part.start)
    spans = db.exec(select(PiiSpan).where(col(PiiSpan.transcript_id) == reach.transcript.id, *touching)).all()
    if seen_of(part, spans, {span.id: replacement_of(db, span) for span in spans}) != seen:
        raise PartChanged
    if (part.start, part.end) not in read_by(db, reach):
        db.add(
            PartRead(
                transcript_id=reach.transcript.id,
                person_id=reach.me.id,
                start=part.start,
                end=part.end,
                read_at=now(),
            )
        )
        db.flush()
        study_id = reach.transcript.study_id
        chain.record(db, reach.me.id, "part.read", "transcript", reach.transcript.id, study_id=study_id, part=number)
    return part


def forget(db: Session, transcript_id: UUID, spans: Sequence[PiiSpan]) -> int:
    """Parts in which these findings lie are unread again, by everybody; returns how many readings that took back."""
    if not spans:
        return 0
    known = db.execute(
        rows(PartRead.id, PartRead.start, PartRead.end).where(col(PartRead.transcript_id) == transcript_id)  # type: ignore[call-overload]  # as above
    ).all()
    gone = [id_ for id_, start, end in known if any(span.start < end and start < span.end for span in spans)]
    if gone:
        db.execute(delete(PartRead).where(col(PartRead.id).in_(gone)))
    return len(gone)
