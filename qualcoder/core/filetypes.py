"""What a file is, read from its first bytes; a name or an extension is never believed."""

from __future__ import annotations

import re
from enum import StrEnum


class FileType(StrEnum):
    """Kinds of file that are not plain text."""

    WORD = "word"
    OLD_WORD = "old_word"
    ODT = "odt"
    SPREADSHEET = "spreadsheet"
    RTF = "rtf"
    PDF = "pdf"
    HTML = "html"
    XML = "xml"
    SUBTITLES = "subtitles"
    IMAGE = "image"
    SOUND = "sound"
    ARCHIVE = "archive"
    DATABASE = "database"
    STATA = "stata"
    PROGRAM = "program"


_STARTS: tuple[tuple[bytes, FileType], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType.OLD_WORD),
    (b"SQLite format 3\x00", FileType.DATABASE),
    (b"\x89PNG\r\n\x1a\n", FileType.IMAGE),
    (b"\xff\xd8\xff", FileType.IMAGE),
    (b"GIF87a", FileType.IMAGE),
    (b"GIF89a", FileType.IMAGE),
    (b"II*\x00", FileType.IMAGE),
    (b"MM\x00*", FileType.IMAGE),
    (b"\x1f\x8b", FileType.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", FileType.ARCHIVE),
    (b"Rar!\x1a\x07", FileType.ARCHIVE),
    (b"\xfd7zXZ\x00", FileType.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", FileType.ARCHIVE),
    (b"OggS\x00", FileType.SOUND),
    (b"fLaC\x00", FileType.SOUND),
    (b"\xff\xfb", FileType.SOUND),
    (b"\x7fELF", FileType.PROGRAM),
    (b"<stata_dta>", FileType.STATA),
)
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_SUBRIP = re.compile(rb"\d+\r?\n\d\d:\d\d:\d\d,\d{3} --> ")
_UTF8_BOM = b"\xef\xbb\xbf"


def recognise(raw: bytes) -> FileType | None:
    """The kind of a file that is certainly not plain text; None when it may be text."""
    if raw.startswith(_ZIP_STARTS):
        return _inside_zip(raw)
    for start, kind in _STARTS:
        if raw.startswith(start):
            return kind
    return _briefly_signed(raw) or _marked_up(raw)


def _inside_zip(raw: bytes) -> FileType:
    if b"word/" in raw:
        return FileType.WORD
    if b"xl/" in raw or b"opendocument.spreadsheet" in raw[:200]:
        return FileType.SPREADSHEET
    return FileType.ODT if b"opendocument.text" in raw[:200] else FileType.ARCHIVE


def _briefly_signed(raw: bytes) -> FileType | None:
    """Short signatures that a text could begin with too, so a second mark is asked for."""
    if raw.startswith(b"ID3") and raw[3:4] in (b"\x02", b"\x03", b"\x04"):
        return FileType.SOUND
    if raw[4:8] == b"ftyp" or (raw.startswith(b"RIFF") and raw[8:12] in (b"WAVE", b"AVI ", b"WEBP")):
        return FileType.SOUND if raw[8:12] != b"WEBP" else FileType.IMAGE
    if raw.startswith(b"BZh") and raw[4:10] == b"1AY&SY":
        return FileType.ARCHIVE
    if raw[:1] in (b"\x71", b"\x72", b"\x73") and raw[1:2] in (b"\x01", b"\x02") and raw[2:4] == b"\x01\x00":
        return FileType.STATA
    return FileType.PROGRAM if raw.startswith(b"MZ") and b"\x00" in raw[:64] else None


def _marked_up(raw: bytes) -> FileType | None:
    head = raw[:512].removeprefix(_UTF8_BOM).lstrip().lower()
    if head.startswith(b"{\\rtf"):
        return FileType.RTF
    if head.startswith(b"%pdf-"):
        return FileType.PDF
    if head.startswith((b"<!doctype html", b"<html")):
        return FileType.HTML
    if head.startswith(b"<?xml"):
        return FileType.XML
    return FileType.SUBTITLES if head.startswith(b"webvtt") or _SUBRIP.match(head) else None
