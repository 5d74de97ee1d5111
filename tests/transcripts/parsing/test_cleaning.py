"""One written form for every text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.transcripts.parsing.cleaning import normalise

HIDERS = [
    "\u00ad",
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u180e",
    "\u202e",
    "\u2066",
    "\u200f",
    "\ufe0f",
    "\U000e0041",
]
MIXED = [
    "а",
    "й",
    "и\u0306",
    "ә",
    "n",
    "7",
    " ",
    "\t",
    "\r",
    "\n",
    "\xa0",
    "👩",
    "🏽",
    "❤",
    "\u20e3",
    "\x07",
    "\u2028",
    "\u0301",
]


@pytest.mark.parametrize("hider", HIDERS)
@pytest.mark.parametrize("word", ["Ойдантап", "Мысалауыл", "870101000000"])
def test_nothing_hides_inside_a_word_or_number(word: str, hider: str) -> None:
    assert normalise(word[:4] + hider + word[4:]) == word
    assert normalise(word[:4] + hider * 3 + word[4:]) == word


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧‍👦", "👍🏽", "❤️‍🔥", "1️⃣", "🇰🇿", "☝🏻", "👩🏽‍🌾"])
def test_emoji_stay_whole(emoji: str) -> None:
    assert normalise(f"Рахмет {emoji}, ағайын") == f"Рахмет {emoji}, ағайын"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("а\r\nб\rв\u2028г\u2029д\ve\ff\u0085g", "а\nб\nв\nг\nд\ne\nf\ng"),
        ("\ufeffСәлем", "Сәлем"),
        ("и\u0306од, е\u0308лка", "йод, ёлка"),
        ("cafe\u0301", "café"),
        ("a\tb \n  c  ", "a b\n  c"),
        ("5\xa0км\xa0", "5\xa0км\xa0"),
        ("a\x07\x1b[0m\x7f\x9fb", "a[0mb"),
        ("\u202eкурт\u202c", "курт"),
    ],
)
def test_line_ends_marks_and_controls_take_one_form(raw: str, clean: str) -> None:
    assert normalise(raw) == clean


@given(st.one_of(st.text(), st.lists(st.sampled_from(MIXED + HIDERS)).map("".join)))
def test_normalising_settles_at_once(raw: str) -> None:
    clean = normalise(raw)
    assert normalise(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert not {"\r", "\t", "\ufeff", "\u200b", "\u00ad"} & set(clean)
