"""The leak check of an export: no person of the study is named in its cells, its headings or their explanations.

Race variables and keys are a public record, and villages are called after people: there one word proves nothing, and
only a first name and a surname of one known person together stop the file. Everywhere else one word does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qualcoder.anonymise import leaks
from qualcoder.anonymise.known_names import KnownNames
from qualcoder.core.errors import Conflict
from qualcoder.core.messages import N_
from qualcoder.matrices.tables import Column, Missing, Table

FAULT = "NameInTable"
SENTENCE = N_(
    "Column %(column)s, row %(row)s of the file would hold what looks like the name of a person in this study. No file"
    " was made. Row 1 is the head of the table."
)


@dataclass(frozen=True, slots=True)
class TableLeaks:
    """How many texts of a table name somebody, and where the first stands; columns and rows count from 1."""

    count: int
    column: int = 0
    row: int = 0


class NameInTable(Conflict):
    """A file was not made because somebody is named in it."""

    def __init__(self, found: TableLeaks) -> None:
        super().__init__(SENTENCE, column=found.column, row=found.row)
        self._found = found

    @property
    def code(self) -> str:
        """What the row of the job keeps: numbers only."""
        return f"{FAULT} {self._found.column} {self._found.row}"


def place_in(code: str | None) -> tuple[int, int] | None:
    """The column and row of a job's error code, if it is this one."""
    words = (code or "").split()
    if len(words) != 3 or words[0] != FAULT:
        return None
    return int(words[1]), int(words[2])


@dataclass(frozen=True, slots=True, repr=False)
class _Cell:
    column: int
    row: int
    words: str


def names_in(known: KnownNames, table: Table, *, public_columns: int, title: str) -> TableLeaks:
    """What of a table names somebody. The first `public_columns` come from the race record; a `title` is in row 1."""
    own = [_Cell(1, 1, title)]
    public: list[_Cell] = []
    for number, column in enumerate(table.columns, start=1):
        cells = public if number <= public_columns else own
        cells += [_Cell(number, 1, words) for words in _explaining(column)]
        cells += _texts(table, number)
    found = [own[place.text] for place in leaks.places(known, _words(own))]
    found += [public[place.text] for place in leaks.places_of_full_names(known, _words(public))]
    if not found:
        return TableLeaks(0)
    first = min(found, key=lambda cell: (cell.row, cell.column))
    return TableLeaks(len(set(map(id, found))), first.column, first.row)


def _explaining(column: Column) -> Iterator[str]:
    yield column.name
    yield column.label
    yield from column.value_labels.values()


def _texts(table: Table, number: int) -> Iterator[_Cell]:
    """The texts of a column, each distinct one where it first stands."""
    seen: set[str] = set()
    for row, values in enumerate(table.rows, start=2):
        value = values[number - 1]
        if isinstance(value, str) and not isinstance(value, Missing) and value not in seen:
            seen.add(value)
            yield _Cell(number, row, value)


def _words(cells: Sequence[_Cell]) -> list[str]:
    return [cell.words for cell in cells]
