"""A flat table as every export writes it: typed columns with labels, and missing values that say why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Missing(StrEnum):
    """Why a figure is missing, written as Stata's extended missing values.

    `.a`: no interview is linked to the race. `.b`: an interview is linked, and nobody has coded it yet.
    """

    NO_INTERVIEW = ".a"
    NOT_CODED = ".b"


class ColumnKind(StrEnum):
    """How the values of a column are written."""

    WHOLE = "whole"
    NUMBER = "number"
    TEXT = "text"


Value = int | float | str | Missing | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, how its values are written, its label and the labels of its whole numbers."""

    name: str
    kind: ColumnKind
    label: str = ""
    value_labels: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of equal width; `None` is a value that is not known, a Missing says why."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...] = field(repr=False)

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every row of a table is as wide as its columns")
        if len({column.name for column in self.columns}) != len(self.columns):
            raise ValueError("two columns of a table have one name")
