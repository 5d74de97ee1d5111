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
