"""The one guard in front of every zipped document (Word, OpenDocument, Excel): nothing is believed, all is counted."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

MAX_PACKED = 50 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_MEMBERS = 2_000

_MANIFEST = "META-INF/manifest.xml"
# Markup repeats itself, so a small part may be packed tighter than MAX_RATIO.
_SMALL = 1024 * 1024
_CHUNK = 64 * 1024
_KNOWN_PACKING = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_NESTED = (b"PK\x03\x04", b"7z\xbc\xaf", b"Rar!\x1a\x07", b"\x1f\x8b\x08", b"\xfd7zXZ")


def damaged() -> Invalid:
    """The refusal of a file that is not what it begins like."""
    return Invalid(N_("This file is damaged and can't be read. Open it, save it anew and try again."), status=415)


def _too_much() -> Invalid:
    return Invalid(
        N_("Unpacked, this file is far larger than a document. Save its text as plain text (.txt) and try again."),
        status=413,
    )


def _unsafe() -> Invalid:
    return Invalid(
        N_("This file holds names of files that no document has. Open it, save it anew and try again."), status=415
    )


def locked() -> Invalid:
    """The refusal of a file that asks for a password."""
    return Invalid(N_("This file is protected by a password. Save it without one and try again."), status=415)


class Packed:
    """A zipped document of which every member was unpacked once and counted. Nothing is ever written to disk."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) > MAX_PACKED:
            raise Invalid(
                N_("The file is larger than %(limit)s MB. Split it and upload the parts."),
                status=413,
                limit=MAX_PACKED // (1024 * 1024),
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
            raise damaged() from None
        members = self._zip.infolist()
        self.names = frozenset(member.filename for member in members)
        self._check_promises(members, len(raw))
        self._check_content(members, len(raw))

    def _check_promises(self, members: list[zipfile.ZipInfo], packed: int) -> None:
        if len(members) > MAX_MEMBERS:
            raise _too_much()
        if len(self.names) < len(members) or any(map(_is_unsafe, members)):
            raise _unsafe()
        if any(member.flag_bits & 0x1 for member in members):
            raise locked()
        if any(member.compress_type not in _KNOWN_PACKING for member in members):
            raise damaged()
        promised = sum(member.file_size for member in members)
        if promised > MAX_UNPACKED or promised > max(_SMALL, packed * MAX_RATIO):
            raise _too_much()

    def _check_content(self, members: list[zipfile.ZipInfo], packed: int) -> None:
        """Unpack everything once: what the file says of its sizes may be a lie."""
        total = 0
        for member in members:
            size = 0
            for chunk in self.chunks(member.filename):
                if (
                    not size
                    and chunk.startswith(_NESTED)
                    and not member.filename.startswith(("word/media/", "Pictures/"))
                ):
                    raise _nested()
                size += len(chunk)
                if total + size > MAX_UNPACKED or size > max(_SMALL, member.compress_size * MAX_RATIO):
                    raise _too_much()
            total += size
        if total > max(_SMALL, packed * MAX_RATIO):
            raise _too_much()

    @property
    def is_locked(self) -> bool:
        """Whether an OpenDocument file says that its parts are encrypted."""
        return _MANIFEST in self.names and b"encryption-data" in b"".join(self.chunks(_MANIFEST))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a member, piece by piece; Invalid when it is missing or damaged."""
        try:
            with self._zip.open(name) as member:
                while chunk := member.read(_CHUNK):
                    yield chunk
        except (KeyError, EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError):
            raise damaged() from None


def _nested() -> Invalid:
    return Invalid(N_("This file holds another packed file. Remove what is embedded in it and try again."), status=415)


def _is_unsafe(member: zipfile.ZipInfo) -> bool:
    name = member.orig_filename.replace("\\", "/")
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    is_rooted = name.startswith("/") or name[1:2] == ":"
    return is_link or is_rooted or "\x00" in name or ".." in name.split("/")
