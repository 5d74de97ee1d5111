"""What the documents promise is there: settings, sealed fields, commands."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from qualcoder.settings import Settings
from qualcoder.vault.fields import ALL

ROOT = Path(__file__).resolve().parents[2]
VARIABLES = {f"QUALCODER_{field.name.upper()}" for field in fields(Settings)}
# Read by the tests and by the command line, not by the server.
OTHERS = {"QUALCODER_BENCH", "QUALCODER_CI", "QUALCODER_SAMPLES", "QUALCODER_TOKEN"}


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_readme_explains_every_variable() -> None:
    text = _text("README.md")
    assert [name for name in sorted(VARIABLES) if not re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize(
    "name", ["README.md", "SECURITY.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "ANONYMISATION.md", "Makefile"]
)
def test_no_document_names_a_variable_that_is_not_there(name: str) -> None:
    assert set(re.findall(r"\bQUALCODER_[A-Z_]+\b", _text(name))) - VARIABLES - OTHERS == set()


def test_no_message_names_a_variable_that_is_not_there() -> None:
    named = {
        name
        for path in (ROOT / "qualcoder").rglob("*.py")
        for name in re.findall(r"\bQUALCODER_[A-Z_]*[A-Z]\b", path.read_text("utf-8"))
    }
    assert named - VARIABLES - OTHERS == set()


def test_security_lists_every_sealed_field_with_its_number() -> None:
    text = _text("SECURITY.md")
    missing = [
        f"{field.number:#06x} {field.name}"
        for field in ALL
        if not re.search(rf"{field.number:#06x}\b[^\n]*{re.escape(field.name)}\b", text)
    ]
    assert missing == []


TARGETS = ("help", "install", "demo", "test", "check", "lock", "screenshots")


def test_make_has_its_targets_and_explains_them() -> None:
    text = _text("Makefile")
    for target in TARGETS:
        assert re.search(rf"^{target}:.*## \S", text, re.MULTILINE), target
    assert re.search(r"^\.DEFAULT_GOAL := help$", text, re.MULTILINE)


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_names_the_two_commands(command: str) -> None:
    assert command in _text("README.md")


def test_the_changelog_names_this_version() -> None:
    from qualcoder import __version__

    assert __version__ in _text("CHANGELOG.md")
