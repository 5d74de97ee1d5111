"""Second factors: time-based one-time codes (RFC 6238) and recovery codes."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from qualcoder.vault import hashing

SECRET_BYTES = 20
STEP_SECONDS = 30
DIGITS = 6
# How far the clocks of a telephone and of the server may be apart, in steps.
SKEW = 1
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_GROUPS, _GROUP = 3, 4


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what every authenticator app knows; HMAC does not need a hash without collisions (RFC 6238, 1.2).
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303  # as above


def step_of(moment: datetime) -> int:
    """The number of the 30-second step that a moment lies in, counted from 1970."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int) -> str:
    """The six digits of one step."""
    return _totp(secret).generate(step * STEP_SECONDS).decode()


def matching_step(secret: bytes, typed: str, moment: datetime, *, after: int | None = None) -> int | None:
    """The step whose code was typed: at most one away from `moment`, and later than the last one used."""
    digits = "".join(typed.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    here, found = step_of(moment), None
    for step in range(here - SKEW, here + SKEW + 1):
        is_code = hashing.same(code_at(secret, step).encode(), digits.encode())
        if is_code and (after is None or step > after):
            found = step
    return found


def spelled(secret: bytes) -> str:
    """A secret as authenticator apps take it: base32 without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def unspelled(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def uri(secret: bytes, account: str, issuer: str) -> str:
    """The otpauth address that a QR code carries."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def new_recovery_code() -> str:
    """60 random bits in three groups of four letters that are hard to confuse."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def is_recovery_code(normal: str) -> bool:
    """Whether a normalised entry has the form of a recovery code."""
    return len(normal) == _GROUPS * _GROUP and set(normal) <= set(_LETTERS)
