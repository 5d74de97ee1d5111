"""Detection of what identifies a respondent, offline. spaCy is imported when the first text is read, not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from qualcoder.anonymise import components
from qualcoder.anonymise.answers import answered, stations_again
from qualcoder.anonymise.findings import Finding, Label, union
from qualcoder.anonymise.kazakh import kazakh_language
from qualcoder.anonymise.letters import Shadow, encodable, has_cyrillic, has_latin, shadow_of
from qualcoder.anonymise.propagation import name_stems, repeated, uncovered
from qualcoder.anonymise.tokenising import GuardedTokenizer

if TYPE_CHECKING:
    from spacy.language import Language

LANGUAGES = ("ru", "kk", "en", "mixed")
_MAX_CHARACTERS = 100_000_000
# A guess is shown where it stands; only a name seen by a firm rule, or by two, is looked for elsewhere.
_SURE_ENOUGH = 0.55
# Memory zones of one pipeline must not overlap, so threads take turns.
_one_at_a_time = Lock()


@cache
def pipeline(language: str) -> Language:
    """The spaCy pipeline of a language ("ru", "kk", "en" or "mixed"); built once per process."""
    if language not in LANGUAGES:
        raise ValueError("language must be ru, kk, en or mixed")
    import spacy

    components.register()
    kazakh_language()
    nlp = spacy.blank("xx" if language == "mixed" else language)
    nlp.tokenizer = GuardedTokenizer(nlp.tokenizer)
    nlp.max_length = _MAX_CHARACTERS
    nlp.add_pipe(components.STRUCTURED)
    nlp.add_pipe(components.CUES, config={"language": language})
    nlp.add_pipe(components.UNION)
    return nlp


def find(text: str, language: str) -> list[Finding]:
    """What identifies somebody in a text: merged findings in reading order, offsets in code points of this text."""
    return find_in_turns([(0, text, language)])


def find_in_turns(turns: Sequence[tuple[int, str, str]], read: Callable[[int], None] | None = None) -> list[Finding]:
    """The same over the turns of a transcript, each (absolute start, text, language); offsets are absolute.

    A person found in one turn is proposed wherever the name stands again, in any turn, case or ending.
    `read` is told after each turn how many were read.
    """
    turns = [(start, encodable(text), language) for start, text, language in turns]
    found: list[Finding] = []
    for n, turn in enumerate(turns, start=1):
        found += _first_pass(*turn)
        if read is not None:
            read(n)
    found += answered(turns)
    found += [*stations_again(turns, found)]
    known = _known_names(turns, found)
    if not known:
        return union(found)
    by_start = sorted(found)
    again = [finding for turn in turns for finding in _again(*turn, known)]
    return union([*by_start, *uncovered(sorted(again), by_start)])


def _first_pass(start: int, text: str, language: str) -> Iterator[Finding]:
    if not text.strip():
        return
    nlp = pipeline(_reading(text, language))
    # The zone makes spaCy forget the words of the text afterwards; its string store would keep respondents' names.
    with _one_at_a_time, nlp.memory_zone():
        findings: tuple[Finding, ...] = nlp(text)._.findings
    for finding in findings:
        yield finding.shifted(start)


def _reading(text: str, language: str) -> str:
    """A turn said to be of one language is read with all rules as soon as it holds words in the other alphabet."""
    if language not in LANGUAGES:
        raise ValueError("language must be ru, kk, en or mixed")
    foreign = has_cyrillic(text) if language == "en" else has_latin(text)
    return "mixed" if foreign else language


def _known_names(turns: Sequence[tuple[int, str, str]], found: Sequence[Finding]) -> frozenset[str]:
    known: set[str] = set()
    people = [f for f in found if f.label is Label.PERSON and f.score >= _SURE_ENOUGH]
    for start, text, language in turns:
        for person in people:
            if start <= person.start and person.end <= start + len(text):
                known |= name_stems(shadow_of(text[person.start - start : person.end - start]).text, language)
    return frozenset(known)


def _again(start: int, text: str, language: str, known: frozenset[str]) -> Iterator[Finding]:
    shadow: Shadow = shadow_of(text)
    for finding in repeated(shadow, language, known):
        yield finding.shifted(start)
