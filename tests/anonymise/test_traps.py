"""Mistakes that detectors of these languages make, each with a text that shows it.

| mistake | test |
|---|---|
| уақ in уақыт, кете in кетеді, a clan without a cue | test_a_clan_that_is_also_a_word_waits_for_its_cue |
| апа in апат, аға in ағаш and ағайын | test_a_word_that_begins_like_kin_is_no_person |
| ignoring case lets [А-Я] match small letters | test_ignoring_case_does_not_turn_ordinary_words_into_streets |
| 20 лет независимости read as an age | test_a_span_of_years_is_no_age |
| an amount in tenge after a word for a telephone | test_an_amount_after_the_word_telephone_is_no_number_of_one |
| villages called Рай, Май, Орда, Бірлік | test_words_that_are_also_places_or_names_are_left_alone_by_the_rules |
| a wrong check digit hides a number | test_a_check_digit_that_fails_does_not_unflag |
| a number that is issued by the second row of weights | test_the_second_row_of_weights_is_tried |
| five to seven figures anywhere, nine figures anywhere | test_a_short_number_waits_for_its_cue |
| two or three number words in a row | test_a_count_in_words_is_no_dictated_number |
| names of under three letters left by an ending | test_no_stem_is_shorter_than_three_letters |
| a plate in Cyrillic letters that look Latin | test_a_plate_is_seen_in_either_alphabet |
| capitals and punctuation are missing | test_what_shows_by_its_form_does_not_need_capitals_or_punctuation |
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from qualcoder.anonymise.findings import Finding, Label, Tier
from qualcoder.anonymise.gold import Case, in_case
from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.pipeline import find
from qualcoder.anonymise.rules import addresses, checks, structured
from qualcoder.anonymise.rules.endings import kk_stems
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


def test_the_second_row_of_weights_is_tried() -> None:
    """Of the eleven figures before the check digit, some give 10 by the first row."""
    elevens = (f"8612033{serial:04}" for serial in range(1, 10_000))
    by_second = next(
        eleven
        for eleven in elevens
        if sum(int(d) * w for d, w in zip(eleven, range(1, 12), strict=True)) % 11 == 10
        and checks.check_digit(eleven) is not None
    )
    number = f"{by_second}{checks.check_digit(by_second)}"
    assert [f.score for f in apply(structured.RULES, shadow_of(number)) if f.label is Label.ID] == [1.0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("домашний телефон 31 20 00", ["31 20 00"]),
        ("собрали 312000 семян", []),
        ("жеке куәлігім 000 111 222", ["000 111 222"]),
        ("в реестре 000111222 записей", []),
    ],
)
def test_a_short_number_waits_for_its_cue(text: str, found: list[str]) -> None:
    assert said(text, "mixed", Label.CONTACT, Label.ID) == found


@pytest.mark.parametrize("text", ["пришли два три человека", "екі-үш бала", "two or three men", "сто двадцать домов"])
def test_a_count_in_words_is_no_dictated_number(text: str) -> None:
    assert said(text, "mixed", Label.CONTACT) == []


def test_no_stem_is_shorter_than_three_letters() -> None:
    assert {stem for word in ("алты", "анан", "дана", "елде") for stem in kk_stems(word) if len(stem) < 3} == set()


@pytest.mark.parametrize("plate", ["000 ABC 02", "000 АВС 02", "000 AВC 02", "000АВС02"])
def test_a_plate_is_seen_in_either_alphabet(plate: str) -> None:
    assert said(f"көлігі {plate} екен", "mixed", Label.ID) == [plate]


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
