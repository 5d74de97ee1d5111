"""Hiding stretches of a text (pure): every sign that is no blank becomes a mark, so that no offset moves."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from qualcoder.core.text import Span, merge

MARK = "█"
_SIGN = regex.compile(r"\S")
# What belongs to one word: letters, digits and the marks upon them.
_PART = regex.compile(r"[\p{L}\p{N}\p{M}]")
_GRAPHEME = regex.compile(r"\X")


def hide(text: str, stretches: Iterable[Span]) -> str:
    """The text with these stretches hidden, letter for mark; blanks and length stay."""
    parts: list[str] = []
    at = 0
    for span in merge(stretches):
        parts += [text[at : span.start], _SIGN.sub(MARK, span.of(text))]
        at = span.end
    return "".join([*parts, text[at:]])


def whole_words(text: str, span: Span) -> Span:
    """The span without blank ends, widened to the words that it cuts: half a name may still tell who it is."""
    start, end = span.start, span.end
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start == end:
        return Span(start, start)
    span = Span(start, end)
    # A sign may reach into the next word, as a mark does that stands on a blank.
    while (wide := _whole_signs(text, _to_words(text, span))) != span:
        span = wide
    return span


def _to_words(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while _is_within_word(text, start):
        start -= 1
    while _is_within_word(text, end):
        end += 1
    return Span(start, end)


def _is_within_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and bool(_PART.match(text[at - 1]) and _PART.match(text[at]))


def _whole_signs(text: str, span: Span) -> Span:
    """Widened to what a reader sees as one sign; nobody's sign is longer than a line."""
    low = text.rfind("\n", 0, span.start) + 1
    high = text.find("\n", span.end)
    start, end, at = span.start, span.end, low
    for sign in _GRAPHEME.finditer(text, low, len(text) if high < 0 else high):
        at = sign.end()
        if sign.start() < start < at:
            start = sign.start()
        if sign.start() < end < at:
            end = at
        if at >= end:
            break
    return Span(start, end)


def is_hidden(text: str, span: Span, stretches: Iterable[Span]) -> bool:
    """Whether nothing but blanks of a span is in sight."""
    return not any(
        _SIGN.search(rest.of(text)) for rest in _without(span, merge(one for one in stretches if one.overlaps(span)))
    )


def _without(span: Span, taken: Iterable[Span]) -> list[Span]:
    left, at = [], span.start
    for one in taken:
        if one.start > at:
            left.append(Span(at, one.start))
        at = max(at, one.end)
    return [*left, Span(at, span.end)] if at < span.end else left
