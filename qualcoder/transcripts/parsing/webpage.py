"""Web pages (HTML) to turns: the text as a browser would show it, without scripts, styles and comments."""

from __future__ import annotations

import codecs
from html.parser import HTMLParser

import regex

from qualcoder.core.decoding import Decoded, decode
from qualcoder.transcripts.parsing.blocks import Blocks
from qualcoder.transcripts.parsing.parsed import Parsed
from qualcoder.transcripts.parsing.turns import Source, turns_from_text

_CHARSET = regex.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", regex.IGNORECASE)
_HEAD = 4_096
_UNSEEN = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "svg", "math", "select", "textarea", "object"}
)
_KNOWN_CHARSETS = frozenset({"utf-8", "windows-1251", "cp1251", "koi8-r", "iso-8859-5", "windows-1252", "iso-8859-1"})
_NAMES_OF_BLOCKS = """
    p div h1 h2 h3 h4 h5 h6 li dt dd blockquote pre article section header footer main nav aside ul ol dl table figure
    figcaption address form fieldset hr body tr td th caption
"""
_BLOCKS = frozenset(_NAMES_OF_BLOCKS.split())
_CELLS = frozenset({"td", "th"})


def parse(raw: bytes) -> Parsed:
    """Turns of a web page. The encoding is what the page says of itself, if its bytes agree."""
    decoded = _declared(raw) or decode(raw)
    page = _Page()
    page.feed(decoded.text)
    page.close()
    return turns_from_text(page.text, Source(decoded.encoding))


def _declared(raw: bytes) -> Decoded | None:
    if raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    found = _CHARSET.search(raw[:_HEAD])
    name = found[1].decode("ascii").lower() if found else ""
    if name not in _KNOWN_CHARSETS:
        return None
    try:
        return Decoded(raw.decode(name), name)
    except UnicodeDecodeError:
        return None


class _Page(HTMLParser):
    """Collects what is seen. Elements that nobody closes are closed by what follows them, as in a browser."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks = Blocks()
        self._unseen: list[str] = []
        self._pieces: list[str] = []
        self._tables = 0
        self._in_cell = False
        self._kept_as_is = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._unseen.clear()
        if tag in _UNSEEN:
            self._unseen.append(tag)
        if self._unseen:
            return
        if tag == "br":
            self._pieces.append("\n")
        if tag in _BLOCKS:
            self._break()
        self._kept_as_is += tag == "pre"
        if tag == "table" and not self._tables:
            self._blocks.begin_table()
        self._tables += tag == "table"
        if self._tables == 1:
            self._begin_cell(tag)

    def _begin_cell(self, tag: str) -> None:
        if tag == "tr" or tag in _CELLS:
            self._end_cell()
        if tag == "tr":
            self._blocks.begin_row()
        elif tag in _CELLS:
            self._blocks.begin_cell()
            self._in_cell = True

    def _end_cell(self) -> None:
        if self._in_cell:
            self._break()
            self._blocks.end_cell()
            self._in_cell = False

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._unseen and (tag == "br" or tag in _BLOCKS):
            self._pieces.append("\n") if tag == "br" else self._break()

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if tag in self._unseen:
                del self._unseen[self._unseen.index(tag) :]
            return
        if tag in _BLOCKS:
            self._break()
        self._kept_as_is = max(0, self._kept_as_is - (tag == "pre"))
        if self._tables == 1 and (tag in _CELLS or tag in ("tr", "table")):
            self._end_cell()
        if tag == "table" and self._tables:
            self._tables -= 1
            if not self._tables:
                self._blocks.end_table()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._pieces.append(data if self._kept_as_is else _squeezed(data))

    def _break(self) -> None:
        text = "".join(self._pieces)
        self._pieces.clear()
        if text.strip():
            self._blocks.begin_paragraph()
            self._blocks.add(text if self._kept_as_is else _squeezed_lines(text))
            self._blocks.end_paragraph()

    @property
    def text(self) -> str:
        """Everything seen so far, with an empty line between blocks."""
        self._end_cell()
        self._break()
        while self._tables:
            self._tables = 0
            self._blocks.end_table()
        return self._blocks.text


def _squeezed(data: str) -> str:
    """Runs of blanks and line ends as one blank; the no-break space is a character like others."""
    before = " " if data[:1] in _BLANKS else ""
    after = " " if data[-1:] in _BLANKS and data.strip(_BLANKS) else ""
    return f"{before}{_RUN.sub(' ', data.strip(_BLANKS))}{after}"


def _squeezed_lines(text: str) -> str:
    return "\n".join(_SPACES.sub(" ", line).strip(" ") for line in text.split("\n"))


_BLANKS = " \t\n\r\f"
_RUN = regex.compile(r"[ \t\n\r\f]+")
_SPACES = regex.compile(r" {2,}")
