"""Several files in one upload: each is stored or refused by itself, in order, and nothing is lost."""

from __future__ import annotations

import html
import re

import pytest
from sqlmodel import col, select

from qualcoder.home import Home
from qualcoder.interviews.models import Interview
from qualcoder.transcripts.models import Transcript, TranscriptState
from tests.homes import Browser, World

FORM = {"category": "voter", "consent": "true", "kind": "individual", "mode": "phone"}
HEADERS = {"HX-Request": "true"}
File = tuple[str, tuple[str, bytes]]


def file(name: str, text: str | bytes) -> File:
    return ("file", (name, text if isinstance(text, bytes) else text.encode()))


def said(n: int) -> str:
    return f"Интервьюер: Вопрос {n}?\nРеспондент: Ответ {n}.\n"


def stored(home: Home) -> list[Transcript]:
    with home.data.read() as db:
        return list(db.exec(select(Transcript).order_by(col(Transcript.number))))


def test_each_file_is_a_transcript_of_its_own_in_order(home: Home, world: World, browser: Browser) -> None:
    files = [file(f"{n}.txt", said(n)) for n in range(3)]
    answer = browser.as_(world.researcher).post(f"/studies/{world.study.slug}/upload", data=FORM, files=files)
    assert answer.status_code == 200
    assert re.findall(r"<b>(\d\.txt)</b>", answer.text) == ["0.txt", "1.txt", "2.txt"]
    assert re.findall(r"T-00\d", answer.text) == ["T-001", "T-002", "T-003"]
    rows = stored(home)
    assert [row.state for row in rows] == [TranscriptState.RECEIVED] * 3
    assert all(f"/transcripts/{row.id}/speakers" in answer.text for row in rows)
    with home.data.read() as db:
        assert {interview.mode for interview in db.exec(select(Interview))} == {"phone"}
    assert len({row.interview_id for row in rows}) == 3


def test_one_bad_file_keeps_none_of_the_others_out(home: Home, world: World, browser: Browser) -> None:
    files = [file("good.txt", said(1)), file("bad.txt", b""), file("same.txt", said(1)), file("late.txt", said(2))]
    answer = browser.as_(world.pi).post(f"/studies/{world.study.slug}/upload", data=FORM, files=files)
    text = html.unescape(answer.text)
    assert answer.status_code == 200
    assert text.count("data-refused") == 2
    assert "This file is in the study already, as T-001. Nothing was stored." in text
    assert "2 files were stored." in text
    assert len(stored(home)) == 2


def test_when_all_are_refused_the_answer_says_so(home: Home, world: World, browser: Browser) -> None:
    files = [file("a.txt", b""), file("b.txt", b"")]
    answer = browser.as_(world.pi).post(f"/studies/{world.study.slug}/upload", data=FORM, files=files)
    assert answer.status_code == 422
    assert answer.text.count("data-refused") == 2
    assert stored(home) == []


def test_a_single_file_leads_to_its_speakers(home: Home, world: World, browser: Browser) -> None:
    answer = browser.as_(world.pi).post(
        f"/studies/{world.study.slug}/upload", data=FORM, files=[file("a.txt", said(1))]
    )
    (row,) = stored(home)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/transcripts/{row.id}/speakers")


@pytest.mark.parametrize(("content", "status", "words"), [(said(1), 200, "T-001"), ("", 422, "data-refused")])
def test_a_script_gets_one_row_per_file(world: World, browser: Browser, content: str, status: int, words: str) -> None:
    answer = browser.as_(world.pi).post(
        f"/studies/{world.study.slug}/upload", data=FORM, files=[file("a.txt", content)], headers=HEADERS
    )
    assert answer.status_code == status
    assert answer.text.lstrip().startswith('<ol class="files" id="rows">')
    assert words in answer.text


def test_what_is_wrong_with_the_form_stores_nothing(home: Home, world: World, browser: Browser) -> None:
    files = [file(f"{n}.txt", said(n)) for n in range(2)]
    person = browser.as_(world.pi)
    for form, words in (({"category": "voter"}, "Without a recorded consent"), (FORM | {"race": "NOWHERE"}, "No race")):
        answer = person.post(f"/studies/{world.study.slug}/upload", data=form, files=files)
        assert answer.status_code == 422
        assert words in answer.text
        answer = person.post(f"/studies/{world.study.slug}/upload", data=form, files=files, headers=HEADERS)
        assert answer.status_code == 422
        assert words in answer.text
        assert "<form" not in answer.text
    assert stored(home) == []


def test_a_name_that_is_a_tag_is_shown_as_text(world: World, browser: Browser) -> None:
    files = [file("<b>a.txt", said(1)), file("b.txt", said(2))]
    answer = browser.as_(world.pi).post(f"/studies/{world.study.slug}/upload", data=FORM, files=files)
    assert "<b><b>" not in answer.text


def test_a_file_sent_again_under_its_key_is_stored_once(home: Home, world: World, browser: Browser) -> None:
    person, address = browser.as_(world.pi), f"/studies/{world.study.slug}/upload"
    form = FORM | {"sending": "6f0c9a52-0d1f-4a39-9f2e-3d5b5f0c7a11"}
    first = person.post(address, data=form, files=[file("a.txt", said(1))], headers=HEADERS)
    again = person.post(address, data=form, files=[file("a.txt", said(1))], headers=HEADERS)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.text == again.text
    (row,) = stored(home)
    other = person.post(address, data=form, files=[file("b.txt", said(2))], headers=HEADERS)
    assert other.status_code == 422
    assert "data-refused" in other.text
    assert stored(home) == [row]


def test_somebody_elses_key_opens_nothing(home: Home, world: World, browser: Browser) -> None:
    address = f"/studies/{world.study.slug}/upload"
    form = FORM | {"sending": "the-same-key"}
    browser.as_(world.pi).post(address, data=form, files=[file("a.txt", said(1))], headers=HEADERS)
    answer = browser.as_(world.researcher).post(address, data=form, files=[file("a.txt", said(1))], headers=HEADERS)
    assert answer.status_code == 422
    assert len(stored(home)) == 1
