"""Texts that hide a name, and texts that are no texts: caught, never a crash, offsets right."""

from __future__ import annotations

import random
import resource
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcoder.anonymise.findings import Finding
from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.pipeline import LANGUAGES, find, find_in_turns

HIDDEN = {
    "ru": ("Тогда аким Ойдантапов Серик приехал, телефон 8 700 000 00 16, ИИН 861203300001.",
           ("Ойдантапов Серик", "8 700 000 00 16", "861203300001")),
    "kk": ("Сонда әкім Ойдантап Серікұлы келді, телефоны 8 700 000 00 16, ЖСН 861203300001.",
           ("Ойдантап Серікұлы", "8 700 000 00 16", "861203300001")),
    "en": ("Then akim Serik Oydantap came, phone 8 700 000 00 16, IIN 861203300001.",
           ("Serik Oydantap", "8 700 000 00 16", "861203300001")),
}  # fmt: skip
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u0301\u0308"
TWINS = str.maketrans("аеорхсікАЕОРХСКМНТВ", "aeopxciкAEOPXCKMHTB")
SPACES = "\u00a0\u2009\u202f\t"


def hidden(text: str, draw: random.Random, *, twins: bool, invisible: bool, spaces: bool) -> tuple[str, list[int]]:
    """The text with some letters disguised, and where each of its characters went."""
    out, at = "", []
    for char in text:
        at.append(len(out))
        swapped = char.translate(TWINS) if twins and draw.random() < 0.4 else char
        swapped = draw.choice(SPACES) if spaces and char == " " and draw.random() < 0.5 else swapped
        out += swapped
        if invisible and draw.random() < 0.2:
            out += draw.choice(INVISIBLE)
    return out, [*at, len(out)]


def covers(found: list[Finding], text: str, start: int, end: int) -> bool:
    """Every letter and digit lies in some finding."""
    return all(any(f.start <= at < f.end for f in found) for at in range(start, end) if text[at].isalnum())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(HIDDEN)), st.randoms(use_true_random=False), st.booleans(), st.booleans(), st.booleans())
def test_disguised_names_and_numbers_are_caught_where_they_stand(
    language: str, draw: random.Random, twins: bool, invisible: bool, spaces: bool
) -> None:
    plain, surfaces = HIDDEN[language]
    text, at = hidden(plain, draw, twins=twins and language != "en", invisible=invisible, spaces=spaces)
    found = find(text, language)
    for surface in surfaces:
        start = plain.index(surface)
        assert covers(found, text, at[start], at[start + len(surface)]), (surface, text)


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("аким Oйдaнтaп приехал", "Oйдaнтaп"),
        ("аким Ой\u200bдан\u00adтап приехал", "Ой\u200bдан\u00adтап"),
        ("аким О\u0438\u0306дантап приехал", "О\u0438\u0306дантап"),
        ("аким Ойдант\u03b1п приехал", "Ойдант\u03b1п"),
        ("телефон 8 7ОО ООО ОО 16", "8 7ОО ООО ОО 16"),
        ("телефон ８ ７００ ０００ ００ １６", "８ ７００ ０００ ００ １６"),
        ("ИИН 86l2O33OOOOl", "86l2O33OOOOl"),
        ("телефон 8\u200b700\u200b000\u200b00\u200b16", "8\u200b700\u200b000\u200b00\u200b16"),
        ("пишите oydantap\u200b@\u200bexample.kz", "oydantap\u200b@\u200bexample.kz"),
        ("akim Sеrik Oydаntap came", "Sеrik Oydаntap"),
    ],
)
def test_known_disguises_are_seen_through(text: str, surface: str) -> None:
    start = text.index(surface)
    assert covers(find(text, "mixed"), text, start, start + len(surface))


