"""Commands that could harm a house by accident."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from typer.testing import CliRunner

from qualcoder.cli import app
from qualcoder.demo.loading import demo_settings
from qualcoder.home import Home
from qualcoder.settings import Settings
from qualcoder.vault import identity
from tests.homes import KEYFILE, World


def test_the_demo_never_opens_the_databases_of_real_work(tmp_path: Path) -> None:
    real = replace(
        Settings(), database_url="postgresql+psycopg://host/work", keys_url="postgresql+psycopg://host/work_keys"
    )
    demo = demo_settings(real, tmp_path, 8765)
    assert demo.data_database == f"sqlite:///{tmp_path / 'data.db'}"
    assert demo.keys_database == f"sqlite:///{tmp_path / 'keys.db'}"


def test_a_vault_is_not_made_when_its_passphrase_cant_be_written(home: Home, world: World, tmp_path: Path) -> None:
    keyfile, taken = tmp_path / "key", tmp_path / "taken"
    keyfile.write_bytes(KEYFILE)
    taken.write_text("something else")
    if not home.data.is_sqlite:
        return
    words = ["study", "create", "fresh", "--title", "T", "--as", "admin@demo.example.org"]
    environment = {
        "QUALCODER_HOME": str(home.settings.home),
        "QUALCODER_KEYFILE": str(keyfile),
        "QUALCODER_SQLITE_JOURNAL": home.settings.sqlite_journal,
        "QUALCODER_PASSPHRASE_MEMORY_MIB": "8",
    }
    assert CliRunner().invoke(app, [*words, "--identity-out", str(taken)], env=environment).exit_code != 0
    with home.data.read() as db:
        from sqlmodel import select

        from qualcoder.accounts.models import Study

        studies = {study.slug: study.id for study in db.exec(select(Study))}
    assert "fresh" not in studies or not identity.exists(home.keyring, studies["fresh"])
