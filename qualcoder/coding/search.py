"""Finding words in turns: what was typed, where it stands, and how it is shown in context.

Words are whole words; all must stand in one turn. `"a phrase"` stands word by word, `prefix*` begins a word.
Case, ё and е, stress marks and letters of the other alphabet inside a word make no difference. Kazakh letters
are read as their Russian neighbours only when asked, and words stand with other endings only when asked.

Folding text is slow and opening it is not, so turns are first sifted as bytes: letters that fold alike share a
class of UTF-8 bytes, and a word can stand only where its classes do. The sieve never loses a turn; what it lets
through is folded and matched exactly.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import accumulate
from typing import AnyStr

import regex

from qualcoder.anonymise.letters import fold_homoglyphs, has_cyrillic, has_latin
from qualcoder.coding.endings import forms_after, stems_of, takes_endings
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.core.text import Span, merge

MAX_TERMS = 8
LONGEST_SEARCH = 200
CONTEXT = 70

_LETTERS = "abcdefghijklmnopqrstuvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюяәіңғүұқөһàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþ"
_TO_RUSSIAN = dict(zip("әіңғүұқөһ", "аингуукох", strict=True))
_QUOTES = str.maketrans("“”„«»", '"' * 5)
_CAPITALS = re.compile(f"[{_LETTERS.upper()}]+")
_LETTER_RUN = re.compile(r"[A-Za-z\u0400-\u052f]+")
_MARK = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
_CHUNK = re.compile(r'"([^"]*)"|([^\s"]+)')
_GRAPHEME = regex.compile(r"\X")
# Signs that are each a letter to the reader, whatever stands beside them. Most text is made of these.
_SINGLE = re.compile(r"[\n -~\u00a0-\u00ac\u00ae-\u02ff\u0400-\u0482\u048a-\u052f–—‘’“”„…№]*")


class Unsearchable(Invalid):
    """Nothing that can be looked for was typed."""

    def __init__(self, message: str, **params: int) -> None:
        super().__init__(message, fields={"words": message}, **params)


@dataclass(frozen=True, slots=True, repr=False)
class Term:
    """Words that stand one after another; the last may be only the beginning of a word."""

    words: tuple[str, ...]
    is_prefix: bool = False
    # The one word as it was before Kazakh letters were read as Russian ones, where other endings fit too.
    inflected: str = ""
    is_russian: bool = False

    @property
    def anchor(self) -> str:
        """What every place holds that fits."""
        if self.inflected:
            return self.words[0][: len(stems_of(self.inflected)[0])]
        return max(self.words, key=len)

    def pattern(self, letters: Mapping[str, str]) -> re.Pattern[str]:
        """Where the words stand in a text; `letters` says how each letter may be written."""
        first, *others = ("".join(letters.get(one, re.escape(one)) for one in word) for word in self.words)
        # Looking back comes last: a pattern that begins with letters is looked for four times as fast.
        beginning = first + r"(?<![^\W_]" + r"[\s\S]" * len(self.words[0]) + ")"
        ending = r"[^\W_]*" if self.is_prefix else r"(?![^\W_])"
        if self.inflected:
            return re.compile(self._stem(letters) + ending)
        return re.compile(r"[\W_]+".join([beginning, *others]) + ending)

    def _stem(self, letters: Mapping[str, str]) -> str:
        def written(letter: str) -> str:
            folded = as_russian(letter) if self.is_russian else letter
            return letters.get(folded, folded)

        stem = "".join(letters.get(one, re.escape(one)) for one in self.anchor)
        behind = r"(?<![^\W_]" + r"[\s\S]" * len(self.anchor) + ")"
        return stem + behind + forms_after(self.inflected, written)


@dataclass(frozen=True, slots=True, repr=False)
class Query:
    """What is looked for, folded. A turn fits when every term stands in it."""

    terms: tuple[Term, ...]
    reads_kazakh_as_russian: bool = False
    folded: tuple[re.Pattern[str], ...] = ()
    unfolded: tuple[re.Pattern[str], ...] = ()
    exact: Query | None = None

    @property
    def anchors(self) -> list[str]:
        """The longest word of each term, or its stem, longest first: a turn that fits holds them all."""
        return sorted((term.anchor for term in self.terms), key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet."""

    text: str = field(repr=False)
    is_hit: bool = False


# Folding ----------------------------------------------------------------------------------------


@cache
def _table(*, reads_kazakh_as_russian: bool) -> dict[int, str]:
    """Letter to folded letter, one to one."""
    table = {}
    for small in _LETTERS:
        folded = "е" if small == "ё" else small
        if reads_kazakh_as_russian:
            folded = _TO_RUSSIAN.get(folded, folded)
        table[ord(small)] = folded
        table[ord(small.upper())] = folded
    return table


