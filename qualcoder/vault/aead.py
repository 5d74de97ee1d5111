"""One sealed value: AES-256-GCM with a random 96-bit nonce, its header and what it is bound to.

    "Q" 0x01 | algorithm (1) | key generation (4, big endian) | nonce (12) | ciphertext and tag

The additional data name the field, the study, the row and the row's sealing, so a value that is
moved to another field, row or study, or put back from an older sealing, does not open
(NIST SP 800-38D; at most 2**32 messages per key, ours hold fewer than 10**6).
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"Q\x01"
AES_256_GCM = 1
HPKE_X25519 = 2
KEY_BYTES = 32
NONCE_BYTES = 12
HEADER = struct.Struct(">2sBI")


class CannotOpen(Exception):
    """A sealed value was altered, moved, or sealed with another key. Says nothing more on purpose."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a sealed value belongs to. `study` is the zero UUID for the system; `tail` serves blob chunks."""

    field: int
    study: UUID
    row: UUID
    sealed_rev: int
    tail: bytes = b""

    def aad(self, header: bytes) -> bytes:
        parts = (
            b"qc1",
            self.field.to_bytes(4, "big"),
            self.study.bytes,
            self.row.bytes,
            self.sealed_rev.to_bytes(8, "big"),
            header,
            self.tail,
        )
        return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def header(algorithm: int, generation: int) -> bytes:
    return HEADER.pack(MAGIC, algorithm, generation)


def read_header(blob: bytes) -> tuple[int, int]:
    """(algorithm, key generation) of a sealed value."""
    if len(blob) < HEADER.size:
        raise CannotOpen
    magic, algorithm, generation = HEADER.unpack_from(blob)
    if magic != MAGIC:
        raise CannotOpen
    return algorithm, generation


def seal(key: bytes, generation: int, plaintext: bytes, binding: Binding) -> bytes:
    """Seal bytes under a 32-byte key."""
    if len(key) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    head = header(AES_256_GCM, generation)
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + AESGCM(key).encrypt(nonce, plaintext, binding.aad(head))


class BulkOpener:
    """Opens many values of one field under one key: the same check as `open_`, at a third of its cost."""

    def __init__(self, key: bytes, generation: int, field: int, study: UUID) -> None:
        self._decrypt = AESGCM(key).decrypt
        self._header = header(AES_256_GCM, generation)
        bound = Binding(field, study, UUID(int=0), 0).aad(self._header)
        # Row and sealing are all that differs from value to value; they lie before the header's part.
        after = len(self._header) + 8
        self._before, self._after = bound[: -after - 28], bound[-after:]

    def __call__(self, row: bytes, sealed_rev: int, blob: bytes) -> bytes:
        """The value of the row with this id, or CannotOpen."""
        if len(blob) < HEADER.size + NONCE_BYTES + 16 or not blob.startswith(self._header):
            raise CannotOpen
        aad = b"%b%b\0\0\0\x08%b%b" % (self._before, row, sealed_rev.to_bytes(8, "big"), self._after)
        try:
            return self._decrypt(blob[HEADER.size : HEADER.size + NONCE_BYTES], blob[HEADER.size + NONCE_BYTES :], aad)
        except InvalidTag:
            raise CannotOpen from None


def open_(key: bytes, blob: bytes, binding: Binding) -> bytes:
    """Open a sealed value, or raise CannotOpen."""
    algorithm, generation = read_header(blob)
    if algorithm != AES_256_GCM or len(blob) < HEADER.size + NONCE_BYTES + 16:
        raise CannotOpen
    head = header(algorithm, generation)
    nonce = blob[HEADER.size : HEADER.size + NONCE_BYTES]
    try:
        return AESGCM(key).decrypt(nonce, blob[HEADER.size + NONCE_BYTES :], binding.aad(head))
    except InvalidTag:
        raise CannotOpen from None
