"""Signed-in browsers: 30 idle minutes, 12 hours at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, delete, select

from qualcoder.accounts.models import Person, SignIn
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.ids import PersonId
from qualcoder.vault import hashing

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Current:
    """Who is signed in, with which session."""

    person: Person
    session_id: UUID
    is_to_touch: bool


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


def find_current(database: Database, token: str) -> Current | None:
    """Who holds this token. A look of its own, ended before anything else begins."""
    with database.read() as db:
        row = db.exec(
            select(SignIn, Person)
            .join(Person, col(Person.id) == col(SignIn.person_id))
            .where(col(SignIn.token_hash) == hashing.token_hash(token))
        ).first()
        if row is None:
            return None
        session, person = row
        moment = now()
        is_over = moment > session.expires_at or moment - session.last_seen > IDLE or person.disabled_at is not None
        if is_over:
            return None
        db.expunge_all()
        return Current(person, session.id, moment - session.last_seen > TOUCH_EVERY)


def touch(database: Database, session_id: UUID) -> None:
    """Note that a session is in use, at most once a minute."""
    with database.transaction() as db:
        if session := db.get(SignIn, session_id):
            session.last_seen = now()


def end(db: Session, token: str) -> None:
    db.execute(delete(SignIn).where(col(SignIn.token_hash) == hashing.token_hash(token)))


def end_all(db: Session, person_id: PersonId) -> None:
    """Sign a person out everywhere."""
    db.execute(delete(SignIn).where(col(SignIn.person_id) == person_id))


def sweep(db: Session) -> None:
    """Remove sessions that are over."""
    db.execute(delete(SignIn).where(col(SignIn.expires_at) < now()))
