"""Hidden words in a turn that is being corrected: people see marks, and the words come back under them. Pure.

What flags hide is not shown to be corrected, so the marks stand for it: as many as before, in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.core.text import Span, merge
from qualcoder.transcripts.hiding import MARK, hide
from qualcoder.transcripts.reanchoring import reanchor

_RUN = re.compile(f"{MARK}+")


@dataclass(frozen=True, slots=True, repr=False)
class Uncovered:
    """A text with its hidden words, and where each marked sign of the old text stands in it."""

    text: str
    places: dict[int, int]


def uncover(shown: str, whole: str, sent: str) -> Uncovered:
    """What was sent with the hidden words under its marks; Invalid when a mark was added, removed or cut."""
    before, after = list(_RUN.finditer(shown)), list(_RUN.finditer(sent))
    if [len(run[0]) for run in before] != [len(run[0]) for run in after]:
        message = N_(
            "Leave the marks of hidden words as they are; a flagged passage is decided on before it is changed."
        )
        raise Invalid(message, fields={"words": message})
    text = sent
    places: dict[int, int] = {}
    for old, new in zip(before, after, strict=True):
        text = text[: new.start()] + whole[old.start() : old.end()] + text[new.end() :]
        places |= dict(zip(range(old.start(), old.end()), range(new.start(), new.end()), strict=True))
    return Uncovered(text, places)


def hide_earlier(old: str, old_hidden: Iterable[Span], today: str, today_hidden: Sequence[Span]) -> str:
    """An earlier text as it may be shown now: what is hidden in the text of today is hidden there too."""
    stretches = [*old_hidden, *(place.span for place in reanchor(today, old, today_hidden) if place.span)]
    for words in {span.of(today) for span in today_hidden}:
        stretches += [Span(*found.span()) for found in re.finditer(re.escape(words), old, re.IGNORECASE)]
    return hide(old, merge(stretches))
