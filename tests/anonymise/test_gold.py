"""Gold lines are read exactly or refused by line, and texts in other cases keep their spans on the same letters."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.anonymise.findings import Tier
from qualcoder.anonymise.gold import Case, GoldSpan, GoldText, in_case, read_gold
from qualcoder.core.errors import Invalid

LINE = {
    "id": "i1",
    "language": "kk",
    "style": "written",
    "text": "Бұл Ойдантап Мысалұлы.",
    "spans": [{"start": 4, "end": 21, "label": "PERSON", "entity": "p1"}],
}


def as_line(**changed: object) -> bytes:
    return json.dumps({**LINE, **changed}, ensure_ascii=False).encode()


def gold_of(text: str, *spans: GoldSpan) -> GoldText:
    return GoldText("x", "x", "ru", "written", text, spans)


def test_a_line_says_what_it_holds() -> None:
    (gold,) = read_gold(b"\xef\xbb\xbf" + as_line(document="d") + b"\r\n\n")
    assert (gold.id, gold.document, gold.language, gold.style) == ("i1", "d", "kk", "written")
    assert gold.spans == (GoldSpan(4, 21, "PERSON", Tier.A, "p1"),)
    assert gold.text[4:21] == "Ойдантап Мысалұлы"
    assert "Ойдантап" not in repr(gold)


def test_a_span_may_name_its_tier_and_be_kept() -> None:
    spans = [
        {"start": 0, "end": 3, "label": "PLACE_FINE", "tier": "A"},
        {"start": 4, "end": 9, "label": "ORG", "keep": True},
    ]
    (gold,) = read_gold(as_line(spans=spans))
    assert [(s.tier, s.is_kept) for s in gold.spans] == [(Tier.A, False), (Tier.B, True)]


def test_line_separators_inside_a_text_are_letters_of_it() -> None:
    (gold,) = read_gold(as_line(text="a\u2028b\u0085c", spans=[]) + b"\r\n")
    assert gold.text == "a\u2028b\u0085c"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "holds no text"),
        (b"\n \n", "holds no text"),
        (b"\xff\xfe{}", "UTF-8"),
        (as_line() + b"\n{", "Line 2"),
        (b"[" * 100_000, "Line 1"),
        (b"[]", "Line 1"),
        (as_line(text=None), "“text”"),
        (as_line(spans={}), "“spans”"),
        (as_line(spans=[1]), "“spans”"),
        (as_line(language="de"), "“language”"),
        (as_line(language=["ru"]), "“language”"),
        (as_line(spans=[{"end": 2, "label": "PERSON"}]), "“start”"),
        (as_line(spans=[{"start": True, "end": 2, "label": "PERSON"}]), "“start”"),
        (as_line(spans=[{"start": 0, "end": 23, "label": "PERSON"}]), "“end”"),
        (as_line(spans=[{"start": 3, "end": 3, "label": "PERSON"}]), "“end”"),
        (as_line(spans=[{"start": -1, "end": 3, "label": "PERSON"}]), "“end”"),
        (as_line(spans=[{"start": 0, "end": 3}]), "“label”"),
        (as_line(spans=[{"start": 0, "end": 3, "label": "Ойдантап"}]), "“label”"),
        (as_line(spans=[{"start": 0, "end": 3, "label": "PERSON", "tier": "Z"}]), "“tier”"),
        (as_line(spans=[{"start": 0, "end": 3, "label": "PERSON", "tier": {}}]), "“tier”"),
        (b'{"text": "\\ud800", "spans": []}', "“text”"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_field_without_the_text(raw: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_gold(raw)
    assert said in str(refused.value)
    assert "Ойдантап" not in str(refused.value)


BARE = [
    ("Да, — сказал Ерлан-аға. «Нұр»!", "да  сказал ерлан-аға нұр"),
    ("a.b@example.kz, т. 8 (700) 000-00-01.", "a.b@example.kz т 8 700 000-00-01"),
    ("№ 996; 50%", "№ 996 50%"),
]


@pytest.mark.parametrize(("text", "bare"), BARE)
def test_bare_texts_are_as_speech_recognition_writes(text: str, bare: str) -> None:
    assert in_case(gold_of(text), Case.BARE).text == bare


def test_a_text_as_it_is_stays() -> None:
    gold = gold_of("Ә.")
    assert in_case(gold, Case.AS_IS) is gold


@given(st.lists(st.tuples(st.text(max_size=6), st.text(max_size=6)), max_size=8))
def test_spans_stay_on_their_letters_in_every_case(parts: list[tuple[str, str]]) -> None:
    text, spans = "", []
    for between, marked in parts:
        start = len(text := text + between)
        text += marked
        if marked:
            spans.append(GoldSpan(start, len(text), "PERSON", Tier.A))
    gold = gold_of(text, *spans)
    for case in (Case.LOWER, Case.BARE):
        moved = in_case(gold, case)
        letters = [[c for c in gold.text[s.start : s.end].casefold() if c.isalnum()] for s in gold.spans]
        after = [[c for c in moved.text[s.start : s.end].casefold() if c.isalnum()] for s in moved.spans]
        assert [one for one in after if one] == [one for one in letters if one]
