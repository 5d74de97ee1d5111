"""Words found in turns: whichever case, alphabet or stress, in three languages; the sieve loses nothing."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.coding.search import _SINGLE, CONTEXT, Query, Unsearchable, candidates, fold, hits, parse, snippet

FAMILY = "👨‍👩‍👧‍👦"


def words_of(query: Query) -> list[tuple[tuple[str, ...], bool]]:
    return [(term.words, term.is_prefix) for term in query.terms]


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("вода", [(("вода",), False)]),
        ("  Вода   ДОРОГИ ", [(("вода",), False), (("дороги",), False)]),
        ('"воды не было" аким*', [(("воды", "не", "было"), False), (("аким",), True)]),
        ("«воды не было»", [(("воды", "не", "было"), False)]),
        ('"сельский окр*"', [(("сельский", "окр"), True)]),
        ("тамыр-таныс", [(("тамыр", "таныс"), False)]),
        ("Ёлка", [(("елка",), False)]),
        ("во\u0301да", [(("вода",), False)]),
        ("вoда", [(("вода",), False)]),
        ("вода Вода", [(("вода",), False)]),
        ("Ауылдың әкімі", [(("ауылдың",), False), (("әкімі",), False)]),
        ('"без конца', [(("без",), False), (("конца",), False)]),
    ],
)
def test_a_query_is_words_phrases_and_beginnings(typed: str, terms: list[tuple[tuple[str, ...], bool]]) -> None:
    assert words_of(parse(typed)) == terms


@pytest.mark.parametrize("typed", ["", "   ", '""', "* ?", "…", " ".join("абвгдежзи")])
def test_what_holds_no_word_or_too_many_is_refused(typed: str) -> None:
    with pytest.raises(Unsearchable):
        parse(typed)


@pytest.mark.parametrize(
    ("typed", "body", "found"),
    [
        ("вода", "Вода была, ВОДА есть.", ["Вода", "ВОДА"]),
        ("вода", "водами и подвода", []),
        ("вод*", "водами и подвода; Вода", ["водами", "Вода"]),
        ("вода дорога", "Дорога есть, вода нет", ["Дорога", "вода"]),
        ("вода дорога", "Дорога есть", []),
        ('"воды не было"', "Воды, не было! Не было воды.", ["Воды, не было"]),
        ("ее", "её и Её", ["её", "Её"]),
        ("вода", "вoда и водa, Boда", ["вoда", "водa", "Boда"]),
        ("вода", "во\u0301да, вода\u0301!", ["во\u0301да", "вода\u0301"]),
        ("әкім", "Әкім келді, аким ушёл", ["Әкім"]),
        ("аким", "Әкім келді, аким ушёл", ["аким"]),
        ("Water", "The water, WATER and water-pipe", ["water", "WATER", "water"]),
        ("мнения", "мне+ния", []),
        ("лицо", "[Лицо 1] сказал", ["Лицо"]),
        ("2022", "в 2022 году, 20221", ["2022"]),
    ],
)
def test_words_are_found_in_a_turn(typed: str, body: str, found: list[str]) -> None:
    query = parse(typed)
    assert [span.of(body) for span in hits(query, body)] == found
    assert list(candidates(query, ["другое".encode(), body.encode()])) == [1] or not found


@pytest.mark.parametrize(
    ("typed", "body"), [("аким", "Әкім"), ("кой*", "қойды"), ("өндір*", "ОНДИРИС"), ("халык", "халық үшін")]
)
def test_kazakh_letters_are_read_as_russian_only_when_asked(typed: str, body: str) -> None:
    assert hits(parse(typed), body) == []
    query = parse(typed, reads_kazakh_as_russian=True)
    assert len(hits(query, body)) == 1
    assert candidates(query, [body.encode()]) == {0: True}
    assert len(hits(query, body, is_plain=True)) == 1


LETTERS = st.sampled_from([*"абвдекорстуёҚқӘәіІңaocpeTKHx1 -.,\n«»", "\u0301", FAMILY, "é", "É", "—", "1️⃣"])
TEXTS = st.lists(LETTERS, max_size=40).map("".join)


@given(typed=TEXTS, bodies=st.lists(TEXTS, max_size=5), asked=st.booleans())
def test_the_sieve_loses_no_turn_and_plain_turns_compare_alike(typed: str, bodies: list[str], asked: bool) -> None:
    try:
        query = parse(typed, reads_kazakh_as_russian=asked)
    except Unsearchable:
        return
    kept = candidates(query, [body.encode() for body in bodies])
    for at, body in enumerate(bodies):
        found = hits(query, body)
        assert at in kept or not found
        if kept.get(at):
            assert hits(query, body, is_plain=True) == found


@given(body=TEXTS)
def test_every_word_of_a_text_is_found_in_it(body: str) -> None:
    for word in re.findall(r"[^\W_]+", fold(body)[0]):
        assert hits(parse(word), body)
        assert hits(parse(f"{word[:1]}*"), body)


@given(before=TEXTS, after=TEXTS, padding=st.integers(0, 300))
def test_a_snippet_is_a_stretch_of_the_turn_and_cuts_no_letter(before: str, after: str, padding: int) -> None:
    body = before + "я " * padding + " вода " + "ю " * padding + after
    spans = hits(parse("вода"), body)
    pieces = snippet(body, spans)
    shown = "".join(piece.text for piece in pieces).strip("…")
    assert shown in body
    assert any(piece.is_hit and piece.text == "вода" for piece in pieces)
    edges = {0, *(match.end() for match in regex.finditer(r"\X", body))}
    at = body.index(shown)
    for piece in pieces:
        if piece.text != "…":
            assert at in edges or body.count(shown) > 1
            at += len(piece.text)


SINGLE = [chr(code) for code in range(0x3000) if _SINGLE.fullmatch(chr(code))]


@given(st.lists(st.sampled_from(SINGLE), max_size=30).map("".join))
def test_what_counts_as_single_signs_never_joins(text: str) -> None:
    assert len(regex.findall(r"\X", text)) == len(text)


def test_a_sign_that_joins_is_no_single_sign() -> None:
    assert len(regex.findall(r"\X", "".join(SINGLE))) == len(SINGLE)
    assert {*"аңһéЁ «»–…\n1[]"} <= {*SINGLE}
    for joins in ("\u0301", "\u0483", "\u0489", "\u200d", "\ufe0f", "\r", "\u00ad", FAMILY, "🇰🇿", "각"):
        assert not _SINGLE.fullmatch(f"а{joins}")


def test_a_snippet_of_a_long_turn_is_short() -> None:
    body = "слово " * 5000 + "вода " + "слово " * 5000
    shown = "".join(piece.text for piece in snippet(body, hits(parse("вода"), body)))
    assert len(shown) < 5 * CONTEXT
    assert shown.startswith("…слово")
    assert shown.endswith("…")


def test_a_query_shows_no_words_of_its_own() -> None:
    query = parse("Ойдантап")
    assert "ойдантап" not in repr(query) + repr(query.terms)
