"""The language of a turn or a transcript."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.transcripts.languages import Language, guess


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("Мы ходили по домам, и люди говорили, что дорог нет уже давно.", "ru"),
        ("Приехал аким сельского округа.", "ru"),
        ("Біз ауылды араладық, халық жолдың жоқ екенін айтты.", "kk"),
        ("Иә, солай болды.", "kk"),
        ("Сайлау жылы ауылда бар адам барды, бірақ кеш қалды.", "kk"),
        ("We went from door to door and people spoke of the roads.", "en"),
        ("The akim came, «аким» they said to us all at once.", "en"),
        ("Біз ол кезде ауылда едік, но потом мы уехали в город, потому что работы не было.", "mixed"),
        ("The protocol was протокол and the комиссия сказала what they wanted сказать", "mixed"),
        ("43,8 %", "mixed"),
        ("😀", "mixed"),
        ("", "mixed"),
    ],
)
def test_the_language_is_the_one_that_prevails(body: str, language: str) -> None:
    assert guess(body) == language


@given(st.text())
def test_any_text_gets_one_of_the_four(body: str) -> None:
    assert guess(body) in Language
