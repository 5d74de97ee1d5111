"""Which schema is the newest is known without alembic, whose loading a start would have to wait for."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory

from qualcoder import migrations
from qualcoder.home import Home


@pytest.mark.parametrize("target", sorted(migrations.TARGETS))
def test_the_newest_revision_is_the_one_alembic_goes_to(target: str) -> None:
    head = ScriptDirectory.from_config(migrations.config_for(target)).get_current_head()
    assert migrations.newest(target) == head


@pytest.mark.both_backends
def test_a_home_is_current_until_it_is_taken_back(home: Home) -> None:
    assert migrations.is_current(home.data, "data")
    migrations.downgrade(home.data, "data", "d001")
    assert not migrations.is_current(home.data, "data")
    migrations.downgrade(home.data, "data", "base")
    assert not migrations.is_current(home.data, "data")


def test_a_server_starts_without_what_only_other_commands_need() -> None:
    unwanted = {"alembic", "spacy", "pandas", "docx", "xlsxwriter"}
    seen = f"import sys, qualcoder.cli, qualcoder.serving; print(*({unwanted} & {{*sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
