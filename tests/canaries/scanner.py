"""Looks for words in bytes, in every form that a leak is likely to give them.

Forms: UTF-8 (composed and decomposed), UTF-16 LE and BE, Windows-1251 and its Kazakh sister KZ-1048 where the
letters allow it; base64 in its three alignments, standard and for addresses; hex in both cases; percent-encoding in
both cases; escapes of JSON, HTML (decimal and hex) and Python's bytes. Files are read in blocks that overlap by the
longest pattern, so a word on the border of two blocks is found. What it can't see: compressed or otherwise
transformed content, and words cut apart.
"""

from __future__ import annotations

import base64
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import numpy as np

BLOCK = 1 << 22
GRAM = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """A word was found: which, in which form, where and how far into it (in bytes)."""

    name: str
    form: str
    place: str
    offset: int


def forms_of(word: str | bytes) -> dict[str, bytes]:
    """The byte patterns that give a word (or a key) away, by the name of the form. Equal patterns are kept once."""
    forms = _coded("bytes", word) if isinstance(word, bytes) else _all_forms(unicodedata.normalize("NFC", word))
    found: dict[str, bytes] = {}
    for name, pattern in forms:
        if pattern and pattern not in found.values():
            found[name] = pattern
    return found


def _all_forms(word: str) -> Iterator[tuple[str, bytes]]:
    for encoding, raw in _encodings(word):
        yield from _coded(encoding, raw)
    yield from _escapes(word)


def _coded(encoding: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield encoding, raw
    for shift in range(3):
        inner = _base64_core(raw, shift)
        yield f"base64+{shift} of {encoding}", inner
        yield f"base64url+{shift} of {encoding}", inner.replace(b"+", b"-").replace(b"/", b"_")
    yield f"hex of {encoding}", raw.hex().encode()
    yield f"HEX of {encoding}", raw.hex().upper().encode()


def _encodings(word: str) -> Iterator[tuple[str, bytes]]:
    yield "utf-8", word.encode()
    decomposed = unicodedata.normalize("NFD", word)
    if decomposed != word:
        yield "utf-8 decomposed", decomposed.encode()
    yield "utf-16-le", word.encode("utf-16-le")
    yield "utf-16-be", word.encode("utf-16-be")
    for encoding in ("cp1251", "kz1048"):
        try:
            yield encoding, word.encode(encoding)
        except UnicodeEncodeError:
            continue


def _base64_core(raw: bytes, shift: int) -> bytes:
    """The letters of base64 that depend on `raw` alone when it begins `shift` bytes into a group of three."""
    coded = base64.b64encode(b"\0" * shift + raw)
    first = (0, 2, 3)[shift]
    left_over = (shift + len(raw)) % 3
    return coded[first : len(coded) - (0, 3, 2)[left_over]]


def _escapes(word: str) -> Iterator[tuple[str, bytes]]:
    percent = quote(word, safe="@.")
    yield "percent", percent.encode()
    yield "percent lower", "".join(f"%{b:02x}" if b > 127 else chr(b) for b in word.encode()).encode()
    yield "percent strict", quote(word, safe="").encode()
    yield "percent strict lower", quote(word, safe="").lower().encode() if word.islower() else b""
    yield "percent all", "".join(f"%{b:02X}" for b in word.encode()).encode()
    yield "percent all lower", "".join(f"%{b:02x}" for b in word.encode()).encode()
    escaped = json.dumps(word)[1:-1]
    yield "json", escaped.encode()
    yield "JSON", "".join(f"\\u{ord(c):04X}" if ord(c) > 127 else c for c in word).encode()
    yield "json all", "".join(f"\\u{ord(c):04x}" for c in word).encode()
    yield "html", "".join(f"&#{ord(c)};" if ord(c) > 127 else c for c in word).encode()
    yield "html all", "".join(f"&#{ord(c)};" for c in word).encode()
    for prefix, digits in (("x", "x"), ("x", "X"), ("X", "X")):
        yield (
            f"html {prefix}{digits}",
            "".join(f"&#{prefix}{ord(c):{digits}};" if ord(c) > 127 else c for c in word).encode(),
        )
    yield "python bytes", repr(word.encode())[2:-1].encode()


def find_in(stream: BinaryIO, place: str, words: Mapping[str, str | bytes], *, block: int = BLOCK) -> list[Hit]:
    """Every form of every word that occurs in a stream, each form once with its first place."""
    patterns = [(name, form, pattern) for name, word in words.items() for form, pattern in forms_of(word).items()]
    overlap = max((len(pattern) for _name, _form, pattern in patterns), default=1) - 1
    hits: dict[tuple[str, str], Hit] = {}
    tail, base = b"", 0
    while part := stream.read(block):
        window = tail + part
        for name, form, pattern in _possible(patterns, window):
            if (name, form) not in hits and (at := window.find(pattern)) >= 0:
                hits[name, form] = Hit(name, form, place, base + at)
        tail = window[-overlap:] if overlap else b""
        base += len(window) - len(tail)
    return list(hits.values())


_Pattern = tuple[str, str, bytes]


def _possible(patterns: list[_Pattern], window: bytes) -> list[_Pattern]:
    """Patterns of which four bytes in the middle and the last four occur: rules thousands out at once."""
    if len(window) < 64:
        return patterns
    whole = np.frombuffer(window, dtype=np.uint8).astype(np.uint32)
    grams = np.unique(whole[:-3] << 24 | whole[1:-2] << 16 | whole[2:-1] << 8 | whole[3:])
    wanted = np.array(
        [
            [_gram(pattern, len(pattern) // 2), _gram(pattern, len(pattern) - GRAM)]
            for _name, _form, pattern in patterns
        ],
        dtype=np.uint32,
    )
    is_there: list[bool] = np.asarray(np.isin(wanted, grams).all(axis=1)).tolist()
    return [pattern for pattern, is_possible in zip(patterns, is_there, strict=True) if is_possible]


def _gram(pattern: bytes, at: int) -> int:
    return int.from_bytes(pattern[at : at + GRAM], "big")


def find_in_bytes(content: bytes, place: str, words: Mapping[str, str | bytes]) -> list[Hit]:
    """The same for something in memory: a page, a log."""
    return find_in(io.BytesIO(content), place, words)


def find_in_files(paths: Iterable[Path], words: Mapping[str, str | bytes]) -> list[Hit]:
    """The same for files, folders included with everything below them; names of files are looked at as well."""
    hits: list[Hit] = []
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            hits += find_in_bytes(str(file).encode(), f"name of {file.name}", words)
            if file.is_file() and not file.is_socket():
                with file.open("rb") as stream:
                    hits += find_in(stream, file.name, words)
    return hits
