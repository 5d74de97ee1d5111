"""What waits for a person in a study: counts over what the role may see, one statement per card."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, case, func, or_
from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Membership, Person, Role, Study
from qualcoder.accounts.permissions import Act
from qualcoder.coding.models import Coding
from qualcoder.core.ids import TranscriptId
from qualcoder.core.models import Job, JobState
from qualcoder.transcripts.models import Transcript, TranscriptState, Turn
from qualcoder.transcripts.queries import within_reach

BEGUN = 5


@dataclass(frozen=True, slots=True)
class Pile:
    """Transcripts in a state. `mine_to_pass` of a second reading wait for somebody else than me.

    `first` is the one with the lowest number of those that wait for me.
    """

    state: TranscriptState
    n: int
    mine_to_pass: int = 0
    first: TranscriptId | None = None
    first_number: int = 0

    @property
    def serial(self) -> str:
        return f"T-{self.first_number:03d}"

    @property
    def for_me(self) -> int:
        return self.n - self.mine_to_pass


@dataclass(frozen=True, slots=True)
class Begun:
    """A transcript that I have begun to code, and the turn of the furthest place."""

    transcript_id: TranscriptId
    number: int
    codings: int
    turn: int

    @property
    def serial(self) -> str:
        return f"T-{self.number:03d}"


@dataclass(frozen=True, slots=True)
class CodingWork:
    """A coder's work: how many transcripts are not begun, the first of them, and the begun ones, latest first."""

    not_begun: int
    begun: tuple[Begun, ...]
    first: Begun | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A study in numbers, for its PI."""

    codings: int
    coders: int


@dataclass(frozen=True, slots=True)
class HouseState:
    """The house in numbers, for an administrator; nothing of any study's content."""

    studies: int
    people: int
    jobs_waiting: int
    jobs_failed: int


def piles(db: Session, access: Access) -> tuple[Pile, ...]:
    """The transcripts within reach by state, in the order of their way."""
    if not access.may(Act.REVIEW):
        return ()
    is_passed = and_(
        col(Transcript.state) == TranscriptState.SECOND_READ, col(Transcript.first_reader) == access.person.id
    )
    rows = db.execute(
        sql(col(Transcript.state), func.count(), func.sum(case((is_passed, 1), else_=0)))
        .where(*within_reach(access))
        .group_by(col(Transcript.state))
    )
    counted = {state: (n, passed) for state, n, passed in rows}
    firsts = _firsts(db, access)
    found = {state: Pile(state, *counted[state], *firsts.get(state, (None, 0))) for state in counted}
    return tuple(found[state] for state in TranscriptState if state in found)


def _firsts(db: Session, access: Access) -> dict[TranscriptState, tuple[TranscriptId, int]]:
    is_for_me = or_(
        col(Transcript.state) != TranscriptState.SECOND_READ,
        col(Transcript.first_reader).is_(None),
        col(Transcript.first_reader) != access.person.id,
    )
    lowest = (
        sql(col(Transcript.state), func.min(col(Transcript.number)).label("number"))
        .where(*within_reach(access), is_for_me)
        .group_by(col(Transcript.state))
        .subquery()
    )
    rows = db.execute(
        sql(col(Transcript.state), col(Transcript.id), col(Transcript.number))
        .join(lowest, and_(lowest.c.state == col(Transcript.state), lowest.c.number == col(Transcript.number)))
        .where(col(Transcript.study_id) == access.study.id)
    )
    return {state: (TranscriptId(transcript_id), number) for state, transcript_id, number in rows}


def coding_work(db: Session, access: Access) -> CodingWork | None:
    """What a coder has begun and not begun; None for other roles."""
    if access.role is not Role.CODER:
        return None
    mine = (
        sql(
            col(Coding.text_version_id).label("version_id"),
            func.count().label("codings"),
            func.max(Coding.start).label("furthest"),
            func.max(Coding.created_at).label("latest"),
        )
        .where(col(Coding.coder_id) == access.person.id, col(Coding.deleted_at).is_(None))
        .group_by(col(Coding.text_version_id))
        .subquery()
    )
    turn = (
        sql(func.max(Turn.n))
        .where(col(Turn.text_version_id) == col(Transcript.text_version_id), col(Turn.start) <= mine.c.furthest)
        .scalar_subquery()
    )
    rows = db.execute(
        sql(col(Transcript.id), col(Transcript.number), mine.c.codings, turn)
        .join(mine, mine.c.version_id == col(Transcript.text_version_id), isouter=True)
        .where(*within_reach(access))
        .order_by(mine.c.latest.desc(), col(Transcript.number))
    ).all()
    begun = [
        Begun(TranscriptId(transcript_id), number, codings, at)
        for transcript_id, number, codings, at in rows
        if codings is not None
    ]
    fresh = [Begun(TranscriptId(row[0]), row[1], 0, 1) for row in rows if row[2] is None]
    return CodingWork(len(fresh), tuple(begun[:BEGUN]), min(fresh, key=lambda one: one.number, default=None))


def figures(db: Session, access: Access) -> Figures | None:
    """How much is coded, and by how many; for the PI only."""
    if access.role is not Role.PI:
        return None
    n, coders = db.execute(
        sql(func.count(), func.count(col(Coding.coder_id).distinct())).where(
            col(Coding.study_id) == access.study.id, col(Coding.deleted_at).is_(None)
        )
    ).one()
    return Figures(n, coders)


def house(db: Session, me: Person) -> HouseState | None:
    """The state of the house; for its administrators only."""
    if not me.is_admin:
        return None
    studies = sql(func.count()).select_from(Study).scalar_subquery()
    people = (
        sql(func.count(col(Membership.person_id).distinct()))
        .where(col(Membership.ended_at).is_(None))
        .scalar_subquery()
    )
    waiting = (
        sql(func.count())
        .select_from(Job)
        .where(col(Job.state).in_([JobState.WAITING, JobState.RUNNING]))
        .scalar_subquery()
    )
    failed = sql(func.count()).select_from(Job).where(col(Job.state) == JobState.FAILED).scalar_subquery()
    return HouseState(*db.execute(sql(studies, people, waiting, failed)).one())
