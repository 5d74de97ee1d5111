"""Backups: a database copy and its manifest as one tar stream, encrypted to an offline age recipient.

The file is plain age (X25519, ChaCha20-Poly1305 in 64 KiB chunks; C2SP age-encryption.org/v1) around plain tar,
so `age -d` and `tar -x` open it where this program is gone. The server holds the public half only: it can't
open its own backups.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import pyrage
from pydantic import TypeAdapter, ValidationError

from qualcoder.core.errors import Invalid, Unavailable
from qualcoder.core.messages import N_
from qualcoder.vault.copies import NO_SPACE, Engine
from qualcoder.vault.recipients import Identity, Recipient, recipient

MANIFEST = "manifest.json"
FORMAT = 1
MAX_MANIFEST = 1 << 20
PART = ".part"
_PIECE = 1 << 20


class Kind(StrEnum):
    """What a backup holds: the data without keys, or the keys alone."""

    DATA = "data"
    KEYS = "keys"


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where a chain of the record of acts ended; the MAC in hex."""

    chain: UUID
    seq: int
    mac: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a copy must turn out to be. Rows by table; `size` in bytes and `sha256` of the database file."""

    format: int
    kind: Kind
    engine: Engine
    house: UUID
    app_version: str
    made_at: datetime
    schema: str
    tables: dict[str, int]
    heads: tuple[ChainHead, ...]
    keys_serial: int
    keys_revision: int
    size: int
    sha256: str

    @property
    def payload(self) -> str:
        """The database's name in the archive."""
        return f"{self.kind.value}.{'db' if self.engine is Engine.SQLITE else 'pgdump'}"

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


@dataclass(frozen=True, slots=True)
class _Form:
    format: int


_MANIFEST = TypeAdapter(Manifest)
_FORM = TypeAdapter(_Form)


@dataclass(frozen=True, slots=True)
class Written:
    """The encrypted file: its bytes and their SHA-256 in hex."""

    file: Path
    size: int
    sha256: str


class Damaged(Invalid):
    """The file does not decrypt to what was put in."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            N_("%(name)s is damaged or cut short, or is for another identity. Nothing was restored."),
            name=file.name,
        )


class Newer(Unavailable):
    """Made by a version that knows more than this one."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            N_("%(name)s was made by a newer version of this program. Install that first."), name=file.name
        )


class NoRoom(Unavailable):
    """The disk is full, or does not take the file."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            N_("%(name)s could not be written: is the disk full? Nothing was left behind."),
            name=file.name,
            status=NO_SPACE,
        )


# Writing ------------------------------------------------------------------------------------


def digest_of_file(file: Path) -> str:
    """SHA-256 in hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _member(name: str, size: int, made_at: datetime) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(made_at.timestamp())
    return entry.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return b"\0" * (-size % tarfile.BLOCKSIZE)


def _archive(manifest: Manifest, payload: Path) -> Iterator[bytes]:
    listed = _MANIFEST.dump_json(manifest, indent=1)
    yield _member(MANIFEST, len(listed), manifest.made_at) + listed + _padding(len(listed))
    yield _member(manifest.payload, manifest.size, manifest.made_at)
    with payload.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece
    yield _padding(manifest.size) + b"\0" * (2 * tarfile.BLOCKSIZE)


class _Source:
    """Pieces, read as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def read(self, wanted: int) -> bytes:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = memoryview(piece)
        given, self._rest = self._rest[:wanted], self._rest[wanted:]
        return bytes(given)


class _Sink:
    """Counts and digests what goes into a file, and remembers a failure: pyrage drops that of its last write."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self.size = 0
        self.problem: OSError | None = None

    def write(self, piece: bytes) -> int:
        try:
            self._out.write(piece)
        except OSError as problem:
            self.problem = problem
            raise
        self._digest.update(piece)
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        self._out.flush()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def require_writable(out: Path, to: Sequence[str]) -> list[Recipient]:
    """Refuse a file that is there already (a folder is not), a folder that is not there, and a backup for nobody."""
    if not to:
        raise Invalid(N_("Nobody could open this backup. Set a recipient first: qualcoder backup recipient set AGE1…"))
    if not out.parent.is_dir() or (out.exists() and not out.is_dir()):
        raise Invalid(N_("The file %(name)s exists already or can't be written."), name=out.name)
    return [recipient(typed) for typed in to]


def write(manifest: Manifest, payload: Path, out: Path, to: Sequence[str]) -> Written:
    """Encrypt a copy to a new file, readable by its owner only. Whole and on the disk, or not there at all."""
    keys = require_writable(out, to)
    part = out.with_name(f".{out.name}{PART}")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            sink = _Sink(opened)
            pyrage.encrypt_io(_Source(_archive(manifest, payload)), sink, keys)
            if sink.problem is not None:
                raise sink.problem
            opened.flush()
            os.fsync(opened.fileno())
        require_writable(out, to)
        part.rename(out)
        try:
            _sync_folder(out.parent)
        except BaseException:
            out.unlink(missing_ok=True)
            raise
    except (OSError, pyrage.EncryptError):
        raise NoRoom(out) from None
    finally:
        part.unlink(missing_ok=True)
    return Written(out, sink.size, sink.sha256)


def _sync_folder(folder: Path) -> None:
    """Make a rename in this folder last through a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# Reading ------------------------------------------------------------------------------------


def read(file: Path, identities: Sequence[Identity], folder: Path) -> tuple[Manifest, Path]:
    """Decrypt into a private folder: the manifest and the database file that fits it, or a refusal."""
    archive = folder / f"{file.name}.tar"
    _decrypt(file, identities, archive)
    try:
        with tarfile.open(archive, "r:") as opened:
            manifest = _read_manifest(file, opened)
            payload = folder / manifest.payload
            _take(opened, manifest.payload, payload)
    except (tarfile.TarError, ValidationError):
        raise Damaged(file) from None
    except OSError:
        raise NoRoom(archive) from None
    archive.unlink()
    if payload.stat().st_size != manifest.size or digest_of_file(payload) != manifest.sha256:
        raise Damaged(file)
    return manifest, payload


def _decrypt(file: Path, identities: Sequence[Identity], archive: Path) -> None:
    try:
        source = file.open("rb")
    except OSError:
        raise Invalid(N_("The file %(name)s can't be read."), name=file.name) from None
    with source, archive.open("xb") as out:
        sink = _Sink(out)
        try:
            pyrage.decrypt_io(source, sink, identities)
        except (OSError, pyrage.DecryptError):
            if sink.problem is None:
                raise Damaged(file) from None
        if sink.problem is not None:
            raise NoRoom(archive)
    archive.chmod(0o600)


def _read_manifest(file: Path, opened: tarfile.TarFile) -> Manifest:
    first = opened.next()
    if first is None or first.name != MANIFEST or not first.isreg() or first.size > MAX_MANIFEST:
        raise Damaged(file)
    content = opened.extractfile(first)
    listed = content.read() if content else b""
    if _FORM.validate_json(listed).format != FORMAT:
        raise Newer(file)
    return _MANIFEST.validate_json(listed)


def _take(opened: tarfile.TarFile, name: str, out: Path) -> None:
    """One member by the name it must have; nothing is unpacked by a name that the archive chose."""
    entry = opened.next()
    content = opened.extractfile(entry) if entry is not None and entry.isreg() and entry.name == name else None
    if content is None:
        raise tarfile.ReadError
    with content, out.open("xb") as written:
        out.chmod(0o600)
        while piece := content.read(_PIECE):
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
