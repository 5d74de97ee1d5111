"""Broken files: valid ones changed at random, and some that were never valid. The same number gives the same file."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Sequence

_MARKS = r"""
    < > </ <!DOCTYPE|x> <!-- &#0; &x; { } \ \' \u-1? \bin99999| \uc9 --> <v| " "" ; , | : [ ] ( obj endstream << >>
    /Kids 0|0|R -1 99999999999 1e309 ** ` Ә 00:00:01,000|-->|00:00:02,000
"""
_TOKENS = (
    *(mark.replace("|", " ").encode() for mark in _MARKS.split()),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n\n", b"\t", b"|", b"\xd0", b"\xf0\x9f\x91", b"\xe2\x80\x8d"),
    *(b"PK\x05\x06", b"x" * 3_000),
)


def broken(seeds: Sequence[bytes], number: int, name: str) -> bytes:
    """The file of this number. One in twenty is random, most zipped ones are changed inside their parts.

    Most texts stay valid UTF-8, or else little of a reader would ever see them.
    """
    chance = random.Random(f"{name} {number}")
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(1, 2_000))
    raw = chance.choice(seeds)
    if raw.startswith(b"PK") and chance.random() < 0.75:
        return _changed_inside(raw, chance)
    changed = _changed(raw, chance, keep=16 if chance.random() < 0.9 else 0)
    is_mended = not raw.startswith((b"PK", b"%PDF")) and chance.random() < 0.7
    return changed.decode("utf-8", "replace").encode() if is_mended else changed


def _changed_inside(raw: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    largest = sorted(range(len(members)), key=lambda at: -len(members[at][1]))
    chosen = largest[0] if chance.random() < 0.7 else chance.randrange(len(members))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for at, (info, content) in enumerate(members):
            part = _changed(content, chance, keep=0) if at == chosen and info.filename != "mimetype" else content
            archive.writestr(info.filename, part, compress_type=info.compress_type)
    return packed.getvalue()


def _changed(raw: bytes, chance: random.Random, *, keep: int) -> bytes:
    """One to four changes, none of them in the first `keep` bytes, where the signature of a format stands."""
    head, body = raw[:keep], raw[keep:]
    for _ in range(chance.choice((1, 1, 2, 4))):
        body = chance.choice(_CHANGES)(body, chance)
    return head + body


def _flip(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.choice((1, 3, 20))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _insert(body: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(body))
    return body[:at] + chance.choice(_TOKENS) * chance.choice((1, 1, 1, 50)) + body[at:]


def _remove(body: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(body))
    return body[:at] + body[at + chance.choice((1, 5, 100)) :]


def _repeat(body: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(body))
    part = body[at : at + chance.choice((3, 30, 300))]
    return body[:at] + part * chance.choice((2, 2, 40)) + body[at:]


def _swap(body: bytes, chance: random.Random) -> bytes:
    first, second = sorted((chance.randint(0, len(body)), chance.randint(0, len(body))))
    return body[second:] + body[first:second] + body[:first] if chance.random() < 0.2 else body[:first] + body[second:]


def _cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randint(0, len(body))]


_CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip,
    _flip,
    _insert,
    _insert,
    _remove,
    _repeat,
    _swap,
    _cut,
)
