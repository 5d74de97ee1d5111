"""Sentence starts in three languages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.transcripts.sentences import bounds


def sentences(body: str, language: str) -> list[str]:
    return [body[a:b].rstrip() for a, b in pairwise((*bounds(body, language), len(body)))]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ru", ["Приехал А.К. Выдуманов.", "Он аким с 2019 г.", "Потом были выборы."]),
        ("ru", ["Приехал А. К. Выдуманов с тов. Ойлаповым."]),
        ("ru", ["В г. Примерное живёт 3.5 тыс. человек!", "«Правда?»", "Нет…", "Не знаю."]),
        ("ru", ["Это ст. 14 закона, т.е. Главный довод.", "И т.д.", "И т. п.", "Всё."]),
        ("ru", ["— Да.", "— Нет.", "— Почему?", "— Так."]),
        ("ru", ["1. Первый вопрос.", "Было 5.", "Стало 7."]),
        ("ru", ["Он сказал: «Хватит!» и ушёл.", "Мы остались."]),
        ("ru", ["Это был я.", "Он ушёл..."]),
        ("kk", ["А. Ойдантап келді.", "Ол 2019 ж. бастап әкім.", "2022 ж. Мысалауыл сайлады."]),
        ("kk", ["Су, жол және т.б.", "Сонымен бітті! 😀", "Келесі сұрақ?"]),
        ("kk", ["Сайлау 2022 ж. 25 қыркүйекте өтті.", "Бұл 2022 ж.", "Енді бәрі басқа."]),
        ("kk", ["«Әкім болам» деді.", "«Болмайсың!»", "Ұят-ай…", "Өзі білсін."]),
        ("en", ["Mr. Oydantap won 43.8 percent.", "So did I.", "Then he left..."]),
        ("en", ["Dr. J. Oydantap met Vladimir I. Made at 5 p.m. in town.", '"Really?"', "Yes!!", "OK."]),
        ("en", ["See e.g. Mysalauyl, i.e. Our village 👨‍👩‍👧‍👦.", "It is far."]),
        ("mixed", ["Mr. Выдуманов пришёл.", "Әкім жоқ."]),
        ("ru", ["без больших букв. как в расшифровке"]),
    ],
)
def test_sentences_start_where_a_reader_starts_them(language: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), language) == expected


@pytest.mark.parametrize("body", ["", "а", "...", "! ? .", "😀😀 😀"])
def test_odd_bodies_are_one_sentence_at_least(body: str) -> None:
    assert bounds(body, "ru")[0] == 0


@given(
    st.text(
        st.sampled_from(["А", "б", "ә", "Z", ".", "!", "…", " ", "\xa0", "5", "«", "»", "—", "😀", "\u200d", "г"]),
        max_size=60,
    )
)
def test_starts_rise_and_stand_on_something(body: str) -> None:
    starts = bounds(body, "mixed")
    assert starts[0] == 0
    assert all(a < b for a, b in pairwise(starts))
    assert all(start < len(body) and not body[start].isspace() and body[start - 1].isspace() for start in starts[1:])


def test_long_runs_of_signs_are_read_in_one_go() -> None:
    assert bounds("." * 200_000, "ru") == (0,)
    assert bounds("!" + " 😀" * 50_000, "ru")[0] == 0
