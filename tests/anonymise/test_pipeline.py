"""The whole chain: exact offsets, propagation, odd texts, what gets imported."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qualcoder.anonymise.components import SPANS_KEY
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.pipeline import LANGUAGES, find, find_in_turns, pipeline


def modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(name.split('.')[0] for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_importing_the_pipeline_does_not_load_spacy() -> None:
    assert "spacy" not in modules_after("import qualcoder.anonymise.pipeline")


def test_finding_does_not_need_setuptools() -> None:
    loaded = modules_after(
        "from qualcoder.anonymise.pipeline import find\nfor x in 'ru', 'kk', 'en', 'mixed': find('Ойлап', x)"
    )
    assert "spacy" in loaded
    assert not {"setuptools", "pkg_resources"} & loaded


@pytest.mark.parametrize(
    ("text", "language", "surface"),
    [
        ("😀👨‍👩‍👧 Әкім Ойдантап 😀 келді", "kk", "Ойдантап"),
        ("аким\u00a0Ойдантап\u202fприехал", "ru", "Ойдантап"),
        ("аким Ойданта́п приехал", "ru", "Ойданта́п"),
        ("аким «Ойдантап»... аким Ойдантап,приехал", "ru", "Ойдантап"),
        ("(аким Ойдантап)", "ru", "Ойдантап"),
        ("аким Ойдан\u00adтап приехал", "ru", "Ойдан\u00adтап"),
        ("\n\n  аким Ойдантап\n", "ru", "Ойдантап"),
    ],
)
def test_offsets_are_exact_whatever_stands_around(text: str, language: str, surface: str) -> None:
    assert surface in [f.span.of(text) for f in find(text, language) if f.label is Label.PERSON]


def test_a_finding_is_not_rounded_to_tokens() -> None:
    text = "почта:vydumka@example.kz,звоните"
    assert [f.span.of(text) for f in find(text, "ru")] == ["vydumka@example.kz"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["", " ", "\n", "\u0301", "😀", "\u200d", "а\u0301", "\u00a0"])
def test_texts_without_words_hold_nothing(text: str, language: str) -> None:
    assert find(text, language) == []


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["аким Ойдантап ", "😀", "\u0301", "\u00a0", "Серікұлы", "8 700 000 00 00", "\n", "A", ". ", "«"]
        )
        | st.text(max_size=4)
    ).map("".join),
    st.sampled_from(LANGUAGES),
)
@example("\u0301аким Ойдантап", "ru")
def test_findings_lie_in_the_text_and_apart(text: str, language: str) -> None:
    found = find(text, language)
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    assert all(left.end <= right.start for left, right in pairwise(found))


@pytest.mark.parametrize("blob", ["1", "1 ", "(", "а"])
def test_a_text_of_300_000_characters_comes_to_an_end(blob: str) -> None:
    find(blob * (300_000 // len(blob)), "kk")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="language"):
        find("Ойдантап", "de")


def test_a_name_found_once_is_found_everywhere() -> None:
    turns = [
        (0, "Әкім Серік Ойдантап келді.", "kk"),
        (100, "Серікке дауыс бердім, ойдантаптың туысы.", "kk"),
        (200, "Да, и Ойдантапу помогли. серик тоже.", "ru"),
        (300, "Oydantap is fine.", "en"),
    ]
    found = [f for f in find_in_turns(turns) if f.label is Label.PERSON]
    surfaces = [
        text[f.start - start : f.end - start]
        for start, text, _ in turns
        for f in found
        if start <= f.start < start + 100
    ]
    assert surfaces == ["Серік Ойдантап", "Серікке", "ойдантаптың", "Ойдантапу", "серик", "Oydantap"]
    assert all(f.sources == ("propagation",) and f.tier is Tier.A for f in found[1:])


def test_propagation_does_not_take_common_words() -> None:
    text = "Меня зовут Роза. Там много роз и розы."
    assert [f.span.of(text) for f in find(text, "ru")] == ["Роза", "розы"]


def test_offsets_of_turns_are_absolute() -> None:
    text = "Иә.\nМенің атым Ойдантап."
    turns = [(0, "Иә.", "kk"), (4, "Менің атым Ойдантап.", "kk")]
    assert [f.span.of(text) for f in find_in_turns(turns)] == ["Ойдантап"]


def test_a_turn_of_the_wrong_language_is_still_read() -> None:
    assert [f.label for f in find("Меня зовут Ойдантап", "en")] == [Label.PERSON]


def test_the_span_group_shows_score_sources_and_reason() -> None:
    doc = pipeline("kk")("Әкім Ойдантап келді")
    group = doc.spans[SPANS_KEY]
    assert [(span.text, span.label_) for span in group] == [("Ойдантап", "PERSON")]
    assert group.attrs["sources"] == [["kk.title"]]
    assert group.attrs["offsets"] == [[5, 13]]
    assert group.attrs["reason"][0]
    assert 0 < group.attrs["score"][0] <= 1


def test_kazakh_abbreviations_and_ordinals_stay_whole() -> None:
    words = [token.text for token in pipeline("kk")("2021 ж. 12-ші учаске, т.б.")]
    assert words == ["2021", "ж.", "12-ші", "учаске", ",", "т.б."]


def test_the_words_of_a_text_are_forgotten() -> None:
    find("Менің атым Ойдантапжоқ", "kk")
    assert "Ойдантапжоқ" not in pipeline("kk").vocab.strings
