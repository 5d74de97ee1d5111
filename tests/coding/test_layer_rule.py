"""Every module that knows codings asks `layers` whose they are, or says here why it need not."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.served import ROOT

# A module that shows somebody codings has no place here.
REASONS = {
    "coding/acting.py": "writes the coder's own",
    "coding/api.py": "the shape of an answer; lists come from listing.py",
    "coding/asked.py": "values",
    "coding/changing.py": "one's own, by service.held",
    "coding/marked.py": "parts of statements about codings that somebody else chose",
    "coding/mask_writing.py": "a PI's act on all of them; shows none",
    "coding/masking.py": "a PI's",
    "coding/merging.py": "pure, on one coder's codings",
    "coding/new_version.py": "moves all of them along; shows none",
    "coding/passages.py": "places one that is given",
    "coding/recode_preview.py": "a PI's figures",
    "coding/recoding.py": "a PI's act on all of them",
    "coding/steps.py": "pure, on one coder's codings",
    "coding/undoing.py": "one's own",
    "coding/waiting.py": "one's own, and figures for the PI",
    "commands/seeding.py": "fills invented studies",
    "matrices/cells.py": "asks for the matrix, which is a PI's",
    "matrices/passages.py": "asks for the matrix, which is a PI's",
    "retrieval/jobs.py": "opens what material.py found, for the PI",
    "retrieval/passages.py": "opens what material.py found",
}


def imported(path: Path) -> set[str]:
    return {
        f"{node.module}.{name.name}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def test_whoever_reads_codings_asks_whose_they_are() -> None:
    package = ROOT / "qualcoder"
    knowing = {
        str(path.relative_to(package)): imported(path)
        for path in package.rglob("*.py")
        if "qualcoder.coding.models.Coding" in imported(path)
    }
    unasked = {name for name, names in knowing.items() if "qualcoder.coding.layers" not in names}
    assert unasked - {"coding/layers.py"} == REASONS.keys()


def test_the_right_behind_the_rule_is_asked_for_in_one_place_of_coding() -> None:
    asking = {path.name for path in (ROOT / "qualcoder/coding").glob("*.py") if "SEE_MATRIX" in path.read_text()}
    assert asking == {"layers.py"}
