"""A matrix as a flat table: wide with a row per race, or long with a row per race and code."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from qualcoder.codebooks.stata_names import LONGEST_NAME, stata_name
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import CodeId, RoundId
from qualcoder.core.messages import N_
from qualcoder.matrices.crosstab import Cell, Crosstab, State
from qualcoder.matrices.tables import Column, ColumnKind, Missing, Table, Value


class Measure(StrEnum):
    """A figure of a cell; the value is the ending of its column."""

    PRESENCE = "p"
    SEGMENTS = "n"
    RESPONDENTS = "r"
    INTERVIEWS = "i"
    CHARACTERS = "c"
    DENIED = "d"

    @property
    def word(self) -> str:
        """How scripts name it."""
        return self.name.lower()


ALL_MEASURES = tuple(Measure)


def measures_named(words: Collection[str]) -> tuple[Measure, ...]:
    """The measures that `words` name, in their usual order; all where none is named."""
    if set(words) - {measure.word for measure in Measure}:
        raise Invalid(N_("The measures are presence, segments, respondents, interviews, characters and denied."))
    return tuple(measure for measure in Measure if measure.word in words) or ALL_MEASURES


_LABELS = {
    Measure.PRESENCE: N_("Theme present"),
    Measure.SEGMENTS: N_("Segments"),
    Measure.RESPONDENTS: N_("Respondents"),
    Measure.INTERVIEWS: N_("Interviews"),
    Measure.CHARACTERS: N_("Characters"),
    Measure.DENIED: N_("Segments denying the theme"),
}
_LONG_NAMES = {
    Measure.PRESENCE: "pres",
    Measure.SEGMENTS: "seg",
    Measure.RESPONDENTS: "n_resp",
    Measure.INTERVIEWS: "n_present",
    Measure.CHARACTERS: "chars",
    Measure.DENIED: "seg_denied",
}
_PRESENCE = {0: N_("absent"), 1: N_("present")}
_MISSING = {State.NO_INTERVIEW: Missing.NO_INTERVIEW, State.NOT_CODED: Missing.NOT_CODED}
_LONGEST_STEM = LONGEST_NAME - 8


@dataclass(frozen=True, slots=True)
class CodeHead:
    """What stands at the head of a code: its key, the stem of its column names and its label."""

    id: CodeId
    key: str
    stem: str
    label: str


@dataclass(frozen=True, slots=True)
class RaceHead:
    """What stands at the head of a race: its key and its values in the order of the race columns."""

    id: RoundId
    key: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledCrosstab:
    """A crosstab with the names of its codes and races, and the race variables that travel along."""

    crosstab: Crosstab
    codes: tuple[CodeHead, ...]
    races: tuple[RaceHead, ...]
    race_columns: tuple[Column, ...] = ()


def wide(
    matrix: LabelledCrosstab, *, say: Callable[[str], str] = str, measures: tuple[Measure, ...] = ALL_MEASURES
) -> Table:
    """One row per race, all races kept; for each code one column per measure, named `<stem>_<ending>`.

    `n_int` and `n_int_coded` say how many interviews are linked to the race and how many of them are coded. `say`
    translates labels.
    """
    columns = [Column("race_id", ColumnKind.TEXT, say(N_("Race")))]
    columns += _race_columns(matrix, taken={"race_id"}) + _coverage_columns(say)
    taken = {column.name for column in columns}
    for code in matrix.codes:
        stem = stata_name(code.stem, longest=_LONGEST_STEM)
        for measure in measures:
            name = stata_name(f"{stem}_{measure}", taken)
            taken.add(name)
            label = f"{say(_LABELS[measure])}: {code.label}"
            columns.append(Column(name, ColumnKind.WHOLE, label, _value_labels(measure, say)))
    rows: list[tuple[Value, ...]] = []
    for race in matrix.races:
        cells = [matrix.crosstab.cells[code.id, race.id] for code in matrix.codes]
        figures = [_figure(cell, measure) for cell in cells for measure in measures]
        rows.append((race.key, *race.values, *_coverage(matrix, race), *figures))
    return Table(tuple(columns), tuple(rows))


def long(
    matrix: LabelledCrosstab, *, say: Callable[[str], str] = str, measures: tuple[Measure, ...] = ALL_MEASURES
) -> Table:
    """One row per race and code with the state of the cell and a column per measure."""
    columns = [
        Column("race_id", ColumnKind.TEXT, say(N_("Race"))),
        Column("code", ColumnKind.TEXT, say(N_("Code"))),
        Column("code_stata", ColumnKind.TEXT, say(N_("Stem of the code's columns"))),
        Column("code_label", ColumnKind.TEXT, say(N_("Label of the code"))),
        Column("cell_state", ColumnKind.TEXT, say(N_("State of the cell"))),
        *_coverage_columns(say),
        *(Column(_LONG_NAMES[m], ColumnKind.WHOLE, say(_LABELS[m]), _value_labels(m, say)) for m in measures),
    ]
    rows: list[tuple[Value, ...]] = []
    for race in matrix.races:
        for code in matrix.codes:
            cell = matrix.crosstab.cells[code.id, race.id]
            stem = stata_name(code.stem, longest=_LONGEST_STEM)
            head = (race.key, code.key, stem, code.label, str(cell.state), *_coverage(matrix, race))
            rows.append((*head, *(_figure(cell, measure) for measure in measures)))
    return Table(tuple(columns), tuple(rows))


def _race_columns(matrix: LabelledCrosstab, taken: set[str]) -> list[Column]:
    columns: list[Column] = []
    for column in matrix.race_columns:
        name = stata_name(column.name, taken | {"n_int", "n_int_coded"})
        taken.add(name)
        columns.append(Column(name, column.kind, column.label, column.value_labels))
    return columns


def _coverage_columns(say: Callable[[str], str]) -> list[Column]:
    return [
        Column("n_int", ColumnKind.WHOLE, say(N_("Interviews linked to the race"))),
        Column("n_int_coded", ColumnKind.WHOLE, say(N_("Linked interviews that are coded"))),
    ]


def _coverage(matrix: LabelledCrosstab, race: RaceHead) -> tuple[int, int]:
    coverage = matrix.crosstab.coverage[race.id]
    return coverage.linked, coverage.coded


def _value_labels(measure: Measure, say: Callable[[str], str]) -> dict[int, str]:
    return {value: say(label) for value, label in _PRESENCE.items()} if measure is Measure.PRESENCE else {}


def _figure(cell: Cell, measure: Measure) -> int | Missing:
    if missing := _MISSING.get(cell.state):
        return missing
    figures = {
        Measure.PRESENCE: int(cell.state is State.PRESENT),
        Measure.SEGMENTS: cell.segments,
        Measure.RESPONDENTS: cell.respondents,
        Measure.INTERVIEWS: cell.interviews,
        Measure.CHARACTERS: cell.characters,
        Measure.DENIED: cell.denied,
    }
    return figures[measure]
