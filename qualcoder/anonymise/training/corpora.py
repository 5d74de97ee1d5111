"""Annotated corpora in IOB2, one word per line, brought to our words and three kinds of names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.words import WORD


class Kind(StrEnum):
    """What a CRF tells apart."""

    PERSON = "PER"
    PLACE = "LOC"
    ORG = "ORG"


OUTSIDE = "O"
_KINDS = {
    "PERSON": Kind.PERSON,
    "GPE": Kind.PLACE,
    "LOC": Kind.PLACE,
    "LOCATION": Kind.PLACE,
    "FACILITY": Kind.PLACE,
    "ORG": Kind.ORG,
    "ORGANISATION": Kind.ORG,
}
FILES = {
    "kk": ("kk_kaznerd_valid_with_sentID.iob2",),
    "ru": ("ru_factrueval_dev.iob2",),
    "en": (
        "en_wikigold80.iob2",
        "en_wnut17_train.iob2",
        "en_uner_ewt_dev.iob2",
        "en_gum_interview_news.iob2",
    ),
}
# KazNERD numbers its sentences; the same number with another first letter is the same sentence spelled anew.
_NUMBER = "ID"
_MARK_LENGTH = 3
# Where a corpus does not say where a text begins, so many sentences in a row are taken for one.
_NEIGHBOURS = 8


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with one tag per word. Sentences of one group must not be split between training and trial."""

    forms: tuple[str, ...] = field(repr=False)
    tags: tuple[str, ...] = field(repr=False)
    group: str
    is_cased: bool = True
    # What the corpus itself calls a name: words start..end, its label.
    named: tuple[tuple[int, int, str], ...] = ()


def read(data: Path, language: str) -> list[Example]:
    """All sentences that a language has, in the order of the files."""
    return [example for name in FILES[language] for example in _file(data / "ner" / name)]


def _file(path: Path) -> Iterator[Example]:
    rows: list[tuple[str, str]] = []
    group = ""
    count = 0
    for line in [*path.read_text("utf-8").splitlines(), ""]:
        if not line.strip():
            if rows:
                yield _example(rows, group or f"{path.stem}:{count // _NEIGHBOURS}")
                count += 1
            rows, group = [], ""
            continue
        word, tag = line.replace("\t", " ").rsplit(" ", 1)
        if not rows and not group and word[1:_MARK_LENGTH] == _NUMBER and word[_MARK_LENGTH:].isdigit():
            group = word[_MARK_LENGTH:]
        else:
            rows.append((word, tag))


def _example(rows: Sequence[tuple[str, str]], group: str) -> Example:
    forms: list[str] = []
    tags: list[str] = []
    named: list[tuple[int, int, str]] = []
    for word, tag in rows:
        pieces = WORD.findall(shadow_of(word).text)
        place, _, label = tag.partition("-")
        kind = _KINDS.get(label)
        if kind is not None and place == "B":
            named.append((len(forms), len(forms) + len(pieces), label))
        elif kind is not None and named:
            named[-1] = (named[-1][0], len(forms) + len(pieces), named[-1][2])
        for nth, piece in enumerate(pieces):
            forms.append(piece)
            begins = place == "B" and nth == 0
            tags.append(OUTSIDE if kind is None else f"{'B' if begins else 'I'}-{kind.value}")
    return Example(tuple(forms), tuple(tags), group, named=tuple(named))


def entities(tags: Sequence[str]) -> Iterator[tuple[int, int, Kind]]:
    """Stretches of words with their kind."""
    start = 0
    for at in range(1, len(tags) + 1):
        goes_on = at < len(tags) and tags[at].startswith("I-") and tags[at][2:] == tags[start][2:]
        if not goes_on:
            if tags[start] != OUTSIDE:
                yield start, at, Kind(tags[start][2:])
            start = at
