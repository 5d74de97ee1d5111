"""Signed-in browsers: 30 idle minutes, 12 hours at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, select

from qualcoder.accounts import factors
from qualcoder.accounts.models import PendingSignIn, Person, SignIn
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.ids import PersonId
from qualcoder.vault import hashing

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Current:
    """Who is signed in, with which session, and whether the role asks for a second factor that is not there yet."""

    person: Person
    session_id: UUID
    is_to_touch: bool
    owes_factor: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A session as its owner sees it."""

    id: UUID
    since: datetime
    last_seen: datetime
    is_this: bool


def open_session(db: Session, person_id: PersonId) -> str:
    """A new session; returns the token for the cookie."""
    token = hashing.new_token()
    moment = now()
    db.add(
        SignIn(
            token_hash=hashing.token_hash(token),
            person_id=person_id,
            created_at=moment,
            last_seen=moment,
            expires_at=moment + ABSOLUTE,
        )
    )
    return token


# Made once: every request asks it, and putting it together takes longer than its answer.
_BY_TOKEN = (
    select(SignIn, Person, factors.is_owed())
    .join(Person, col(Person.id) == col(SignIn.person_id))
    .where(col(SignIn.token_hash) == bindparam("token_hash"))
)


def find_current(database: Database, token: str) -> Current | None:
    """Who holds this token. A look of its own, ended before anything else begins."""
    with database.read() as db:
        row = db.execute(_BY_TOKEN, {"token_hash": hashing.token_hash(token)}).first()
        if row is None:
            return None
        session, person, owes_factor = row
        moment = now()
        is_over = moment > session.expires_at or moment - session.last_seen > IDLE or person.disabled_at is not None
        if is_over:
            return None
        db.expunge_all()
        return Current(person, session.id, moment - session.last_seen > TOUCH_EVERY, owes_factor)


def touch(database: Database, session_id: UUID) -> None:
    """Note that a session is in use, at most once a minute."""
    with database.transaction() as db:
        if session := db.get(SignIn, session_id):
            session.last_seen = now()


def end(db: Session, token: str) -> None:
    db.execute(delete(SignIn).where(col(SignIn.token_hash) == hashing.token_hash(token)))


def end_all(db: Session, person_id: PersonId) -> None:
    """Sign a person out everywhere, and stop sign-ins that are half done."""
    for table in (SignIn, PendingSignIn):
        db.execute(delete(table).where(col(table.person_id) == person_id))


def end_others(db: Session, person_id: PersonId, keep: UUID) -> int:
    """Sign a person out everywhere else; how many sessions that were."""
    db.execute(delete(PendingSignIn).where(col(PendingSignIn.person_id) == person_id))
    mine = delete(SignIn).where(col(SignIn.person_id) == person_id, col(SignIn.id) != keep)
    return db.exec(mine).rowcount


def end_one(db: Session, person_id: PersonId, session_id: UUID) -> bool:
    """End one session of this person; False if they have no such session."""
    mine = delete(SignIn).where(col(SignIn.person_id) == person_id, col(SignIn.id) == session_id)
    return db.exec(mine).rowcount == 1


def lines_of(db: Session, current: Current) -> list[Line]:
    """The sessions that a person could still use, the newest first."""
    moment = now()
    rows = db.exec(
        select(SignIn)
        .where(
            col(SignIn.person_id) == current.person.id,
            col(SignIn.expires_at) >= moment,
            col(SignIn.last_seen) >= moment - IDLE,
        )
        .order_by(col(SignIn.created_at).desc(), col(SignIn.id))
    )
    return [Line(row.id, row.created_at, row.last_seen, row.id == current.session_id) for row in rows]


def sweep(db: Session) -> None:
    """Remove sessions that are over, and sign-ins that were not finished."""
    for table in (SignIn, PendingSignIn):
        db.execute(delete(table).where(col(table.expires_at) < now()))
