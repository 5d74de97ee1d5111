"""Rules of the house about files of any kind: no registry, no machine, nothing vendored that is unknown.

Patterns are written in halves, so that this file does not contain what it looks for.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from itertools import pairwise
from pathlib import Path

from tests.house.code_rules import Rule

_IGNORED = frozenset(
    {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "var", "build"}
)
_VENDOR = "static/vendor"

REGISTRIES = (
    "py" + "pi.",
    "python" + "hosted" + ".org",
    "registry." + "npmjs",
    "registry." + "yarnpkg",
    "np" + "mjs.com",
    "crates" + ".io",
    "proxy.golang" + ".org",
    "hub.docker" + ".com",
    "gh" + "cr.io",
    "conda" + ".anaconda",
    "hugging" + "face.co",
    "jsdel" + "ivr",
    "unp" + "kg.com",
    "fonts.google" + "apis",
    "deb" + ".debian" + ".org",
)
_MACHINE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/wo" + r"rk/\w",
            r"(?<![\w.])/ro" + r"ot/",
            r"(?<![\w.])/ho" + r"me/\w",
            r"(?<![\w.])/Us" + r"ers/\w",
            r"(?i:\b[a-z]:\\Us" + r"ers\\)",
            r"(?<![\w.])/tmp/bas" + "h_",
        ]
    )
)
_INDEX_OPTION = re.compile("^--(?:extra-)?index" + "-url|^--find" + "-links", re.MULTILINE)


def tracked(root: Path) -> list[Path]:
    """Files that git has or would take; without git, all but caches."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(asked, cwd=root, capture_output=True, check=False)
    is_own = (root / ".git").exists() and listed.returncode == 0
    if is_own:
        found = {root / name for name in listed.stdout.decode().split("\0") if name}
    else:
        found = {path for path in root.rglob("*") if not _IGNORED.intersection(path.relative_to(root).parts)}
    return sorted(path for path in found if path.is_file())


def _texts(root: Path) -> list[tuple[str, str]]:
    read = []
    for path in tracked(root):
        name = path.relative_to(root).as_posix()
        content = path.read_bytes()
        if b"\0" not in content and not name.startswith(_VENDOR):
            read.append((name, content.decode("utf-8", "replace")))
    return read


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def hosts(root: Path) -> list[str]:
    """No file names a package registry: a mirror or an air-gapped copy must do as well."""
    found = []
    for name, text in _texts(root):
        lowered = text.casefold()
        for host in REGISTRIES:
            if (at := lowered.find(host)) >= 0:
                found.append(f"{name}:{_line(text, at)} names a package registry")
        if option := _INDEX_OPTION.search(text):
            found.append(f"{name}:{_line(text, option.start())} sets a package index")
    return found


def machine_paths(root: Path) -> list[str]:
    """No file names a folder of the machine it was written on."""
    return [
        f"{name}:{_line(text, match.start())} names a path of somebody's machine"
        for name, text in _texts(root)
        for match in _MACHINE.finditer(text)
    ]


def vendored(root: Path) -> list[str]:
    """Every vendored file is the one whose digest was written down, and none is missing or extra."""
    folder = root / _VENDOR
    lock = folder / "vendor.lock.json"
    expected: dict[str, str] = json.loads(lock.read_text("utf-8"))
    present = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    present.pop(lock.name, None)
    found = [f"{_VENDOR}/{name} is not in the lock" for name in sorted(present.keys() - expected.keys())]
    found += [f"{_VENDOR}/{name} is missing" for name in sorted(expected.keys() - present.keys())]
    for name in sorted(present.keys() & expected.keys()):
        digest = base64.b64encode(hashlib.sha384(present[name].read_bytes()).digest()).decode()
        if expected[name] != f"sha384-{digest}":
            found.append(f"{_VENDOR}/{name} is not the file whose digest was written down")
    return found


_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==\S+", re.MULTILINE)


def locks(root: Path) -> list[str]:
    """Every locked package has at least one hash."""
    found = []
    for path in sorted((root / "requirements").glob("*.txt")):
        text = path.read_text("utf-8")
        starts = [match.start() for match in _LOCKED.finditer(text)] + [len(text)]
        if len(starts) == 1:
            found.append(f"requirements/{path.name} locks nothing")
        for start, end in pairwise(starts):
            if "--hash=sha256:" not in text[start:end]:
                found.append(f"requirements/{path.name}:{_line(text, start)} has no hash")
    return found


# What may lie at the top of the project: everything has a place.
TOP = frozenset(
    {
        "qualcoder",
        "templates",
        "static",
        "codebooks",
        "tests",
        "alembic",
        "requirements",
        ".ci",
        "docs",
        "pyproject.toml",
        "Makefile",
        "README.md",
        "ANONYMISATION.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "LICENSE",
        ".gitattributes",
        ".gitignore",
    }
)


def top_level(root: Path) -> list[str]:
    """Nothing new at the top without a decision."""
    first = {path.relative_to(root).parts[0] for path in tracked(root)}
    return [f"{name} has no place at the top of the project" for name in sorted(first - TOP)]


ALL: tuple[Rule, ...] = (hosts, machine_paths, vendored, locks, top_level)
