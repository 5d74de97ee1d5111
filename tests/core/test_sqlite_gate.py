"""WAL is used only where SQLite has the mend of the WAL-reset race."""

from __future__ import annotations

from types import ModuleType

import pytest

from qualcoder.core.errors import Unavailable
from qualcoder.core.sqlite import journal_for, sqlite_module, wal_is_safe


def _module(version: str) -> ModuleType:
    module = ModuleType("a_sqlite")
    module.__dict__.update(sqlite_version=version, sqlite_version_info=tuple(int(n) for n in version.split(".")))
    return module


GATE = [
    ("3.7.0", False),
    ("3.40.1", False),
    ("3.44.5", False),
    ("3.44.6", True),
    ("3.44.9", True),
    ("3.45.0", False),
    ("3.50.6", False),
    ("3.50.7", True),
    ("3.51.0", False),
    ("3.51.2", False),
    ("3.51.3", True),
    ("3.52.0", True),
    ("3.53.1", True),
    ("4.0.0", True),
]


@pytest.mark.parametrize(("version", "is_safe"), GATE)
def test_wal_is_gated_by_version(version: str, capsys: pytest.CaptureFixture[str], *, is_safe: bool) -> None:
    assert wal_is_safe(tuple(int(n) for n in version.split("."))) is is_safe
    assert journal_for(_module(version), "wal") == ("wal" if is_safe else "delete")
    warned = capsys.readouterr().err
    assert (version in warned) is not is_safe


@pytest.mark.parametrize(("version", "is_safe"), GATE[:2])
def test_the_delete_journal_is_safe_everywhere(
    version: str, capsys: pytest.CaptureFixture[str], *, is_safe: bool
) -> None:
    assert journal_for(_module(version), "delete") == "delete"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("wanted", ["", "WAL", "memory", "off"])
def test_any_other_journal_is_refused(wanted: str) -> None:
    with pytest.raises(Unavailable):
        journal_for(sqlite_module(), wanted)
