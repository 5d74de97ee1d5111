"""Plain text to turns."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from qualcoder.core.decoding import MAX_BYTES, decode
from qualcoder.core.errors import Invalid
from qualcoder.core.filetypes import FileType, recognise
from qualcoder.core.messages import N_
from qualcoder.transcripts.languages import guess
from qualcoder.transcripts.parsing.cleaning import normalise
from qualcoder.transcripts.parsing.labels import Candidate, accepted_labels, break_before_labels, candidate_in
from qualcoder.transcripts.parsing.parsed import Parsed, ParsedTurn
from qualcoder.transcripts.parsing.times import TimedLine, strip_times
from qualcoder.transcripts.sentences import bounds

__all__ = ["MAX_BYTES", "MAX_TURN", "parse"]

MAX_TURN = 5_000

_BLANK_LINES = regex.compile(r"\n(?:[^\S\n]*\n)+")
_GRAPHEME = regex.compile(r"\X")
_REFUSALS: dict[FileType, str] = {
    FileType.WORD: N_("This is a Word file. Save it as plain text (.txt) for now and upload that."),
    FileType.OLD_WORD: N_("This is an old Word or Office file. Save it as plain text (.txt) for now and upload that."),
    FileType.ODT: N_("This is an OpenDocument text. Save it as plain text (.txt) for now and upload that."),
    FileType.RTF: N_("This is a rich text file (RTF). Save it as plain text (.txt) for now and upload that."),
    FileType.PDF: N_("This is a PDF file. Copy its text into a plain text file (.txt) for now and upload that."),
    FileType.SPREADSHEET: N_("This is a spreadsheet. A transcript is uploaded as plain text (.txt)."),
    FileType.HTML: N_("This is a web page. Copy its text into a plain text file (.txt) and upload that."),
    FileType.XML: N_("This is an XML file. A transcript is uploaded as plain text (.txt)."),
    FileType.SUBTITLES: N_("This is a subtitle file. Save it as plain text (.txt) for now and upload that."),
    FileType.IMAGE: N_("This is a picture. A transcript is uploaded as plain text (.txt)."),
    FileType.SOUND: N_("This is a recording. Transcribe it first and upload the text (.txt)."),
    FileType.ARCHIVE: N_("This is a packed archive. Unpack it and upload the text files (.txt)."),
    FileType.DATABASE: N_("This is a database file. A transcript is uploaded as plain text (.txt)."),
}
_NOT_TEXT = N_("This is not a plain text file. Save it as plain text (.txt) and upload that.")


def parse(raw: bytes) -> Parsed:
    """Turns of a plain text, cleaned; refuses with Invalid what is empty, too large or not text.

    No body holds a line feed. So a continuation line or a further paragraph under a label becomes a turn of its own
    with the same speaker; without labels each paragraph is a turn, its lines joined by a space, and a block too long
    for that gives its lines. A turn above MAX_TURN code points is cut where a sentence starts.
    """
    if len(raw) <= MAX_BYTES and (kind := recognise(raw)):
        raise Invalid(_REFUSALS.get(kind, _NOT_TEXT), status=415)
    decoded = decode(raw)
    text = normalise(decoded.text)
    lines = [strip_times(line) for line in _broken_where_needed(text)]
    candidates = [candidate_in(line) for line in lines]
    accepted = accepted_labels([c for c in candidates if c])
    if accepted:
        turns = list(_labelled(lines, [c if c and (c.key, c.form) in accepted else None for c in candidates]))
    else:
        turns = [ParsedTurn(None, body) for body in _paragraphs("\n".join(line.text for line in lines))]
    short = tuple(piece for turn in turns for piece in _cut(turn))
    if not short:
        raise Invalid(N_("There is no text in this file. Choose the file again."))
    return Parsed(short, decoded.encoding, had_speakers=bool(accepted))


def _broken_where_needed(text: str) -> list[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        lines += break_before_labels(line).split("\n") if len(line) > MAX_TURN else [line]
    return lines


def _labelled(lines: list[TimedLine], labels: list[Candidate | None]) -> Iterator[ParsedTurn]:
    speaker: str | None = None
    spelled: dict[str, str] = {}
    for line, label in zip(lines, labels, strict=True):
        body = line.text
        if label:
            speaker, body = spelled.setdefault(label.key, label.label), label.body
        if body := _visible(body):
            yield ParsedTurn(speaker, body)


def _paragraphs(text: str) -> Iterator[str]:
    for block in _BLANK_LINES.split(text) if _BLANK_LINES.search(text.strip()) else text.split("\n"):
        bodies = [body for line in block.split("\n") if (body := _visible(line))]
        joined = " ".join(bodies)
        if len(joined) > MAX_TURN:
            yield from bodies
        elif joined:
            yield joined


def _visible(body: str) -> str:
    return body.strip(" ") if body.strip() else ""


def _cut(turn: ParsedTurn) -> Iterator[ParsedTurn]:
    """The turn, or its pieces of at most MAX_TURN code points; every word stays, in order."""
    body = turn.body
    if len(body) <= MAX_TURN:
        yield turn
        return
    starts = [*bounds(body, guess(body)), len(body)]
    begin, previous = 0, 0
    for start in starts[1:]:
        if start - begin > MAX_TURN and previous > begin:
            yield from _cut_hard(turn.speaker, body[begin:previous])
            begin = previous
        previous = start
    yield from _cut_hard(turn.speaker, body[begin:])


def _cut_hard(speaker: str | None, text: str) -> Iterator[ParsedTurn]:
    """Cut what has no sentence to cut at: at the last space that fits, else between two characters as seen."""
    begin = 0
    while begin < len(text):
        end = begin + MAX_TURN
        if end < len(text):
            space = text.rfind(" ", begin + 1, end + 1)
            end = space if space > 0 else _last_whole_character(text, begin, end)
        if piece := _visible(text[begin:end]):
            yield ParsedTurn(speaker, piece)
        begin = end


def _last_whole_character(text: str, begin: int, limit: int) -> int:
    ends = (begin + found.end() for found in _GRAPHEME.finditer(text[begin : limit + 1]))
    return max((end for end in ends if end <= limit), default=limit)
