"""The statistical layer in the chain: what it adds, its offsets, its doubts, odd texts, and life without its files."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcoder.anonymise import trained_models
from qualcoder.anonymise.findings import Finding, Label
from qualcoder.anonymise.lexicon.everyday import is_everyday, is_listed_name
from qualcoder.anonymise.pipeline import LANGUAGES, find, find_in_turns, pipeline, use_models


def people(text: str, found: list[Finding]) -> str:
    """What was found; the small models of these tests may take a word too many."""
    return " | ".join(f.span.of(text) for f in found if f.label is Label.PERSON and not f.is_uncertain)


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("kk", "кеше еркебұлан келді", "еркебұлан"),
        ("kk", "Нұржанға айттым келсін деп", "Нұржанға"),
        ("ru", "мы с нурланом ходили голосовать", "нурланом"),
        ("ru", "это еркебулан так сделал тогда", "еркебулан"),
        ("en", "everybody knows yerkebulan here", "yerkebulan"),
        ("mixed", "кеше Айгүл келді, потом мы с Айгуль говорили", "Айгүл"),
    ],
)
def test_names_without_any_cue_are_found(with_models: Path, language: str, text: str, name: str) -> None:
    assert name in people(text, find(text, language))
    use_models(with_models / "absent")
    assert name not in people(text, find(text, language))


def test_a_word_is_judged_by_the_models_in_use(tmp_path: Path) -> None:
    use_models(tmp_path / "absent")
    assert not is_listed_name("ерлан")
    assert not is_everyday("көктем")
    use_models(trained_models.SHIPPED)
    assert is_listed_name("ерлан")
    assert is_everyday("көктем")


def test_without_a_file_the_rules_go_on_alone(with_models: Path, tmp_path: Path) -> None:
    (tmp_path / "kk.crfsuite").write_bytes((with_models / "kk.crfsuite").read_bytes())
    use_models(tmp_path)
    assert not trained_models.are_there()
    assert people("Менің атым Ойдантап", find("Менің атым Ойдантап", "kk")) == "Ойдантап"
    assert all(not name.startswith("qc_crf") for name in pipeline("kk").pipe_names)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Мы с Нурла\u0301ном ходили голосовать", "Нурла\u0301ном"),
        ("мы с нур\u00adланом ходили голосовать", "нур\u00adланом"),
        ("мы с нуp\u200bланoм ходили голосовать", "нуp\u200bланoм"),
        ("😀 мы с нурланом, 😀 ходили голосовать", "нурланом"),
    ],
)
def test_offsets_survive_marks_and_foreign_letters(with_models: Path, text: str, name: str) -> None:
    assert name in people(text, find(text, "ru"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            ["Нурлан ", "ағай ", "😀", "\u0301", "'", "-", "\n", "A. ", "…", "мен ", "Oydantap ", "1 ", "«"]
        )
        | st.text(max_size=4)
    ).map("".join),
    st.sampled_from(LANGUAGES),
)
def test_findings_of_any_text_lie_in_it_and_apart(with_models: Path, text: str, language: str) -> None:
    found = find(text, language)
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    assert all(left.end <= right.start for left, right in pairwise(found))


@pytest.mark.parametrize("blob", ["1", "1 ", "(", "а", "А ", "-", "'", "o'", "е", "по Абая, ", "Серік "])
def test_a_text_of_100_000_signs_comes_to_an_end(with_models: Path, blob: str) -> None:
    find(blob * (100_000 // len(blob)), "kk")


def test_half_a_pair_of_code_units_is_no_crash(with_models: Path) -> None:
    find("мы с \ud83dнурланом ходили", "ru")


def test_a_name_is_found_again_in_another_script(with_models: Path) -> None:
    turns = [
        (0, "Менің атым Ойдантап.", "kk"),
        (100, "Мы ойдантапу помогли.", "ru"),
        (200, "We know Oydantap well.", "en"),
    ]
    found = find_in_turns(turns)
    people_at = [(f.start, f.end) for f in found if f.label is Label.PERSON]
    assert all(any(start <= at < end for start, end in people_at) for at in (11, 103, 208))


def test_what_nobody_is_sure_of_is_faint(with_models: Path) -> None:
    text = "We went to the market and Qwyzzbaq laughed about the weather of Monday."
    faint = [f for f in find(text, "en") if f.is_uncertain]
    assert all(f.score < 0.35 for f in faint)
    assert "Qwyzzbaq" in [f.span.of(text) for f in find(text, "en")]


def test_the_words_of_a_text_are_forgotten(with_models: Path) -> None:
    find("мы с ойдантапжоқом ходили", "ru")
    assert "ойдантапжоқом" not in pipeline("ru").vocab.strings
