"""Word documents to turns: the body's paragraphs and tables, as they read once all tracked changes are accepted.

Properties, headers, footers, comments, footnotes and pictures lie in parts of their own and are never opened.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from qualcoder.core.archives import Packed, damaged
from qualcoder.core.markup import read_xml
from qualcoder.transcripts.parsing.blocks import Blocks
from qualcoder.transcripts.parsing.parsed import Notice, Parsed
from qualcoder.transcripts.parsing.turns import Source, turns_from_text

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships|Relationship"
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main|",
    "http://purl.oclc.org/ooxml/wordprocessingml/main|",
)
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006|Fallback"
_REMOVED = frozenset({"del", "moveFrom"})
_ADDED = frozenset({"ins", "moveTo"})
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_ASIDES = {
    "commentReference": Notice.COMMENTS,
    "footnoteReference": Notice.FOOTNOTES,
    "endnoteReference": Notice.FOOTNOTES,
}


def parse(raw: bytes) -> Parsed:
    """Turns of a .docx. Insertions are kept, deletions left out, and a notice says so."""
    packed = Packed(raw)
    name = _main_part(packed)
    body = _Body()
    read_xml(packed.chunks(name), body)
    return turns_from_text(body.blocks.text, Source("docx", tuple(sorted(body.notices))))


@dataclass(slots=True)
class _Relations:
    targets: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == _RELATIONS and attributes.get("Type", "").endswith("/officeDocument"):
            self.targets.append(posixpath.normpath(attributes.get("Target", "").lstrip("/")))

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


def _main_part(packed: Packed) -> str:
    relations = _Relations()
    if "_rels/.rels" in packed.names:
        read_xml(packed.chunks("_rels/.rels"), relations)
    for name in (*relations.targets, "word/document.xml"):
        if name in packed.names:
            return name
    raise damaged()


def _word(name: str) -> str:
    """The local name of an element of Word's own, else nothing."""
    return name.partition("|")[2] if name.startswith(_WORD) else ""


@dataclass(slots=True)
class _Body:
    """Listens to the main part. `skipping` counts the elements open inside one that is left out."""

    blocks: Blocks = field(default_factory=Blocks)
    notices: set[Notice] = field(default_factory=set)
    skipping: int = 0
    is_text: bool = False
    in_properties: int = 0
    mark_removed: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = _word(name)
        if self.skipping or name == _FALLBACK or (local in _REMOVED and not self.in_properties):
            self.skipping += 1
            if local in _REMOVED:
                self.notices.add(Notice.CHANGES)
            return
        if local == "pPr":
            self.in_properties += 1
        elif local in _REMOVED:
            self.mark_removed = True
            self.notices.add(Notice.CHANGES)
        elif local in _ADDED:
            self.notices.add(Notice.CHANGES)
        elif not self.in_properties:
            self._content(local)

    def _content(self, local: str) -> None:
        if local == "t":
            self.is_text = True
        elif local in _SIGNS:
            self.blocks.add(_SIGNS[local])
        elif local == "p":
            self.blocks.begin_paragraph()
        elif local == "tbl":
            self.blocks.begin_table()
        elif local == "tr":
            self.blocks.begin_row()
        elif local == "tc":
            self.blocks.begin_cell()
        elif local in _ASIDES:
            self.notices.add(_ASIDES[local])

    def end(self, name: str) -> None:
        if self.skipping:
            self.skipping -= 1
            return
        local = _word(name)
        if local == "t":
            self.is_text = False
        elif local == "pPr":
            self.in_properties -= 1
        elif local == "p":
            self.blocks.end_paragraph(goes_on=self.mark_removed)
            self.mark_removed = False
        elif local == "tc":
            self.blocks.end_cell()
        elif local == "tbl":
            self.blocks.end_table()

    def text(self, text: str) -> None:
        if self.is_text and not self.skipping:
            self.blocks.add(text)
