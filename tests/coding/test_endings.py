"""A word with other endings, in Russian and Kazakh: exact ones first, the same with the index and without."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcoder.coding.folded import FoldedText
from qualcoder.coding.search import candidates, hits, parse


@pytest.mark.parametrize(
    ("typed", "body", "found"),
    [
        ("вода", "Вода, воды, водой и водами; водка, водитель, подвода.", ["Вода", "воды", "водой", "водами"]),
        ("водами", "Не было воды", ["воды"]),
        ("выборы", "После выборов на выборах о выборе", ["выборов", "выборах", "выборе"]),
        ("аким", "акима, Акиму и акимат", ["акима", "Акиму"]),
        ("комиссия", "в комиссии, комиссий, с комиссией", ["комиссии", "комиссий", "комиссией"]),
        ("әкім", "Әкімнің, әкімге, әкімдер, әкімшілік", ["Әкімнің", "әкімге", "әкімдер"]),
        ("ауылда", "Ауылдың адамдары, ауылымызға, ауыл", ["Ауылдың", "ауылымызға", "ауыл"]),
        ("сайлаудан", "сайлау, сайлауға, сайлаушы", ["сайлау", "сайлауға"]),
        ("су", "Суды, суға; сурет", ["Суды", "суға"]),
        ("дом", "в доме вода\u0301", ["доме"]),
        ("вода дорога", "Воды и дорогу; воды", ["Воды", "дорогу", "воды"]),
        ('"вода"', "воды, вода", ["вода"]),
        ('"чистая вода"', "чистой воды, чистая вода", ["чистая вода"]),
        ("вод*", "воды", ["воды"]),
        ("Water", "waters", []),
        ("2022", "20221, 2022а", []),
    ],
)
def test_a_word_stands_for_its_forms(typed: str, body: str, found: list[str]) -> None:
    query = parse(typed, with_endings=True)
    assert [span.of(body) for span in hits(query, body)] == found
    kept = candidates(query, [body.encode()])
    assert kept or not found
    if kept.get(0):
        assert [span.of(body) for span in hits(query, body, is_plain=True)] == found


def test_kazakh_endings_are_found_by_russian_letters_when_asked() -> None:
    body = "Әкімнің айтқаны, ӘКІМГЕ"
    assert hits(parse("аким", with_endings=True), body) == []
    query = parse("аким", with_endings=True, reads_kazakh_as_russian=True)
    assert [span.of(body) for span in hits(query, body)] == ["Әкімнің", "ӘКІМГЕ"]
    assert [span.of(body) for span in hits(query, body, is_plain=True)] == ["Әкімнің", "ӘКІМГЕ"]
    kazakh = parse("әкімнің", with_endings=True, reads_kazakh_as_russian=True)
    assert [span.of("Акиму, әкімге") for span in hits(kazakh, "Акиму, әкімге")] == ["Акиму", "әкімге"]


def test_turns_with_the_very_word_come_first() -> None:
    text = FoldedText.of([one.encode() for one in ("воды", "водой", "вода", "водами и вода")], [1, 2, 3, 4])
    verdict = text.verdict(parse("вода", with_endings=True), 3)
    assert verdict is not None
    assert (verdict.shown, verdict.turns, verdict.hits) == ((3, 4, 1), 4, 5)


WORDS = st.sampled_from(
    ["вода", "воды", "водой", "суд", "суда", "әкім", "әкімге", "ауылдың", "аким", "Акимов", "жолда", "Водy", "12", "а"]
)
TURNS = st.lists(WORDS, max_size=6).map(" ".join)


@given(WORDS, st.lists(TURNS, max_size=5), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_index_counts_what_looking_finds_and_endings_lose_nothing(
    typed: str, turns: list[str], asked: bool
) -> None:
    query = parse(typed, with_endings=True, reads_kazakh_as_russian=asked)
    text = FoldedText.of([turn.encode() for turn in turns], range(len(turns)))
    found = {n: spans for n, turn in enumerate(turns) if (spans := hits(query, turn))}
    verdict = text.verdict(query, 9)
    assert (verdict.hits if verdict else 0) == sum(map(len, found.values()))
    assert {*(verdict.shown if verdict else ())} == {*found}
    assert query.exact is not None
    for n, turn in enumerate(turns):
        assert {*hits(query.exact, turn)} <= {*found.get(n, ())}
