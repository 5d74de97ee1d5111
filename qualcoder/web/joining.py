"""Scripts and style sheets joined into one file, as a page needs them: forty requests cost more than what they bring.

Scripts are written as modules, in the one way that the house allows: they import names from files beside them, and
export functions and constants where they stand. Joined, each is a function that gives what it exports.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

_NAME = r"[A-Za-z]+"
_IMPORT = re.compile(rf'^import \{{ ({_NAME}(?:, {_NAME})*) \}} from "(\.{{1,2}}/[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(rf"^export ((?:async )?function |const )({_NAME})(?= = (?!.*, {_NAME} = )|\()", re.MULTILINE)
_COMMENT = re.compile(r"^\s*(?://|/?\*).*", re.MULTILINE)
_LEFT = re.compile(r"\bexport\b|\bimport\b(?!\()")


class NotJoinable(ValueError):
    """A script that is not written in the way that can be joined."""


def scripts(paths: Sequence[str], read: Callable[[str], str]) -> str:
    """These scripts and all that they import, each once and after what it imports; NotJoinable if that can't be."""
    parts: list[str] = []
    done: dict[str, tuple[int, set[str]]] = {}
    under_way: list[str] = []

    def add(path: str) -> None:
        if path in done:
            return
        if path in under_way:
            raise NotJoinable(f"{path} imports itself by way of others")
        under_way.append(path)
        text = read(path)
        given = ""
        for names, name in _IMPORT.findall(text):
            other = os.path.normpath(PurePosixPath(path).parent / name)
            add(other)
            number, exported = done[other]
            if missing := set(names.split(", ")) - exported:
                raise NotJoinable(f"{path} imports {missing} from {other}")
            given += f"const {{ {names} }} = $[{number}];\n"
        body = _EXPORT.sub(r"\1\2", _IMPORT.sub("", text))
        if _LEFT.search(_COMMENT.sub("", body)):
            raise NotJoinable(f"{path} imports or exports in another way")
        own = [name for _kind, name in _EXPORT.findall(text)]
        done[path] = len(done), set(own)
        under_way.pop()
        parts.append(f"// {path}\n$.push((() => {{\n{given}{body}\nreturn {{ {', '.join(own)} }};\n}})());\n")

    for path in paths:
        add(path)
    return f'"use strict";\nconst $ = [];\n{"".join(parts)}'


def sheets(paths: Sequence[str], read: Callable[[str], str]) -> str:
    """These style sheets of one folder, one after another."""
    return "\n".join(map(read, paths))
