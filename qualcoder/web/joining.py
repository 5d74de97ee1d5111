"""Scripts and style sheets joined into one file, as a page needs them: forty requests cost more than what they bring.

Scripts are written as modules, in the one way that the house allows: they import names from files beside them, and
export functions and constants where they stand. Joined, each is a function that gives what it exports.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

_IMPORT = re.compile(r'^import \{ ([A-Za-z, ]+) \} from "(\.{1,2}/[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function|const) ([A-Za-z]+)", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class NotJoinable(ValueError):
    """A script that is not written in the way that can be joined."""


def imports_of(path: str, text: str) -> list[tuple[str, str]]:
    """What a script imports: names, and the path of the file."""
    here = PurePosixPath(path).parent
    return [(names, os.path.normpath(here / name)) for names, name in _IMPORT.findall(text)]


def scripts(paths: Sequence[str], read: Callable[[str], str]) -> str:
    """These scripts and all that they import, each once and after what it imports; NotJoinable if that can't be."""
    parts: list[str] = []
    numbers: dict[str, int] = {}
    under_way: list[str] = []

    def add(path: str) -> None:
        if path in numbers:
            return
        if path in under_way:
            raise NotJoinable(f"{path} imports itself by way of others")
        under_way.append(path)
        text = read(path)
        known = imports_of(path, text)
        for _names, other in known:
            add(other)
        body = _EXPORT.sub(r"\1 \2", _IMPORT.sub("", text))
        if left := _LEFT.search(body):
            raise NotJoinable(f"{path}: {left.group()}")
        given = [f"const {{ {names} }} = $[{numbers[other]}];\n" for names, other in known]
        exported = ", ".join(name for _kind, name in _EXPORT.findall(text))
        numbers[path] = len(numbers)
        under_way.pop()
        parts.append(f"// {path}\n$.push((() => {{\n{''.join(given)}{body}\nreturn {{ {exported} }};\n}})());\n")

    for path in paths:
        add(path)
    return f'"use strict";\nconst $ = [];\n{"".join(parts)}'


def sheets(paths: Sequence[str], read: Callable[[str], str]) -> str:
    """These style sheets of one folder, one after another."""
    return "\n".join(map(read, paths))