@cache
def _spellings(*, reads_kazakh_as_russian: bool) -> Mapping[str, str]:
    """Folded letter to the set of letters that fold to it, as a pattern."""
    found: dict[str, str] = {}
    for letter, folded in _table(reads_kazakh_as_russian=reads_kazakh_as_russian).items():
        found[folded] = found.get(folded, "") + chr(letter)
    return {folded: f"[{letters}]" for folded, letters in found.items()}


def fold(text: str, *, reads_kazakh_as_russian: bool = False) -> tuple[str, Sequence[int]]:
    """The text as it is compared, and the place in `text` of each of its letters and of its end."""
    origins: Sequence[int] = range(len(text) + 1)
    if _MARK.search(text):
        kept = [at for at, letter in enumerate(text) if not _MARK.match(letter)]
        origins = [*kept, len(text)]
        text = "".join(text[at] for at in kept)
    if has_latin(text) and has_cyrillic(text):
        text = _LETTER_RUN.sub(lambda word: fold_homoglyphs(word.group()), text)
    text = fold_plain(text)
    return (as_russian(text) if reads_kazakh_as_russian else text), origins


def fold_plain(text: str) -> str:
    """The same for a text that is not odd; each letter keeps its place."""
    # Capitals are few: five times as fast as str.translate, and the same (a test compares every letter).
    return _CAPITALS.sub(lambda run: run.group().lower(), text).replace("ё", "е")


def as_russian(folded: str) -> str:
    """Folded text with its Kazakh letters read as their Russian neighbours."""
    for kazakh, russian in _TO_RUSSIAN.items():
        folded = folded.replace(kazakh, russian)
    return folded


def parse(typed: str, *, reads_kazakh_as_russian: bool = False, with_endings: bool = False) -> Query:
    """What was typed as terms; Unsearchable when no word is in it, or too many.

    With other endings a single word that is not quoted stands for its forms, and `exact` is the query without them.
    """
    normal = unicodedata.normalize("NFC", typed).translate(_QUOTES)
    folded, _origins = fold(normal)
    terms = []
    for match in _CHUNK.finditer(folded):
        chunk = match.group(1) if match.group(1) is not None else match.group(2)
        if words := tuple(_WORD.findall(chunk)):
            is_prefix = chunk.rstrip().endswith("*")
            is_free = with_endings and match.group(1) is None and len(words) == 1 and not is_prefix
            inflected = words[0] if is_free and takes_endings(words[0]) else ""
            if reads_kazakh_as_russian:
                words = tuple(map(as_russian, words))
            terms.append(Term(words, is_prefix, inflected, reads_kazakh_as_russian))
    if not terms:
        raise Unsearchable(N_("Type at least one word."))
    if len(terms) > MAX_TERMS:
        raise Unsearchable(N_("At most %(n)s words or phrases at once."), n=MAX_TERMS)
    query = _query(terms, reads_kazakh_as_russian=reads_kazakh_as_russian)
    if not with_endings:
        return query
    exact = _query([replace(term, inflected="") for term in terms], reads_kazakh_as_russian=reads_kazakh_as_russian)
    return replace(query, exact=exact)


def _query(terms: Sequence[Term], *, reads_kazakh_as_russian: bool) -> Query:
    distinct = tuple(dict.fromkeys(terms))
    spellings = _spellings(reads_kazakh_as_russian=reads_kazakh_as_russian)
    return Query(
        distinct,
        reads_kazakh_as_russian,
        folded=tuple(term.pattern({}) for term in distinct),
        unfolded=tuple(term.pattern(spellings) for term in distinct),
    )


# The sieve --------------------------------------------------------------------------------------


@cache
def _byte_classes(*, reads_kazakh_as_russian: bool) -> bytes:
    """A table for bytes.translate: bytes of letters that fold alike, at one place, become one byte."""
    leader = list(range(256))

    def find(byte: int) -> int:
        while leader[byte] != byte:
            byte = leader[byte]
        return byte

    for letter, folded in _table(reads_kazakh_as_russian=reads_kazakh_as_russian).items():
        for one, other in zip(chr(letter).encode(), folded.encode(), strict=True):
            leader[find(one)] = find(other)
    return bytes(find(byte) for byte in range(256))


# Whether a text may hold a word of two alphabets, or marks: such turns go through to the exact comparison.
_LATIN = bytes((*range(65, 91), *range(97, 123)))
_NOT_LATIN = bytes(byte for byte in range(256) if byte not in _LATIN)
_KINDS = bytes(
    ord("L") if byte in _LATIN else ord("C") if 0xD0 <= byte <= 0xD4 else ord("c") if 0x80 <= byte <= 0xBF else ord(" ")
    for byte in range(256)
)


