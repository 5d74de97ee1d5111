"""What an import would change, shown before anything changes; and the file, packed for the way there and back."""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass

from sqlmodel import Session

from qualcoder.accounts.access import Access
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks.book import CodebookFile, CodeEntry
from qualcoder.codebooks.changes import FieldChange
from qualcoder.codebooks.comparing import differences, entry_of
from qualcoder.codebooks.files import MAX_BYTES, read_yaml, write_yaml
from qualcoder.codebooks.models import CodeStatus
from qualcoder.codebooks.queries import OpenCode, every_code
from qualcoder.core.errors import Conflict, Invalid
from qualcoder.core.messages import N_
from qualcoder.vault.hashing import digest_of

# What a form of the page may hold.
MOST_PACKED = 900_000


class ChangedSince(Conflict):
    """The codebook is not as the preview showed it."""

    def __init__(self) -> None:
        super().__init__(N_("The codebook changed since this preview. Nothing was imported; look at it again."))


@dataclass(frozen=True, slots=True, repr=False)
class CodeChanged:
    """A code of the study with the fields in which the file differs."""

    code: OpenCode
    fields: tuple[FieldChange, ...]
    comes_back: bool


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """What an import would do; `basis` stands for the codebook that it was compared with."""

    added: tuple[CodeEntry, ...]
    changed: tuple[CodeChanged, ...]
    retired: tuple[OpenCode, ...]
    untouched: int
    not_named: int
    basis: str

    @property
    def does_nothing(self) -> bool:
        return not (self.added or self.changed or self.retired)


def plan(db: Session, access: Access, book: CodebookFile) -> Plan:
    """Compare a file with the study's codebook."""
    access.require(Act.EDIT_CODEBOOK)
    every = every_code(db, access.study.id)
    keys = {code.id: code.key for code in every}
    known = {code.key: code for code in every}
    changed = []
    for entry in book.codes:
        if (code := known.get(entry.code)) is None:
            continue
        told = differences(entry_of(code, keys), entry)
        comes_back = code.status is not CodeStatus.ACTIVE
        if told or comes_back:
            changed.append(CodeChanged(code, told, comes_back))
    named = {entry.code for entry in book.codes}
    going = {old.code for old in book.retired}
    in_use = [code for code in every if code.status is not CodeStatus.RETIRED]
    added = tuple(entry for entry in book.codes if entry.code not in known)
    return Plan(
        added,
        tuple(changed),
        tuple(code for code in in_use if code.key in going),
        len(book.codes) - len(added) - len(changed),
        sum(code.key not in named | going for code in in_use),
        basis_of(every),
    )


def basis_of(codes: list[OpenCode]) -> str:
    """A digest of which codes there are, in which order, version and state."""
    parts = (f"{code.id}.{code.version}.{code.status}.{code.parent_id}" for code in codes)
    return digest_of("\n".join(parts).encode())[:32]


def pack(book: CodebookFile) -> str:
    """A checked book as a form field; Invalid when it is too large for one."""
    packed = base64.b64encode(zlib.compress(write_yaml(book), 9)).decode()
    if len(packed) > MOST_PACKED:
        raise Invalid(N_("This codebook is too large for a preview. Import it on the command line."))
    return packed


def unpack(packed: str) -> CodebookFile:
    """The book out of a form field, checked anew; never more than a file may hold."""
    try:
        opener = zlib.decompressobj()
        raw = opener.decompress(base64.b64decode(packed, validate=True), MAX_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise Invalid(N_("The form arrived damaged. Nothing was stored; send it again.")) from None
    if not opener.eof:
        raise Invalid(N_("The form arrived damaged. Nothing was stored; send it again."))
    return read_yaml(raw)
