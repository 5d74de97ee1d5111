from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcoder.coding import rendering
from qualcoder.coding.view import CodingMark, TurnText, TurnView

BODIES = [
    "Ол кісі — біздің ауылдың адамы. Дауысты соған бердім.",
    "Его знали все: «наш человек», говорили в селе Примерное.",
    "Көкелеріміз айтты — “сайлаңдар”, жұрт барды 👍🏽👩‍👩‍👧 ғой.",
    "Кафе́ у дороги, не́кому идти; 21\u00a0процент пришёл.",
    "No one else stood.",
    "",
]
ALPHABET = "абвәғқңөұүһі ё й, .—№\u00a0e\u0301👍🏽\u200d👩"


def a_mark(number: int, start: int, end: int, *, code: int = 1, coder: int = 1) -> CodingMark:
    return CodingMark(
        id=UUID(int=number + 1),
        start=start,
        end=end,
        code_id=UUID(int=code),
        code_label=f"code {code}",
        colour=1 + code % 12,
        texture="solid",
        coder_id=UUID(int=coder),
        coder_name="Ойдантап",
        is_mine=coder == 1,
        valence=None,
        has_memo=False,
    )


def turns_of(bodies: list[str]) -> list[TurnText]:
    turns: list[TurnText] = []
    start = 0
    for n, body in enumerate(bodies, start=1):
        turns.append(TurnText(n, start, len(body), (0,), "kk", "R", body))
        start += len(body) + 1
    return turns


bodies = st.lists(st.sampled_from(BODIES) | st.text(ALPHABET, max_size=40), min_size=1, max_size=6)
spans = st.tuples(st.integers(0, 250), st.integers(1, 120), st.integers(1, 12), st.integers(1, 2))


def marks_of(drawn: list[tuple[int, int, int, int]]) -> list[CodingMark]:
    return [a_mark(i, start, start + n, code=code, coder=coder) for i, (start, n, code, coder) in enumerate(drawn)]


@given(bodies, st.lists(spans, max_size=25))
def test_the_segments_of_a_turn_joined_are_its_body(
    drawn_bodies: list[str], drawn: list[tuple[int, int, int, int]]
) -> None:
    for view in rendering.turn_views(turns_of(drawn_bodies), marks_of(drawn)):
        assert "".join(segment.text for segment in view.segments) == view.turn.body
        assert [segment.index for segment in view.segments] == list(range(len(view.segments)))


@given(bodies, st.lists(spans, max_size=25))
def test_depth_is_the_number_of_codings_over_each_letter(
    drawn_bodies: list[str], drawn: list[tuple[int, int, int, int]]
) -> None:
    marks = marks_of(drawn)
    for view in rendering.turn_views(turns_of(drawn_bodies), marks):
        at = view.turn.start
        for segment in view.segments:
            for _ in segment.text:
                assert segment.depth == sum(mark.start <= at < mark.end for mark in marks)
                at += 1


@given(bodies, st.lists(spans, max_size=25))
def test_neighbouring_segments_lie_under_different_codings(
    drawn_bodies: list[str], drawn: list[tuple[int, int, int, int]]
) -> None:
    marks = marks_of(drawn)
    for view in rendering.turn_views(turns_of(drawn_bodies), marks):
        at, before = view.turn.start, None
        for segment in view.segments:
            here = {mark.id for mark in marks if mark.start <= at < mark.end}
            assert here != before
            at, before = at + len(segment.text), here


@given(bodies, st.lists(spans, max_size=30))
def test_stripes_never_overlap_and_every_coding_has_one_or_is_counted(
    drawn_bodies: list[str], drawn: list[tuple[int, int, int, int]]
) -> None:
    for view in rendering.turn_views(turns_of(drawn_bodies), marks_of(drawn)):
        for lane in range(rendering.LANES):
            here = sorted((stripe.y, stripe.y + stripe.h) for stripe in view.stripes if stripe.lane == lane)
            assert all(end <= start for (_, end), (start, _) in pairwise(here))
        assert all(0 <= s.y < s.y + s.h <= rendering.STEPS and s.lane < rendering.LANES for s in view.stripes)
        striped = {coding for stripe in view.stripes for coding in stripe.coding_ids}
        assert striped <= {mark.id for mark in view.marks}
        assert (striped == {mark.id for mark in view.marks}) == (view.hidden == 0)


