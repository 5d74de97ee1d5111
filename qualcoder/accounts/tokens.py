"""Tokens of scripts: each acts as one person in one study. Printed once, kept as a digest, good until revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select, update

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import ApiToken, Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.errors import NotFound
from qualcoder.core.ids import PersonId, StudyId
from qualcoder.vault import hashing


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a token stands for, and the only study it opens."""

    token_id: UUID
    person: Person
    study_id: StudyId


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token in a list; the token itself is kept nowhere."""

    id: UUID
    person_id: PersonId
    study_id: StudyId
    created_at: datetime
    revoked_at: datetime | None


def create(db: Session, access: Access) -> str:
    """A token for oneself in a study; returns what is shown once. Nobody makes one that acts as somebody else."""
    access.require(Act.SEE_STUDY)
    token = hashing.new_token()
    row = ApiToken(
        token_hash=hashing.token_hash(token),
        person_id=access.person.id,
        study_id=access.study.id,
        created_at=now(),
    )
    db.add(row)
    db.flush()
    chain.record(db, access.person.id, "token.created", "api_token", row.id, study_id=access.study.id)
    return token


def find_holder(db: Session, token: str) -> Holder | None:
    """Whom a token stands for: nobody when it is unknown, revoked, or its person was disabled."""
    row = db.exec(
        select(ApiToken, Person)
        .join(Person, col(Person.id) == col(ApiToken.person_id))
        .where(col(ApiToken.token_hash) == hashing.token_hash(token), col(ApiToken.revoked_at).is_(None))
    ).first()
    if row is None or row[1].disabled_at is not None:
        return None
    return Holder(row[0].id, row[1], row[0].study_id)


def look_up(database: Database, token: str) -> Holder | None:
    """The same, in a look of its own that is over before anything else begins."""
    with database.read() as db:
        holder = find_holder(db, token)
        db.expunge_all()
        return holder


def tokens_in(db: Session, access: Access) -> list[TokenLine]:
    """One's own tokens in a study; everybody's for those who manage its people."""
    query = select(ApiToken).where(col(ApiToken.study_id) == access.study.id)
    if not access.may(Act.MANAGE_PEOPLE):
        query = query.where(col(ApiToken.person_id) == access.person.id)
    return [_line(row) for row in db.exec(query.order_by(col(ApiToken.created_at), col(ApiToken.id)))]


def working_tokens_of(db: Session, person_id: PersonId) -> list[TokenLine]:
    """A person's tokens that still work, of every study, the newest first."""
    rows = db.exec(
        select(ApiToken)
        .where(col(ApiToken.person_id) == person_id, col(ApiToken.revoked_at).is_(None))
        .order_by(col(ApiToken.created_at).desc(), col(ApiToken.id))
    )
    return [_line(row) for row in rows]


def _line(row: ApiToken) -> TokenLine:
    return TokenLine(row.id, row.person_id, row.study_id, row.created_at, row.revoked_at)


def revoke(db: Session, access: Access, token_id: UUID) -> None:
    """End a token at once: one's own, or anybody's for those who manage the study's people."""
    row = _find_for_update(db, token_id)
    is_there = row is not None and row.study_id == access.study.id
    is_allowed = is_there and row is not None and (row.person_id == access.person.id or access.may(Act.MANAGE_PEOPLE))
    if row is None or not is_allowed:
        raise NotFound
    _end(db, access.person.id, row)


def revoke_own(db: Session, me: Person, token_id: UUID) -> None:
    """The same for a token of one's own, in whichever study. Doing it again changes nothing."""
    row = _find_for_update(db, token_id)
    if row is None or row.person_id != me.id:
        raise NotFound
    _end(db, me.id, row)


def _find_for_update(db: Session, token_id: UUID) -> ApiToken | None:
    return db.exec(select(ApiToken).where(col(ApiToken.id) == token_id).with_for_update()).first()


def _end(db: Session, actor_id: PersonId, row: ApiToken) -> None:
    if row.revoked_at is None:
        row.revoked_at = now()
        chain.record(db, actor_id, "token.revoked", "api_token", row.id, study_id=row.study_id)


def revoke_all(db: Session, person_id: PersonId, study_id: StudyId) -> None:
    """End every token of a person in a study."""
    db.execute(
        update(ApiToken)
        .where(
            col(ApiToken.person_id) == person_id,
            col(ApiToken.study_id) == study_id,
            col(ApiToken.revoked_at).is_(None),
        )
        .values(revoked_at=now())
    )
