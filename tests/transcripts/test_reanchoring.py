"""Passages find their place in a changed text, or a person is asked; none gets lost and none moves in silence."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.core.text import Span
from qualcoder.transcripts.reanchoring import NEAR, Fate, blocks, reanchor

TEXT = (
    "Әкім сайлауы қалай өтті?\n"
    "Жақсы өтті. Бірақ су жоқ еді. Су жоқ болса, ел не істейді?\n"
    "Скажите ещё раз, пожалуйста.\n"
    "Воды не было. Мы ждали. Воды не было 👨‍👩‍👧 весь год, и мы ждали опять."
)


def one(old: str, new: str, quote: str, nth: int = 0) -> tuple[str | None, Fate]:
    start = -1
    for _ in range(nth + 1):
        start = old.index(quote, start + 1)
    (placed,) = reanchor(old, new, [Span(start, start + len(quote))])
    return (placed.span.of(new) if placed.span else None), placed.fate


@pytest.mark.parametrize(
    ("before", "after", "quote", "now", "fate"),
    [
        ("қалай", "қалайша", "Бірақ су жоқ еді", "Бірақ су жоқ еді", Fate.SAME),
        ("ещё раз", "ещё разок", "Скажите ещё раз, пожалуйста", "Скажите ещё разок, пожалуйста", Fate.CORRECTED),
        ("Скажите ещё раз, пожалуйста.\n", "", "Скажите ещё раз", None, Fate.UNSURE),
        ("весь год", "год", "👨‍👩‍👧 весь год, и мы ждали", "👨‍👩‍👧 год, и мы ждали", Fate.CORRECTED),
        ("ел не істейді?\nСкажите", "ел не істейді? Скажите", "ел не істейді", "ел не істейді", Fate.SAME),
        ("Жақсы өтті. Бірақ", "Жақсы өтті.\nБірақ", "Жақсы өтті. Бірақ су", "Жақсы өтті.\nБірақ су", Fate.CORRECTED),
        ("Жақсы өтті.", "Нашар болды, иә.", "Жақсы өтті", "Нашар болды, иә", Fate.UNSURE),
    ],
)
def test_what_becomes_of_a_passage(before: str, after: str, quote: str, now: str | None, fate: Fate) -> None:
    assert one(TEXT, TEXT.replace(before, after), quote) == (now, fate)


def test_words_that_stand_twice_near_a_change_are_asked_about() -> None:
    new = TEXT.replace("Воды не было. Мы ждали. ", "")
    for nth in (0, 1):
        assert one(TEXT, new, "Воды не было", nth)[1] is Fate.UNSURE


def test_words_that_stand_twice_far_from_any_change_stay() -> None:
    far = TEXT + "\n" + "Басқа сөз айтылды. " * 30
    new = far.replace("сөз айтылды. \n", "") + "Соңы."
    assert one(far, new, "Воды не было", 1) == ("Воды не было", Fate.SAME)


@given(st.text("ab \nә", max_size=60), st.text("ab \nә", max_size=60))
def test_blocks_are_common_text_in_order(old: str, new: str) -> None:
    read = written = 0
    for block in blocks(old, new):
        assert block.length > 0
        assert block.old >= read
        assert block.new >= written
        assert old[block.old : block.old + block.length] == new[block.new : block.new + block.length]
        read, written = block.old + block.length, block.new + block.length


@given(st.text("ab \nә", min_size=1, max_size=60), st.text("ab \nә", max_size=60), st.data())
def test_every_answer_is_a_place_in_the_new_text(old: str, new: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(old) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(old))))
    (placed,) = reanchor(old, new, [span])
    if placed.fate is Fate.SAME:
        assert placed.span is not None
        assert placed.span.of(new) == span.of(old)
    if placed.span is not None:
        assert 0 <= placed.span.start < placed.span.end <= len(new)
    assert placed.span is not None or placed.fate is Fate.UNSURE


@dataclass(frozen=True)
class Edit:
    """Replace `[start, end)` by `text`."""

    start: int
    end: int
    text: str


WORDS = [
    "су",
    "жол",
    "мектеп",
    "әкім",
    "сайлау",
    "ауыл",
    "халық",
    "дауыс",
    "біз",
    "олар",
    "дорога",
    "вода",
    "школа",
    "сказал",
    "пришёл",
    "никто",
    "люди",
    "голос",
    "комиссия",
    "the",
    "road",
    "water",
    "school",
    "nobody",
    "came",
    "people",
    "said",
    "election",
    "village",
]


def long_text(draw: random.Random) -> str:
    lines = []
    for _ in range(60):
        sentences = [" ".join(draw.choices(WORDS, k=draw.randint(3, 12))).capitalize() + "." for _ in range(4)]
        lines.append(" ".join(sentences))
    return "\n".join(lines)


def an_edit(draw: random.Random, text: str) -> Edit:
    """A correction, a removed or added sentence, a split or joined turn, a doubled word."""
    start = draw.randrange(len(text) - 1)
    kind = draw.randrange(6)
    if kind == 0:
        return Edit(start, start + 1, draw.choice("абвәқң"))
    if kind == 1:
        return Edit(start, min(len(text), start + draw.randint(1, 120)), "")
    if kind == 2:
        return Edit(start, start, " " + " ".join(draw.choices(WORDS, k=draw.randint(1, 15))))
    if kind == 3:
        return Edit(start, start, "\n")
    if kind == 4:
        at = text.find("\n", start)
        return Edit(at, at + 1, " ") if at >= 0 else Edit(start, start, "\n")
    end = min(len(text), start + draw.randint(3, 40))
    return Edit(end, end, text[start:end])


@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_edits_of_a_coded_text_lose_nothing(seed: int) -> None:
    draw = random.Random(seed)
    sure = of = wrong = 0
    for _ in range(100):
        old = long_text(draw)
        edit = an_edit(draw, old)
        new = old[: edit.start] + edit.text + old[edit.end :]
        spans = []
        for _ in range(60):
            start = draw.randrange(len(old) - 1)
            spans.append(Span(start, min(len(old), start + draw.randint(10, 200))))
        placed = reanchor(old, new, spans)
        assert len(placed) == len(spans)
        for span, place in zip(spans, placed, strict=True):
            true = truly(span, edit)
            if true is None:
                continue
            quote, low, high = span.of(old), max(0, true.start - NEAR), true.end + NEAR
            around = old[max(0, span.start - NEAR) : span.end + NEAR]
            if new[low:high].count(quote) == 1 and around.count(quote) == 1:
                of += 1
                sure += place.fate is Fate.SAME
                wrong += place.fate is Fate.SAME and place.span != true
    assert of > 4_000
    assert sure >= 0.99 * of
    assert wrong == 0


def truly(span: Span, edit: Edit) -> Span | None:
    """Where a span lies after an edit that did not touch its words."""
    if span.end <= edit.start:
        return span
    if span.start >= edit.end:
        return span.shifted(len(edit.text) - (edit.end - edit.start))
    return None
