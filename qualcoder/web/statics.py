"""Files that never change under their address: style sheets, scripts, fonts, and what scripts import by bare name.

The address holds a digest of all of them, `/static/v-<digest>/js/app.js`, so that whatever a script or a style sheet
names beside itself has it too. A browser asks once for each, and anew when any of them has changed.

Some addresses hold several files joined; they are made of these when they are first asked for.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from qualcoder.vault.hashing import digest_of
from qualcoder.web import joining

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "static"
_MARKED = re.compile(r"v-[0-9a-f]{12}")
# What is joined of which files. Each lies in the folder of its sheets, or above its scripts, so that addresses hold.
JOINED: Final = {
    "css/every-page.css": ("css/tokens.css", "css/fonts.css", "css/base.css", "css/components.css", "css/pages.css"),
    "css/coding-page.css": ("css/marks.css", "css/coding.css"),
    "js/coding-page.js": ("js/coding/lists.js", "js/coding/strip.js", "js/coding/bench.js"),
    "js/coding-page-to-read.js": ("js/coding/lists.js", "js/coding/strip.js"),
}


@cache
def prefix() -> str:
    """The first part of every address, with the digest of what is there now and of how it is joined."""
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    told = [f"{path.relative_to(FOLDER).as_posix()} {digest_of(path.read_bytes())}" for path in files]
    told += [repr(JOINED), digest_of(Path(joining.__file__).read_bytes())]
    digest = digest_of("\n".join(told).encode())[:12]
    return f"/static/v-{digest}/"


def asset(path: str) -> str:
    """The address of a file that may be kept for ever."""
    if path not in JOINED and not (FOLDER / path).is_file():
        raise FileNotFoundError(path)
    return prefix() + path


@cache
def joined(path: str) -> str:
    """What stands under a path of `JOINED`."""
    join = joining.scripts if path.endswith(".js") else joining.sheets
    return join(JOINED[path], lambda one: (FOLDER / one).read_text("utf-8"))


class Pinned(StaticFiles):
    """The same files with a digest in the address and without; an old digest gets what is there now."""

    def get_path(self, scope: Scope) -> str:
        path = str(super().get_path(scope))
        first, _, rest = path.partition(os.sep)
        return rest if _MARKED.fullmatch(first) else path

    async def get_response(self, path: str, scope: Scope) -> Response:
        name = path.replace(os.sep, "/")
        if name not in JOINED or scope["method"] not in {"GET", "HEAD"}:
            return await super().get_response(path, scope)
        return Response(joined(name), media_type="text/javascript" if name.endswith(".js") else "text/css")
