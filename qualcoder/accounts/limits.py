"""Token buckets in the database, so that all processes share them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from qualcoder.accounts.models import RateLimit
from qualcoder.core.clock import now
from qualcoder.core.errors import DomainError
from qualcoder.core.messages import N_
from qualcoder.vault import hashing, sealing
from qualcoder.vault.keys import KeyRef


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `burst` at once, refilled at `per_minute`."""

    name: str
    burst: int
    per_minute: float


SIGN_IN_ACCOUNT = Limit("sign-in account", 5, 5)
SIGN_IN_ADDRESS = Limit("sign-in address", 20, 20)
UNSEAL = Limit("unseal", 5, 5)
INVITATION = Limit("invitation", 10, 10)
PASSWORD_AGAIN = Limit("password again", 5, 5)
# Three codes of a million are right at any moment: at twelve tries an hour, one guesses right in about three years.
CODES = Limit("second factor", 10, 0.2)

# Each refusal of a form tells that a name is known: whoever tries names must not get far in a day.
NAMES_TRIED = Limit("names tried", 20, 0.1)


class TooMany(DomainError):
    """The bucket is empty."""

    status = 429

    def __init__(self, message: str = N_("Too many tries. Wait a minute and try again.")) -> None:
        super().__init__(message)


def _bucket(db: Session, limit: Limit, who: str) -> bytes:
    """A digest with the system's key, so that a stolen database does not confirm a guessed address."""
    if sealing.keyring_of(db).is_sealed:
        return hashing.mac(b"sealed", limit.name.encode(), who.encode())
    return sealing.lookup(db, KeyRef.system(), "rate", limit.name, who)


def take(db: Session, limit: Limit, who: str, count: int = 1) -> bool:
    """Take one token, or `count`; False when the bucket holds fewer. `who` is stored as a digest only."""
    bucket = _bucket(db, limit, who)
    wanted = select(RateLimit).where(col(RateLimit.bucket) == bucket).with_for_update()
    row = db.exec(wanted).first()
    if row is None:
        try:
            with db.begin_nested():
                db.add(RateLimit(bucket=bucket, tokens=limit.burst - count, changed_at=now()))
        except IntegrityError:
            # Another process made the bucket in this very moment.
            row = db.exec(wanted).one()
        else:
            return True
    passed = (now() - row.changed_at).total_seconds() / 60
    tokens = min(float(limit.burst), row.tokens + passed * limit.per_minute)
    if tokens < count:
        return False
    row.tokens, row.changed_at = tokens - count, now()
    return True


def is_empty(db: Session, limit: Limit, who: str) -> bool:
    """Whether the bucket holds no token now; takes none."""
    row = db.exec(select(RateLimit).where(col(RateLimit.bucket) == _bucket(db, limit, who))).first()
    if row is None:
        return False
    passed = (now() - row.changed_at).total_seconds() / 60
    return row.tokens + passed * limit.per_minute < 1


def give_back(db: Session, limit: Limit, who: str) -> None:
    """Return the token of a try that was right, so that only wrong ones count."""
    row = db.exec(select(RateLimit).where(col(RateLimit.bucket) == _bucket(db, limit, who)).with_for_update()).first()
    if row is not None:
        row.tokens = min(float(limit.burst), row.tokens + 1)
