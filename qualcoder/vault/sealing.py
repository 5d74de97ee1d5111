"""Sealing and opening fields of rows. Opening is called from services, beside the permission check."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from sqlmodel import Session

from qualcoder.core.db import before_commit, database_of
from qualcoder.vault import aead, hashing, identity
from qualcoder.vault.fields import KeyKind, SealedField
from qualcoder.vault.keys import Key, KeyRef, Keyring, Renewed


class SealedRow(Protocol):
    """A row with sealed columns: its id and how often it was sealed anew."""

    @property
    def id(self) -> Any: ...

    @property
    def sealed_rev(self) -> int: ...


@dataclass(frozen=True, slots=True)
class RowKey:
    """Stands for a row that is not loaded as an object."""

    id: UUID
    sealed_rev: int = 0


def keyring_of(db: Session) -> Keyring:
    """The keyring of the home that this session belongs to."""
    keyring: Keyring = db.info["keyring"]
    return keyring


def _binding(ref: KeyRef, field: SealedField, row: SealedRow) -> aead.Binding:
    if field.kind is not ref.kind:
        raise ValueError(f"{field.name} is sealed with a {field.kind} key, not a {ref.kind} key")
    return aead.Binding(field.number, ref.study_id, row.id, row.sealed_rev)


def seal(db: Session, ref: KeyRef, field: SealedField, row: SealedRow, text: str) -> bytes:
    """Seal a text for one field of one row."""
    key = current_key(db, ref)
    return aead.seal(key.secret, key.generation, text.encode(), _binding(ref, field, row))


_USED = "keys that sealed"


def current_key(db: Session, ref: KeyRef) -> Key:
    """The key that seals. Before what it sealed is kept, it is made sure that an interview's was not renewed."""
    key = keyring_of(db).current(ref)
    if ref.kind is KeyKind.INTERVIEW:
        _hold(db, ref, key.generation)
    return key


def require_newest(db: Session, ref: KeyRef, blobs: Iterable[bytes]) -> None:
    """For what was sealed outside this transaction with an interview's key: Renewed if the key is another by now."""
    for generation in {aead.read_header(blob)[1] for blob in blobs}:
        if generation != keyring_of(db).current(ref).generation:
            raise Renewed
        _hold(db, ref, generation)


def _hold(db: Session, ref: KeyRef, generation: int) -> None:
    if not database_of(db).is_writing(db):
        return
    if _USED not in db.info:
        used = db.info[_USED] = {}
        before_commit(db, lambda: keyring_of(db).require_newest(used))
    db.info[_USED][ref] = generation


def open_(db: Session, ref: KeyRef, field: SealedField, row: SealedRow, blob: bytes) -> str:
    """Open a field of a row; CannotOpen if it was altered or moved."""
    _algorithm, generation = aead.read_header(blob)
    key = keyring_of(db).of_generation(ref, generation)
    return aead.open_(key.secret, blob, _binding(ref, field, row)).decode()


def bulk_opener(db: Session, ref: KeyRef, field: SealedField) -> Callable[[UUID, int, bytes], bytes]:
    """What opens this field of many rows: (row id, sealed_rev, blob) to UTF-8. The caller preloads keys."""
    if field.kind is not ref.kind:
        raise ValueError(f"{field.name} is sealed with a {field.kind} key, not a {ref.kind} key")
    keyring = keyring_of(db)
    openers: dict[int, aead.BulkOpener] = {}

    def open_one(row: UUID, sealed_rev: int, blob: bytes) -> bytes:
        _algorithm, generation = aead.read_header(blob)
        opener = openers.get(generation)
        if opener is None:
            secret = keyring.of_generation(ref, generation).secret
            opener = openers[generation] = aead.BulkOpener(secret, generation, field.number, ref.study_id)
        return opener(row.bytes, sealed_rev, blob)

    return open_one


def seal_json(db: Session, ref: KeyRef, field: SealedField, row: SealedRow, value: object) -> bytes:
    """Seal a small record."""
    return seal(db, ref, field, row, json.dumps(value, ensure_ascii=False, sort_keys=True))


def open_json(db: Session, ref: KeyRef, field: SealedField, row: SealedRow, blob: bytes) -> Any:
    """Open a small record; the caller checks its shape."""
    return json.loads(open_(db, ref, field, row, blob))


def vault_public(db: Session, study_id: UUID) -> tuple[X25519PublicKey, int]:
    """What names of this study are sealed to; NoIdentityKey if its PI has set none."""
    return identity.public_key(keyring_of(db), study_id)


def seal_to_vault(
    public: tuple[X25519PublicKey, int], study_id: UUID, field: SealedField, row: SealedRow, text: str
) -> bytes:
    """Seal a text so that only a PI's passphrase opens it."""
    return identity.seal(public, text.encode(), aead.Binding(field.number, study_id, row.id, row.sealed_rev))


def lookup(db: Session, ref: KeyRef, purpose: str, *parts: str) -> bytes:
    """An HMAC by which an equal value is found again without being stored."""
    key = keyring_of(db).derived(ref, purpose)
    return hashing.mac(key, *(part.encode() for part in parts))


def bulk_lookup(db: Session, ref: KeyRef, purpose: str) -> Callable[[str], bytes]:
    """What gives `lookup` of one word at a time, for many words."""
    key = keyring_of(db).derived(ref, purpose)
    return lambda word: hashing.mac(key, word.encode())


def chunk_binding(
    ref: KeyRef, field: SealedField, blob_id: UUID, sealed_rev: int, n: int, *, last: bool
) -> aead.Binding:
    """What a blob's chunk is bound to: its place and whether it is the last, beside blob and study."""
    tail = n.to_bytes(4, "big") + bytes([last])
    return aead.Binding(field.number, ref.study_id, blob_id, sealed_rev, tail)


def preload(db: Session, refs: Iterable[KeyRef]) -> None:
    """Open many keys in one look at keys.db."""
    keyring_of(db).preload(list(refs))


def tags(parts: Sequence[str]) -> str:
    """Join words for a look-up so that no two lists look alike."""
    return "\x1f".join(parts)
