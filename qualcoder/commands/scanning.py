"""Searching files for what identifies somebody: needs no home and no key, and stores nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from qualcoder.anonymise import trained_models
from qualcoder.anonymise.findings import Finding
from qualcoder.commands import shared
from qualcoder.commands.shared import JsonOption, say, say_json
from qualcoder.core.decoding import decode
from qualcoder.core.errors import Invalid
from qualcoder.core.filetypes import recognise
from qualcoder.core.messages import N_
from qualcoder.transcripts.languages import guess

anonymise_app = typer.Typer(no_args_is_help=True, help="What identifies somebody.")

LANGUAGES = ("auto", "ru", "kk", "en", "mixed")
# Below this a line says too little of its own about the language it is in.
ENOUGH_TO_GUESS = 40
IN_FILE = N_("%(name)s: %(problem)s")


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """A stretch of the decoded text, in code points, and what might stand instead."""

    start: int
    end: int
    label: str
    tier: str
    score: float
    sources: tuple[str, ...]
    suggestion: str


@dataclass(frozen=True, slots=True, repr=False)
class Scanned:
    """A file that was searched. The digest is of the decoded text without byte order mark, in UTF-8."""

    file: str
    language: str
    text_sha256: str
    spans: tuple[Found, ...]


@anonymise_app.command("scan")
def anonymise_scan(
    files: list[Path],
    language: Annotated[str, typer.Option(help="ru, kk, en, mixed or auto")] = "auto",
    as_json: JsonOption = False,
) -> None:
    """Search text files, or folders of .txt files. Offsets count in the decoded text, before any normalising."""
    if language not in LANGUAGES:
        raise Invalid(N_("The language is ru, kk, en, mixed or auto."))
    found = [_scanned(file, language) for file in files_in(files, ".txt")]
    if as_json:
        say_json([asdict(one) for one in found])
        return
    if not trained_models.are_there():
        typer.echo(trained_models.ABSENT, err=True)
    for one in found:
        for span in one.spans:
            say(f"{one.file}\t{span.start}\t{span.end}\t{span.label}\t{span.tier}\t{span.score:.2f}\t{span.suggestion}")


def files_in(named: Sequence[Path], ending: str) -> list[Path]:
    """The files that were named, and those with this ending in folders that were named, however deep."""
    found: list[Path] = []
    for path in named:
        inside = [
            file
            for file in sorted(path.rglob(f"*{ending}"))
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
        ]
        if path.is_dir() and not inside:
            raise Invalid(N_("The folder %(name)s holds no %(ending)s file."), name=path.name, ending=ending)
        found += inside if path.is_dir() else [path]
    return found


def _scanned(file: Path, language: str) -> Scanned:
    raw = shared.read_file(file)
    try:
        return scan(str(file), raw, language)
    except Invalid as problem:
        raise Invalid(IN_FILE, status=problem.status, name=file.name, problem=str(problem)) from None


def scan(name: str, raw: bytes, language: str) -> Scanned:
    """Search one file; refuses what is no plain text. A file without text holds nothing to find."""
    if (kind := recognise(raw)) is not None:
        raise Invalid(N_("This is a file of the kind “%(kind)s”; plain text is searched."), status=415, kind=kind.value)
    text = decode(raw).text if raw.strip() else raw.decode("ascii")
    main, findings = findings_in(text, language)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Scanned(name, main, digest, tuple(_suggested(text, main, findings)))


def findings_in(text: str, language: str) -> tuple[str, list[Finding]]:
    """The language that prevails (guessed when "auto"), and what was found in a text whose lines are its turns."""
    # The rules take most of a second to load.
    from qualcoder.anonymise.pipeline import find_in_turns

    main = guess(text[:20_000]).value if language == "auto" else language
    return main, sorted(find_in_turns(list(_lines(text, main, is_guessed=language == "auto"))))


def _lines(text: str, main: str, *, is_guessed: bool) -> Iterator[tuple[int, str, str]]:
    """Lines as turns, each with where it starts and its language."""
    start = 0
    for line in text.split("\n"):
        own = guess(line).value if is_guessed and len(line) > ENOUGH_TO_GUESS else main
        yield start, line, own
        start += len(line) + 1


def _suggested(text: str, language: str, findings: Sequence[Finding]) -> Iterator[Found]:
    """The same name gets the same replacement, as within one transcript."""
    from qualcoder.anonymise.pseudonyms import propose
    from qualcoder.anonymise.service import WITH_ENTITY
    from qualcoder.anonymise.surfaces import group

    words = [text[finding.start : finding.end] for finding in findings]
    numbers = group([(said, one.label, language) for said, one in zip(words, findings, strict=True)])
    suggestions: dict[int, str] = {}
    of_kind: dict[str, int] = {}
    for number, said, one in zip(numbers, words, findings, strict=True):
        if one.label in WITH_ENTITY and number not in suggestions:
            of_kind[one.label] = of_kind.get(one.label, 0) + 1
            suggestions[number] = propose(one.label, said, language, (), of_kind[one.label])
        shown = suggestions[number] if one.label in WITH_ENTITY else propose(one.label, said, language, (), 1)
        yield Found(one.start, one.end, one.label.value, one.tier.value, round(one.score, 4), one.sources, shown)
