"""The other occurrences of names that were found once: the cheapest guard against leaks within a transcript."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from qualcoder.anonymise.findings import Finding, Label, Tier
from qualcoder.anonymise.letters import Shadow
from qualcoder.anonymise.lexicon.everyday import is_everyday, is_listed_name
from qualcoder.anonymise.lexicon.skeletons import skeleton
from qualcoder.anonymise.rules.names import is_common
from qualcoder.anonymise.rules.reasons import SEEN_ELSEWHERE
from qualcoder.anonymise.surfaces import stems

SOURCE = "propagation"
_WORD = re.compile(r"(?<!\w)[^\W\d_]{3,40}(?!\w)")
# A lower-case word of three letters proves nothing: the name Дана must not take every "дан".
_MIN_LOWER_LENGTH = 4
# Skeletons know no fine differences of vowels: short ones meet by chance.
_MIN_SKELETON = 5
_SKELETON = "~"


def name_stems(surface: str, language: str) -> frozenset[str]:
    """Forms of the single words of a person's name that may be looked for elsewhere, in any script."""
    words = (word for word in _WORD.findall(surface) if not is_common(word))
    return frozenset(form for word in words for form in _forms(word, language))


@lru_cache(maxsize=30_000)
def _forms(word: str, language: str) -> frozenset[str]:
    forms = frozenset(stems(word, language))
    return forms | {_SKELETON + bones for form in forms if len(bones := skeleton(form)) >= _MIN_SKELETON}


def _is_nobody(word: str) -> bool:
    """Whether a word in small letters is too short, or too common, to be somebody's name."""
    return len(word) < _MIN_LOWER_LENGTH or (is_everyday(word) and not is_listed_name(word))


def repeated(shadow: Shadow, language: str, known: frozenset[str]) -> Iterator[Finding]:
    """Words of the text that share a form with a known name, whatever their case or ending."""
    for word in _WORD.finditer(shadow.text):
        if is_common(word.group()):
            continue
        agreed = known.intersection(_forms(word.group(), language))
        if not agreed:
            continue
        is_name_like = word.group()[0].isupper()
        if not is_name_like and _is_nobody(word.group()):
            continue
        span = shadow.span(word.start(), word.end())
        score = 0.8 if is_name_like else 0.5
        yield Finding(span.start, span.end, Label.PERSON, Tier.A, score, (SOURCE,), SEEN_ELSEWHERE)


def uncovered(proposed: Iterable[Finding], found: list[Finding]) -> list[Finding]:
    """Those proposals that no direct finding (tier A) already covers. `found` is in reading order, without overlaps."""
    kept: list[Finding] = []
    place = 0
    for proposal in proposed:
        while place < len(found) and found[place].end <= proposal.start:
            place += 1
        covering = found[place] if place < len(found) and found[place].start < proposal.end else None
        if covering is None or covering.tier is not Tier.A:
            kept.append(proposal)
    return kept
