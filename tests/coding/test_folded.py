"""What the index keeps of a transcript: it finds in it what the search finds in the turns, in three languages."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.coding.folded import FoldedText, Verdict
from qualcoder.coding.search import Query, Unsearchable, _table, as_russian, fold, fold_plain, hits, parse

# Few words, so that they meet: cases, endings, marks, letters of the other alphabet, Kazakh and its Russian twins.
WORDS = st.sampled_from(
    [
        *(
            "вода",
            "Вода",
            "водами",
            "воды",
            "ВОДЫ",
            "во\u0301да",
            "вода\u0301",
            "вoда",
            "подвода",
            "ещё",
            "еще",
            "Ёлка",
        ),
        *("әкім", "Әкімдік", "аким", "АКИМАТ", "су", "Су", "көше", "коше", "халық", "халык", "қала", "i", "і", "ӘКІМ"),
        *("water", "Water", "waters", "café", "CAFÉ", "2022", "20221", "тамыр-таныс", "👨‍👩‍👧‍👦", "[Лицо 1]", "_", "1️⃣"),
    ]
)
GAPS = st.sampled_from([" ", " ", " ", ", ", "-", "\n", " – ", "", "\u0301 "])
TURNS = st.lists(st.tuples(WORDS, GAPS), max_size=12).map(lambda parts: "".join(word + gap for word, gap in parts))
TYPED = st.one_of(
    st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
    st.lists(WORDS, min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.tuples(WORDS, st.integers(1, 6)).map(lambda one: f"{one[0][: one[1]]}*"),
    st.tuples(WORDS, WORDS, WORDS).map(lambda some: f'"{some[0]} {some[1]}" {some[2][:2]}*'),
)


def scanned(query: Query, turns: list[str], shown: int) -> Verdict | None:
    """The same from looking at each turn."""
    found = {n: len(spans) for n, turn in enumerate(turns, start=1) if (spans := hits(query, turn))}
    return Verdict(sum(found.values()), len(found), tuple(found)[:shown]) if found else None


@given(typed=TYPED, turns=st.lists(TURNS, max_size=6), asked=st.booleans(), shown=st.integers(0, 4))
def test_the_folded_text_says_what_looking_at_each_turn_says(
    typed: str, turns: list[str], asked: bool, shown: int
) -> None:
    try:
        query = parse(typed, reads_kazakh_as_russian=asked)
    except Unsearchable:
        return
    text = FoldedText.of([turn.encode() for turn in turns], range(1, len(turns) + 1))
    assert text.verdict(query, shown) == scanned(query, turns, shown)


@pytest.mark.parametrize(
    ("typed", "turns", "found"),
    [
        ('"бар су"', ["бар", "су"], None),
        ('"су бар"', ["Су су", "бар су, бар"], Verdict(1, 1, (2,))),
        ("су су", ["су Су"], Verdict(2, 1, (1,))),
        ("вода 2022", ["вода", "2022", "Вода в 2022"], Verdict(2, 1, (3,))),
        ("вод*", ["вода", "", "воды водами", "подвода"], Verdict(3, 2, (1, 3))),
        ("вода", [], None),
    ],
)
def test_turns_stay_apart(typed: str, turns: list[str], found: Verdict | None) -> None:
    text = FoldedText.of([turn.encode() for turn in turns], range(1, len(turns) + 1))
    assert text.verdict(parse(typed), 3) == found


def test_turns_keep_their_own_numbers() -> None:
    text = FoldedText.of(["су".encode(), "жол".encode(), "су".encode()], [2, 5, 9])
    assert text.verdict(parse("су"), 5) == Verdict(2, 2, (2, 9))


def test_every_letter_folds_as_the_table_says() -> None:
    plain, russian = _table(reads_kazakh_as_russian=False), _table(reads_kazakh_as_russian=True)
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, sys.maxunicode + 1)]))
    assert fold_plain(every) == every.translate(plain)
    assert as_russian(fold_plain(every)) == every.translate(russian)
    assert [fold(letter)[0] for letter in plain_letters()] == [letter.translate(plain) for letter in plain_letters()]


def plain_letters() -> list[str]:
    return [chr(code) for code in (*range(0x20, 0x250), *range(0x400, 0x530))]


def test_the_size_counts_the_text_and_its_places() -> None:
    few, many = (FoldedText.of(["сұхбат жазбасы".encode()] * n, range(n)) for n in (10, 1000))
    assert 1000 * 2 * 14 < many.size < 60_000
    assert few.size < many.size / 20
    assert "сұхбат" not in repr(many)
