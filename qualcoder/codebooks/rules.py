"""What makes a codebook file usable: the schema, then the rules of a tree that a schema can't state.

Refusals name the line and the code key and never repeat other content of the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

FOLDER = Path(__file__).resolve().parents[2] / "codebooks"

# Any: a file's content has no shape until the schema has been applied to it.
Raw = Any

_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,23}")
_STATA_RESERVED = frozenset(
    [
        *("_all", "_b", "_coef", "_cons", "_n", "_N", "_pi", "_pred", "_rc", "_skip"),
        *("byte", "double", "float", "if", "in", "int", "long", "strL", "using", "with"),
    ]
)
_STATA_STRING_TYPE = re.compile(r"str[0-9]+")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((FOLDER / "schema.json").read_text(encoding="utf-8")))


def check(book: Raw, lines: Sequence[int]) -> None:
    """Refuse a file content that is no codebook; `lines` holds the line of each entry of `codes`."""
    error = next(_validator().iter_errors(book), None)
    if error is not None:
        raise _refusal(error, book, lines)
    codes: list[Mapping[str, Raw]] = book["codes"]
    _check_keys(codes, lines, retired={entry["code"] for entry in book.get("retired", [])})
    _check_stata_names(codes, lines)
    _check_tree(codes, lines)


def _refusal(error: ValidationError, book: Raw, lines: Sequence[int]) -> Invalid:
    path = list(error.absolute_path)
    missing = _missing_property(error)
    steps = [str(step) for step in path if isinstance(step, str)] + ([missing] if missing else [])
    if not (len(path) >= 2 and path[0] == "codes" and isinstance(path[1], int)):
        return Invalid(
            N_("The head of the codebook is not as it should be: look at “%(field)s”."),
            field=steps[0] if steps else "-",
        )
    entry = book["codes"][path[1]]
    field = steps[1] if len(steps) > 1 else ""
    sentence = _sentence(field, unknown=error.validator == "additionalProperties")
    return Invalid(sentence, line=_line(lines, path[1]), code=_shown(entry), field=field)


def _sentence(field: str, *, unknown: bool) -> str:
    if field == "code":
        return N_("Line %(line)s: a code is written in capital letters, digits and _, at most 24 characters.")
    if field == "label":
        return N_("Line %(line)s, code %(code)s: it needs a label in one language at least, of up to 80 characters.")
    if field == "colour":
        return N_("Line %(line)s, code %(code)s: the colour is a whole number from 1 to 12.")
    if field:
        return N_("Line %(line)s, code %(code)s: “%(field)s” is missing or not as the codebook schema asks.")
    if unknown:
        return N_("Line %(line)s, code %(code)s: there is a field that codebooks do not have.")
    return N_("Line %(line)s: this is not a code with its fields.")


def _missing_property(error: ValidationError) -> str | None:
    if error.validator != "required" or not isinstance(error.instance, Mapping):
        return None
    required: Raw = error.validator_value
    return next((str(name) for name in required if name not in error.instance), None)


def _check_keys(codes: Sequence[Mapping[str, Raw]], lines: Sequence[int], *, retired: set[str]) -> None:
    seen: set[str] = set()
    for at, code in enumerate(codes):
        key = code["code"]
        if key in seen:
            raise Invalid(N_("Line %(line)s: code %(code)s stands in the file twice."), line=_line(lines, at), code=key)
        if key in retired:
            raise Invalid(
                N_("Line %(line)s: code %(code)s is retired and must not be used again."),
                line=_line(lines, at),
                code=key,
            )
        seen.add(key)


def _check_stata_names(codes: Sequence[Mapping[str, Raw]], lines: Sequence[int]) -> None:
    seen: set[str] = set()
    for at, code in enumerate(codes):
        name: str = code["stata"]
        # Stata tells names apart by case, the tools that read its files often do not.
        if is_reserved(name) or name.casefold() in seen:
            raise Invalid(
                N_("Line %(line)s, code %(code)s: its Stata name is reserved or given twice."),
                line=_line(lines, at),
                code=code["code"],
            )
        seen.add(name.casefold())


def is_reserved(name: str) -> bool:
    """Whether Stata keeps this name for itself."""
    return name in _STATA_RESERVED or _STATA_STRING_TYPE.fullmatch(name) is not None


def _check_tree(codes: Sequence[Mapping[str, Raw]], lines: Sequence[int]) -> None:
    parents: dict[str, str | None] = {code["code"]: code["parent"] for code in codes}
    rooted: set[str] = set()
    for at, code in enumerate(codes):
        walked: set[str] = set()
        key: str | None = code["code"]
        while key is not None and key not in rooted:
            if key in walked:
                raise Invalid(
                    N_("Line %(line)s: code %(code)s stands below itself."), line=_line(lines, at), code=code["code"]
                )
            if key not in parents:
                raise Invalid(
                    N_("Line %(line)s: the parent of code %(code)s is not in the file."),
                    line=_line(lines, at),
                    code=code["code"],
                )
            walked.add(key)
            key = parents[key]
        rooted |= walked


def _line(lines: Sequence[int], at: int) -> int:
    return lines[at] if at < len(lines) else 0


def _shown(entry: Raw) -> str:
    """The code key when it is one: anything else might be text that has no business in a message."""
    key = entry.get("code") if isinstance(entry, Mapping) else None
    return key if isinstance(key, str) and _KEY.fullmatch(key) else "?"
