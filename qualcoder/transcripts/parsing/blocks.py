"""The body of a word processor's document as it is read: paragraphs, and tables whose cells hold paragraphs."""

from __future__ import annotations

from dataclasses import dataclass, field

from qualcoder.transcripts.parsing.tables import text_of


@dataclass(slots=True)
class _Table:
    rows: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Blocks:
    """Collects paragraphs and tables in reading order; a table inside a cell is more text of that cell."""

    _done: list[str] = field(default_factory=list)
    _paragraphs: list[list[str]] = field(default_factory=list)
    _tables: list[_Table] = field(default_factory=list)
    _cells: list[list[str]] = field(default_factory=list)
    _carried: str = ""

    def begin_paragraph(self) -> None:
        self._paragraphs.append([self._carried])
        self._carried = ""

    def add(self, text: str) -> None:
        """Text of the innermost open paragraph; text outside of any is layout."""
        if self._paragraphs:
            self._paragraphs[-1].append(text)

    def end_paragraph(self, *, goes_on: bool = False) -> None:
        """Close the paragraph, or let the next one go on in it when the mark between them was deleted."""
        if not self._paragraphs:
            return
        text = "".join(self._paragraphs.pop())
        if goes_on:
            self._carried = text
        else:
            self._close(text)

    def _close(self, text: str) -> None:
        (self._cells[-1] if self._cells else self._done).append(text)

    def begin_table(self) -> None:
        self._tables.append(_Table())

    def begin_row(self) -> None:
        if self._tables:
            self._tables[-1].rows.append([])

    def begin_cell(self) -> None:
        self._cells.append([])

    def end_cell(self) -> None:
        if not self._cells:
            return
        text = "\n".join(self._cells.pop())
        if self._tables and self._tables[-1].rows:
            self._tables[-1].rows[-1].append(text)
        else:
            self._close(text)

    def end_table(self) -> None:
        if self._tables:
            self._close(text_of([row for row in self._tables.pop().rows if any(cell.strip() for cell in row)]))

    @property
    def text(self) -> str:
        """Everything, with an empty line between paragraphs."""
        return "\n\n".join([*self._done, self._carried])
