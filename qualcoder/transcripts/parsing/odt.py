"""OpenDocument texts to turns: the body's paragraphs and tables, with deletions, comments and footnotes left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qualcoder.core.archives import Packed, locked
from qualcoder.core.markup import read_xml
from qualcoder.transcripts.parsing.blocks import Blocks
from qualcoder.transcripts.parsing.parsed import Notice, Parsed
from qualcoder.transcripts.parsing.turns import Source, turns_from_text

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_PREFIXES = {
    f"{_NAMES}text:1.0": "text",
    f"{_NAMES}table:1.0": "table",
    f"{_NAMES}office:1.0": "office",
    f"{_NAMES}drawing:1.0": "draw",
    f"{_NAMES}svg-compatible:1.0": "svg",
}
_COUNT = f"{_NAMES}text:1.0|c"
_LEFT_OUT = {
    "text:tracked-changes": Notice.CHANGES,
    "office:annotation": Notice.COMMENTS,
    "text:note": Notice.FOOTNOTES,
    "svg:title": None,
    "svg:desc": None,
    "draw:object": None,
    "office:forms": None,
    "text:ruby-text": None,
}
_PARAGRAPHS = frozenset({"text:p", "text:h"})
_MOST_BLANKS = 100


def parse(raw: bytes) -> Parsed:
    """Turns of an .odt."""
    packed = Packed(raw)
    if packed.is_locked:
        raise locked()
    body = _Body()
    read_xml(packed.chunks("content.xml"), body)
    return turns_from_text(body.blocks.text, Source("odt", tuple(sorted(body.notices))))


def _short(name: str) -> str:
    space, _bar, local = name.rpartition("|")
    return f"{_PREFIXES.get(space, '')}:{local}"


def _blanks(attributes: Mapping[str, str]) -> int:
    written = attributes.get(_COUNT, "1")
    return min(int(written), _MOST_BLANKS) if written.isdecimal() and len(written) < 6 else 1


@dataclass(slots=True)
class _Body:
    blocks: Blocks = field(default_factory=Blocks)
    notices: set[Notice] = field(default_factory=set)
    skipping: int = 0
    paragraphs: int = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        short = _short(name)
        if self.skipping or short in _LEFT_OUT:
            if not self.skipping and (notice := _LEFT_OUT[short]):
                self.notices.add(notice)
            self.skipping += 1
        elif short in _PARAGRAPHS:
            self.paragraphs += 1
            self.blocks.begin_paragraph()
        elif short == "text:s":
            self.blocks.add(" " * _blanks(attributes))
        elif short == "text:tab":
            self.blocks.add("\t")
        elif short == "text:line-break":
            self.blocks.add("\n")
        elif short == "table:table":
            self.blocks.begin_table()
        elif short == "table:table-row":
            self.blocks.begin_row()
        elif short == "table:table-cell":
            self.blocks.begin_cell()

    def end(self, name: str) -> None:
        if self.skipping:
            self.skipping -= 1
            return
        short = _short(name)
        if short in _PARAGRAPHS:
            self.paragraphs -= 1
            self.blocks.end_paragraph()
        elif short == "table:table-cell":
            self.blocks.end_cell()
        elif short == "table:table":
            self.blocks.end_table()

    def text(self, text: str) -> None:
        """Line ends and runs of blanks are one blank in OpenDocument; further ones are elements of their own."""
        if self.paragraphs and not self.skipping:
            blank = " " if text[:1].isspace() else ""
            after = " " if text[-1:].isspace() and text.strip() else ""
            self.blocks.add(f"{blank}{' '.join(text.split())}{after}")
