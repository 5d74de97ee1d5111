"""Hidden words are gone letter by letter, and no offset moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.core.text import Span
from qualcoder.transcripts.hiding import MARK, hide, is_hidden, whole_words

TEXTS = st.text(alphabet="аһқі aZ9.-\n\u0301😀👩🏽‍🦰é█", max_size=60)


@st.composite
def places(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(TEXTS)
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    return text, [Span(min(pair), max(pair)) for pair in draw(st.lists(ends, max_size=4))]


@given(places())
def test_length_and_blanks_stay_and_nothing_else_is_left(given_: tuple[str, list[Span]]) -> None:
    text, spans = given_
    hidden = hide(text, spans)
    assert len(hidden) == len(text)
    inside = {at for span in spans for at in range(span.start, span.end)}
    for at, (before, after) in enumerate(zip(text, hidden, strict=True)):
        assert after == (MARK if at in inside and not before.isspace() else before)
    assert hide(hidden, spans) == hidden
    assert all(is_hidden(text, span, spans) for span in spans)


@given(places())
def test_a_widened_place_holds_the_asked_one_and_widens_no_more(given_: tuple[str, list[Span]]) -> None:
    text, spans = given_
    for span in spans:
        wide = whole_words(text, span)
        if not span.of(text).strip():
            assert len(wide) == 0
            continue
        assert wide.of(text).strip()
        assert wide.contains(Span(span.end - len(span.of(text).lstrip()), span.start + len(span.of(text).rstrip())))
        assert whole_words(text, wide) == wide


@pytest.mark.parametrize(
    ("text", "asked", "hidden"),
    [
        ("Келді Ойдантаптың ұлы", "Ойдантап", "Ойдантаптың"),
        ("видел Выдуманова вчера", "думано", "Выдуманова"),
        ("saw Oydantap's son", "Oydan", "Oydantap"),
        ("пишите a.oylap@misal.example сюда", "a.oylap@misal", "a.oylap@misal"),
        ("  Ойлап  ", "  Ойлап  ", "Ойлап"),
        ("Ойла\u0301п келді", "Ойла", "Ойла\u0301п"),
    ],
)
def test_a_passage_is_widened_to_whole_words(text: str, asked: str, hidden: str) -> None:
    start = text.index(asked)
    assert whole_words(text, Span(start, start + len(asked))).of(text) == hidden


def test_a_passage_is_hidden_only_when_all_of_it_is() -> None:
    text = "Серік Ойдантап"
    assert is_hidden(text, Span(0, 14), [Span(0, 5), Span(6, 14)])
    assert not is_hidden(text, Span(0, 14), [Span(0, 5), Span(6, 13)])
    assert not is_hidden(text, Span(0, 5), [])
