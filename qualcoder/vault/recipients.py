"""Whom backups are encrypted to: age public keys here, the private half in a file that is kept off this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import pyrage

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

# pyrage carries no types.
Identity: TypeAlias = Any
Recipient: TypeAlias = Any


def recipient(typed: str) -> Recipient:
    """A public key as age writes it, `age1…`."""
    try:
        return pyrage.x25519.Recipient.from_str(typed.strip())
    except pyrage.RecipientError:
        raise Invalid(N_("This is not an age recipient; it begins with age1 and has 62 letters and digits.")) from None


def new_identity() -> tuple[str, str]:
    """(identity file as age-keygen writes it, its recipient)."""
    made = pyrage.x25519.Identity.generate()
    public = str(made.to_public())
    return f"# public key: {public}\n{made}\n", public


def read_identities(file: Path) -> list[Identity]:
    """The private keys of an age identity file."""
    try:
        lines = file.read_text("ascii").splitlines()
        keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        found = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except OSError:
        raise Invalid(N_("The file %(name)s can't be read."), name=file.name) from None
    except (UnicodeDecodeError, pyrage.IdentityError):
        found = []
    if not found:
        raise Invalid(N_("%(name)s holds no age identity (a line that begins with AGE-SECRET-KEY-1)."), name=file.name)
    return found