@settings(max_examples=200)
@given(bodies, st.lists(spans, max_size=30))
def test_a_coding_over_a_border_keeps_its_lane(drawn_bodies: list[str], drawn: list[tuple[int, int, int, int]]) -> None:
    views = rendering.turn_views(turns_of(drawn_bodies), marks_of(drawn))
    for before, after in pairwise(views):
        last = {c: s.lane for s in before.stripes if s.y + s.h == rendering.STEPS for c in s.coding_ids}
        next_ = {c: s.lane for s in after.stripes if s.y == 0 for c in s.coding_ids}
        crossing = {m.id for m in before.marks if m.end > after.turn.start and m.start < before.turn.end}
        assert all(next_[coding] == lane for coding, lane in last.items() if coding in crossing and coding in next_)
        assert all(coding in next_ for coding in last if coding in crossing and after.turn.length)


@pytest.mark.parametrize(
    ("body", "start", "end", "expected"),
    [
        ("Ақсақалдар айтты", 0, 10, [("Ақсақалдар", 1), (" айтты", 0)]),
        ("Пришли все", 7, 10, [("Пришли ", 0), ("все", 1)]),
        ("иә 👩‍👩‍👧 барды", 3, 8, [("иә ", 0), ("👩‍👩‍👧", 1), (" барды", 0)]),
        ("cafe\u0301", 0, 5, [("cafe\u0301", 1)]),
    ],
)
def test_offsets_count_code_points(body: str, start: int, end: int, expected: list[tuple[str, int]]) -> None:
    (turn,) = turns_of([body])
    assert [(s.text, s.depth) for s in rendering.segments(turn, [a_mark(0, start, end)])] == expected


def test_an_overlap_of_one_code_by_one_coder_is_one_bar_and_two_coders_are_two() -> None:
    (turn,) = turns_of(["а" * 100])
    bars, hidden, _ = rendering.stripes(turn, [a_mark(0, 0, 50), a_mark(1, 40, 90), a_mark(2, 0, 50, coder=2)])
    assert [(bar.coding_ids, bar.y, bar.h) for bar in bars] == [
        ((UUID(int=1), UUID(int=2)), 0, 18),
        ((UUID(int=3),), 0, 10),
    ]
    assert hidden == 0


def test_the_eighth_bar_is_counted_not_drawn() -> None:
    (view,) = rendering.turn_views(turns_of(["ә" * 40]), [a_mark(i, 0, 40, code=i + 1) for i in range(10)])
    assert (len(view.stripes), view.hidden, len(view.marks)) == (7, 3, 10)


def test_a_code_keeps_its_lane_in_the_next_turn() -> None:
    turns = turns_of(["а" * 20, "ә" * 20])
    marks = [a_mark(0, 0, 20, code=1), a_mark(1, 5, 12, code=2), a_mark(2, 25, 30, code=2)]
    first, second = rendering.turn_views(turns, marks)
    assert [stripe.lane for stripe in first.stripes] == [0, 1]
    assert [stripe.lane for stripe in second.stripes] == [1]


def test_only_the_turns_asked_for_come_back_and_neighbours_need_no_body() -> None:
    before, turn = turns_of(["а" * 20, "ә" * 20])
    bare = TurnText(before.n, before.start, before.length, (), "ru", "R", "")
    marks = [a_mark(0, 0, 20, code=1), a_mark(1, 5, 30, code=2)]
    whole: TurnView = rendering.turn_views([before, turn], marks)[1]
    assert rendering.turn_views([bare, turn], marks, shown={turn.n}) == (whole,)


def test_a_coding_of_the_line_end_alone_marks_no_turn() -> None:
    views = rendering.turn_views(turns_of(["бір", "екі"]), [a_mark(0, 3, 4)])
    assert all(not view.marks and not view.stripes for view in views)


def test_turns_come_in_groups_of_ten() -> None:
    views = rendering.turn_views(turns_of(["ия"] * 85), [])
    assert [len(chunk) for chunk in rendering.chunks(views)] == [10] * 8 + [5]
