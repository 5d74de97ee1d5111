"""Themes by races: what was said about each race, counted on sets so that nothing is counted twice in silence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from qualcoder.coding.models import Valence
from qualcoder.core.ids import CodeId, CodingId, InterviewId, RespondentId, RoundId


class State(StrEnum):
    """Why a cell holds what it holds; a cell is never just blank."""

    PRESENT = "present"
    ABSENT = "absent"
    NO_INTERVIEW = "no_interview"
    NOT_CODED = "not_coded"


@dataclass(frozen=True, slots=True)
class Segment:
    """One coding, as far as it is counted. `respondent_ids` are those who speak in it; `chars` is its length."""

    coding_id: CodingId
    code_id: CodeId
    interview_id: InterviewId
    respondent_ids: tuple[RespondentId, ...]
    chars: int
    valence: Valence | None = None


@dataclass(frozen=True, slots=True)
class RaceLink:
    """An interview that is about a race. Several links of one pair count as one."""

    interview_id: InterviewId
    race_id: RoundId


@dataclass(frozen=True, slots=True)
class Cell:
    """Distinct codings, respondents and interviews, and the sum of characters of those codings.

    `denied` counts codings that say the theme was not there. They are in no other figure and make no cell present:
    "there was no gatekeeping" is an answer, not gatekeeping.
    """

    state: State
    segments: int = 0
    respondents: int = 0
    interviews: int = 0
    characters: int = 0
    denied: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """Interviews linked to a race, and how many of them somebody has coded."""

    linked: int
    coded: int


@dataclass(frozen=True, slots=True)
class Crosstab:
    """Codes in rows, races in columns, a cell for every pair.

    Totals are figures of their own, not sums of cells: a coding of an interview linked to two races stands in both
    columns and once in its row's total.
    """

    rows: tuple[CodeId, ...]
    cols: tuple[RoundId, ...]
    cells: Mapping[tuple[CodeId, RoundId], Cell]
    row_totals: Mapping[CodeId, Cell]
    col_totals: Mapping[RoundId, Cell]
    total: Cell
    coverage: Mapping[RoundId, Coverage]


def build(
    segments: Iterable[Segment],
    links: Iterable[RaceLink],
    *,
    codes: Sequence[CodeId],
    races: Sequence[RoundId],
    coded_interviews: Collection[InterviewId] = (),
    parents: Mapping[CodeId, CodeId | None] | None = None,
) -> Crosstab:
    """Count `segments` for every code and every race; all given races appear, with or without an interview.

    An interview is coded when it has a segment of any code, or is named in `coded_interviews` (read to the end and
    nothing found). With `parents` a code counts the codings of everything under it too, each once. A coding that is
    given twice counts once. Which coders count is decided by whoever chooses the segments.
    """
    tally = _Tally(segments, links, races, coded_interviews, _ancestors(codes, parents or {}))
    rows, cols = tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(races))
    everywhere = {interview for linked in tally.linked.values() for interview in linked}
    return Crosstab(
        rows,
        cols,
        {(row, col): tally.cell([row], tally.linked[col]) for row in rows for col in cols},
        {row: tally.cell([row], everywhere) for row in rows},
        {col: tally.cell(rows, tally.linked[col]) for col in cols},
        tally.cell(rows, everywhere),
        {col: Coverage(len(tally.linked[col]), len(tally.linked[col] & tally.coded)) for col in cols},
    )


def _ancestors(codes: Sequence[CodeId], parents: Mapping[CodeId, CodeId | None]) -> Mapping[CodeId, list[CodeId]]:
    """For each code the rows it counts in: itself and what it lies under. A circle of parents ends where it began."""
    rows = set(codes)
    lines: dict[CodeId, list[CodeId]] = {}
    for code in {*codes, *parents}:
        line: list[CodeId] = []
        step: CodeId | None = code
        while step is not None and step not in line:
            line.append(step)
            step = parents.get(step)
        lines[code] = [one for one in line if one in rows]
    return lines


class _Tally:
    """Segments sorted once by row and interview, so that a cell costs what it counts."""

    def __init__(
        self,
        segments: Iterable[Segment],
        links: Iterable[RaceLink],
        races: Sequence[RoundId],
        coded_interviews: Collection[InterviewId],
        ancestors: Mapping[CodeId, list[CodeId]],
    ) -> None:
        distinct = {segment.coding_id: segment for segment in segments}.values()
        self.coded = {*coded_interviews, *(segment.interview_id for segment in distinct)}
        self.linked: dict[RoundId, set[InterviewId]] = {race: set() for race in races}
        for link in links:
            if link.race_id in self.linked:
                self.linked[link.race_id].add(link.interview_id)
        self._under: dict[tuple[CodeId, InterviewId], list[Segment]] = defaultdict(list)
        for segment in distinct:
            for row in ancestors.get(segment.code_id, ()):
                self._under[row, segment.interview_id].append(segment)

    def cell(self, rows: Iterable[CodeId], interviews: set[InterviewId]) -> Cell:
        """The figures of some rows together in some interviews."""
        if not interviews:
            return Cell(State.NO_INTERVIEW)
        if not interviews & self.coded:
            return Cell(State.NOT_CODED)
        pairs = ((row, interview) for row in rows for interview in interviews)
        here = {segment.coding_id: segment for pair in pairs for segment in self._under.get(pair, ())}.values()
        said = [segment for segment in here if segment.valence is not Valence.DENIES]
        return Cell(
            State.PRESENT if said else State.ABSENT,
            segments=len(said),
            respondents=len({respondent for segment in said for respondent in segment.respondent_ids}),
            interviews=len({segment.interview_id for segment in said}),
            characters=sum(segment.chars for segment in said),
            denied=len(here) - len(said),
        )
