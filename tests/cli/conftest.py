"""Homes that are made and filled from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import ADMIN, CODER, PI, ROOT, Shell
from tests.interviews.making import RACES


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    """A folder in which no home was made yet."""
    mine = {
        "PYTHONPATH": str(ROOT),
        "QUALCODER_HOME": str(tmp_path / "home"),
        "QUALCODER_KEYFILE": str(tmp_path / "home.key"),
        "QUALCODER_PASSPHRASE_MEMORY_MIB": "8",
        "QUALCODER_PASSWORD_MEMORY_MIB": "8",
    }
    return Shell(tmp_path, mine)


@pytest.fixture
def shell(bare: Shell) -> Shell:
    """A home with its first administrator."""
    assert "/invitation/" in bare.run("init", "--admin", ADMIN, "--recovery-out", str(bare.folder / "recovery.txt"))
    return bare


@pytest.fixture
def study(shell: Shell) -> Shell:
    """A study with a PI, a coder, races and a codebook."""
    vault = str(shell.folder / "vault.txt")
    more = ("--identity-out", vault, "--no-second-reader", "--allow-accept-all", "--as", ADMIN)
    shell.run("study", "create", "akims", "--title", "Выборы", *more)
    for email, role in ((PI, "pi"), (CODER, "coder")):
        assert "/invitation/" in shell.run("person", "add", email, "--role", role, "--study", "akims", "--as", ADMIN)
    shell.run("codebook", "import", str(ROOT / "codebooks" / "akim-elections.yaml"), "--study", "akims", "--as", PI)
    shell.run("races", "import", str(RACES / "koyandy_race.csv"), "--study", "akims", "--as", PI)
    return shell
