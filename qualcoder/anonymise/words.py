"""The words and sentences of a text as statistics reads them; offsets are those of the shadow (`letters.shadow_of`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from qualcoder.anonymise.rules.pattern import listed

# O'Keefe, d'Ettorre: one name; what's and we'll are two words.
_JOINED = r"[^\W\d_]{1,3}'(?=[^\W\d_a-zа-яё])[^\W_]{2,}|[do]'(?!clock)[a-z]{3,}"
WORD = re.compile(rf"(?:\b(?:{_JOINED})|[^\W_]+)(?:-[^\W_]+)*|'[^\W_]+|[^\w\s]|_+")
_ENDS = frozenset(".!?…")
_ABBREVIATED = frozenset(listed("г с ул д кв пр им обл р-н т ж ст mr mrs ms dr prof"))
# A longer stretch without an end is read in pieces: memory, not meaning.
_LONGEST = 300


class Word(NamedTuple):
    """A word or sign with its place in the shadow. There are very many of them: a tuple is made quickest."""

    start: int
    end: int
    form: str

    def __repr__(self) -> str:
        return f"Word(start={self.start}, end={self.end})"

    @property
    def is_word(self) -> bool:
        return self.form[0].isalnum()


Sentence = Sequence[Word]


def sentences(text: str) -> Iterator[list[Word]]:
    """Sentences of a text, never empty: cut at line ends, and at . ! ? … unless an initial or a short form is meant."""
    offset = 0
    for line in text.split("\n"):
        yield from _of_line(line, offset)
        offset += len(line) + 1


def _of_line(line: str, offset: int) -> Iterator[list[Word]]:
    words = [Word(m.start() + offset, m.end() + offset, m[0]) for m in WORD.finditer(line)]
    start = 0
    for at, word in enumerate(words):
        is_end = word.form in _ENDS and at > 0 and not _is_short(words[at - 1].form)
        followed = at + 1 < len(words) and words[at + 1].form in _ENDS
        if (is_end and not followed) or at - start >= _LONGEST:
            yield words[start : at + 1]
            start = at + 1
    if start < len(words):
        yield words[start:]


def _is_short(form: str) -> bool:
    return (len(form) == 1 and form.isalpha()) or form.casefold() in _ABBREVIATED


def capitals_within(sentence: Sentence) -> int:
    """Words with a capital that don't begin the sentence."""
    return sum(1 for word in sentence[1:] if word.form[0].isupper())


# One capital in a hundred words within sentences: less is a speech recogniser's or a hurried hand's.
_CASED_SHARE = 0.01


def is_cased(all_sentences: Iterable[Sentence]) -> bool:
    """Whether capitals mean something in a text: enough of them stand within sentences."""
    words = capitals = 0
    for sentence in all_sentences:
        words += len(sentence)
        capitals += capitals_within(sentence)
    return capitals > _CASED_SHARE * words
