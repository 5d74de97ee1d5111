"""The import contracts hold, and break when somebody imports the wrong way."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).parent / "lint-imports"


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(LINT), "--no-cache"], cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the program to break."""
    shutil.copytree(ROOT / "qualcoder", tmp_path / "qualcoder", ignore=shutil.ignore_patterns("__pycache__", "locale"))
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def test_the_contracts_hold() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout[-3000:]


BROKEN = [
    ("qualcoder/core/text.py", "from qualcoder.vault import aead", "Imports point one way"),
    ("qualcoder/races/models.py", "from qualcoder.coding.models import Coding", "Imports point one way"),
    ("qualcoder/transcripts/queries.py", "from qualcoder.codebooks import models", "Imports point one way"),
    ("qualcoder/tools.py", "from qualcoder import home", "Imports point one way"),
    ("qualcoder/accounts/service.py", "from fastapi import Request", "Domains know no web"),
    ("qualcoder/coding/spans.py", "from qualcoder.web import pages", "Domains know no web"),
    ("qualcoder/coding/routes.py", "from qualcoder.races import routes as others", "Only the app imports routes"),
    ("qualcoder/interviews/service.py", "from qualcoder.interviews import forms", "Only routes import forms"),
    ("qualcoder/audit/chain.py", "from cryptography.hazmat.primitives import hashes", "Only the vault encrypts"),
    ("qualcoder/transcripts/service.py", "def f() -> None:\n    import spacy", "Only anonymise reads language models"),
]


@pytest.mark.parametrize(("path", "line", "contract"), BROKEN)
def test_a_forbidden_import_breaks_its_contract(copy: Path, path: str, line: str, contract: str) -> None:
    file = copy / path
    before = file.read_text("utf-8") if file.exists() else ""
    file.write_text(f"{before}\n{line}\n", "utf-8")
    done = _lint(copy)
    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout


def test_every_contract_has_been_broken_here() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}
    assert contracts == {contract for _path, _line, contract in BROKEN}


def test_the_contract_about_the_web_names_every_part_of_the_program() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (web,) = (one for one in settings["tool"]["importlinter"]["contracts"] if one["id"] == "web")
    parts = {
        f"qualcoder.{path.stem}"
        for path in (ROOT / "qualcoder").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    may_know_the_web = {f"qualcoder.{name}" for name in ("__init__", "__main__", "app", "cli", "serving", "web")}
    assert parts - may_know_the_web == set(web["source_modules"])
