"""The identity vault: names go in with a public key; only a PI's passphrase reads them.

HPKE base mode, X25519 / HKDF-SHA256 / AES-256-GCM (RFC 9180). The server alone can't open what it wrote.
"""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from sqlmodel import col, select

from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Refused
from qualcoder.core.ids import new_id
from qualcoder.core.messages import N_
from qualcoder.vault import aead, hashing
from qualcoder.vault.fields import IDENTITY_PRIVATE
from qualcoder.vault.keys import Keyring, count_change
from qualcoder.vault.models import IdentityKey

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class NoIdentityKey(Conflict):
    """A study whose PI has not yet set the passphrase of its identity vault."""

    def __init__(self) -> None:
        super().__init__(N_("This study has no identity vault yet. A PI sets its passphrase in the study's settings."))


def create(keyring: Keyring, study_id: UUID, passphrase: str, *, memory_mib: int) -> None:
    """Make a study's identity key; the private half is wrapped by the PI's passphrase."""
    private = X25519PrivateKey.generate()
    salt = os.urandom(16)
    row_id = new_id()
    wrapping = hashing.stretch(hashing.typed(passphrase), salt, memory_mib=memory_mib)
    with keyring.database.transaction() as db:
        if db.exec(select(IdentityKey).where(col(IdentityKey.study_id) == study_id)).first():
            raise Conflict(N_("This study has an identity vault already."))
        db.add(
            IdentityKey(
                id=row_id,
                study_id=study_id,
                public=private.public_key().public_bytes_raw(),
                salt=salt,
                parameters={"memory_mib": memory_mib},
                wrapped_private=aead.seal(
                    wrapping, 1, private.private_bytes_raw(), aead.Binding(IDENTITY_PRIVATE.number, study_id, row_id, 0)
                ),
                created_at=now(),
            )
        )
        count_change(db)


def exists(keyring: Keyring, study_id: UUID) -> bool:
    with keyring.database.read() as db:
        return db.exec(select(IdentityKey.id).where(col(IdentityKey.study_id) == study_id)).first() is not None


def public_key(keyring: Keyring, study_id: UUID) -> tuple[X25519PublicKey, int]:
    """(public key, generation) that new names are sealed to."""
    with keyring.database.read() as db:
        row = db.exec(
            select(IdentityKey)
            .where(col(IdentityKey.study_id) == study_id)
            .order_by(col(IdentityKey.generation).desc())
        ).first()
    if row is None:
        raise NoIdentityKey
    return X25519PublicKey.from_public_bytes(row.public), row.generation


def seal(public: tuple[X25519PublicKey, int], plaintext: bytes, binding: aead.Binding) -> bytes:
    """Seal to a study's identity key."""
    key, generation = public
    head = aead.header(aead.HPKE_X25519, generation)
    return head + _SUITE.encrypt(plaintext, key, info=binding.aad(head))


def private_key(keyring: Keyring, study_id: UUID, passphrase: str) -> X25519PrivateKey:
    """The private half, for a PI who gives the passphrase."""
    with keyring.database.read() as db:
        row = db.exec(select(IdentityKey).where(col(IdentityKey.study_id) == study_id)).first()
    if row is None:
        raise NoIdentityKey
    wrapping = hashing.stretch(hashing.typed(passphrase), row.salt, memory_mib=row.parameters["memory_mib"])
    try:
        raw = aead.open_(wrapping, row.wrapped_private, aead.Binding(IDENTITY_PRIVATE.number, study_id, row.id, 0))
    except aead.CannotOpen:
        raise Refused(N_("This passphrase does not open the identity vault.")) from None
    return X25519PrivateKey.from_private_bytes(raw)


def open_(private: X25519PrivateKey, blob: bytes, binding: aead.Binding) -> bytes:
    """Open a name, or raise CannotOpen."""
    algorithm, generation = aead.read_header(blob)
    if algorithm != aead.HPKE_X25519:
        raise aead.CannotOpen
    head = aead.header(algorithm, generation)
    try:
        return _SUITE.decrypt(blob[len(head) :], private, info=binding.aad(head))
    except InvalidTag:
        raise aead.CannotOpen from None
