"""Time stamps that transcribing tools leave in a text, and how to take them out."""

from __future__ import annotations

from dataclasses import dataclass, field

import regex

_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_LONG_TIME = r"\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,3})?"
_RANGE = rf"{_TIME}(?:\s?(?:-->|[-–—])\s?{_TIME})?"
_MARKED = regex.compile(rf"(?<! ) *+(?:\[ ?{_RANGE} ?\]|<{_RANGE}>|#{_TIME}(?:-\d{{1,2}})?#|\({_TIME}\)(?=\s?:)) *")
_LEADING = regex.compile(rf"\A(?:\({_RANGE}\)|{_TIME} ?--> ?{_TIME}|{_LONG_TIME})(?=\s|\Z) *")
_TRAILING = regex.compile(rf"(?<! ) ++(?:\({_RANGE}\)|{_TIME})\Z")
_SHORT_LEADING = regex.compile(rf"{_TIME} +(?=\S)")
_CUE = regex.compile(rf"\s*[\[(<]? ?{_TIME}\s?-->\s?{_TIME}")
_ONLY = regex.compile(rf"\(?{_RANGE}\)?|{_TIME} ?--> ?{_TIME}")


@dataclass(frozen=True, slots=True)
class TimedLine:
    """A line without its certain time stamps.

    `before_time` is what stands before a bare time at the line's end, `after_time` what follows one at its start:
    there only the neighbours tell whether it is a stamp or something somebody said.
    """

    text: str = field(repr=False)
    before_time: str | None = field(repr=False)
    after_time: str | None = field(repr=False)


def strip_times(line: str) -> TimedLine:
    """Take out bracketed stamps anywhere, and stamps of hours, minutes and seconds or ranges at the start."""
    line = line.strip(" ")
    ended_marked = any(found.end() == len(line) for found in _MARKED.finditer(line))
    text = _LEADING.sub("", _MARKED.sub(" ", line).strip(" "), count=1)
    if _ONLY.fullmatch(text):
        return TimedLine("", None, None)
    trailing = _TRAILING.search(text)
    before = text if ended_marked else text[: trailing.start()] if trailing else None
    leading = _SHORT_LEADING.match(text)
    return TimedLine(text, before, text[leading.end() :] if leading else None)


def starts_with_range(line: str) -> bool:
    """Whether a line begins with the time of a cue, `[00:12.300 --> 00:15.000] …`."""
    return _CUE.match(line) is not None