def is_odd(body: bytes) -> bool:
    """Whether a text holds marks or a word of two alphabets."""
    if b"\xcc" in body or b"\xcd" in body:
        return True
    if not body.translate(None, _NOT_LATIN):
        return False
    kinds = body.translate(_KINDS)
    return b"LC" in kinds or (b"C" in kinds and b"cL" in kinds)


def candidates(query: Query, bodies: Sequence[bytes]) -> dict[int, bool]:
    """Which of these turns (UTF-8) are worth comparing: every turn that fits, and few others.

    True for a turn that holds no mark and no word of two alphabets, so that it may be compared as it is.
    """
    joined = b"\n".join(bodies)
    starts = [0, *accumulate(len(body) + 1 for body in bodies)][:-1]
    table = _byte_classes(reads_kazakh_as_russian=query.reads_kazakh_as_russian)
    found = turns_with(joined.translate(table), [word.encode().translate(table) for word in query.anchors], starts)
    odd = {at for at, body in enumerate(bodies) if is_odd(body)} if is_odd(joined) else set()
    return {at: at not in odd for at in sorted(found | odd)}


def turns_with(text: AnyStr, needles: Sequence[AnyStr], starts: Sequence[int]) -> set[int]:
    """Which turns hold every needle; `starts` says where each begins in the text."""
    found = {*_turns_with(text, needles[0], starts)}
    for needle in needles[1:]:
        if found:
            found.intersection_update(_turns_with(text, needle, starts))
    return found


def _turns_with(text: AnyStr, needle: AnyStr, starts: Sequence[int]) -> Iterator[int]:
    at = text.find(needle)
    while at >= 0:
        turn = bisect_right(starts, at) - 1
        yield turn
        if turn + 1 == len(starts):
            return
        at = text.find(needle, starts[turn + 1])


# Comparing ---------------------------------------------------------------------------------------


def hits(query: Query, body: str, *, is_plain: bool = False) -> list[Span]:
    """Where the terms stand in a turn, in code points of it; nothing unless every term does.

    `is_plain` spares the folding: see `candidates`.
    """
    if is_plain:
        return _united(query, [Span(start, end) for start, end in _standing(query.unfolded, body)])
    folded, origins = fold(body, reads_kazakh_as_russian=query.reads_kazakh_as_russian)
    # The next kept letter: a stress mark on the last one belongs to the word.
    return _united(query, [Span(origins[start], origins[end]) for start, end in _standing(query.folded, folded)])


def count(query: Query, folded: str) -> int:
    """How many `hits` a turn has that was folded before, as the query asks."""
    found = _standing(query.folded, folded)
    return len(found) if len(query.terms) == 1 else len(merge([Span(start, end) for start, end in found]))


def _standing(patterns: Sequence[re.Pattern[str]], text: str) -> list[tuple[int, int]]:
    """Where each pattern stands; nothing unless every one does."""
    found: list[tuple[int, int]] = []
    for pattern in patterns:
        places = [match.span() for match in pattern.finditer(text)]
        if not places:
            return []
        found += places
    return found


def _united(query: Query, found: list[Span]) -> list[Span]:
    return found if len(query.terms) == 1 else merge(found)


def snippet(body: str, spans: Sequence[Span]) -> tuple[Piece, ...]:
    """The first hits of a turn in their context, never cutting what a reader sees as one letter."""
    low = max(0, spans[0].start - 2 * CONTEXT)
    high = min(len(body), spans[0].end + 3 * CONTEXT)
    edges: Sequence[int] = range(low, high + 1)
    if not _SINGLE.fullmatch(body, low, high):
        edges = [low, *(low + match.end() for match in _GRAPHEME.finditer(body[low:high]))]
    start = _at_word(body, edges, spans[0].start - CONTEXT) if low else 0
    end = _at_word(body, edges, spans[0].end + 2 * CONTEXT) if high < len(body) else len(body)
    pieces = [Piece("…" if start else "")]
    at = start
    for span in (span for span in spans if span.end <= end):
        begin = edges[bisect_right(edges, span.start) - 1]
        if begin < at:
            continue
        finish = edges[bisect_left(edges, span.end)]
        pieces += [Piece(body[at:begin]), Piece(body[begin:finish], is_hit=True)]
        at = finish
    pieces += [Piece(body[at:end]), Piece("…" if end < len(body) else "")]
    return tuple(piece for piece in pieces if piece.text)


def _at_word(body: str, edges: Sequence[int], at: int) -> int:
    """The start of a word near a place, else the start of the letter there."""
    near = edges[max(0, bisect_right(edges, at) - 1)]
    space = body.rfind(" ", max(edges[0], near - 20), near) + 1
    return space or near
