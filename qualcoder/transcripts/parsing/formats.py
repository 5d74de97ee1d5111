"""Which reader a file needs: by its content first, by its name where content looks like plain text."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath

import regex

from qualcoder.core.archives import locked
from qualcoder.core.decoding import MAX_BYTES
from qualcoder.core.errors import Invalid
from qualcoder.core.filetypes import FileType, recognise
from qualcoder.core.messages import N_


class Format(StrEnum):
    """The formats a transcript may come in."""

    PLAIN = "plain"
    DOCX = "docx"
    ODT = "odt"
    RTF = "rtf"
    PDF = "pdf"
    SUBTITLES = "subtitles"
    MARKDOWN = "markdown"
    WEB_PAGE = "web_page"
    CSV = "csv"
    WORKBOOK = "workbook"


# What a file chooser offers.
ACCEPTED = ".txt,.docx,.odt,.rtf,.pdf,.srt,.vtt,.md,.html,.htm,.csv,.tsv,.xlsx,.ods"

_BY_CONTENT = {
    FileType.WORD: Format.DOCX,
    FileType.ODT: Format.ODT,
    FileType.RTF: Format.RTF,
    FileType.PDF: Format.PDF,
    FileType.SPREADSHEET: Format.WORKBOOK,
    FileType.HTML: Format.WEB_PAGE,
    FileType.SUBTITLES: Format.SUBTITLES,
}
_BY_NAME = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".srt": Format.SUBTITLES,
    ".vtt": Format.SUBTITLES,
    ".html": Format.WEB_PAGE,
    ".htm": Format.WEB_PAGE,
    ".xhtml": Format.WEB_PAGE,
}
_REFUSALS: dict[FileType, str] = {
    FileType.OLD_WORD: N_("This is an old Word or Office file. Save it as .docx or as plain text and upload that."),
    FileType.XML: N_("This is an XML file. Save the transcript as .docx or as plain text and upload that."),
    FileType.IMAGE: N_("This is a picture. Type or recognise its text first and upload that."),
    FileType.SOUND: N_("This is a recording. Transcribe it first and upload the text."),
    FileType.ARCHIVE: N_("This is a packed archive. Unpack it and upload the files in it."),
    FileType.DATABASE: N_("This is a database file. A transcript is uploaded as a document or plain text."),
    FileType.STATA: N_("This is a Stata file. A transcript is uploaded as a document or plain text."),
}
_UNKNOWN = N_("This is no document that can be read here. Save it as .docx or as plain text and upload that.")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_XHTML = regex.compile(rb"<\?xml[^<>]*>\s*(?:<!--.*?-->\s*)?(?:<!doctype html[^<>]*>\s*)?<html[\s>]", regex.IGNORECASE)
_HEAD = 2_048


def format_of(file_name: str, raw: bytes) -> Format:
    """The format of a file; Invalid (413, 415) when no transcript can be in it."""
    if len(raw) > MAX_BYTES:
        raise Invalid(
            N_("The file is larger than %(limit)s MB. Split it and upload the parts."),
            status=413,
            limit=MAX_BYTES // (1024 * 1024),
        )
    kind = recognise(raw)
    if kind is None:
        return _BY_NAME.get(PurePosixPath(file_name.lower()).suffix, Format.PLAIN)
    if kind is FileType.XML and _XHTML.match(raw[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()):
        return Format.WEB_PAGE
    if kind is FileType.OLD_WORD and _LOCKED in raw:
        raise locked()
    if found := _BY_CONTENT.get(kind):
        return found
    raise Invalid(_REFUSALS.get(kind, _UNKNOWN), status=415)
