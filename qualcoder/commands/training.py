"""Training the statistical models from a data folder, and their cross-validation."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qualcoder.commands.shared import JsonOption, say, say_json
from qualcoder.core.errors import NotFound


def _to_stderr(line: str) -> None:
    typer.echo(line, err=True)


def add_to(app: typer.Typer) -> None:
    """Put `train` and `crossvalidate` beside the other commands about what identifies somebody."""
    app.command("train")(anonymise_train)
    app.command("crossvalidate")(anonymise_crossvalidate)
    app.command("card")(anonymise_card)


def anonymise_train(
    data: Annotated[Path, typer.Option("--data", help="Folder with ner/*.iob2 and kato.csv.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where to write; else into the program itself.")] = None,
    figures: Annotated[Path | None, typer.Option("--figures", help="JSON of crossvalidate, for the card.")] = None,
) -> None:
    """Write lexicon, models and model card. The same data give the same files; takes about four minutes."""
    from qualcoder.anonymise.trained_models import SHIPPED
    from qualcoder.anonymise.training import building, trials

    folder = out or SHIPPED
    building.build(data, folder, building.read_all(data), tell=say)
    building.write_card(data, folder, None if figures is None else trials.read_figures(figures))


def anonymise_crossvalidate(
    data: Annotated[Path, typer.Option("--data", help="Folder with ner/*.iob2 and kato.csv.")],
    work: Annotated[Path, typer.Option("--work", help="Folder for the models of the folds; they are kept.")],
    language: Annotated[list[str] | None, typer.Option(help="kk, ru or en; else all of them.")] = None,
    folds: Annotated[int, typer.Option(min=1, max=5, help="Only so many of the five.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Train on four fifths of the sentence groups and try on the rest, five times: mean and worst fold."""
    from qualcoder.anonymise.trained_models import LANGUAGES
    from qualcoder.anonymise.training import trials

    rows = trials.crossvalidate(data, work, language or LANGUAGES, tell=_to_stderr, folds=folds)
    if as_json:
        say_json([asdict(row) for row in rows])
        return
    for line in trials.table(rows):
        say(line)


def anonymise_card() -> None:
    """Print the model card: what the trained files were taught on, under which licences, and what they are worth."""
    from qualcoder.anonymise import trained_models
    from qualcoder.anonymise.training import card_page

    card = trained_models.SHIPPED / trained_models.CARD
    if not card.is_file():
        raise NotFound(trained_models.ABSENT)
    say(card_page.page(card))
