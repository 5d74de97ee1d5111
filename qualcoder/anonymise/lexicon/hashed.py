"""Sets of words kept as 32-bit digests: they answer "is this word in it", and nobody can list them."""

from __future__ import annotations

import json
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from pathlib import Path
from zlib import crc32

_FORMAT = "qualcoder-lexicon-1"


class HashedSet:
    """A sorted array of digests. About one strange word in 20,000 is wrongly said to be in a set of 200,000."""

    def __init__(self, digests: array[int]) -> None:
        self._digests = digests

    def __contains__(self, word: str) -> bool:
        digest = crc32(word.encode())
        at = bisect_left(self._digests, digest)
        return at < len(self._digests) and self._digests[at] == digest

    def __len__(self) -> int:
        return len(self._digests)


def write(path: Path, sets: Mapping[str, Iterable[str]]) -> None:
    """A line of JSON with the size of each set, then the digests, little-endian, four bytes each."""
    arrays = {name: array("I", sorted({crc32(word.encode()) for word in words})) for name, words in sets.items()}
    head = {"format": _FORMAT, "sets": {name: len(digests) for name, digests in arrays.items()}}
    with path.open("wb") as file:
        file.write(json.dumps(head).encode() + b"\n")
        for digests in arrays.values():
            file.write(_little_endian(digests).tobytes())


def read(path: Path) -> dict[str, HashedSet]:
    """The sets of a file; ValueError for anything else."""
    with path.open("rb") as file:
        head = json.loads(file.readline())
        if head.get("format") != _FORMAT:
            raise ValueError("this is no lexicon of this program")
        sets: dict[str, HashedSet] = {}
        for name, size in head["sets"].items():
            digests = array("I")
            digests.frombytes(file.read(size * digests.itemsize))
            sets[name] = HashedSet(_little_endian(digests))
    return sets


def _little_endian(digests: array[int]) -> array[int]:
    if sys.byteorder == "big":
        digests = array("I", digests)
        digests.byteswap()
    return digests
