"""A gate never keeps a rule from what it would find, and keeps it from most of the rest."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcoder.anonymise import components
from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.rules import clans, en, kk, oblasts, ru, structured
from qualcoder.anonymise.rules.gates import Gate, asked, needs
from qualcoder.anonymise.rules.pattern import Rule
from tests.anonymise.gold_texts import gold_texts

RULES = [rule for rules in (structured, ru, kk, en, oblasts, clans) for rule in rules.RULES]
PATTERNS = [rule.pattern for rule in RULES if isinstance(rule, Rule)]
GATE = Gate(PATTERNS)
LINES = [line for text in gold_texts() for line in text.text.split("\n") if line]


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        (r"(?i:аким|мэр)\w{0,2}", {"аким", "мэр"}),
        (r"\d{3}", {"\ue000"}),
        (r"(?:ab|cd)?x", {"x"}),
        (r"(?=foo)\w+", {"foo"}),
        (r"(?:тел|сот)(?:ефон)", {"телефон", "сотефон"}),
    ],
)
def test_what_a_pattern_needs_is_read_off_it(pattern: str, wanted: set[str]) -> None:
    assert needs(re.compile(pattern))[0] == wanted


@pytest.mark.parametrize("pattern", [r"\w+", r"(?:a|\w)", r"a?", r"(?:ab|)", r"[^a]", r"(?!abc)"])
def test_a_pattern_that_may_match_anything_is_always_tried(pattern: str) -> None:
    assert needs(re.compile(pattern)) == ()


def test_on_the_invented_interviews_a_gate_hides_no_match() -> None:
    tried = 0
    for line in LINES:
        for text in (line, line.lower(), line.upper()):
            shadow = shadow_of(text).text
            may = set(GATE.open_for(asked(shadow)))
            tried += len(may)
            assert [n for n, pattern in enumerate(PATTERNS) if n not in may and pattern.search(shadow)] == []
    assert tried < len(LINES) * 3 * len(PATTERNS) / 5


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([word for line in LINES for word in line.split()]) | st.text(max_size=4)).map(" ".join))
def test_in_any_text_a_gate_hides_no_match(text: str) -> None:
    shadow = shadow_of(text).text
    may = set(GATE.open_for(asked(shadow)))
    assert [n for n, pattern in enumerate(PATTERNS) if n not in may and pattern.search(shadow)] == []


def test_rules_of_every_language_are_behind_gates() -> None:
    for language in ("ru", "kk", "en", "mixed"):
        assert components.rules_for(language).findings(shadow_of("")) == []