ODD = [
    "",
    " \n\t\r\n",
    "0" * 5000,
    "8 700 " * 2000,
    "\u0301" * 3000,
    "\u200b" * 3000,
    "а\u0301" * 2000,
    "аa" * 3000,
    "ОO0" * 2000,
    "😀👨‍👩‍👧‍👦" * 500,
    "\ufffd\ufffe\x00\x01\x1f",
    "\u202eватпадйО мика\u202c",
    "ё" * 10_000,
    "бір " * 3000,
    "сто двадцать " * 2000,
    "собака точка " * 2000,
    "№ 1, " * 2000,
    "телеграм " * 1500,
    "участок " * 1500,
    "а@" * 3000,
    "İstanbul ß ŉ ǰ",
    "\ud800",
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("language", LANGUAGES)
def test_odd_texts_are_read_to_their_end(text: str, language: str) -> None:
    found = find(text, language)
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    assert all(left.end <= right.start for left, right in pairwise(found))


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["Ойдантап ", "участок № 996 ", "екі жүз ", "сорок ", "собака ", "точка кз ", "жаста ", "голосов ", "\n",
             "-", "№", ", ", "8 700 ", "мамыр ", "телеграм ", "он ", "\u200b", "\u0301", "86120330"]
        )
        | st.text(max_size=3)
    ).map("".join),
    st.sampled_from(LANGUAGES),
)  # fmt: skip
def test_findings_of_any_text_lie_in_it_and_apart(text: str, language: str) -> None:
    turns, at = [], 0
    for line in text.split("\n"):
        turns.append((at, line, language))
        at += len(line) + 1
    found = find_in_turns(turns)
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    assert all(left.end <= right.start for left, right in pairwise(found))


@given(st.text(max_size=60))
def test_a_shadow_leads_back_to_every_letter(text: str) -> None:
    shadow = shadow_of(text)
    for n, char in enumerate(shadow.text):
        span = shadow.span(n, n + 1)
        assert 0 <= span.start < span.end <= len(text)
        assert not (char.isalnum() and not any(c.isalnum() for c in span.of(text)))


LINES = {
    "ru": "Респондент: ну вот Ойдантапов Серик приехал, а телефон 8 700 000 00 16 он не дал, и время вышло. ",
    "kk": "Респондент: сонда Ойдантап Серікұлы келді, ал телефоны 8 700 000 00 16 екен, уақыт болды. ",
    "en": "Respondent: then Serik Oydantapov came, and the phone 8 700 000 00 16 was his, and time was over. ",
    "mixed": "Респондент: ну вот Ойдантапов Серик приехал, а телефон 8 700 000 00 16 он не дал, уақыт болды. ",
}


@pytest.mark.slow
def test_a_text_of_300_000_words_is_read_to_its_end(with_models: Path) -> None:
    """Also within bounded memory: what is kept of a turn is its findings. A third of the words in each language."""
    said: list[tuple[str, str]] = []
    for language in ("ru", "kk", "en"):
        line = LINES[language] * 20
        said += [(line, language)] * (100_000 // len(line.split()) + 1)
        find(line, language)
    turns = [(n * 10_000, line, language) for n, (line, language) in enumerate(said)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = find_in_turns(turns)
    assert len(found) >= 2 * len(turns)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(HIDDEN)), st.randoms(use_true_random=False))
def test_the_trained_layer_keeps_what_the_rules_see_in_a_disguise(
    with_models: Path, language: str, draw: random.Random
) -> None:
    plain, surfaces = HIDDEN[language]
    text, at = hidden(plain, draw, twins=language != "en", invisible=True, spaces=True)
    found = find(text, language)
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    for surface in surfaces:
        start = plain.index(surface)
        assert covers(found, text, at[start], at[start + len(surface)]), (surface, text)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_the_trained_layer_reads_odd_texts_to_their_end(with_models: Path, text: str) -> None:
    found = find(text, "mixed")
    assert all(0 <= f.start < f.end <= len(text) for f in found)


@pytest.mark.parametrize("mark", INVISIBLE)
@pytest.mark.parametrize(("name", "language"), [("нурланом", "ru"), ("еркебұлан", "kk"), ("yerkebulan", "en")])
def test_a_sign_inside_a_name_moves_no_offset(with_models: Path, mark: str, name: str, language: str) -> None:
    """What is found in the disguised text is what is found in the plain one, sign by sign."""
    plain = {"ru": "мы с нурланом ходили", "kk": "кеше еркебұлан келді", "en": "everybody knows yerkebulan here"}[
        language
    ]
    at = plain.index(name) + 2
    text = plain[:at] + mark + plain[at:]
    surfaces = [f.span.of(text).replace(mark, "") for f in find(text, language)]
    assert surfaces == [f.span.of(plain) for f in find(plain, language)]
