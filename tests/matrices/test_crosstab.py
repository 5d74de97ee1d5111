"""Themes by races: four states, distinct respondents, and no silent double counting."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.coding.models import Valence
from qualcoder.core.ids import CodeId, CodingId, InterviewId, RespondentId, RoundId
from qualcoder.matrices.crosstab import Cell, Coverage, RaceLink, Segment, State, build

ROADS, WATER, ROOT = (CodeId(UUID(int=n)) for n in (11, 12, 10))
KOYANDY, INVENTED, EMPTY = (RoundId(UUID(int=n)) for n in (21, 22, 23))
VOTER_TALK, AKIM_TALK, SILENT = (InterviewId(UUID(int=n)) for n in (31, 32, 33))
VOTER, AKIM = (RespondentId(UUID(int=n)) for n in (41, 42))
PARENTS = {ROADS: ROOT, WATER: ROOT, ROOT: None}


def a_segment(
    number: int,
    code: CodeId = ROADS,
    interview: InterviewId = VOTER_TALK,
    *,
    respondent_ids: tuple[RespondentId, ...] = (VOTER,),
    chars: int = 10,
    valence: Valence | None = None,
) -> Segment:
    return Segment(CodingId(UUID(int=number)), code, interview, respondent_ids, chars, valence)


def test_every_pair_has_one_of_four_states() -> None:
    table = build(
        [a_segment(1)],
        [RaceLink(VOTER_TALK, KOYANDY), RaceLink(SILENT, INVENTED)],
        codes=[ROADS, WATER],
        races=[KOYANDY, INVENTED, EMPTY],
    )
    assert {pair: cell.state for pair, cell in table.cells.items()} == {
        (ROADS, KOYANDY): State.PRESENT,
        (WATER, KOYANDY): State.ABSENT,
        (ROADS, INVENTED): State.NOT_CODED,
        (WATER, INVENTED): State.NOT_CODED,
        (ROADS, EMPTY): State.NO_INTERVIEW,
        (WATER, EMPTY): State.NO_INTERVIEW,
    }
    assert table.coverage == {KOYANDY: Coverage(1, 1), INVENTED: Coverage(1, 0), EMPTY: Coverage(0, 0)}


def test_an_interview_read_to_the_end_without_a_coding_is_an_answer() -> None:
    table = build([], [RaceLink(SILENT, KOYANDY)], codes=[ROADS], races=[KOYANDY], coded_interviews=[SILENT])
    assert table.cells[ROADS, KOYANDY] == Cell(State.ABSENT)


def test_a_denial_is_counted_apart_and_makes_no_theme_present() -> None:
    denial = a_segment(1, valence=Valence.DENIES)
    links = [RaceLink(VOTER_TALK, KOYANDY)]
    table = build([denial], links, codes=[ROADS], races=[KOYANDY])
    assert table.cells[ROADS, KOYANDY] == Cell(State.ABSENT, denied=1)
    both = build([denial, a_segment(2, valence=Valence.HINDERS)], links, codes=[ROADS], races=[KOYANDY])
    assert both.cells[ROADS, KOYANDY] == Cell(State.PRESENT, 1, 1, 1, 10, denied=1)


def test_an_interview_about_two_races_stands_in_both_columns_and_once_in_the_row_total() -> None:
    links = [RaceLink(VOTER_TALK, KOYANDY), RaceLink(VOTER_TALK, INVENTED), RaceLink(VOTER_TALK, KOYANDY)]
    table = build([a_segment(1), a_segment(2)], links, codes=[ROADS], races=[KOYANDY, INVENTED])
    once = Cell(State.PRESENT, segments=2, respondents=1, interviews=1, characters=20)
    assert table.cells[ROADS, KOYANDY] == table.cells[ROADS, INVENTED] == once
    assert table.row_totals[ROADS] == table.col_totals[KOYANDY] == table.total == once


def test_a_respondent_in_two_interviews_is_one_respondent() -> None:
    segments = [a_segment(1), a_segment(2, interview=AKIM_TALK, respondent_ids=(VOTER, AKIM))]
    links = [RaceLink(VOTER_TALK, KOYANDY), RaceLink(AKIM_TALK, KOYANDY)]
    cell = build(segments, links, codes=[ROADS], races=[KOYANDY]).cells[ROADS, KOYANDY]
    assert (cell.segments, cell.respondents, cell.interviews) == (2, 2, 2)


def test_a_parent_counts_what_lies_under_it_as_a_union() -> None:
    segments = [a_segment(1, ROADS), a_segment(2, WATER), a_segment(3, ROOT)]
    links = [RaceLink(VOTER_TALK, KOYANDY)]
    rolled = build(segments, links, codes=[ROOT, ROADS, WATER], races=[KOYANDY], parents=PARENTS)
    assert rolled.cells[ROOT, KOYANDY] == Cell(State.PRESENT, 3, 1, 1, 30)
    assert rolled.total == rolled.cells[ROOT, KOYANDY]
    alone = build(segments, links, codes=[ROOT, ROADS, WATER], races=[KOYANDY])
    assert alone.cells[ROOT, KOYANDY] == Cell(State.PRESENT, 1, 1, 1, 10)
    only_root = build(segments, links, codes=[ROOT], races=[KOYANDY], parents=PARENTS)
    assert only_root.cells[ROOT, KOYANDY].segments == 3


def test_a_circle_among_parents_does_not_hang() -> None:
    table = build(
        [a_segment(1)],
        [RaceLink(VOTER_TALK, KOYANDY)],
        codes=[ROADS, WATER],
        races=[KOYANDY],
        parents={ROADS: WATER, WATER: ROADS},
    )
    assert table.cells[WATER, KOYANDY].segments == table.cells[ROADS, KOYANDY].segments == 1


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Segment], list[RaceLink]]:
    interviews = st.sampled_from([VOTER_TALK, AKIM_TALK, SILENT])
    segments = [
        a_segment(
            draw(st.integers(1, 8)),
            draw(st.sampled_from([ROADS, WATER, ROOT])),
            draw(interviews),
            respondent_ids=tuple(draw(st.sets(st.sampled_from([VOTER, AKIM])))),
            chars=draw(st.integers(1, 9)),
            valence=draw(st.sampled_from([None, *Valence])),
        )
        for _ in range(draw(st.integers(0, 12)))
    ]
    links = [
        RaceLink(draw(interviews), draw(st.sampled_from([KOYANDY, INVENTED]))) for _ in range(draw(st.integers(0, 5)))
    ]
    return list({segment.coding_id: segment for segment in segments}.values()), links


def counted_by_hand(segments: list[Segment], interviews: set[InterviewId], codes: set[CodeId]) -> Cell:
    if not interviews:
        return Cell(State.NO_INTERVIEW)
    if not any(segment.interview_id in interviews for segment in segments):
        return Cell(State.NOT_CODED)
    here = [s for s in segments if s.interview_id in interviews and s.code_id in codes]
    said = [s for s in here if s.valence != "denies"]
    people: list[RespondentId] = []
    for segment in said:
        people += [r for r in segment.respondent_ids if r not in people]
    talks = {s.interview_id for s in said}
    state = State.PRESENT if said else State.ABSENT
    return Cell(state, len(said), len(people), len(talks), sum(s.chars for s in said), len(here) - len(said))


@given(worlds(), st.booleans())
def test_cells_and_totals_equal_a_count_by_hand(world: tuple[list[Segment], list[RaceLink]], roll_up: object) -> None:
    segments, links = world
    codes, races = [ROOT, ROADS, WATER], [KOYANDY, INVENTED, EMPTY]
    table = build(segments, links, codes=codes, races=races, parents=PARENTS if roll_up else None)
    under = {ROADS: {ROADS}, WATER: {WATER}, ROOT: set(codes) if roll_up else {ROOT}}
    linked = {race: {link.interview_id for link in links if link.race_id == race} for race in races}
    everywhere = set().union(*linked.values())
    for row in codes:
        assert table.row_totals[row] == counted_by_hand(segments, everywhere, under[row])
        for col in races:
            assert table.cells[row, col] == counted_by_hand(segments, linked[col], under[row])
    for col in races:
        assert table.col_totals[col] == counted_by_hand(segments, linked[col], set(codes))
    assert table.total == counted_by_hand(segments, everywhere, set(codes))


@given(worlds())
def test_a_segment_given_twice_counts_once(world: tuple[list[Segment], list[RaceLink]]) -> None:
    segments, links = world
    codes, races = [ROOT, ROADS, WATER], [KOYANDY, INVENTED, EMPTY]
    once = build(segments, links, codes=codes, races=races)
    assert build(segments + segments, links + links, codes=codes * 2, races=races * 2) == once


@pytest.mark.parametrize("races", [[], [EMPTY]])
def test_no_races_or_no_interviews_is_an_empty_table_and_no_fault(races: list[RoundId]) -> None:
    table = build([a_segment(1)], [RaceLink(VOTER_TALK, KOYANDY)], codes=[ROADS], races=races)
    assert table.total == Cell(State.NO_INTERVIEW)
    assert len(table.cells) == len(races)
