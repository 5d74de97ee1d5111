"""The official classifier of places, which generalises villages in every study."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import typer

from qualcoder.anonymise.classifier import PlaceLevel, read_classifier
from qualcoder.anonymise.places import replace_classifier, size_of_classifier
from qualcoder.audit import chain
from qualcoder.commands import shared
from qualcoder.commands.shared import AsOption, HomeOption, JsonOption, opened, say, say_json
from qualcoder.core.errors import Refused
from qualcoder.core.messages import N_

places_app = typer.Typer(no_args_is_help=True, help="The official classifier of places.")


@places_app.command("import")
def places_import(file: Path, as_: AsOption = "", home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Read the classifier (KATO) as CSV with the columns kato, level, name_ru, name_kk. It replaces an earlier one."""
    places = read_classifier(shared.read_file(file))
    with opened(home) as found, found.data.transaction() as db:
        who = shared.actor(db, as_)
        if not who.is_admin:
            raise Refused(N_("Only an administrator of the house may do this."))
        replace_classifier(db, places)
        chain.record(db, who.id, "places.imported", "classifier", None, places=len(places))
    counts = Counter(place.level for place in places)
    if as_json:
        say_json({"places": len(places), **{level.value: counts[level] for level in PlaceLevel}})
        return
    say(f"{len(places)} places: " + ", ".join(f"{counts[level]} {level.value}" for level in PlaceLevel) + ".")


@places_app.command("show")
def places_show(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """How many places the imported classifier has; 0 when none was imported."""
    with opened(home) as found, found.data.read() as db:
        size = size_of_classifier(db)
    if as_json:
        say_json({"places": size})
        return
    say(f"{size} places." if size else "No classifier was imported; places are generalised by races and oblasts only.")
