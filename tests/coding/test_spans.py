"""Selected stretches: whole characters, trimmed, inside the text, found again by their words."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.coding.spans import anchor_by_quote, snap_to_graphemes, trim, within
from qualcoder.core.errors import Invalid
from qualcoder.core.text import Span

FAMILY = "👨‍👩‍👧‍👦"
PIECES = ["а", "ә", "қ", "ы", "n", " ", "\n", "e\u0301", "и\u0306\u0301", FAMILY, "👍🏽", "🇰🇿", "1️⃣", "\u0301", "\xa0"]


@st.composite
def texts_and_spans(draw: st.DrawFn) -> tuple[str, Span]:
    text = "".join(draw(st.lists(st.sampled_from(PIECES), max_size=25)))
    start = draw(st.integers(0, len(text)))
    return text, Span(start, draw(st.integers(start, len(text))))


@pytest.mark.parametrize(
    ("text", "span", "snapped"),
    [
        (f"Отбасы {FAMILY} келді", Span(9, 10), Span(7, 14)),
        ("Рахмет 👍🏽 бәрі", Span(0, 8), Span(0, 9)),
        ("café e\u0301té", Span(5, 6), Span(5, 7)),
        ("Сәлем, ағайын", Span(0, 5), Span(0, 5)),
        ("Аким приехал", Span(5, 12), Span(5, 12)),
        ("🇰🇿🇰🇿", Span(2, 3), Span(2, 4)),
        ("", Span(0, 0), Span(0, 0)),
    ],
)
def test_a_selection_grows_to_whole_characters(text: str, span: Span, snapped: Span) -> None:
    assert snap_to_graphemes(text, span) == snapped


@given(texts_and_spans())
def test_snapping_holds_the_selection_ends_at_seams_and_settles(case: tuple[str, Span]) -> None:
    text, span = case
    seams = {0, len(text), *(m.start() for m in regex.finditer(r"\X", text))}
    snapped = snap_to_graphemes(text, span)
    assert snapped.contains(span)
    assert {snapped.start, snapped.end} <= seams
    assert snap_to_graphemes(text, snapped) == snapped
    assert not [s for s in seams if snapped.start < s <= span.start or span.end <= s < snapped.end]


@pytest.mark.parametrize(
    ("text", "span", "trimmed"),
    [
        ("  су жоқ \n", Span(0, 10), Span(2, 8)),
        ("да\xa0нет\xa0", Span(0, 7), Span(0, 6)),
        ("a b", Span(1, 2), Span(1, 1)),
        ("no change", Span(0, 2), Span(0, 2)),
    ],
)
def test_blank_ends_are_not_selected(text: str, span: Span, trimmed: Span) -> None:
    assert trim(text, span) == trimmed


@given(texts_and_spans())
def test_trimming_keeps_the_words(case: tuple[str, Span]) -> None:
    text, span = case
    trimmed = trim(text, span)
    assert span.contains(trimmed)
    assert trimmed.of(text) == span.of(text).strip()


def test_a_selection_outside_the_text_or_empty_is_refused() -> None:
    assert within(Span(0, 5), 5) == Span(0, 5)
    for span in (Span(0, 6), Span(3, 3), Span(9, 12)):
        with pytest.raises(Invalid):
            within(span, 5)


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("Біздің ауылда су жоқ", "су жоқ", Span(14, 20)),
        ("Выборы были, выборы прошли", "ыборы", None),
        ("no water here", "road", None),
        ("no water here", "", None),
        ("aaa", "aa", None),
    ],
)
def test_a_quote_anchors_only_where_it_stands_once(text: str, quote: str, found: Span | None) -> None:
    assert anchor_by_quote(text, quote) == found


@given(texts_and_spans())
def test_an_anchor_selects_its_own_words(case: tuple[str, Span]) -> None:
    text, span = case
    found = anchor_by_quote(text, span.of(text))
    assert found is None or found == span
