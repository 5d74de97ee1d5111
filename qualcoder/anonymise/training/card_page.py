"""The model card as a page to read: sources with licences and digests, files, and the figures of cross-validation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qualcoder.anonymise.training.trials import EVERY, FOLDS, SPEED, Row

_DIGEST = 12
_CASES = {"as_is": "cased", "lower": "lower-cased"}
_PERSON, _PLACE = "person masked", "place masked"
_LEAKS, _FLAGGED = "texts with a leaked person", "flagged / gold"
# What the figures have to reach before anybody has reviewed anything; all marks, uncertain ones too.
TARGETS: dict[tuple[str, str, str], float] = {
    ("ru", "as_is", _PERSON): 0.98,
    ("ru", "as_is", _PLACE): 0.97,
    ("ru", "lower", _PERSON): 0.92,
    ("ru", "lower", _PLACE): 0.92,
    ("kk", "as_is", _PERSON): 0.96,
    ("kk", "as_is", _PLACE): 0.97,
    ("kk", "lower", _PERSON): 0.83,
    ("kk", "lower", _PLACE): 0.90,
    ("en", "as_is", _PERSON): 0.95,
    ("en", "as_is", _PLACE): 0.90,
    ("ru", "as_is", _LEAKS): 0.08,
    **{(language, case, _FLAGGED): 1.5 for language in ("ru", "kk", "en") for case in _CASES},
}
_AT_MOST = frozenset({_LEAKS, _FLAGGED})
_FIGURES = (_PERSON, f"{_PERSON}, unseen", _PLACE, f"{_PLACE}, unseen", _LEAKS, _FLAGGED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What has to be reached, and whether mean and worst fold reach it."""

    target: float
    is_reached: bool
    is_reached_by_all: bool


def verdict(row: Row) -> Verdict | None:
    """None for a figure that has no target."""
    target = TARGETS.get((row.language, row.case, row.figure))
    if target is None:
        return None
    at_most = row.figure in _AT_MOST
    mean, worst = ((value <= target if at_most else value >= target) for value in (row.mean, row.worst))
    return Verdict(target, mean, worst)


def page(card: Path) -> str:
    """Markdown of a card file; the same card gives the same page."""
    said = json.loads(card.read_text("utf-8"))
    return "\n".join((*_sources(said["sources"]), "", *_files(said["files"]), "", *_notes(said), "", *_measured(said)))


def _sources(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    yield "| taught on | licence | SHA-256 begins |"
    yield "|---|---|---|"
    for row in rows:
        yield f"| {row['title']} | {row['licence']} | `{row['sha256'][:_DIGEST]}` |"


def _files(rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    yield "| file | MB | SHA-256 begins |"
    yield "|---|---|---|"
    for row in rows:
        yield f"| {row['file']} | {int(str(row['bytes'])) / 1e6:.2f} | `{str(row['sha256'])[:_DIGEST]}` |"


def _notes(said: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for note in said["notes"]:
        yield f"- {note}"


def _measured(said: Mapping[str, Sequence[Mapping[str, object]] | None]) -> Iterator[str]:
    figures = said["figures"]
    if not figures:
        yield "These files have not been cross-validated."
        return
    rows = [Row(**row) for row in figures]  # type: ignore[arg-type]  # JSON that this program wrote
    by_key = {(row.language, row.case, row.figure): row for row in rows if row.tier == EVERY}
    measured = ", ".join(f"{language} {folds}" for language, folds in {row.language: row.folds for row in rows}.items())
    yield f"Folds measured, of {FOLDS}: {measured}."
    yield ""
    yield "| language | case | figure | mean | worst fold | of | to reach |"
    yield "|---|---|---|---|---|---|---|"
    for language in ("ru", "kk", "en"):
        for case, name in _CASES.items():
            for figure in _FIGURES:
                row = by_key.get((language, case, figure))
                if row is not None:
                    yield _line(row, name)
    yield ""
    speeds = [(row.language, row.mean) for row in rows if row.figure == SPEED]
    yield "Words per CPU second: " + ", ".join(f"{language} {speed:.0f}" for language, speed in speeds) + "."


def _line(row: Row, case: str) -> str:
    said = "-"
    if (judged := verdict(row)) is not None:
        sign = "≤" if row.figure in _AT_MOST else "≥"
        reached = "all folds" if judged.is_reached_by_all else ("the mean" if judged.is_reached else "**not reached**")
        said = f"{sign} {judged.target:g}: {reached}"
    numbers = f"{row.mean:.3f} | {row.worst:.3f} | {row.mentions}"
    return f"| {row.language} | {case} | {row.figure} | {numbers} | {said} |"
