"""The kind of a file is read from its bytes."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile

import pytest

from qualcoder.core.filetypes import FileType, recognise


def zip_with(*names: str, first: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, "x")
    return packed.getvalue()


def a_database() -> bytes:
    with sqlite3.connect(":memory:") as db:
        db.execute("create table t (a)")
        raw = db.serialize()
    db.close()
    return raw


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (zip_with("word/document.xml"), FileType.WORD),
        (zip_with("xl/workbook.xml"), FileType.SPREADSHEET),
        (zip_with("content.xml", first="application/vnd.oasis.opendocument.text"), FileType.ODT),
        (zip_with("content.xml", first="application/vnd.oasis.opendocument.spreadsheet"), FileType.SPREADSHEET),
        (zip_with("a.txt"), FileType.ARCHIVE),
        (gzip.compress(b"text"), FileType.ARCHIVE),
        (b"%PDF-1.7\n", FileType.PDF),
        (b"{\\rtf1\\ansi", FileType.RTF),
        (b"\xef\xbb\xbf{\\rtf1", FileType.RTF),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 20, FileType.OLD_WORD),
        (b"\x89PNG\r\n\x1a\n", FileType.IMAGE),
        (b"\xff\xd8\xff\xe0", FileType.IMAGE),
        (a_database(), FileType.DATABASE),
        (b"ID3\x04\x00", FileType.SOUND),
        (b"\x00\x00\x00\x20ftypM4A ", FileType.SOUND),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", FileType.SOUND),
        (b"<!DOCTYPE html><p>", FileType.HTML),
        (b"<?xml version='1.0'?>", FileType.XML),
        (b"WEBVTT\n\n", FileType.SUBTITLES),
        (b"1\r\n00:00:01,000 --> 00:00:02,000\r\nHi", FileType.SUBTITLES),
        (b"MZ\x90\x00\x03", FileType.PROGRAM),
    ],
    # The bytes hold the time of packing, so they can't name a case.
    ids=lambda value: value.value if isinstance(value, FileType) else "file",
)
def test_kinds_are_recognised(raw: bytes, kind: FileType) -> None:
    assert recognise(raw) is kind


@pytest.mark.parametrize("text", ["Аким приехал", "Әкім келді", "ID3: yes", "MZ said so", "RIFF raff", "1\nfirst", ""])
def test_texts_are_not_taken_for_something_else(text: str) -> None:
    assert recognise(text.encode()) is None
