"""Detection of what identifies a respondent, offline. spaCy is imported when the first text is read, not before."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from qualcoder.anonymise import components, trained_models
from qualcoder.anonymise.answers import answered, stations_again
from qualcoder.anonymise.distribution import has_natasha
from qualcoder.anonymise.findings import Finding, Label, union
from qualcoder.anonymise.kazakh import kazakh_language
from qualcoder.anonymise.letters import Shadow, encodable, has_cyrillic, has_latin, shadow_of
from qualcoder.anonymise.lexicon import everyday
from qualcoder.anonymise.propagation import name_stems, repeated, uncovered
from qualcoder.anonymise.tokenising import GuardedTokenizer
from qualcoder.anonymise.words import is_cased, sentences

if TYPE_CHECKING:
    from spacy.language import Language

LANGUAGES = ("ru", "kk", "en", "mixed")
_MAX_CHARACTERS = 100_000_000
# A guess is shown where it stands; only a name seen by a firm rule, or by two, is looked for elsewhere.
_SURE_ENOUGH = 0.55
# Turns that are read together: the Russian network is far quicker on many sentences than on one.
_AT_ONCE = 64
# Memory zones of one pipeline must not overlap, so threads take turns.
_one_at_a_time = Lock()


@cache
def pipeline(language: str) -> Language:
    """The spaCy pipeline of a language ("ru", "kk", "en" or "mixed"); built once per process."""
    if language not in LANGUAGES:
        raise ValueError("language must be ru, kk, en or mixed")
    # Numbers are counted on one core: several would wait for each other, at twice the processor time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import spacy

    components.register()
    kazakh_language()
    nlp = spacy.blank("xx" if language == "mixed" else language)
    nlp.tokenizer = GuardedTokenizer(nlp.tokenizer)
    nlp.max_length = _MAX_CHARACTERS
    # What spaCy computes of each new word (is it a URL, a number, a stop word) nobody here asks for.
    nlp.vocab.lex_attr_getters = {}  # type: ignore[attr-defined]  # spaCy's stubs leave it out
    nlp.add_pipe(components.STRUCTURED)
    nlp.add_pipe(components.CUES, config={"language": language})
    nlp.add_pipe(components.KEEP)
    if trained_models.are_there():
        nlp.add_pipe(components.SENTENCES)
        nlp.add_pipe(components.CRF, config={"language": language})
        if language != "en" and has_natasha():
            nlp.add_pipe(components.RUSSIAN, config={"language": language})
        nlp.add_pipe(components.UNCERTAIN)
    nlp.add_pipe(components.UNION)
    return nlp


def use_models(folder: Path) -> None:
    """Build the pipelines anew with the trained files of a folder: to try them before they are shipped."""
    trained_models.use(folder)
    everyday.forget()
    pipeline.cache_clear()


def find(text: str, language: str) -> list[Finding]:
    """What identifies somebody in a text: merged findings in reading order, offsets in code points of this text."""
    return find_in_turns([(0, text, language)])


def find_in_turns(turns: Sequence[tuple[int, str, str]], read: Callable[[int], None] | None = None) -> list[Finding]:
    """The same over the turns of a transcript, each (absolute start, text, language); offsets are absolute.

    A person found in one turn is proposed wherever the name stands again, in any turn, case, ending or script.
    `read` is told now and then how many turns were read.
    """
    turns = [(start, encodable(text), language) for start, text, language in turns]
    found: list[Finding] = []
    count = 0
    shadows = [shadow_of(text) for _, text, _ in turns]
    # Asked of the whole transcript: a short turn alone does not tell.
    cased = is_cased(sentence for shadow in shadows for sentence in sentences(shadow.text))
    for language, crowd in groupby(zip(turns, shadows, strict=True), key=lambda both: _reading(*both[0][1:])):
        alike = list(crowd)
        for begin in range(0, len(alike), _AT_ONCE):
            batch = alike[begin : begin + _AT_ONCE]
            found += _first_pass(batch, language, cased=cased)
            count += len(batch)
            if read is not None:
                read(count)
    found += answered(turns, shadows)
    found += [*stations_again(turns, found)]
    known = _known_names(turns, found)
    if not known:
        return union(found)
    by_start = sorted(found)
    again = [
        finding.shifted(start)
        for (start, _, language), shadow in zip(turns, shadows, strict=True)
        for finding in repeated(shadow, language, known)
    ]
    return union([*by_start, *uncovered(sorted(again), by_start)])


def _first_pass(
    turns: Sequence[tuple[tuple[int, str, str], Shadow]], language: str, *, cased: bool
) -> Iterator[Finding]:
    nlp = pipeline(language)
    starts: list[int] = []
    # The zone makes spaCy forget the words of the text afterwards; its string store would keep respondents' names.
    with _one_at_a_time, nlp.memory_zone():
        docs = []
        for (start, text, _), shadow in turns:
            if text.strip():
                doc = nlp.make_doc(text)
                doc._.cased, doc._.shadow = cased, shadow
                starts.append(start)
                docs.append(doc)
        found: list[tuple[Finding, ...]] = [doc._.findings for doc in nlp.pipe(docs, batch_size=_AT_ONCE)]
    for start, findings in zip(starts, found, strict=True):
        for finding in findings:
            yield finding.shifted(start)


def _reading(text: str, language: str) -> str:
    """A turn said to be of one language is read with all rules as soon as it holds words in the other alphabet."""
    if language not in LANGUAGES:
        raise ValueError("language must be ru, kk, en or mixed")
    foreign = has_cyrillic(text) if language == "en" else has_latin(text)
    return "mixed" if foreign else language


def _known_names(turns: Sequence[tuple[int, str, str]], found: Sequence[Finding]) -> frozenset[str]:
    starts = [start for start, _, _ in turns]
    known: set[str] = set()
    for person in found:
        if person.label is not Label.PERSON or person.score < _SURE_ENOUGH or person.suggests_keep:
            continue
        start, text, language = turns[bisect_right(starts, person.start) - 1]
        known |= name_stems(shadow_of(text[person.start - start : person.end - start]).text, language)
    return frozenset(known)
