"""Tables to turns: columns found by the names that people give them in English, Russian and Kazakh."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.transcripts.parsing.cleaning import normalise
from qualcoder.transcripts.parsing.parsed import Notice
from qualcoder.transcripts.parsing.times import strip_times
from qualcoder.transcripts.parsing.turns import Line, is_label, name_in

Row = Sequence[str]

_SPEAKER = """
    speaker;speaker name;speaker label;name;who;participant;role;voice
    спикер;говорящий;кто;кто говорит;участник;роль;имя;собеседник
    сөйлеуші;спикер аты;кім;кім сөйледі;қатысушы;рөл;рөлі;аты
"""
_TEXT = """
    text;words;transcript;transcription;utterance;content;speech;turn;sentence;what was said;message
    текст;слова;реплика;высказывание;речь;содержание;расшифровка;транскрипт
    мәтін;мәтіні;сөз;сөзі;сөздер;айтылғаны;мазмұны;транскрипт мәтіні
"""
_TIME = """
    time;timestamp;time stamp;timecode;time code;start;start time;end;end time;begin
    время;таймкод;тайм-код;метка времени;начало;конец
    уақыт;уақыты;таймкоды;басы;соңы;басталуы;аяқталуы
"""


def _names(lists: str) -> frozenset[str]:
    return frozenset(name.strip() for name in lists.replace("\n", ";").split(";") if name.strip())


_SPEAKERS, _TEXTS, _TIMES = _names(_SPEAKER), _names(_TEXT), _names(_TIME)
_ENTITY = regex.compile(r"&(?:#\d{2,6}|#x[0-9A-Fa-f]{2,5}|[a-z]{2,8});")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table keeps its texts and speakers, and whether it has columns that are neither."""

    text: int
    speaker: int | None
    has_others: bool


def find_columns(header: Row) -> Columns | None:
    """The columns that a header names, or None when no column of texts is among them."""
    keys = [" ".join(normalise(cell).casefold().replace("_", " ").split()).strip(" :.") for cell in header]
    text = next((at for at, key in enumerate(keys) if key in _TEXTS), None)
    if text is None:
        return None
    speaker = next((at for at, key in enumerate(keys) if key in _SPEAKERS), None)
    used = {text, speaker}
    others = (key for at, key in enumerate(keys) if at not in used and key)
    return Columns(text, speaker, any(key not in _TIMES for key in others))


def lines_of(rows: Sequence[Row]) -> tuple[list[Line], tuple[Notice, ...]]:
    """A line for each row of a table with a header, the speaker named by the table; Invalid without such a header."""
    columns = find_columns(rows[0]) if rows else None
    if columns is None:
        raise Invalid(
            N_("The table has no column of texts. Name it text, and the column of speakers speaker, in the first row.")
        )
    return list(_lines(rows[1:], columns)), (Notice.COLUMNS,) if columns.has_others else ()


def _lines(rows: Sequence[Row], columns: Columns) -> Iterator[Line]:
    for row in rows:
        text = row[columns.text] if columns.text < len(row) else ""
        has_speaker = columns.speaker is not None and columns.speaker < len(row)
        speaker = row[columns.speaker] if columns.speaker is not None and has_speaker else ""
        if text.strip():
            yield Line(_unescaped(text), _unescaped(speaker).strip() or None)


def _unescaped(text: str) -> str:
    """Cells that came from a web page hold `&#8212;` where somebody spoke a dash."""
    return html.unescape(text) if _ENTITY.search(text) else text


def text_of(rows: Sequence[Row]) -> str:
    """A table inside a document as text: a row of a speaker and words becomes `speaker: words`, others their cells."""
    header = find_columns(rows[0]) if rows else None
    if header and header.speaker is not None and header.text != header.speaker:
        named = ((line.speaker, line.text) for line in _lines(rows[1:], header))
        return "\n\n".join(f"{name_in(speaker)}: {text}" if speaker else text for speaker, text in named)
    return "\n\n".join(filter(None, map(_row_text, rows)))


def _row_text(row: Row) -> str:
    cells = [cell.strip() for cell in row if cell.strip() and strip_times(normalise(cell)).text]
    if len(cells) > 2 and cells[0].isdecimal():
        cells = cells[1:]
    if len(cells) == 2 and "\n" not in cells[0] and is_label(cells[0]):
        return f"{name_in(cells[0])}: {cells[1]}"
    return "\n".join(cells)
