"""Whether a word is more likely somebody's name or an everyday word: by the lexicon, else by the dictionary."""

from __future__ import annotations

import re
from functools import lru_cache

from qualcoder.anonymise import trained_models
from qualcoder.anonymise.lexicon.flags import COMMON
from qualcoder.anonymise.lexicon.grammar import KNOWN, grammar
from qualcoder.anonymise.rules.common_words import NOT_NAMES
from qualcoder.anonymise.rules.endings import kk_stems

# At the head of, beside, before, behind, under: they look like names in a Russian case.
_BESIDE = re.compile(
    r"(?:бас|қас|жан|алд|арт|аст|сырт|маң|жол|қол)ы(?:на?|нда|нан|ның|ндағы|мен)?"
    r"|(?:үст|іш|көз|бет|түб)і(?:не?|нде|нен|нің|ндегі|мен)?"
)
RUSSIAN_SPELLING = str.maketrans("әіңғүұқөһ", "аингуукох")
# Surnames of lists are not among them: many of those are words.
_LISTED = frozenset(
    {"f", "fs", *(f"{mark}{kind}" for mark in ("m", "sm", "a", "sa") for kind in ("Name", "Patr")), "mSurn", "smSurn"}
)


def forget() -> None:
    """Ask anew of every word: the lexicon in use is another one."""
    is_listed_name.cache_clear()
    is_everyday.cache_clear()


@lru_cache(maxsize=20_000)
def is_listed_name(lower: str) -> bool:
    """Whether lists hold the lower-case word, or it without an ending, as somebody's name."""
    if trained_models.are_there():
        marks = trained_models.lexicon().flags(lower)
    elif lower.isascii():
        return False
    else:
        stem = min(kk_stems(lower), key=len).translate(RUSSIAN_SPELLING)
        marks = grammar(lower.translate(RUSSIAN_SPELLING)) or tuple(f"s{mark}" for mark in grammar(stem))
    return not _LISTED.isdisjoint(marks)


@lru_cache(maxsize=20_000)
def is_everyday(lower: str) -> bool:
    """Whether texts write the lower-case word, in this form, without meaning anybody."""
    if lower in NOT_NAMES or _BESIDE.fullmatch(lower):
        return True
    if trained_models.are_there() and any(trained_models.lexicon().is_common(lower, each) for each in COMMON):
        return True
    return not lower.isascii() and KNOWN in grammar(lower)


def is_sure_name(lower: str) -> bool:
    """A listed name that is no everyday word: said is a name too."""
    if is_everyday(lower) or not is_listed_name(lower):
        return False
    # The dictionary alone finds names in the stems of verbs.
    return trained_models.are_there() or bool(grammar(lower.translate(RUSSIAN_SPELLING)))


def may_name_somebody(lower: str) -> bool:
    """Whether a word beside a cue is taken for a name: a listed one, or one that the lexicon knows for no word."""
    is_unknown = trained_models.are_there() and not is_everyday(lower)
    return is_unknown or (not lower.isascii() and is_listed_name(lower))
