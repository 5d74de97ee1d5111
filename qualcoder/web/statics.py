"""Files that never change under their address: style sheets, scripts, fonts, and what scripts import by bare name.

The address holds a digest of all of them, `/static/v-<digest>/js/app.js`, so that whatever a script or a style sheet
names beside itself has it too. A browser asks once for each, and anew when any of them has changed.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from qualcoder.vault.hashing import digest_of

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "static"
_MARKED = re.compile(r"v-[0-9a-f]{12}")
_IMPORT = re.compile(r'^import .*?"(\.{1,2}/[^"]+)";', re.MULTILINE)


@cache
def prefix() -> str:
    """The first part of every address, with the digest of what is there now."""
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    told = [f"{path.relative_to(FOLDER).as_posix()} {digest_of(path.read_bytes())}" for path in files]
    digest = digest_of("\n".join(told).encode())[:12]
    return f"/static/v-{digest}/"


def asset(path: str) -> str:
    """The address of a file that may be kept for ever."""
    if not (FOLDER / path).is_file():
        raise FileNotFoundError(path)
    return prefix() + path


@cache
def modules(path: str) -> tuple[str, ...]:
    """The addresses of all that a script imports, to be fetched with it and not one after another."""
    found: dict[str, None] = {}

    def walk(one: str) -> None:
        for name in _IMPORT.findall((FOLDER / one).read_text("utf-8")):
            imported = os.path.normpath(PurePosixPath(one).parent / name)
            if imported not in found:
                found[imported] = None
                walk(imported)

    walk(path)
    return tuple(map(asset, found))


class Pinned(StaticFiles):
    """The same files with a digest in the address and without; an old digest gets what is there now."""

    def get_path(self, scope: Scope) -> str:
        path = str(super().get_path(scope))
        first, _, rest = path.partition(os.sep)
        return rest if _MARKED.fullmatch(first) else path
