"""Faint marks: what belongs to a name without being one, forms of politeness, towns and villages in small letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcoder.anonymise.findings import Finding, Label
from qualcoder.anonymise.pipeline import find


def marked(text: str, language: str) -> list[tuple[str, Finding]]:
    return [(f.span.of(text), f) for f in find(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("kk", "Кеше Еркебұлан ағайды көрдік", "ағайды"),
        ("kk", "кеше айгүл апай келді", "апай"),
        ("ru", "Мы с тётей Айгуль ходили на выборы", "тётей"),
        ("ru", "Пришёл Еркебулан ага и сказал", "ага"),
        ("en", "Then Yerkebulan aga said enough", "aga"),
        ("en", "We invited Mr Yerkebulan to the meeting", "Mr"),
    ],
)
def test_a_kin_word_beside_a_name_is_marked_apart_from_it(
    with_models: Path, language: str, text: str, word: str
) -> None:
    beside = [f for said, f in marked(text, language) if said == word]
    assert [(f.label, f.is_uncertain) for f in beside] == [(Label.ROLE, True)]


@pytest.mark.parametrize(
    ("language", "text"),
    [("kk", "апай мен ағай келіп кетті"), ("ru", "тётя продавец ругалась"), ("en", "my uncle told me nothing")],
)
def test_a_kin_word_alone_is_not(with_models: Path, language: str, text: str) -> None:
    assert [f for _, f in marked(text, language) if f.label is Label.ROLE] == []


@pytest.mark.parametrize("text", ["сосын жұмеке тұрды", "Сонда Жұмеке: «Бәке, сіз айтыңыз» деді"])
def test_a_polite_short_form_is_never_passed_over(with_models: Path, text: str) -> None:
    found = " ".join(said for said, f in marked(text, "kk") if f.label is Label.PERSON).casefold()
    assert all(form in found for form in ("жұмеке", "бәке") if form in text.casefold())


@pytest.mark.parametrize(
    ("text", "initials"),
    [
        ("подписал это еркебулан в. п. и ушёл", "в. п."),
        ("подписал это д. еркебулан и ушёл", "д."),
        ("подписал это еркебулан в п и ушёл", "в п"),
    ],
)
def test_initials_in_small_letters_belong_to_the_name(with_models: Path, text: str, initials: str) -> None:
    start = text.index(initials)
    covered = [at for f in find(text, "ru") if f.label is Label.PERSON for at in range(f.start, f.end)]
    assert all(at in covered for at in range(start, start + len(initials)) if text[at].isalpha())


def test_a_preposition_after_a_name_is_no_initial(with_models: Path) -> None:
    text = "вчера еркебулан в комиссии сидел"
    at = text.index(" в ") + 1
    assert all(not f.start <= at < f.end for f in find(text, "ru"))


@pytest.mark.parametrize(
    ("language", "text", "place"),
    [
        ("en", "we flew to warsaw last year and came back", "warsaw"),
        ("kk", "жазда ойданқұмға көшеміз деп отыр", "ойданқұмға"),
        ("kk", "олар үшойдантаста қалды деп естідім", "үшойдантаста"),
    ],
)
def test_places_in_small_letters_are_doubted(with_models: Path, language: str, text: str, place: str) -> None:
    assert place in " ".join(said for said, _ in marked(text, language))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Then we asked Selina O'Vydumany about the vote", "O'Vydumany"),
        ("then we asked selina o’vydumany about the vote", "o’vydumany"),
        ("Her teacher was Pierre d'Oydantap of the school", "d'Oydantap"),
    ],
)
def test_a_name_with_an_apostrophe_is_covered_to_its_end(with_models: Path, text: str, name: str) -> None:
    start = text.index(name)
    covered = {at for f in find(text, "en") for at in range(f.start, f.end)}
    assert covered.issuperset(at for at in range(start, start + len(name)) if text[at].isalpha())


def test_months_days_and_peoples_of_english_are_no_names(with_models: Path) -> None:
    text = "We met every Tuesday in September, and our observers came on Thurs and in Oct again"
    assert [said for said, f in marked(text, "en") if f.label is Label.PERSON] == []


def test_a_word_that_only_names_of_offices_hold_is_no_name(with_models: Path) -> None:
    text = "The Music and the Radio were loud and our National team lost"
    assert [said for said, f in marked(text, "en") if f.is_uncertain] == []
