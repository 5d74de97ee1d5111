"""The parts of a text: no gap, no overlap, a screen or two each, cut before turns and sentences where there are any."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qualcoder.transcripts.parts import LEAD_IN, PART_CHARS, part_at, parts_of


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn's place."""

    start: int
    length: int
    bounds: tuple[int, ...] = (0,)


def text(*lengths: int, bounds: tuple[int, ...] = (0,)) -> list[Turn]:
    turns: list[Turn] = []
    start = 0
    for length in lengths:
        turns.append(Turn(start, length, tuple(at for at in bounds if at < max(1, length))))
        start += length + 1
    return turns


@given(
    st.lists(st.integers(0, 3 * PART_CHARS), min_size=1, max_size=30),
    st.lists(st.integers(0, 3 * PART_CHARS), max_size=20).map(lambda found: tuple(sorted({0, *found}))),
)
def test_parts_cover_the_whole_text_once(lengths: list[int], bounds: tuple[int, ...]) -> None:
    turns = text(*lengths, bounds=bounds)
    parts = parts_of(turns)
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert parts[0].start == 0
    assert parts[-1].end == turns[-1].start + turns[-1].length
    assert all(one.end == other.start for one, other in pairwise(parts))
    assert all(part.end - part.start <= 3 * PART_CHARS + 1 for part in parts)
    assert parts == parts_of(turns)


def test_short_turns_are_kept_together_and_long_ones_cut_before_a_sentence() -> None:
    assert [(part.start, part.end) for part in parts_of(text(100, 200, 300))] == [(0, 602)]
    bounds = tuple(range(0, 20_000, 700))
    parts = parts_of(text(20_000, bounds=bounds))
    assert len(parts) == 5
    assert all(part.start in bounds and not part.is_cut for part in parts)


def test_a_turn_without_sentences_is_cut_all_the_same_and_the_cut_shows_what_stood_before() -> None:
    parts = parts_of(text(30_000))
    assert len(parts) > 3
    assert [part.is_cut for part in parts] == [False, *[True] * (len(parts) - 1)]
    assert parts[1].shown_from == parts[1].start - LEAD_IN
    assert parts[0].shown_from == 0


def test_an_empty_text_has_no_part_and_an_offset_its_part() -> None:
    assert parts_of([]) == ()
    parts = parts_of(text(*[3000] * 6))
    assert all(part_at(parts, offset).start <= offset < part_at(parts, offset).end for offset in (0, 5000, 17_000))
    assert part_at(parts, 10**9) == parts[-1]
