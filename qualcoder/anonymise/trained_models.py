"""The trained files beside this package, and what to say when they are not there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from qualcoder.anonymise.features import Featurer
from qualcoder.anonymise.lexicon.flags import Lexicon, load
from qualcoder.anonymise.tagging import Crf
from qualcoder.core.messages import N_

FOLDER = Path(__file__).parent / "trained"
LEXICON = "lexicon.bin"
CARD = "card.json"
LANGUAGES = ("kk", "ru", "en")
ABSENT = N_(
    "The trained models are not there: names are found by rules alone, and many will be missed. "
    "Write them with “qualcoder anonymise train”."
)


def model_name(language: str) -> str:
    return f"{language}.crfsuite"


def are_there() -> bool:
    """Whether every trained file is in its place; without one of them none is used."""
    return all((FOLDER / name).is_file() for name in (LEXICON, *map(model_name, LANGUAGES)))


@cache
def lexicon() -> Lexicon:
    return load(FOLDER / LEXICON)


@cache
def featurer() -> Featurer:
    return Featurer(lexicon())


@cache
def crf(language: str) -> Crf:
    return Crf(FOLDER / model_name(language))


def forget() -> None:
    """Load anew what is asked for next: the files may have changed."""
    for loaded in (lexicon, featurer, crf):
        loaded.cache_clear()
