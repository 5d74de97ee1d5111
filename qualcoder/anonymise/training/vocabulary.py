"""The lexicon file out of its sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from qualcoder.anonymise.lexicon import flags, hashed, sources
from qualcoder.anonymise.training.corpora import OUTSIDE, Example, Kind

_OFTEN = 3


def build(path: Path, places: sources.Places, corpora: Mapping[str, Sequence[Example]]) -> None:
    """Write digests of names, places and common words. `corpora` are those that may teach what is common."""
    coarse, fine = set(sources.skeletons(places.coarse)), set(sources.skeletons(places.fine))
    sets: dict[str, set[str]] = {
        flags.FIRST: set(sources.skeletons(sources.first_names())),
        flags.LAST: set(sources.skeletons(sources.last_names())),
        flags.COARSE: coarse,
        flags.FINE: fine - coarse,
        flags.PART: set(sources.parts((*places.coarse, *places.fine))),
        flags.COUNTRY: set(sources.skeletons(sources.countries())),
    }
    for language, name in flags.COMMON.items():
        sets[name] = _plain(_common(corpora.get(language, ()), _OFTEN))
    sets[flags.SEEN_ENGLISH] = _plain(_seen(corpora.get("en", ())) | sources.english_words())
    hashed.write(path, sets)


def _plain(words: set[str]) -> set[str]:
    return {flags.PLAIN + word for word in words}


def _common(examples: Sequence[Example], often: int) -> set[str]:
    """Words written small outside names so often, and far more often than within them."""
    return _outside(examples, often, frozenset(Kind))


def _seen(examples: Sequence[Example]) -> set[str]:
    """Words written small outside names, even once, and far more often than in names of people and places."""
    return _outside(examples, 1, frozenset({Kind.PERSON, Kind.PLACE}))


def _outside(examples: Sequence[Example], often: int, kinds: frozenset[Kind]) -> set[str]:
    outside: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for example in examples:
        for form, tag in zip(example.forms, example.tags, strict=True):
            if tag == OUTSIDE and form.islower():
                outside[form] += 1
            elif tag != OUTSIDE and Kind(tag[2:]) in kinds:
                inside[form.lower()] += 1
    return {word for word, n in outside.items() if n >= often and inside[word] * 5 <= n}
