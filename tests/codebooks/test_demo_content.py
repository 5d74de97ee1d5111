"""The demonstration study's content: invented, whole, and codable as written."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from qualcoder.codebooks import files

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "qualcoder" / "demo"
# Any: a YAML document, whose shape these tests are here to check.
CONTENT: Any = yaml.safe_load((DEMO / "demo.yaml").read_text(encoding="utf-8"))
TURN = re.compile(r"^(Интервьюер|Респондент|Сұхбаткер|Interviewer|Respondent): (.+)$")
IDENTIFYING = re.compile(
    r"\d{3}|@|№|Ойдан|Ойлап|Выдуман|Oydan|Oylap|Vyduman|Пример|Мысалау|Mysalau|Сер[иі]к|Serik|Айг[уү]л|Н[уұ]рлан|Nurlan"
    r"|Бекзат|Bekzat|Ерлан|Ермек"
)


@dataclass(frozen=True)
class Interview:
    file: str
    raw: str
    turns: tuple[tuple[str, str], ...]
    content: Any

    @property
    def codings(self) -> list[tuple[str, Any]]:
        return [(coder, coding) for coder, codings in self.content["codings"].items() for coding in codings]


def _read(content: Any) -> Interview:
    raw = (DEMO / "interviews" / content["file"]).read_text(encoding="utf-8")
    turns = [TURN.match(line) for line in raw.splitlines()]
    assert all(turns), f"a line of {content['file']} is no turn"
    return Interview(content["file"], raw, tuple((turn[1], turn[2]) for turn in turns if turn), content)


INTERVIEWS = [_read(content) for content in CONTENT["interviews"]]
each_interview = pytest.mark.parametrize("interview", INTERVIEWS, ids=[one.file for one in INTERVIEWS])


@each_interview
def test_an_interview_has_800_to_1500_words_in_turns_of_two_speakers(interview: Interview) -> None:
    assert 800 <= sum(len(body.split()) for _, body in interview.turns) <= 1500
    assert len({speaker for speaker, _ in interview.turns}) == 2
    assert interview.raw == unicodedata.normalize("NFC", interview.raw)
    assert "\r" not in interview.raw


@each_interview
def test_a_quote_stands_exactly_once_and_inside_one_answer(interview: Interview) -> None:
    answers = [body for speaker, body in interview.turns if speaker in {"Респондент", "Respondent"}]
    for coder, coding in interview.codings:
        assert interview.raw.count(coding["quote"]) == 1, (coder, coding)
        assert sum(coding["quote"] in answer for answer in answers) == 1, (coder, coding)


@each_interview
def test_no_quote_touches_an_identifying_detail(interview: Interview) -> None:
    for surface in [*interview.content["identifying"], *interview.content["marked_by_hand"]]:
        assert surface in interview.raw, surface
    for _, coding in interview.codings:
        assert not IDENTIFYING.search(coding["quote"]), coding


@each_interview
def test_every_coder_gives_15_to_25_codings_with_codes_that_may_be_applied(interview: Interview) -> None:
    codable = {code.code for code in files.read_yaml(files.SHIPPED.read_bytes()).codes if code.codable}
    assert set(interview.content["codings"]) == {"coder1", "coder2"}
    for codings in interview.content["codings"].values():
        assert 15 <= len(codings) <= 25
    for _, coding in interview.codings:
        assert coding["code"] in codable
        assert coding.get("valence") in {None, "helps", "hinders", "denies"}
        assert set(coding) <= {"code", "quote", "valence", "memo"}


@each_interview
def test_the_two_coders_agree_in_part_only(interview: Interview) -> None:
    first, second = (
        {(coding["code"], coding["quote"]) for who, coding in interview.codings if who == coder}
        for coder in ("coder1", "coder2")
    )
    assert first != second
    assert {code for code, _ in first} & {code for code, _ in second}


def _check_digit(number: str) -> int:
    for weights in (range(1, 12), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)):
        digit = sum(int(d) * weight for d, weight in zip(number[:11], weights, strict=True)) % 11
        if digit < 10:
            return digit
    raise AssertionError("such a number is never issued")


@each_interview
def test_an_invented_identification_number_has_a_right_check_digit(interview: Interview) -> None:
    (number,) = re.findall(r"\b\d{12}\b", interview.raw)
    assert _check_digit(number) == int(number[11])
    assert number[7:11] == "0000"


def test_links_name_races_that_are_shipped() -> None:
    known: set[str] = set()
    for name in CONTENT["study"]["races"]:
        with (DEMO / "races" / name).open(encoding="utf-8-sig", newline="") as file:
            known |= {row["race_id"] for row in csv.DictReader(file)}
    links = [interview["links"] for interview in CONTENT["interviews"]]
    assert {link["race"] for of_one in links for link in of_one} <= known
    assert sorted(len(of_one) for of_one in links) == [1, 1, 1, 2]
    assert {link["type"] for of_one in links for link in of_one} == {"about", "candidate_in", "official_in", "voter_in"}


def test_the_people_and_categories_are_the_ones_of_the_study() -> None:
    assert [person["email"] for person in CONTENT["people"]] == [
        f"{who}@demo.example" for who in ("admin", "pi", "researcher", "coder1", "coder2")
    ]
    assert [one["category"] for one in CONTENT["interviews"]] == ["candidate_loser", "tec_official", "voter", "voter"]
