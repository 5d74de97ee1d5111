"""Rich text (RTF) to turns."""

from __future__ import annotations

import regex
from striprtf.striprtf import rtf_to_text

from qualcoder.core.archives import damaged
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.transcripts.parsing.parsed import Notice, Parsed
from qualcoder.transcripts.parsing.tables import text_of
from qualcoder.transcripts.parsing.turns import Source, turns_from_text

MAX_BYTES = 10 * 1024 * 1024

_TOKEN = regex.compile(rb"\\bin(\d{1,9}) ?|\\([a-z]+)(-?\d+)?|\\[^a-z]|[{}]")
_COMMENT = regex.compile(rb"\{\\\*\\annotation[^a-z]")
_FOOTNOTE = regex.compile(rb"\{\\footnote[^a-z]")


def parse(raw: bytes) -> Parsed:
    """Turns of an .rtf. Deleted revisions, comments, footnotes and pictures are left out."""
    if len(raw) > MAX_BYTES:
        raise Invalid(
            N_("The file is larger than %(limit)s MB. Split it and upload the parts."),
            status=413,
            limit=MAX_BYTES // (1024 * 1024),
        )
    kept, had_changes = _without_deletions(raw.removeprefix(b"\xef\xbb\xbf").lstrip())
    try:
        text = str(rtf_to_text(_escaped(kept), errors="replace"))  # type: ignore[no-untyped-call]  # has no types
    except (ValueError, LookupError, IndexError, KeyError, TypeError, OverflowError):
        raise damaged() from None
    found = (
        (Notice.CHANGES, had_changes),
        (Notice.COMMENTS, _COMMENT.search(raw)),
        (Notice.FOOTNOTES, _FOOTNOTE.search(raw)),
    )
    notices = tuple(notice for notice, is_there in found if is_there)
    return turns_from_text(_with_tables(_paired(text)), Source("rtf", notices))


def _without_deletions(raw: bytes) -> tuple[bytes, bool]:
    r"""The file without the groups that say \deleted of themselves, and without raw bytes; whether it had revisions."""
    kept: list[bytes] = []
    groups: list[int] = []
    removed_at: int | None = None
    had_changes = False
    at = 0
    while found := _TOKEN.search(raw, at):
        if removed_at is None:
            kept.append(raw[at : found.start()])
        token = found[0]
        at = found.end()
        if found[1]:
            at = min(len(raw), at + int(found[1]))
            continue
        if token == b"{":
            groups.append(len(kept))
        elif token == b"}" and groups:
            groups.pop()
            if removed_at is not None and len(groups) < removed_at:
                removed_at = None
                continue
        elif found[2] in (b"deleted", b"revised") and found[3] != b"0":
            had_changes = True
            if found[2] == b"deleted" and removed_at is None and groups:
                removed_at = len(groups)
                del kept[groups[-1] :]
        if removed_at is None:
            kept.append(token)
    if removed_at is None:
        kept.append(raw[at:])
    return b"".join(kept), had_changes


def _escaped(raw: bytes) -> str:
    """Letters that stand in the file as raw bytes written as RTF wants them: as UTF-8, else in the code page."""
    if raw.isascii():
        return raw.decode("ascii")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(chr(byte) if byte < 128 else f"\\'{byte:02x}" for byte in raw)
    units = memoryview(text.encode("utf-16-le")).cast("H")
    return "".join(chr(unit) if unit < 128 else f"\\uc0\\u{unit} " for unit in units)


def _paired(text: str) -> str:
    """Halves of characters above U+FFFF, which RTF writes one by one, put together; lone halves replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _with_tables(text: str) -> str:
    """Each paragraph a block of its own; rows of a table, whose cells end in a bar, read as a table."""
    blocks: list[str] = []
    rows: list[list[str]] = []
    for line in text.split("\n"):
        if line.endswith("|"):
            rows.append(line[:-1].split("|"))
            continue
        if rows:
            blocks.append(text_of(rows))
            rows = []
        blocks.append(line)
    if rows:
        blocks.append(text_of(rows))
    return "\n\n".join(blocks)
