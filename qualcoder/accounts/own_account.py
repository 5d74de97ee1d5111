"""What people do with their own account: name, password, sessions, tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.accounts import factors, people, sessions, signing_in, tokens
from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.models import Person, Study
from qualcoder.accounts.permissions import Act
from qualcoder.accounts.service import check_password, title_of
from qualcoder.accounts.sessions import Current
from qualcoder.audit import chain
from qualcoder.core.db import Database
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.messages import N_
from qualcoder.vault import hashing

MAX_NAME = 120


@dataclass(frozen=True, slots=True, repr=False)
class NewPassword:
    """The old password and the new one, as typed."""

    old: str
    new: str
    again: str


@dataclass(frozen=True, slots=True)
class OwnToken:
    """A token as its owner sees it, with the title of its study: never the token itself."""

    id: UUID
    study: str
    since: datetime


def rename(db: Session, me: Person, name: str) -> None:
    """The name that colleagues see."""
    shown = " ".join(name.split())
    if not shown or not shown.isprintable():
        message = N_("Colleagues need a name to see, in one line.")
        raise Invalid(message, fields={"name": message})
    person = people.locked(db, me.id)
    particulars = people.particulars_of(db, person)
    people.keep(db, person, replace(particulars, name=shown[:MAX_NAME]))
    chain.record(db, me.id, "person.renamed", "person", me.id)


def change_password(database: Database, me: Person, typed: NewPassword, *, memory_mib: int) -> str:
    """Set a new password for who knows the old one. All sessions end; returns the token of a new one."""
    stored = signing_in.confirm_password(database, me, typed.old, field="old")
    if typed.new != typed.again:
        message = N_("The two passwords differ.")
        raise Invalid(message, fields={"again": message})
    with database.read() as db:
        person = db.get_one(Person, me.id)
        check_password(typed.new, (people.name_of(db, person), people.email_of(db, person).partition("@")[0]))
    hashed = hashing.hash_password(typed.new, memory_mib=memory_mib)
    with database.transaction() as db:
        person = people.locked(db, me.id)
        if person.password_hash != stored or person.disabled_at is not None:
            raise Conflict(N_("Somebody changed this meanwhile. Reload the page to see it; nothing was lost."))
        person.password_hash = hashed
        sessions.end_all(db, me.id)
        chain.record(db, me.id, "person.password_changed", "person", me.id)
        return sessions.open_session(db, me.id)


def end_session(db: Session, me: Person, session_id: UUID) -> None:
    """Sign one browser out."""
    if not sessions.end_one(db, me.id, session_id):
        raise NotFound
    chain.record(db, me.id, "session.ended", "session", session_id)


def end_other_sessions(db: Session, current: Current) -> None:
    """Sign all other browsers out."""
    ended = sessions.end_others(db, current.person.id, current.session_id)
    chain.record(db, current.person.id, "session.others_ended", "person", current.person.id, ended=ended)


def turn_on_factor(database: Database, current: Current, code: str, password: str) -> tuple[str, ...]:
    """Begin to ask for codes; sessions that were opened without one end. Returns recovery codes to show once."""
    me = current.person
    if me.totp_ct is not None:
        raise factors.HasFactor
    signing_in.confirm_password(database, me, password)
    with database.transaction() as db:
        codes = factors.turn_on(db, me, current.session_id, code)
        sessions.end_others(db, me.id, current.session_id)
        return codes


def tokens_of(db: Session, me: Person) -> list[OwnToken]:
    """The tokens that still work, the newest first."""
    lines = tokens.working_tokens_of(db, me.id)
    wanted = select(Study).where(col(Study.id).in_({line.study_id for line in lines}))
    titles = {study.id: title_of(db, study) for study in db.exec(wanted)}
    return [OwnToken(line.id, titles[line.study_id], line.created_at) for line in lines]


def make_token(database: Database, me: Person, study: str, password: str) -> str:
    """A token for scripts in a study of one's own; returns what is shown once. It opens without a second factor,
    so whoever makes one shows the password again."""
    stored = signing_in.confirm_password(database, me, password, field="token_password")
    with database.transaction() as db:
        if people.locked(db, me.id).password_hash != stored:
            raise Conflict(N_("Somebody changed this meanwhile. Reload the page to see it; nothing was lost."))
        return tokens.create(db, study_by_slug(db, me, study, Act.SEE_STUDY))
