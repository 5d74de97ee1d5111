"""The scanner finds what it claims to find: positive controls for the canary test."""

from __future__ import annotations

import base64
import html
import io
import json
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.canaries.scanner import find_in, find_in_bytes, find_in_files, forms_of

KAZAKH = "Қанарімһөғү"
RUSSIAN = "Канарейкино"
LATIN = "qanarim+x@example.org"

WRITTEN: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-8 decomposed": lambda word: unicodedata.normalize("NFD", word).encode(),
    "utf-16 le": lambda word: word.encode("utf-16-le"),
    "utf-16 be": lambda word: word.encode("utf-16-be"),
    "base64": lambda word: base64.b64encode(word.encode()),
    "base64 one byte in": lambda word: base64.b64encode(b"." + word.encode()),
    "base64 two bytes in": lambda word: base64.b64encode(b".." + word.encode() + b"."),
    "base64 for addresses": lambda word: base64.urlsafe_b64encode(b"??>" + word.encode() + b"~~"),
    "base64 of utf-16": lambda word: base64.b64encode(b"." + word.encode("utf-16-le")),
    "hex": lambda word: word.encode().hex().encode(),
    "HEX": lambda word: word.encode().hex().upper().encode(),
    "hex of utf-16": lambda word: word.encode("utf-16-be").hex().encode(),
    "percent": lambda word: quote(word).encode(),
    "percent with plus": lambda word: quote_plus(word).encode(),
    "percent lower": lambda word: "".join(f"%{byte:02x}" for byte in word.encode()).encode(),
    "json": lambda word: json.dumps([word]).encode(),
    "json upper": lambda word: "".join(f"\\u{ord(c):04X}" if ord(c) > 127 else c for c in word).encode(),
    "html": lambda word: word.encode("ascii", "xmlcharrefreplace"),
    "html hex": lambda word: "".join(f"&#x{ord(c):x};" if ord(c) > 127 else c for c in word).encode(),
    "html HEX": lambda word: "".join(f"&#X{ord(c):X};" if ord(c) > 127 else c for c in word).encode(),
    "repr of bytes": lambda word: repr(word.encode()).encode(),
    "ascii of text": lambda word: ascii(word).encode(),
}


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("word", [KAZAKH, RUSSIAN, LATIN])
def test_every_form_planted_in_a_file_is_found(tmp_path: Path, written: str, word: str) -> None:
    planted = tmp_path / "planted.bin"
    planted.write_bytes(os.urandom(5000) + WRITTEN[written](word) + os.urandom(5000))
    assert {hit.name for hit in find_in_files([planted], {"canary": word, "other": "Басқақанарім"})} == {"canary"}


def test_windows_1251_is_found_where_it_can_be_written(tmp_path: Path) -> None:
    for coded in (RUSSIAN.encode("cp1251"), base64.b64encode(RUSSIAN.encode("cp1251")), b"00"):
        planted = tmp_path / coded[:2].hex()
        planted.write_bytes(b"\xff" * 7 + coded)
    assert len({hit.place for hit in find_in_files([tmp_path], {"canary": RUSSIAN})}) == 2
    assert not [form for form in forms_of(KAZAKH) if "1251" in form]


@given(before=st.binary(max_size=40), after=st.binary(max_size=40), word=st.sampled_from([KAZAKH, RUSSIAN, LATIN]))
def test_base64_is_found_at_any_alignment(before: bytes, after: bytes, word: str) -> None:
    for coded in (base64.b64encode, base64.urlsafe_b64encode):
        assert find_in_bytes(coded(before + word.encode() + after), "memory", {"canary": word})


@given(at=st.integers(0, 200), block=st.integers(1, 64))
def test_a_word_on_the_border_of_two_blocks_is_found_where_it_stands(at: int, block: int) -> None:
    content = b"." * at + KAZAKH.encode() + b"." * 50
    hits = find_in(io.BytesIO(content), "memory", {"canary": KAZAKH}, block=block)
    assert [(hit.form, hit.offset) for hit in hits] == [("utf-8", at)]


def test_names_of_files_and_folders_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a" / RUSSIAN).mkdir(parents=True)
    (tmp_path / "a" / RUSSIAN / f"{KAZAKH}.txt").write_bytes(b"")
    assert {hit.name for hit in find_in_files([tmp_path / "a"], {"kk": KAZAKH, "ru": RUSSIAN})} == {"kk", "ru"}


def test_other_content_gives_no_hits() -> None:
    content = html.escape("Қанарім һөғү, Канарейка").encode() + bytes(range(256)) * 50
    assert find_in_bytes(content, "memory", {"kk": KAZAKH, "ru": RUSSIAN, "en": LATIN}) == []
