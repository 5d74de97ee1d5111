"""Writing and checking the chain.

Each entry's MAC = HMAC-SHA256(chain key, MAC before | the entry's own values). The chain key derives
from the system's or the study's key. The head row is locked last, so writers of one chain queue on it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, insert, select

from qualcoder.audit.models import AuditEntry, AuditHead
from qualcoder.core.clock import now
from qualcoder.core.db import after_commit, database_of
from qualcoder.core.ids import ZERO, PersonId, new_id
from qualcoder.vault import hashing, sealing
from qualcoder.vault.keys import KeyRef

GENESIS = b"\0" * 32


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking one chain found: the number of good entries and the first bad one, if any."""

    chain_id: UUID
    entries: int
    first_bad: int | None

    @property
    def is_whole(self) -> bool:
        return self.first_bad is None


def _key(db: Session, chain_id: UUID) -> bytes:
    ref = KeyRef.system() if chain_id == ZERO else KeyRef.study(chain_id)
    return sealing.keyring_of(db).derived(ref, "audit")


def _mac(key: bytes, before: bytes, entry: AuditEntry) -> bytes:
    return hashing.mac(
        key,
        before,
        entry.chain_id.bytes,
        entry.seq.to_bytes(8, "big"),
        entry.at.isoformat().encode(),
        entry.actor_id.bytes if entry.actor_id else b"",
        entry.act.encode(),
        entry.object_kind.encode(),
        entry.object_id.bytes if entry.object_id else b"",
        json.dumps(entry.counts, sort_keys=True).encode(),
    )


def begin(db: Session, chain_id: UUID) -> None:
    """Start the chain of a study, or the system's."""
    db.add(AuditHead(id=chain_id, seq=0, mac=_mac_of_start(db, chain_id)))


def _mac_of_start(db: Session, chain_id: UUID) -> bytes:
    return hashing.mac(_key(db, chain_id), GENESIS, chain_id.bytes)


# Made once: every act asks it, and putting it together takes longer than its answer.
_HEAD = select(AuditHead).where(col(AuditHead.id) == bindparam("chain")).with_for_update()
_ENTRY = insert(AuditEntry)


@dataclass(frozen=True, slots=True)
class Act:
    """One act to be recorded; `counts` are numbers by name."""

    actor_id: PersonId | None
    act: str
    object_kind: str
    object_id: UUID | None
    counts: Mapping[str, int] = field(default_factory=dict)


def record(
    db: Session,
    actor_id: PersonId | None,
    act: str,
    object_kind: str,
    object_id: UUID | None,
    *,
    study_id: UUID | None = None,
    **counts: int,
) -> None:
    """Append one act, as part of the transaction. `study_id` names the chain; none is the system's."""
    _append(db, study_id or ZERO, [Act(actor_id, act, object_kind, object_id, counts)])


def record_all(db: Session, acts: Sequence[Act], *, study_id: UUID) -> None:
    """Append many acts of one study at once: the same entries as one by one, in a few statements."""
    _append(db, study_id, acts)


def _append(db: Session, chain_id: UUID, acts: Sequence[Act]) -> None:
    head = db.execute(_HEAD, {"chain": chain_id}).scalar_one()
    key, at = _key(db, chain_id), now()
    entries = []
    for one in acts:
        entry = AuditEntry(
            id=new_id(),
            chain_id=chain_id,
            seq=head.seq + 1,
            at=at,
            actor_id=one.actor_id,
            act=one.act,
            object_kind=one.object_kind,
            object_id=one.object_id,
            counts=dict(one.counts),
            mac=b"",
        )
        entry.mac = _mac(key, head.mac, entry)
        head.seq, head.mac = entry.seq, entry.mac
        entries.append(entry.model_dump())
    if entries:
        db.execute(_ENTRY, entries)
    db.flush()
    # Those who watch this chain hear of it once it is durable.
    after_commit(db, partial(database_of(db).changes.tell, chain_id))


def disclose(db: Session, write: Callable[[Session], None]) -> None:
    """Record a disclosure so that it is durable before the first byte leaves.

    On a read session the permission check's snapshot ends here and the caller reads anew; inside a
    write transaction the entry is part of it.
    """
    database = database_of(db)
    if database.is_writing(db):
        write(db)
        return
    db.rollback()
    with database.transaction() as own:
        write(own)


def verify(db: Session, chain_id: UUID) -> Verdict:
    """Check one chain from its start; names the first entry that is altered, missing or out of order."""
    key = _key(db, chain_id)
    before = _mac_of_start(db, chain_id)
    seq = 0
    entries = select(AuditEntry).where(col(AuditEntry.chain_id) == chain_id).order_by(col(AuditEntry.seq))
    for entry in db.exec(entries):
        if entry.seq != seq + 1 or not hashing.same(entry.mac, _mac(key, before, entry)):
            return Verdict(chain_id, seq, seq + 1)
        seq, before = entry.seq, entry.mac
    head = db.get(AuditHead, chain_id)
    if head is None or head.seq != seq or not hashing.same(head.mac, before):
        return Verdict(chain_id, seq, seq + 1)
    return Verdict(chain_id, seq, None)


def verify_all(db: Session) -> list[Verdict]:
    """Every chain of the home, the system's first; one whose head was deleted is still looked at."""
    chain_ids = {ZERO, *db.exec(select(AuditHead.id)), *db.exec(select(AuditEntry.chain_id).distinct())}
    return [verify(db, chain_id) for chain_id in sorted(chain_ids)]
