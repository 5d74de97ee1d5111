"""The trained files beside this package, and what to say when they are not there."""

from __future__ import annotations

from pathlib import Path

from qualcoder.anonymise.features import Featurer
from qualcoder.anonymise.lexicon.flags import Lexicon, load
from qualcoder.anonymise.tagging import Crf
from qualcoder.core.messages import N_

SHIPPED = Path(__file__).parent / "trained"
LEXICON = "lexicon.bin"
CARD = "card.json"
LANGUAGES = ("kk", "ru", "en")
ABSENT = N_(
    "The trained models are not there: names are found by rules alone, and many will be missed. "
    "Write them with “qualcoder anonymise train”."
)


def model_name(language: str) -> str:
    return f"{language}.crfsuite"


class _Models:
    """What is loaded, and from where."""

    def __init__(self) -> None:
        self.open(SHIPPED)

    def open(self, folder: Path) -> None:
        self.folder = folder
        self.lexicon: Lexicon | None = None
        self.featurer: Featurer | None = None
        self.crfs: dict[str, Crf] = {}


_models = _Models()


def use(folder: Path) -> None:
    """Load from another folder from now on: to try a model before it is shipped."""
    _models.open(folder)


def are_there() -> bool:
    """Whether every trained file is in its place; without one of them none is used."""
    return all((_models.folder / name).is_file() for name in (LEXICON, *map(model_name, LANGUAGES)))


def lexicon() -> Lexicon:
    """The word marks, read once per process."""
    if _models.lexicon is None:
        _models.lexicon = load(_models.folder / LEXICON)
    return _models.lexicon


def featurer() -> Featurer:
    """What turns words into features, with the lexicon beside it."""
    if _models.featurer is None:
        _models.featurer = Featurer(lexicon())
    return _models.featurer


def crf(language: str) -> Crf:
    """The model of a language ("kk", "ru" or "en"), read once per process."""
    if language not in _models.crfs:
        _models.crfs[language] = Crf(_models.folder / model_name(language))
    return _models.crfs[language]
