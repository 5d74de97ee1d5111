"""Word lists kept as 32-bit digests: they answer in which lists a word is, and nobody can read the words off them."""

from __future__ import annotations

import json
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from zlib import crc32

_FORMAT = "qualcoder-lexicon-1"


class Lists:
    """Sorted digests, and for each a set of bits, one per list. One strange word in 15,000 meets by chance."""

    def __init__(self, names: Sequence[str], digests: array[int], bits: array[int]) -> None:
        self._bit = {name: 1 << n for n, name in enumerate(names)}
        self._digests = digests
        self._bits = bits

    def bits_of(self, word: str) -> int:
        """The lists that hold the word, as bits; see `bit`."""
        digest = crc32(word.encode())
        at = bisect_left(self._digests, digest)
        return self._bits[at] if at < len(self._digests) and self._digests[at] == digest else 0

    def bit(self, name: str) -> int:
        """The bit of a list; 0 for one that the file does not have."""
        return self._bit.get(name, 0)


def write(path: Path, lists: Mapping[str, Iterable[str]]) -> None:
    """A line of JSON with the names, then digests of four bytes and bits of two, little-endian."""
    bits: dict[int, int] = {}
    for n, words in enumerate(lists.values()):
        for word in words:
            digest = crc32(word.encode())
            bits[digest] = bits.get(digest, 0) | 1 << n
    digests = array("I", sorted(bits))
    head = {"format": _FORMAT, "lists": list(lists), "words": len(digests)}
    with path.open("wb") as file:
        file.write(json.dumps(head).encode() + b"\n")
        for values in (digests, array("H", (bits[digest] for digest in digests))):
            file.write(_little_endian(values).tobytes())


def read(path: Path) -> Lists:
    """What `write` wrote; ValueError for anything else."""
    with path.open("rb") as file:
        head = json.loads(file.readline())
        if head.get("format") != _FORMAT:
            raise ValueError("this is no lexicon of this program")
        digests, bits = array("I"), array("H")
        for values in (digests, bits):
            values.frombytes(file.read(head["words"] * values.itemsize))
    return Lists(head["lists"], _little_endian(digests), _little_endian(bits))


def _little_endian(values: array[int]) -> array[int]:
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values
