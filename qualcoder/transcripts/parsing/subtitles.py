"""Subtitles (SubRip, WebVTT) to turns: cues of a few words grow together to what somebody said."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, field

import regex

from qualcoder.core.decoding import decode
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.transcripts.parsing.cleaning import normalise
from qualcoder.transcripts.parsing.parsed import Parsed
from qualcoder.transcripts.parsing.turns import Source, cue_lines, turns_from_lines

_TIME = r"(?:\d{1,4}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_TIMING = regex.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_ASIDE = regex.compile(r"(?:WEBVTT|NOTE|STYLE|REGION)(?:\s.*)?")
_VOICE = regex.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]*)>", regex.IGNORECASE)
_MARK = regex.compile(
    r"</?(?:[bcisuv]|font|lang|ruby|rt)(?:[.\s][^<>]*)?>|<(?:\d+:)?\d+:\d\d\.\d+>|\{\\[^{}]*\}", regex.IGNORECASE
)


@dataclass(slots=True)
class _Cue:
    lines: list[str] = field(default_factory=list)


def parse(raw: bytes) -> Parsed:
    """Turns of subtitles. Numbers, notes and styles are no text; `<v Name>` and labels name the speakers."""
    decoded = decode(raw)
    cues = _cues(normalise(decoded.text).split("\n"))
    if not cues:
        raise Invalid(N_("There are no subtitles in this file. Choose the file again."))
    spoken = (list(_by_voice(cue)) for cue in cues)
    return turns_from_lines(cue_lines(spoken), Source(decoded.encoding, is_cued=True))


def _cues(lines: list[str]) -> list[_Cue]:
    """A cue is what follows a line of times; the line just before those times, if it stands apart, is its name."""
    cues: list[_Cue] = []
    is_aside = False
    for at, line in enumerate(lines):
        if _TIMING.fullmatch(line):
            if cues and _is_name(lines, at - 1) and cues[-1].lines:
                cues[-1].lines.pop()
            cues.append(_Cue())
            is_aside = False
        elif not line.strip():
            is_aside = False
        elif _ASIDE.fullmatch(line) and (at == 0 or not lines[at - 1].strip()):
            is_aside = True
        elif cues and not is_aside:
            cues[-1].lines.append(line)
    return cues


def _is_name(lines: list[str], at: int) -> bool:
    line = lines[at].strip()
    return bool(line) and (line.isdecimal() or not lines[at - 1].strip())


def _by_voice(cue: _Cue) -> Iterator[tuple[str | None, str]]:
    """Lines of a cue, each with the voice it is marked with; the first words may come before any voice."""
    first, *rest = _VOICE.split("\n".join(cue.lines))
    for speaker, text in [(None, first), *zip(rest[::2], rest[1::2], strict=True)]:
        for line in text.split("\n"):
            if bare := html.unescape(_MARK.sub("", line)).strip():
                yield html.unescape(speaker).strip() if speaker else None, bare
