"""Which SQLite, and how it is set.

SQLite 3.7.0 to 3.51.2 can lose committed data in WAL mode when two connections share a file
(the "WAL-reset" race, mended in 3.51.3), so WAL is used only on a version that has the mend.
"""

from __future__ import annotations

import sqlite3
import sys
from types import ModuleType

from qualcoder.core.errors import Unavailable
from qualcoder.core.messages import N_

WAL_IS_SAFE_FROM = (3, 51, 3)
WAL_IS_SAFE_BACKPORTS = ((3, 50, 7), (3, 44, 6))

PRAGMAS = [
    "busy_timeout=10000",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "temp_store=MEMORY",
]


def sqlite_module() -> ModuleType:
    """The bundled, mended SQLite where a wheel exists, else the one that Python links."""
    try:
        from pysqlite3 import dbapi2  # absent where no wheel exists, see requirements
    except ImportError:
        return sqlite3
    return dbapi2  # type: ignore[no-any-return]  # the package carries no types


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite version has the mend of the WAL-reset race."""
    if version >= WAL_IS_SAFE_FROM:
        return True
    return any(version[:2] == fixed[:2] and version >= fixed for fixed in WAL_IS_SAFE_BACKPORTS)


def journal_for(module: ModuleType, wanted: str) -> str:
    """The journal mode to use: `wanted`, or `delete` with a warning where WAL could lose data."""
    if wanted not in {"wal", "delete"}:
        raise Unavailable(N_("QUALCODER_SQLITE_JOURNAL must be wal or delete."))
    version: tuple[int, ...] = module.sqlite_version_info
    if wanted == "wal" and not wal_is_safe(version):
        sys.stderr.write(f"SQLite {module.sqlite_version} can lose data in WAL mode; using journal_mode=DELETE.\n")
        return "delete"
    return wanted
