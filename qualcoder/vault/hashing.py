"""Derived keys, look-ups by HMAC, passwords and tokens."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAX_PASSWORD = 128
MIN_PASSWORD = 15


def typed(text: str) -> bytes:
    """What a person typed, as bytes: NFC, so that the same keys on another system give the same secret (RFC 8265)."""
    return unicodedata.normalize("NFC", text).encode()


def derive(key: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"qc1 " + purpose.encode()).derive(key)


def mac(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA256 over length-prefixed parts."""
    return hmac.digest(key, b"".join(len(part).to_bytes(4, "big") + part for part in parts), "sha256")


def same(a: bytes, b: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(a, b)


def stretch(secret: bytes, salt: bytes, *, memory_mib: int, iterations: int = 3) -> bytes:
    """A 32-byte key from a passphrase (Argon2id, RFC 9106); memory in MiB."""
    kdf = Argon2id(salt=salt, length=32, iterations=iterations, lanes=1, memory_cost=memory_mib * 1024)
    return kdf.derive(secret)


def hash_password(password: str, *, memory_mib: int = 64) -> str:
    """A PHC string to store (Argon2id, 3 passes)."""
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=3, lanes=1, memory_cost=memory_mib * 1024)
    return kdf.derive_phc_encoded(typed(password))


def verify_password(password: str, stored: str) -> bool:
    """Whether `password` is the one stored. Over-long input never reaches Argon2id."""
    if len(password) > MAX_PASSWORD:
        return False
    try:
        Argon2id.verify_phc_encoded(typed(password), stored)
    except InvalidKey:
        return False
    return True


def new_token() -> str:
    """256 random bits for a cookie, an invitation or a script."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored of a token; 256 random bits need no salt or stretching."""
    return hashlib.sha256(token.encode()).digest()


def csrf_token(session_token: str) -> str:
    """Bound to the session, so another session's token does not fit."""
    return hmac.new(session_token.encode(), b"qc1 csrf", "sha256").hexdigest()


def digest_of(data: bytes) -> str:
    """SHA-256 in hex, for files that anyone may see."""
    return hashlib.sha256(data).hexdigest()
