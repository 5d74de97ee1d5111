"""Signing in: a password, then a code of the second factor, then a session with a token of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from qualcoder.accounts import factors, limits, people, sessions
from qualcoder.accounts.models import PendingSignIn, Person
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.errors import DomainError, Invalid
from qualcoder.core.messages import N_
from qualcoder.vault import hashing

PENDING_LASTS = timedelta(minutes=5)
MAX_TRIES = 5
# Verified for unknown people, so that an answer takes as long whether the address is known or not.
_DUMMY: dict[int, str] = {}


@dataclass(frozen=True, slots=True, repr=False)
class Entered:
    """A token for a cookie: of a session, or of a sign-in that waits for a code."""

    token: str
    needs_code: bool = False


class WrongSignIn(Invalid):
    """The same words whether the address or the password is wrong."""

    def __init__(self) -> None:
        super().__init__(N_("The address or the password is not right."))


class WrongPassword(Invalid):
    """A signed-in person was asked for the password again."""

    def __init__(self, field: str) -> None:
        message = N_("This is not your password.")
        super().__init__(message, fields={field: message})


class WrongCode(Invalid):
    """Neither a code of now that was not used before, nor a recovery code."""

    def __init__(self) -> None:
        message = N_("This code is not right, or was used already. Wait for the next one.")
        super().__init__(message, fields={"code": message})


class StartAgain(DomainError):
    """The first step is too long ago, or too many codes were wrong."""

    status = 401

    def __init__(self) -> None:
        super().__init__(N_("Sign in again: the code took too long, or too many codes were wrong."))


class TooManyCodes(limits.TooMany):
    """More wrong codes than a person mistypes."""

    def __init__(self) -> None:
        super().__init__(N_("Too many wrong codes. Wait ten minutes, then sign in again."))


def sign_in(
    database: Database,
    email: str,
    password: str,
    address: str,
    *,
    memory_mib: int,
    asks_code: bool = True,
    instead_of: str | None = None,
) -> Entered:
    """Check a password outside any transaction. The session `instead_of`, if any, ends with it."""
    with database.transaction() as db:
        is_free = limits.take(db, limits.SIGN_IN_ADDRESS, address)
        is_free = limits.take(db, limits.SIGN_IN_ACCOUNT, email.strip().casefold()) and is_free
    if not is_free:
        raise limits.TooMany
    with database.read() as db:
        try:
            person = people.find_by_email(db, people.normal_email(email))
        except Invalid:
            person = None
        stored = person.password_hash if person else None
    # Made for known people too: whoever is the first of all waits for it.
    dummy = _dummy(memory_mib)
    is_right = hashing.verify_password(password, stored or dummy)
    if person is None or stored is None or person.disabled_at is not None or not is_right:
        with database.transaction() as db:
            chain.record(db, person.id if person else None, "sign_in.refused", "person", person.id if person else None)
        raise WrongSignIn
    with database.transaction() as db:
        sessions.sweep(db)
        if instead_of:
            sessions.end(db, instead_of)
        fresh = db.get_one(Person, person.id)
        if fresh.password_hash != stored or fresh.disabled_at is not None:
            raise WrongSignIn
        entered = enter(db, fresh, asks_code=asks_code)
        chain.record(db, person.id, "sign_in.code_asked" if entered.needs_code else "sign_in.done", "person", person.id)
        return entered


def _dummy(memory_mib: int) -> str:
    if memory_mib not in _DUMMY:
        _DUMMY[memory_mib] = hashing.hash_password("nobody has this password", memory_mib=memory_mib)
    return _DUMMY[memory_mib]


def enter(db: Session, person: Person, *, asks_code: bool) -> Entered:
    """After the password: a session, or for those with a second factor the right to type a code."""
    if person.totp_ct is None or not asks_code:
        return Entered(sessions.open_session(db, person.id))
    token = hashing.new_token()
    moment = now()
    db.add(
        PendingSignIn(
            token_hash=hashing.token_hash(token),
            person_id=person.id,
            created_at=moment,
            expires_at=moment + PENDING_LASTS,
        )
    )
    return Entered(token, needs_code=True)


def is_pending(db: Session, token: str) -> bool:
    """Whether this token may still be tried with a code."""
    return _find_pending(db, token) is not None


def _find_pending(db: Session, token: str) -> PendingSignIn | None:
    query = select(PendingSignIn).where(
        col(PendingSignIn.token_hash) == hashing.token_hash(token), col(PendingSignIn.expires_at) >= now()
    )
    return db.exec(query.execution_options(populate_existing=True)).first()


def enter_code(database: Database, token: str, typed: str) -> str:
    """The second step: returns the token of a new session. The fifth wrong code ends the sign-in."""
    with database.transaction() as db:
        session = _try_code(db, token, typed)
    if isinstance(session, DomainError):
        raise session
    return session


def _try_code(db: Session, token: str, typed: str) -> str | DomainError:
    """A session's token, or the refusal: it is returned, because what is counted must stay."""
    pending = _find_pending(db, token)
    if pending is None:
        return StartAgain()
    # All tries of one person queue here, so that none sees an older count or step.
    person = people.locked(db, pending.person_id)
    pending = _find_pending(db, token)
    if pending is None or person.disabled_at is not None:
        return StartAgain()
    if not limits.take(db, limits.CODES, str(person.id)):
        return TooManyCodes()
    spent = factors.spend(db, person, typed)
    if spent is None:
        return _count_wrong(db, pending)
    limits.give_back(db, limits.CODES, str(person.id))
    db.delete(pending)
    if spent is factors.Spent.RECOVERY_CODE:
        left = factors.codes_left(db, person.id)
        chain.record(db, person.id, "factor.recovery_code_used", "person", person.id, left=left)
    chain.record(db, person.id, "sign_in.done", "person", person.id)
    return sessions.open_session(db, person.id)


def _count_wrong(db: Session, pending: PendingSignIn) -> DomainError:
    pending.tries += 1
    chain.record(db, pending.person_id, "sign_in.code_refused", "person", pending.person_id, tries=pending.tries)
    if pending.tries < MAX_TRIES:
        return WrongCode()
    db.delete(pending)
    return StartAgain()


def confirm_password(database: Database, me: Person, password: str, *, field: str = "password") -> str:
    """Ask a signed-in person for the password again; returns what is stored of it. `field` names it in the form."""
    with database.transaction() as db:
        is_free = limits.take(db, limits.PASSWORD_AGAIN, str(me.id))
    if not is_free:
        raise limits.TooMany
    with database.read() as db:
        stored = db.get_one(Person, me.id).password_hash
    if stored is None or not hashing.verify_password(password, stored):
        with database.transaction() as db:
            chain.record(db, me.id, "password.refused", "person", me.id)
        raise WrongPassword(field)
    with database.transaction() as db:
        limits.give_back(db, limits.PASSWORD_AGAIN, str(me.id))
    return stored
