"""Mistakes that detectors of these languages make, each with a text that shows it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from qualcoder.anonymise.findings import Finding, Label, Tier
from qualcoder.anonymise.gold import Case, in_case
from qualcoder.anonymise.pipeline import find
from qualcoder.anonymise.rules import addresses
from qualcoder.anonymise.rules.pattern import apply
from tests.anonymise.gold_texts import gold_texts


def said(text: str, language: str, *labels: Label) -> list[str]:
    return [f.span.of(text) for f in find(text, language) if not labels or f.label in labels]


CLANS = [
    ("уақыт болды", []),
    ("уақ-түйек шаруа", []),
    ("ол ертең кетеді, кете береді", []),
    ("кеткен адам", []),
    ("табын табыс емес", []),
    ("адайлық жасады", []),
    ("тана сатып алды", []),
    ("қожайын келді", []),
    ("руы уақ болған", ["уақ"]),
    ("біздің ру кете", ["кете"]),
    ("мен найманмын", ["найманмын"]),
    ("из рода адай", ["адай"]),
]


@pytest.mark.parametrize(("text", "clans"), CLANS)
def test_a_clan_that_is_also_a_word_waits_for_its_cue(text: str, clans: list[str]) -> None:
    found = find(text, "mixed")
    assert [f.span.of(text) for f in found if f.label is Label.CLAN] == clans
    assert all(f.tier is Tier.C for f in found if f.label is Label.CLAN)


@pytest.mark.parametrize(
    "text",
    ["апат болды", "Апат болған жылы", "ағаш кесті", "Үлкен ағаш құлады", "ағайын көп", "Біздің ағайынға", "аталық ел",
     "Атасын сұрады", "Әжептәуір жақсы", "көкек айында"],
)  # fmt: skip
def test_a_word_that_begins_like_kin_is_no_person(text: str) -> None:
    assert said(text, "kk", Label.PERSON) == []


@pytest.mark.parametrize(
    "text",
    ["20 лет независимости", "за двадцать лет независимости", "тәуелсіздіктің 30 жылы", "30 years of independence",
     "тридцать лет назад", "через 5 лет", "работаю тридцать лет", "25 жастар", "жасы үлкен", "он жыл бұрын"],
)  # fmt: skip
def test_a_span_of_years_is_no_age(text: str) -> None:
    assert said(text, "mixed", Label.AGE) == []


@pytest.mark.parametrize(
    "text",
    ["телефон 250 000 тенге стоит", "сот телефоны 150 000 теңге", "телефонға 2000 теңге кетті", "номер 5000 ₸",
     "телефон 45 %", "звонков 100 000 в год не бывает", "телефон двести пятьдесят тысяч тенге",
     "телефон за 89 990 тг взял"],
)  # fmt: skip
def test_an_amount_after_the_word_telephone_is_no_number_of_one(text: str) -> None:
    assert said(text, "mixed", Label.CONTACT) == []


@pytest.mark.parametrize(
    "text",
    ["на улице всегда тепло", "улица наша грязная", "в переулке стояли люди", "на проспекте много машин",
     "көшеде балалар ойнайды", "the street is long", "ул. и дома"],
)  # fmt: skip
def test_ignoring_case_does_not_turn_ordinary_words_into_streets(text: str) -> None:
    from qualcoder.anonymise.letters import shadow_of

    assert apply(addresses.RULES, shadow_of(text)) == []


@pytest.mark.parametrize(
    "text",
    ["рай на земле", "в мае сажали", "Май айында", "орда бұзылмай ұл туылмайды", "Бірлік болса", "бірлік болсын",
     "любовь и вера", "надежда умирает последней", "роза замёрзла", "мир и труд", "hope and grace", "will of people"],
)  # fmt: skip
def test_words_that_are_also_places_or_names_are_left_alone_by_the_rules(text: str) -> None:
    firm = [f for f in find(text, "mixed") if f.score >= 0.5]
    assert [(f.span.of(text), f.label.value, f.sources) for f in firm] == []


def test_a_check_digit_that_fails_does_not_unflag() -> None:
    assert said("ИИН 861203300009", "ru", Label.ID) == ["861203300009"]
    assert said("861203300001 861203300002", "ru", Label.ID) == ["861203300001", "861203300002"]


def _masked(findings: list[Finding], start: int, end: int) -> bool:
    return any(f.start <= start and end <= f.end for f in findings)


@pytest.mark.parametrize("case", list(Case))
def test_what_shows_by_its_form_does_not_need_capitals_or_punctuation(case: Case) -> None:
    """The most important trap: detectors that live on capitals collapse on the writing of speech recognition."""
    from qualcoder.commands.scanning import findings_in

    labels = {"CONTACT", "ID", "DATE", "AGE", "PRECINCT"}
    missed = []
    for gold in (in_case(text, case) for text in gold_texts()):
        found = findings_in(gold.text, "auto")[1]
        missed += [
            (gold.id, span.label, gold.text[span.start : span.end])
            for span in gold.spans
            if span.label in labels and not _masked(found, span.start, span.end)
        ]
    assert missed == []


def test_findings_of_the_gold_lie_apart_and_in_order() -> None:
    from qualcoder.commands.scanning import findings_in

    for gold in gold_texts()[:6]:
        found = findings_in(gold.text, "auto")[1]
        assert all(left.end <= right.start for left, right in pairwise(found))
