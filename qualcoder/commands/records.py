"""The race record as a whole: figures and contradictions."""

from __future__ import annotations

from dataclasses import asdict

import typer

from qualcoder.accounts.permissions import Act
from qualcoder.commands import shared
from qualcoder.commands.shared import AsOption, HomeOption, JsonOption, StudyOption, opened, say, say_json
from qualcoder.races import overview


def add_to(races: typer.Typer) -> None:
    """Hang these commands among those of races."""
    races.command("summary")(races_summary)
    races.command("checks")(races_checks)


def races_summary(study: StudyOption, as_: AsOption = "", home: HomeOption = None, as_json: JsonOption = False) -> None:
    """How many races the record holds, where and when, and how full its variables are."""
    with opened(home) as found, found.data.read() as db:
        summary = overview.summary(db, shared.access(db, as_, study, Act.SEE_RACES))
    if as_json:
        say_json(asdict(summary))
        return
    say(f"{summary.races} races in {summary.contests} contests, {summary.candidates} candidates.")
    for oblast in summary.oblasts:
        say(f"{oblast.races}\t{oblast.name}")
    for variable in summary.variables:
        say(f"{variable.name}\t{variable.known} known\t{variable.missing} missing")


def races_checks(study: StudyOption, as_: AsOption = "", home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Contradictions inside the record. Exit status 1 if there are any."""
    with opened(home) as found, found.data.read() as db:
        findings = overview.findings(db, shared.access(db, as_, study, Act.SEE_RACES))
    rows = [
        {"check": one.check.value, "races": list(one.keys), "message": one.message % dict(one.params)}
        for one in findings
    ]
    if as_json:
        say_json(rows)
    else:
        for row in rows:
            say(f"{row['check']}\t{' '.join(row['races'])}\t{row['message']}")
        say(f"{len(rows)} contradictions.")
    if rows:
        raise typer.Exit(1)
