"""Markdown to turns: the same as plain text once the marks are taken out."""

from __future__ import annotations

import html

import regex

from qualcoder.core.decoding import decode
from qualcoder.transcripts.parsing.parsed import Parsed
from qualcoder.transcripts.parsing.turns import Source, turns_from_text

_COMMENT = regex.compile(r"<!--.*?-->", regex.DOTALL)
_FRONT = regex.compile(r"\A---\n(?:.*\n)*?---(?:\n|\Z)")
_FENCE = regex.compile(r"\s*(?:```|~~~).*")
_RULE = regex.compile(r"\s*(?:(?:\*\s*){3,}|(?:_\s*){3,}|(?:-\s*){3,}|={3,}\s*)")
_OPENING = regex.compile(r"\s{0,3}(?:>\s?)*(?:#{1,6}\s+|[*+-]\s+(?=\S))?")
_CLOSING_HASHES = regex.compile(r"\s+#+\s*\Z")
_LINK = regex.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_TAG = regex.compile(r"(?<!\\)</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>", regex.IGNORECASE)
_CODE = regex.compile(r"(`{1,3})([^`]+)\1")
_STRONG = regex.compile(r"(?<![\\\w])(\*\*|__)(?=\S)(.+?)(?<=[^\s\\])\1(?!\w)|(\*\*)(?=\S)(.+?)(?<=[^\s\\])\3")
_EMPHASIS = regex.compile(r"(?<![\\\w*_])([*_])(?=[^\s*_])([^*_]+?)(?<=[^\s\\])\1(?![\w*_])")
_ESCAPED = regex.compile(r"\\([!-/:-@\[-`{-~])")
_LONGEST_MARKED = 20_000


def parse(raw: bytes) -> Parsed:
    """Turns of a Markdown text; lines stay lines, as people who write it by hand mean them."""
    decoded = decode(raw)
    return turns_from_text(without_marks(decoded.text), Source(decoded.encoding))


def without_marks(text: str) -> str:
    """The words of a Markdown text: no headings' hashes, emphasis, links' addresses, comments or front matter."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _COMMENT.sub("", _FRONT.sub("", text))
    return "\n".join(_bare(line) for line in text.split("\n") if not _FENCE.fullmatch(line))


def _bare(line: str) -> str:
    if len(line) > _LONGEST_MARKED:
        return line
    if _RULE.fullmatch(line):
        return ""
    opening = _OPENING.match(line)
    if opening:
        is_heading = "#" in opening[0]
        line = line[opening.end() :]
        line = _CLOSING_HASHES.sub("", line) if is_heading else line
    line = _TAG.sub("", _LINK.sub(r"\1", line))
    for _depth in range(2):
        line = _STRONG.sub(lambda found: found[2] or found[4], line)
        line = _EMPHASIS.sub(r"\2", line)
    return html.unescape(_ESCAPED.sub(r"\1", _CODE.sub(r"\2", line)))
