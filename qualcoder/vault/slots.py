"""Slots: what a person or a file holds to open the root key. At least two, so none is the only one."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from sqlmodel import Session, col, select

from qualcoder.core.clock import now
from qualcoder.core.errors import Invalid, Unavailable
from qualcoder.core.ids import ZERO, new_id
from qualcoder.core.messages import N_
from qualcoder.vault import aead, hashing
from qualcoder.vault.fields import WRAPPED_KEY
from qualcoder.vault.models import RootSlot, SlotKind

MIN_PASSPHRASE = 14
RECOVERY_BYTES = 20


def new_recovery_code() -> str:
    """160 random bits, in eight groups of four letters that are hard to confuse (RFC 4648 base32)."""
    raw = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode()
    return "-".join(raw[i : i + 4] for i in range(0, len(raw), 4))


def normal_code(typed: str) -> str:
    """A code as typed by hand: spaces, dashes and case do not matter, 0 is O and 1 is I."""
    return "".join(typed.upper().replace("0", "O").replace("1", "I").replace("8", "B").split()).replace("-", "")


def write_keyfile(path: Path) -> bytes:
    """Make a keyfile of 32 random bytes, readable by its owner only; an existing one is not touched."""
    secret = os.urandom(32)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret


def read_keyfile(path: Path) -> bytes:
    """The secret of a keyfile, at least 32 bytes."""
    try:
        secret = path.read_bytes()
    except OSError:
        raise Unavailable(N_("The keyfile can't be read. Check QUALCODER_KEYFILE.")) from None
    if len(secret) < 32:
        raise Invalid(N_("The keyfile is too short; it should hold 32 random bytes."))
    return secret


def add_slot(db: Session, root: bytes, kind: SlotKind, secret: bytes, *, memory_mib: int) -> RootSlot:
    """Wrap the root key for one more secret."""
    if kind is SlotKind.PASSPHRASE and len(secret.decode()) < MIN_PASSPHRASE:
        raise Invalid(N_("A passphrase needs at least %(n)s characters."), n=MIN_PASSPHRASE)
    salt = os.urandom(16)
    memory = memory_mib if kind is SlotKind.PASSPHRASE else 19
    slot_key = hashing.stretch(secret, salt, memory_mib=memory)
    slot_id = new_id()
    slot = RootSlot(
        id=slot_id,
        kind=kind,
        salt=salt,
        parameters={"memory_mib": memory},
        check=hashing.mac(slot_key, b"check"),
        wrapped=aead.seal(slot_key, 1, root, aead.Binding(WRAPPED_KEY.number, ZERO, slot_id, 0)),
        created_at=now(),
    )
    db.add(slot)
    return slot


def find_root(db: Session, secrets_by_kind: dict[SlotKind, bytes]) -> bytes | None:
    """The root key, if one of the secrets opens a slot of its kind."""
    for slot in db.exec(select(RootSlot).order_by(col(RootSlot.created_at))):
        secret = secrets_by_kind.get(slot.kind)
        if secret is None:
            continue
        slot_key = hashing.stretch(secret, slot.salt, memory_mib=slot.parameters["memory_mib"])
        if not hashing.same(slot.check, hashing.mac(slot_key, b"check")):
            continue
        return aead.open_(slot_key, slot.wrapped, aead.Binding(WRAPPED_KEY.number, ZERO, slot.id, 0))
    return None


def typed_secrets(typed: str) -> dict[SlotKind, bytes]:
    """What a person typed, as passphrase and as recovery code."""
    secrets_by_kind = {SlotKind.PASSPHRASE: hashing.typed(typed)}
    code = normal_code(typed)
    if len(code) == RECOVERY_BYTES * 8 // 5:
        secrets_by_kind[SlotKind.RECOVERY] = code.encode()
    return secrets_by_kind
