"""The invented gold is built from its marked-up texts, is broad enough, and the page says what was measured."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from qualcoder.anonymise import trained_models
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.gold import read_gold
from qualcoder.anonymise.pipeline import use_models
from tests.anonymise import evaluation
from tests.anonymise.gold_texts import FOLDER, JSONL, gold_texts, lines, marked_up, mix


def test_the_lines_are_built_from_the_texts() -> None:
    assert JSONL.read_text("utf-8") == "".join(lines())
    assert read_gold(JSONL.read_bytes()) == gold_texts()


def test_a_marked_up_text_gives_its_spans() -> None:
    text = marked_up("x", "language: kk\nstyle: asr\n\n[P1|Ереке] [F2!|Мысал көшесі, 5] [O1=|Аманат]\n")
    assert text.text == "Ереке Мысал көшесі, 5 Аманат"
    assert [(text.text[s.start : s.end], s.label, s.tier, s.is_kept) for s in text.spans] == [
        ("Ереке", "PERSON", Tier.A, False),
        ("Мысал көшесі, 5", "PLACE_FINE", Tier.A, False),
        ("Аманат", "ORG", Tier.B, True),
    ]
    with pytest.raises(ValueError, match="not closed"):
        marked_up("x", "language: kk\nstyle: asr\n\n[P1|Ереке")


def test_the_gold_is_broad_enough() -> None:
    texts = gold_texts()
    languages = Counter(text.language for text in texts)
    assert languages["kk"] >= 8
    assert languages["ru"] >= 8
    assert languages["en"] >= 4
    assert languages["mixed"] >= 3
    assert {(text.language, text.style) for text in texts} == {
        (language, style) for language in languages for style in ("written", "asr")
    }
    assert sum(len(re.findall(r"\w+", text.text)) for text in texts) >= 6000
    assert {span.label for text in texts for span in text.spans} == {label.value for label in Label}
    assert any(span.is_kept for text in texts for span in text.spans)


def test_an_entity_has_one_label_and_is_marked_wherever_it_is_named_by_the_same_words() -> None:
    for text in gold_texts():
        labels: dict[str, set[str]] = {}
        for span in text.spans:
            labels.setdefault(span.entity, set()).add(span.label)
        assert all(len(of) == 1 for of in labels.values()), text.id
        for span in (s for s in text.spans if s.label in {"PERSON", "PLACE_FINE", "PLACE_COARSE", "CLAN"}):
            said = text.text[span.start : span.end]
            at = {m.start() for m in re.finditer(rf"\b{re.escape(said)}\b", text.text)}
            free = [n for n in at if not any(s.start <= n < s.end for s in text.spans)]
            assert free == [], (text.id, said)


def test_the_readme_states_the_mix() -> None:
    assert mix() in (FOLDER / "README.md").read_text("utf-8")


def test_the_page_counts_the_same_mentions_in_the_same_form() -> None:
    shown = evaluation.in_page()
    people = Counter[tuple[str, str]]()
    for text in gold_texts():
        people[text.language, text.style] += sum(s.label == "PERSON" and not s.is_kept for s in text.spans)
    for (language, style), mentions in people.items():
        row = rf"^\| {language} +\| {style} +\| PERSON +\| {mentions} +\| \d\.\d{{3}} +\|"
        assert re.search(row, shown, re.MULTILINE), (language, style)


def test_the_page_shows_the_model_card_that_ships() -> None:
    assert evaluation.card_in_page() == evaluation.card()


@pytest.mark.slow
def test_the_page_says_what_is_measured_now() -> None:
    use_models(trained_models.SHIPPED)
    assert evaluation.figures(evaluation.report()) == evaluation.in_page()
