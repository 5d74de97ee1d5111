"""Measuring detection on texts whose identifying stretches are known: needs no home and no key, stores nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualcoder.anonymise.evaluating import Interval, LabelFigures, Mark, Report, evaluate, marks
from qualcoder.anonymise.evaluation_table import tables
from qualcoder.anonymise.gold import Case, GoldText, in_case, read_gold
from qualcoder.commands import shared
from qualcoder.commands.scanning import IN_FILE, files_in, findings_in
from qualcoder.commands.shared import JsonOption, say, say_json
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

_EACH_LANGUAGE = ("Это только чтение", "Бұл әлі оқу ғана", "This is only reading", "Чтение reading")
_HASH = re.compile(r"[0-9a-f]{64}")


def add_to(app: typer.Typer) -> None:
    """Put `evaluate` beside the other commands about what identifies somebody."""
    app.command("evaluate")(anonymise_evaluate)


def anonymise_evaluate(
    files: list[Path],
    lower: Annotated[bool, typer.Option("--lower", help="Also lower-cased, with and without punctuation.")] = False,
    language: Annotated[str, typer.Option(help="auto guesses; gold believes the file")] = "auto",
    seen: Annotated[Path | None, typer.Option(help="SHA-256 of each training surface, one a line.")] = None,
    missed: Annotated[bool, typer.Option("--missed", help="List where each missed mention stands.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare detection with gold JSON lines, or folders of .jsonl files: recall, leaks and marks to review."""
    if language not in ("auto", "gold"):
        raise Invalid(N_("The language is auto or gold."))
    texts = cased([text for file in files_in(files, ".jsonl") for text in _read(file)], also_lower=lower)
    surfaces = None if seen is None else _surfaces(seen)
    report = measured(texts, is_guessed=language == "auto", seen=surfaces)
    if as_json:
        say_json(_answer(report, lists_missed=missed))
        return
    say(tables(report))
    for one in report.missed if missed else ():
        say(f"{one.id}\t{one.case}\t{one.start}\t{one.end}\t{one.label}")


def cased(texts: Sequence[GoldText], *, also_lower: bool) -> list[GoldText]:
    """The texts; with `also_lower`, those that hold capitals also in small letters, with and without punctuation."""
    written = [text for text in texts if also_lower and in_case(text, Case.LOWER).text != text.text]
    return [*texts, *(in_case(text, case) for case in (Case.LOWER, Case.BARE) for text in written)]


def measured(texts: Sequence[GoldText], *, is_guessed: bool = True, seen: frozenset[str] | None = None) -> Report:
    """Detection as the product does it, compared with the gold; speed is by processor time."""
    # Loading is no part of the speed: it is once in a process.
    for words in _EACH_LANGUAGE:
        findings_in(words, "auto")
    found: list[Iterable[Mark]] = []
    seconds: list[float] = []
    for text in texts:
        before = time.process_time()
        found.append(marks(findings_in(text.text, "auto" if is_guessed else text.language)[1]))
        seconds.append(time.process_time() - before)
    return evaluate(texts, found, seen=seen, seconds=seconds)


def _answer(report: Report, *, lists_missed: bool) -> dict[str, object]:
    """What --json prints. Shares lie between 0 and 1 and are null where there is nothing to count."""
    answer: dict[str, object] = {
        "labels": [_figures(one) for one in report.labels],
        "groups": [_rounded(asdict(one)) for one in report.groups],
    }
    return answer | {"missed": [asdict(one) for one in report.missed]} if lists_missed else answer


def _figures(one: LabelFigures) -> dict[str, object]:
    unseen = one.unseen or Interval(None, None, None, 0)
    figures: dict[str, object] = {
        "language": one.language,
        "style": one.style,
        "case": one.case,
        "label": one.label,
        "mentions": one.mentions,
        "precision": one.precision,
        "recall": one.recall,
        "f1": one.f1,
        "masked_recall": one.masked.share,
        "masked_low": one.masked.low,
        "masked_high": one.masked.high,
        "unseen_mentions": unseen.of,
        "unseen_masked_recall": unseen.share,
        "entities": one.entity_leaks.of,
        "entity_leak_rate": one.entity_leaks.share,
        "documents": one.document_leaks.of,
        "document_leak_rate": one.document_leaks.share,
        "document_leak_low": one.document_leaks.low,
        "document_leak_high": one.document_leaks.high,
    }
    return _rounded(figures)


def _rounded(figures: dict[str, object]) -> dict[str, object]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}


def _read(file: Path) -> list[GoldText]:
    raw = shared.read_file(file)
    try:
        return read_gold(raw)
    except Invalid as problem:
        raise Invalid(IN_FILE, name=file.name, problem=str(problem)) from None


def _surfaces(file: Path) -> frozenset[str]:
    hashes = shared.read_file(file).decode("ascii", "replace").split()
    if not all(_HASH.fullmatch(one) for one in hashes):
        raise Invalid(N_("%(name)s is no list of SHA-256 digests in hexadecimal, one a line."), name=file.name)
    return frozenset(hashes)
