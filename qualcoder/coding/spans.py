"""Rules for the stretches people select: whole characters as seen, no blank ends, inside the text."""

from __future__ import annotations

import regex

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.core.text import Span

_GRAPHEME = regex.compile(r"\X")


def snap_to_graphemes(text: str, span: Span) -> Span:
    """The smallest span holding `span` that cuts no character as a reader sees it (emoji family, letter with marks)."""
    # A character as seen never crosses a line feed, so only the touched lines are read.
    line_start = text.rfind("\n", 0, span.start) + 1
    line_end = text.find("\n", span.end)
    start, end = span.start, span.end
    for found in _GRAPHEME.finditer(text, line_start, len(text) if line_end < 0 else line_end):
        if found.start() >= span.end:
            break
        if found.start() < span.start < found.end():
            start = found.start()
        if found.start() < span.end < found.end():
            end = found.end()
    return Span(start, end)


def trim(text: str, span: Span) -> Span:
    """`span` without white space at its ends; only white space gives an empty span at its start."""
    selected = span.of(text)
    start = span.start + len(selected) - len(selected.lstrip())
    end = span.start + len(selected.rstrip())
    return Span(start, end) if start < end else Span(span.start, span.start)


def within(span: Span, n_chars: int) -> Span:
    """`span` itself, when it is not empty and ends inside a text of `n_chars` code points; else Invalid."""
    if not span:
        raise Invalid(N_("Nothing is selected. Select some words and choose the code again."))
    if span.end > n_chars:
        raise Invalid(N_("The selection lies outside the text. Reload the page and select again."))
    return span


def anchor_by_quote(text: str, quote: str) -> Span | None:
    """Where `quote` stands in `text`, letter by letter; None when it is empty, absent or there more than once."""
    start = text.find(quote) if quote else -1
    if start < 0 or text.find(quote, start + 1) >= 0:
        return None
    return Span(start, start + len(quote))
