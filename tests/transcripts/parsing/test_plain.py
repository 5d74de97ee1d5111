"""Plain text files become turns."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.core.errors import Invalid
from qualcoder.transcripts.parsing import Parsed, parse
from qualcoder.transcripts.parsing.plain import MAX_TURN

Turns = list[tuple[str | None, str]]


def turns_of(text: str) -> Turns:
    return [(t.speaker, t.body) for t in parse("invented.txt", text.encode()).turns]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("Интервьюер: Кто победил?\nРеспондент: Аким.", [("Интервьюер", "Кто победил?"), ("Респондент", "Аким.")]),
        ("ИНТ. Как вы?\nРЕСП. Хорошо.", [("ИНТ", "Как вы?"), ("РЕСП", "Хорошо.")]),
        ("Сұхбаткер — Қалайсыз?\nЖауап беруші — Жақсы.", [("Сұхбаткер", "Қалайсыз?"), ("Жауап беруші", "Жақсы.")]),
        ("[Сұрақ] Кім?\n[Жауап] Әкім.", [("Сұрақ", "Кім?"), ("Жауап", "Әкім.")]),
        ("Q: Who won?\nA: Me.", [("Q", "Who won?"), ("A", "Me.")]),
        ("И: Кто?\nР: Я.", [("И", "Кто?"), ("Р", "Я.")]),
        ("В: Кто?\nО: Я.", [("В", "Кто?"), ("О", "Я.")]),
        ("P1: yes\nP2: no\nModerator: fine", [("P1", "yes"), ("P2", "no"), ("Moderator", "fine")]),
        (
            "Айгүл: Сәлем\nОйлап: Иә\nАйгүл: Жоқ\nОйлап: Ал",
            [("Айгүл", "Сәлем"), ("Ойлап", "Иә"), ("Айгүл", "Жоқ"), ("Ойлап", "Ал")],
        ),
        ("В. Выдуманов: да\nВ.Выдуманов: нет", [("В. Выдуманов", "да"), ("В. Выдуманов", "нет")]),
        ("Respondent:\nFirst.\n\nSecond.", [("Respondent", "First."), ("Respondent", "Second.")]),
        ("Заметка сверху\nИнтервьюер: Да?", [(None, "Заметка сверху"), ("Интервьюер", "Да?")]),
    ],
)
def test_labels_name_the_speaker_and_leave_the_body(text: str, turns: Turns) -> None:
    assert turns_of(text) == turns


@pytest.mark.parametrize(
    "text",
    [
        "[00:01:02] Interviewer: Hello\n[00:01:09 --> 00:01:12] Respondent: Hi [00:01:13]",
        "00:01 Interviewer: Hello\n00:05 Respondent: Hi",
        "00:01:02 Interviewer: Hello\n00:01:05.300 Respondent: Hi",
        "Interviewer (00:01): Hello\nRespondent [00:05]: Hi",
        "Interviewer  00:01\nHello\n\nRespondent  00:05\nHi",
        "Interviewer: Hello #00:01:02-3#\nRespondent: Hi #00:01:09#",
        "00:01\nInterviewer: Hello\n00:05\nRespondent: Hi",
    ],
)
def test_time_stamps_are_not_in_the_text(text: str) -> None:
    assert turns_of(text) == [("Interviewer", "Hello"), ("Respondent", "Hi")]


@pytest.mark.parametrize(
    "text",
    [
        "Москва — столица.\nМосква — город.\nЯ — житель.",
        "Мы приехали в 10:30\nОн сказал: да\n10:30 было утро",
        "Например: дорога\nНапример: вода",
        "Мысалы: жол\nМысалы: су",
        "[смеётся] ну да\n[смеётся] ну нет",
        "А — это начало\nВ — это село",
        "see http://invented.example\nsee http://invented.example",
        "A: only one letter",
    ],
)
def test_what_only_looks_like_a_label_stays_in_the_text(text: str) -> None:
    assert turns_of(text) == [(None, line) for line in text.split("\n")]


def test_a_noise_in_brackets_is_speech_and_continues_the_turn() -> None:
    assert turns_of("Интервьюер: Да?\n[смеётся] нет\nРеспондент: Так.") == [
        ("Интервьюер", "Да?"),
        ("Интервьюер", "[смеётся] нет"),
        ("Респондент", "Так."),
    ]


def test_a_name_that_stands_once_counts_beside_sure_labels() -> None:
    text = "ДО: Сәлем\nАйгүл Ойдантап: Мен де\nОМ: Жақсы\nДО: Иә\nД.О: Бітті\nОМ: Рахмет"
    assert [speaker for speaker, _ in turns_of(text)] == ["ДО", "Айгүл Ойдантап", "ОМ", "ДО", "ДО", "ОМ"]


def test_without_labels_paragraphs_are_turns_and_else_lines() -> None:
    assert turns_of("Біз ауылда\nтұрамыз.\n\n\nСу жоқ.") == [(None, "Біз ауылда тұрамыз."), (None, "Су жоқ.")]
    assert turns_of("Первая строка\nвторая строка") == [(None, "Первая строка"), (None, "вторая строка")]


def test_lost_line_ends_are_found_again_before_recurring_labels() -> None:
    talk = "Заголовок. Вопрос: Что было? В.Выдуманов: Ничего: совсем. " + "Так было. " * 600
    text = talk + "Вопрос: А потом? В.Выдуманов: Потом тоже ничего."
    speakers = [speaker for speaker, _ in turns_of(text)]
    assert list(dict.fromkeys(speakers)) == [None, "Вопрос", "В.Выдуманов"]
    assert turns_of(text)[-2:] == [("Вопрос", "А потом?"), ("В.Выдуманов", "Потом тоже ничего.")]


@pytest.mark.parametrize("unit", ["Бұл ұзақ сөйлем болды. ", "слово ", "ә", "👨‍👩‍👧‍👦", "Ответ. "])
def test_a_long_turn_is_cut_and_loses_nothing(unit: str) -> None:
    body = (unit * (12_000 // len(unit))).strip()
    turns = turns_of(f"Respondent: {body}")
    assert len(turns) > 1
    assert {speaker for speaker, _ in turns} == {"Respondent"}
    assert all(len(text) <= MAX_TURN for _, text in turns)
    assert "".join(text for _, text in turns).replace(" ", "") == body.replace(" ", "")
    if unit.endswith(". "):
        assert all(text.endswith(".") for _, text in turns)
    if unit[0] == "👨":
        assert all(len(text) % len(unit) == 0 for _, text in turns)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1251"])
def test_every_encoding_gives_the_same_turns(encoding: str) -> None:
    text = "Интервьюер: Кто — аким?\r\nРеспондент: Выдуманов, «сам»…"
    parsed = parse("invented.txt", text.encode(encoding))
    assert [t.body for t in parsed.turns] == ["Кто — аким?", "Выдуманов, «сам»…"]
    assert parsed.had_speakers


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 422),
        (b"\n \n", 422),
        ("\u200b\u00a0\n\ufeff".encode(), 422),
        (b"[00:01]\n[00:02]", 422),
        (b"Interviewer:\nRespondent:", 422),
        (b"PK\x03\x04....word/document.xml", 415),
        (b"%PDF-1.7", 415),
        (b"text\x00text", 415),
        (b"WEBVTT\n\nNOTE nothing", 422),
        (b" " * (50 * 1024 * 1024 + 1), 413),
    ],
    ids=["empty", "blank", "invisible", "stamps", "labels", "word", "pdf", "zeros", "subtitles", "large"],
)
def test_what_can_not_be_a_transcript_is_refused_with_one_sentence(raw: bytes, status: int) -> None:
    with pytest.raises(Invalid) as refusal:
        parse("transcript.txt", raw)
    assert refusal.value.status == status
    assert str(refusal.value).endswith(".")


def test_values_do_not_print_what_was_said() -> None:
    parsed = parse("invented.txt", b"Interviewer: Oydantap came\nRespondent: Yes")
    assert "Oydantap" not in repr(parsed)
    assert "Interviewer" not in repr(parsed)


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["Интервьюер: иә", "Р: да", "И: нет", "[00:01] Q: x", "", " ", "ИНТ. а", "Имя — б", "Ж  00:12", "👩‍🌾"]
        ),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30),
    ),
    max_size=12,
)


@given(LINES)
def test_any_text_gives_turns_that_join_to_one_clean_text(lines: list[str]) -> None:
    try:
        parsed: Parsed = parse("x.txt", "\n".join(lines).encode())
    except Invalid:
        return
    assert parsed.text.count("\n") == len(parsed.turns) - 1
    assert unicodedata.is_normalized("NFC", parsed.text)
    assert all(t.body.strip() and t.body == t.body.strip(" ") for t in parsed.turns)
    assert parsed.had_speakers or all(t.speaker is None for t in parsed.turns)
