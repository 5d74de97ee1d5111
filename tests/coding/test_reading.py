"""An interview to be read: every word once, and each passage beside the turn in which it begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from qualcoder.coding.reading import QUOTED, beside, shortened
from qualcoder.coding.view import CodingMark, TurnText
from qualcoder.core.text import Span

ME = uuid4()
LETTERS = 300_000


def turns_of(*bodies: str) -> list[TurnText]:
    found, start = [], 0
    for n, body in enumerate(bodies, start=1):
        found.append(TurnText(n, start, len(body), (0,), "kk", "Респондент", body))
        start += len(body) + 1
    return found


def mark(start: int, end: int) -> CodingMark:
    return CodingMark(uuid4(), start, end, uuid4(), "Су", 1, "plain", ME, "", is_mine=True)


def quotes(turns: Sequence[TurnText], *marks: CodingMark) -> list[list[tuple[str, int]]]:
    return [[(one.words, one.last_turn) for one in read.noted] for read in beside(turns, marks)]


def test_a_passage_stands_once_where_it_begins_and_says_where_it_ends() -> None:
    turns = turns_of("Су жоқ.", "Жол да жоқ.", "Ия.")
    assert quotes(turns, mark(0, 7), mark(3, 13), mark(8, 11)) == [
        [("Су жоқ.", 0), ("жоқ. Жол д", 2)],
        [("Жол", 0)],
        [],
    ]
    assert quotes(turns, mark(20, 23)) == [[], [], [("Ия.", 0)]]


def test_the_pieces_of_a_turn_are_its_words_whatever_is_hidden() -> None:
    (turn,) = turns_of("Су ███ жоқ")
    (read,) = beside([replace(turn, hidden=(Span(3, 6),))], [])
    assert read.pieces == (("Су ", False), ("███", True), (" жоқ", False))


def test_a_long_passage_is_quoted_by_its_ends_and_no_letter_is_cut() -> None:
    whole = "ә" * (2 * QUOTED)
    assert shortened(whole) == whole
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    words = "а" * (QUOTED - 2) + family + "б" * QUOTED + family + "в" * (QUOTED - 2)
    first, last = shortened(words).split(" … ")
    assert first == "а" * (QUOTED - 2) + family
    assert last == family + "в" * (QUOTED - 2)


def test_three_hundred_thousand_kazakh_letters_are_all_there() -> None:
    turns = turns_of(*["ауыл сөзі " * 30] * (LETTERS // 300))
    marks = [mark(turn.start, turn.end) for turn in turns]
    # Five thousand over all of it: their words, written out, would be one and a half thousand million letters.
    read = beside(turns, [*marks, *[mark(0, turns[-1].end) for _ in range(5_000)]])
    assert "".join(words for one in read for words, _is_hidden in one.pieces) == "".join(turn.body for turn in turns)
    assert {(len(one.words) < 3 * QUOTED, one.last_turn) for one in read[0].noted[1:]} == {(True, len(turns))}
