"""Requests that say the same thing twice: the second gets what the first one made."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Study
from qualcoder.core.clock import now
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.core.models import IdempotencyKey
from qualcoder.vault import sealing

LONGEST_KEY = 200


def check_key(key: str) -> None:
    """Refuse a key that no client of ours would choose."""
    if len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        message = N_("An Idempotency-Key has at most 200 printable Latin characters.")
        raise Invalid(message, fields={"Idempotency-Key": message})


def wait_for_turn(db: Session, access: Access) -> None:
    """Let repetitions of one study pass one at a time, on PostgreSQL too."""
    db.exec(select(Study.id).where(col(Study.id) == access.study.id).with_for_update()).one()


def find_made(db: Session, access: Access, act: str, key: str) -> UUID | None:
    """What the first request with this key made."""
    return db.exec(
        select(IdempotencyKey.object_id).where(
            col(IdempotencyKey.person_id) == access.person.id, col(IdempotencyKey.key_mac) == _mac(db, access, act, key)
        )
    ).first()


def remember(db: Session, access: Access, act: str, key: str, object_id: UUID) -> None:
    """Keep what a request made, in the transaction that makes it."""
    db.add(
        IdempotencyKey(
            person_id=access.person.id, key_mac=_mac(db, access, act, key), object_id=object_id, created_at=now()
        )
    )


def _mac(db: Session, access: Access, act: str, key: str) -> bytes:
    return sealing.lookup(db, access.key, "idempotency", act, key)
