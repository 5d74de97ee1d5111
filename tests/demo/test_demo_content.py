"""The demonstration study's content: invented, whole, and codable as written."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from functools import cache
from itertools import product

import pytest

from qualcoder.codebooks import files
from qualcoder.demo.content import FOLDER, TEXTS, Coded, Stage, Told, description, interviews
from qualcoder.interviews.models import Category, InterviewKind, LinkType

TOLD = interviews()
TURN = re.compile(r"^([^:]{2,15}): (.+)$")
INTERVIEWERS = frozenset({"Интервьюер", "Сұхбаткер", "Interviewer", "Модератор"})
# What every invented name is made of: to think up, a tale, an example, a fancy.
INVENTED = re.compile(
    r"Ойдан|Ойлап|Выдум|Небыв|Пример|Мысал(?!ы)|Ерте?г|Қиял|Oydan|Oylap|Vydum|Nebyv|Primer|Mysal|Kiyal", re.IGNORECASE
)
FIRST_NAMES = re.compile(r"Сер[иі]к|Serik|Айг[уү]л|Н[уұ]рлан|Nurlan|Бекзат|Bekzat|Ерлан|Ермек")
each_interview = pytest.mark.parametrize("told", TOLD, ids=[told.name for told in TOLD])
RELEASED = [told for told in TOLD if told.stage is Stage.RELEASED]
CODED = [told for told in RELEASED if told.codings]


@cache
def raw_of(told: Told) -> str:
    return told.file.read_text(encoding="utf-8")


def turns_of(told: Told) -> list[tuple[str, str]]:
    found = [TURN.match(line) for line in raw_of(told).splitlines()]
    assert all(found), f"a line of {told.name} is no turn"
    return [(turn[1], turn[2]) for turn in found if turn]


def of_coder(told: Told, key: str) -> list[Coded]:
    return [coded for coded in told.codings if coded.coder == key]


def test_the_folder_holds_a_text_and_a_record_of_every_interview_and_no_other() -> None:
    names = description()["interviews"]
    assert len(names) == len(set(names)) >= 20
    for ending in ("txt", "yaml"):
        assert {path.stem for path in TEXTS.glob(f"*.{ending}")} == set(names)


def test_the_three_languages_and_their_mixture_are_there() -> None:
    assert Counter(told.language for told in TOLD) == {"ru": 6, "kk": 6, "mixed": 4, "en": 4}


def test_candidates_officials_voters_and_lookers_on_speak() -> None:
    seen = Counter(one.category for told in TOLD for one in told.record.respondents)
    assert {Category.CANDIDATE_WINNER, Category.CANDIDATE_LOSER, Category.TEC, Category.PEC, Category.VOTER} <= set(
        seen
    )
    assert {Category.OBSERVER, Category.RESEARCHER} <= set(seen)
    assert min(seen[Category.CANDIDATE_LOSER], seen[Category.TEC], seen[Category.VOTER]) >= 3


def test_one_is_a_focus_group_with_a_moderator_and_everybody_under_a_label() -> None:
    (group,) = [told for told in TOLD if told.record.kind is InterviewKind.FOCUS_GROUP]
    labels = {label for one in group.record.respondents for label in one.speaker_labels}
    assert len(group.record.respondents) >= 4
    assert {speaker for speaker, _ in turns_of(group)} == labels | {"Модератор"}


@each_interview
def test_an_interview_is_short_and_clean(told: Told) -> None:
    raw, turns = raw_of(told), turns_of(told)
    assert 10 <= len(turns) <= 40
    assert 180 <= sum(len(body.split()) for _, body in turns) <= 1500
    if told.record.kind is InterviewKind.INDIVIDUAL:
        assert len({speaker for speaker, _ in turns}) == 2
        assert len(told.record.respondents) == 1
    assert turns[0][0] in INTERVIEWERS
    assert raw == unicodedata.normalize("NFC", raw)
    assert "\r" not in raw
    assert "  " not in raw


@each_interview
def test_a_quote_stands_exactly_once_and_inside_one_answer(told: Told) -> None:
    answers = [body for speaker, body in turns_of(told) if speaker not in INTERVIEWERS]
    for coded in told.codings:
        assert raw_of(told).count(coded.quote) == 1, coded
        assert sum(coded.quote in answer for answer in answers) == 1, coded


@each_interview
def test_what_identifies_is_there_is_visibly_invented_and_stays_out_of_quotes_and_memos(told: Told) -> None:
    for surface in [*told.identifying, *(missed.words for missed in told.by_hand)]:
        assert surface in raw_of(told), surface
    assert any(INVENTED.search(surface) for surface in told.identifying)
    for coded in told.codings:
        for words in (coded.quote, coded.memo):
            assert not re.search(r"\d{3}|@|№", words), coded
            assert not INVENTED.search(words), coded
            assert not FIRST_NAMES.search(words), coded
            assert not any(surface in words for surface in told.identifying), coded


@each_interview
def test_telephones_and_addresses_are_of_the_kind_that_nobody_has(told: Told) -> None:
    for number in re.findall(r"\+?\d(?:[ -]?\d){9,}", raw_of(told)):
        assert re.fullmatch(r"\+7 700 000 00 \d\d|990101\d0000\d", number), number
    for address in re.findall(r"\S+@\S+", raw_of(told)):
        assert re.search(r"@example\.com\W*$|^@qiyal", address), address


def _check_digit(number: str) -> int:
    for weights in (range(1, 12), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)):
        digit = sum(int(d) * weight for d, weight in zip(number[:11], weights, strict=True)) % 11
        if digit < 10:
            return digit
    raise AssertionError("such a number is never issued")


def test_an_invented_identification_number_has_a_right_check_digit() -> None:
    numbers = [number for told in TOLD for number in re.findall(r"\b\d{12}\b", raw_of(told))]
    assert len(numbers) >= 4
    for number in numbers:
        assert _check_digit(number) == int(number[11])
        assert number[7:11] == "0000"


@each_interview
def test_codings_use_codes_that_may_be_applied(told: Told) -> None:
    codable = {code.code for code in files.read_yaml(files.SHIPPED.read_bytes()).codes if code.codable}
    assert {coded.code for coded in told.codings} <= codable
    assert {coded.coder for coded in told.codings} in ({"coder1", "coder2"}, set())


def test_two_coders_code_most_interviews_and_something_is_left_for_both() -> None:
    assert len(CODED) >= 14
    assert any(not told.codings for told in RELEASED)
    assert sum(len(told.codings) for told in TOLD) >= 250
    assert sum(bool(coded.memo) for told in TOLD for coded in told.codings) >= 15


@pytest.mark.parametrize("told", CODED, ids=[told.name for told in CODED])
def test_the_two_coders_agree_in_part_only(told: Told) -> None:
    first, second = of_coder(told, "coder1"), of_coder(told, "coder2")
    assert min(len(first), len(second)) >= 8
    assert {(coded.code, coded.quote, coded.valence) for coded in first} != {
        (coded.code, coded.quote, coded.valence) for coded in second
    }
    shared = {coded.code for coded in first} & {coded.code for coded in second}
    assert len(shared) >= 4


def test_some_passages_of_one_code_overlap_without_being_the_same() -> None:
    pairs = [
        (one, other)
        for told in CODED
        for one, other in product(of_coder(told, "coder1"), of_coder(told, "coder2"))
        if one.code == other.code
        and one.quote != other.quote
        and (one.quote in other.quote or other.quote in one.quote)
    ]
    assert len(pairs) >= 20


def test_every_theme_of_the_field_is_coded_in_more_than_one_language() -> None:
    languages: dict[str, set[str]] = {}
    for told in CODED:
        for coded in told.codings:
            languages.setdefault(coded.code, set()).add(told.language)
    for theme in ("INC_OPEN", "INC_VISIB", "GATEK", "GK_SPACE", "RU", "AKSAKAL", "KANDAS", "ADMRES", "V_LEARN"):
        assert len(languages[theme]) >= 3, theme


def test_links_lead_to_synthetic_races_in_three_oblasts() -> None:
    with (FOLDER / "races" / "races_synthetic_255.csv").open(encoding="utf-8-sig", newline="") as file:
        oblast = {row["race_id"]: row["oblast"] for row in csv.DictReader(file)}
    links = [key for told in TOLD for key in told.race_keys]
    assert all(link.startswith("SYN-") for link in links)
    assert {oblast[link] for link in links} == {"North Kazakhstan", "East Kazakhstan", "Turkestan"}
    assert {link.type for told in TOLD for link in told.record.links} == set(LinkType)


def test_no_real_oblast_is_named() -> None:
    with (FOLDER / "races" / "oblasts.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    whole = " ".join(row[name] for row in rows for name in ("name_en", "name_ru", "name_kk"))
    names = {word for word in re.findall(r"\w+", whole) if word[0].isupper()} - {"North", "East", "West"}
    for told in TOLD:
        words = set(re.findall(r"\w+", raw_of(told)))
        assert not words & names, told.name


def test_there_is_a_sign_in_for_every_role() -> None:
    people = description()["people"]
    assert [person["email"] for person in people] == [f"{person['key']}@demo.example" for person in people]
    assert {person["role"] for person in people} == {"admin", "pi", "researcher", "coder", "observer"}
    assert all(INVENTED.search(person["name"]) for person in people)
