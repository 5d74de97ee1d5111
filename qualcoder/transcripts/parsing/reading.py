"""Reading a file of any format: what runs in the child process, or here for a short plain text."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from qualcoder.transcripts.parsing.formats import Format
from qualcoder.transcripts.parsing.parsed import Notice, Parsed, ParsedTurn

_READERS = {
    Format.PLAIN: ("plain", "parse"),
    Format.DOCX: ("docx", "parse"),
    Format.ODT: ("odt", "parse"),
    Format.RTF: ("rtf", "parse"),
    Format.PDF: ("pdf", "parse"),
    Format.SUBTITLES: ("subtitles", "parse"),
    Format.MARKDOWN: ("markdown", "parse"),
    Format.WEB_PAGE: ("webpage", "parse"),
    Format.CSV: ("sheets", "parse_csv"),
    Format.WORKBOOK: ("sheets", "parse_workbook"),
}


def read(kind: Format, raw: bytes) -> Parsed:
    """Turns of a file of a known format, in this process; the libraries of other formats are never loaded."""
    module, name = _READERS[kind]
    reader: Callable[[bytes], Parsed] = getattr(import_module(f"qualcoder.transcripts.parsing.{module}"), name)
    return reader(raw)


def read_packed(kind: str, raw: bytes) -> list[object]:
    """The same as JSON can carry it; `unpacked` turns it back."""
    parsed = read(Format(kind), raw)
    turns = [[turn.speaker, turn.body] for turn in parsed.turns]
    return [turns, parsed.encoding, parsed.had_speakers, list(parsed.notices)]


def unpacked(packed: object) -> Parsed:
    """A Parsed from what `read_packed` gave; ValueError when it is anything else."""
    match packed:
        case [[*turns], str(encoding), bool(had_speakers), [*notices]]:
            found = tuple(_turn(turn) for turn in turns)
            return Parsed(found, encoding, had_speakers, tuple(Notice(str(notice)) for notice in notices))
    raise ValueError("not a parsed transcript")


def _turn(packed: object) -> ParsedTurn:
    match packed:
        case [None | str() as speaker, str(body)]:
            return ParsedTurn(speaker, body)
    raise ValueError("not a turn")
