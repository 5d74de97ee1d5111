"""Keys and Stata names for codes that somebody named in their own words."""

from __future__ import annotations

from collections.abc import Collection

from qualcoder.codebooks.stata_names import LONGEST_NAME, stata_name

LONGEST_KEY = 24


def key_for(label: str, taken: Collection[str]) -> str:
    """A key such as LACK_OF_WATER that is not `taken`; letters of other alphabets are transliterated."""
    spoken = {key.lower() for key in taken}
    name = stata_name(label.strip() or "code", spoken, longest=LONGEST_KEY)
    return name.upper() if name[0].isalpha() else f"C{name}"[:LONGEST_KEY].upper()


def stata_for(key: str, taken: Collection[str]) -> str:
    """The name of a code's variable in exports, th_ and the key, not `taken` in any case."""
    return stata_name(f"th_{key.lower()}", {name.casefold() for name in taken}, longest=LONGEST_NAME)
