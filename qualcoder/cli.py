"""The command line. Errors are one plain sentence on standard error; exit status as in the contract.

0 done, 1 a problem was found and reported, 2 wrong usage or bad input, 3 not possible now.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from qualcoder.commands import (
    bench,
    custody,
    evaluating,
    house,
    places,
    records,
    scanning,
    studies,
    tokens,
    training,
)
from qualcoder.core.errors import DomainError, Unavailable
from qualcoder.vault.aead import CannotOpen

NO_DATABASE = "The database can't be reached or was not made yet. Run: qualcoder init"

app = house.house
app.add_typer(house.person_app, name="person")
app.add_typer(house.audit_app, name="audit")
app.add_typer(house.keys_app, name="keys")
app.add_typer(custody.backup_app, name="backup")
app.add_typer(studies.study_app, name="study")
records.add_to(studies.races_app)
app.add_typer(studies.races_app, name="races")
app.add_typer(places.places_app, name="places")
app.add_typer(studies.codebook_app, name="codebook")
app.add_typer(studies.transcripts_app, name="transcripts")
app.add_typer(studies.review_app, name="review")
app.add_typer(studies.matrix_app, name="matrix")
app.add_typer(tokens.token_app, name="token")
evaluating.add_to(scanning.anonymise_app)
training.add_to(scanning.anonymise_app)
app.add_typer(scanning.anonymise_app, name="anonymise")
app.add_typer(bench.bench_app, name="bench")


@app.command()
def demo(
    home: Annotated[Path | None, typer.Option("--home", help="Folder of the demo's home.")] = None,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8765,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Make the home only.")] = False,
) -> None:
    """Make a fresh home with the demo study, print the sign-ins, and serve it on this machine."""
    from qualcoder.demo.loading import make_and_serve

    make_and_serve(home, port, serves=not no_serve)


def main() -> None:
    """Run a command and turn errors into sentences and exit statuses."""
    try:
        status = app(standalone_mode=False)
    except typer.Exit as ended:
        status = ended.exit_code
    except typer.Abort:
        status = 2
    except DomainError as problem:
        sys.stderr.write(f"{problem}\n")
        for text in getattr(problem, "fields", {}).values():
            if text != problem.message:
                sys.stderr.write(f"{text}\n")
        status = 3 if isinstance(problem, Unavailable) else 2
    except SQLAlchemyError as problem:
        is_full = "full" in str(getattr(problem, "orig", ""))
        said = "The disk is full. Make space and run this again." if is_full else NO_DATABASE
        sys.stderr.write(f"{said}\n")
        status = 3
    except CannotOpen:
        sys.stderr.write("A sealed value can't be opened: it was altered, or the keys are of another home.\n")
        status = 1
    except Exception as problem:  # noqa: BLE001
        status = _usage(problem)
    sys.exit(status or 0)


def _usage(problem: Exception) -> int:
    """Wrong usage in one line; anything else is a fault, named without its values."""
    shown = getattr(problem, "format_message", None)
    if shown is not None:
        # A missing choice is told with a line for each value.
        sys.stderr.write(" ".join(str(shown()).split()) + "\n")
        return 2
    sys.stderr.write(f"An unforeseen error stopped the command: {type(problem).__name__}. Nothing more was done.\n")
    return 3


if __name__ == "__main__":
    main()
