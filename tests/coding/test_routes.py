"""The coding page and its requests: what a coder sees of others, repetitions, mistakes."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, delete, select

from qualcoder.coding.models import Coding, Memo
from qualcoder.core.ids import CodeId, new_id
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript, Turn
from tests.coding.long_texts import make_long
from tests.homes import Browser, World
from tests.transcripts import making


@pytest.fixture
def codes(home: Home, world: World) -> dict[str, CodeId]:
    return making.import_codes(home, world)


@pytest.fixture
def transcript(home: Home, world: World, codes: dict[str, CodeId]) -> Transcript:
    """Released to both coders."""
    return making.to_codable(home, world, None, world.coder, world.other_coder)


def body(transcript: Transcript, code: UUID, **more: object) -> dict[str, object]:
    return {"transcript_id": str(transcript.id), "version": 1, "start": 0, "end": 11, "code_id": str(code), **more}


def put(browser: Browser, sent: dict[str, Any], coding_id: object = None, **headers: str) -> httpx.Response:
    answer: httpx.Response = browser.put(f"/codings/{coding_id or new_id()}", content=json.dumps(sent), headers=headers)
    return answer


def timeless(page: str) -> str:
    """A page without the moment when it was opened and the proof of it."""
    less, n = re.subn(r'data-(since|opened)="[^"]*"', "", page)
    assert n == 2
    return less


def test_a_coder_finds_nothing_of_others_on_the_page_or_in_answers(
    world: World, browser: Browser, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    mine, other = browser.as_(world.coder), browser.as_(world.other_coder)
    path = f"/transcripts/{transcript.id}"
    before = other.get(path).text
    made = new_id()
    for n, code in enumerate(("WATER", "WATER", "ROADS")):
        assert put(mine, body(transcript, codes[code], memo="Ойлап"), made if not n else None).status_code == 200
    assert timeless(other.get(path).text) == timeless(before)
    touched = put(other, body(transcript, codes["COURT"]))
    for page in (touched.text, other.get(path).text):
        assert "Coder Oydantap" not in page
        assert str(made) not in page
        assert str(world.coder.id) not in page
    assert f'id="n-{codes["COURT"]}">1<' in touched.text
    seen_by_pi = browser.as_(world.pi).get(path).text
    assert "Coder Oydantap" in seen_by_pi
    assert "Other_coder Oydantap" in seen_by_pi


def test_the_same_put_again_answers_alike_and_makes_nothing_new(
    home: Home, world: World, browser: Browser, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    coder, coding_id = browser.as_(world.coder), new_id()
    sent = body(transcript, codes["WATER"], memo="Ойлап осылай деді")
    answers = [put(coder, sent, coding_id) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    with home.data.read() as db:
        assert len(db.exec(select(Coding.id)).all()) == 1
        assert len(db.exec(select(Memo.id)).all()) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"version": 2}, 409),
        ({"end": 100_000}, 422),
        ({"start": 5, "end": 5}, 422),
        ({"start": 9, "end": 5}, 422),
        ({"start": -1}, 422),
        ({"code_id": "nonsense"}, 422),
        ({"transcript_id": str(new_id())}, 404),
        ({"valence": "maybe"}, 422),
        ({"weight": 9}, 422),
        ({"memo": "я" * 10_001}, 422),
    ],
)
def test_a_request_that_can_not_be_done_changes_nothing_and_says_why(
    home: Home,
    world: World,
    browser: Browser,
    transcript: Transcript,
    codes: dict[str, CodeId],
    change: dict[str, object],
    status: int,
) -> None:
    coder = browser.as_(world.coder)
    for headers in ({}, {"Accept": "application/json"}, {"HX-Request": "true"}):
        answer = put(coder, body(transcript, codes["WATER"], memo="Ойлап") | change, **headers)
        assert answer.status_code == status
        assert "Ойлап" not in answer.text
    with home.data.read() as db:
        assert db.exec(select(Coding.id)).all() == []
        assert db.exec(select(Memo.id)).all() == []


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"start": 1e400}', b'{"memo": "\\ud800"}']
)
def test_a_body_that_is_no_coding_is_refused(
    world: World, browser: Browser, transcript: Transcript, raw: bytes
) -> None:
    answer = browser.as_(world.coder).put(f"/codings/{new_id()}", content=raw)
    assert answer.status_code == 422


def test_an_unfit_half_of_a_letter_in_a_memo_is_refused(
    world: World, browser: Browser, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    raw = json.dumps(body(transcript, codes["WATER"])).replace("}", ', "memo": "\\ud83d"}')
    assert browser.as_(world.coder).put(f"/codings/{new_id()}", content=raw.encode()).status_code == 422


def test_a_coding_is_made_and_removed_without_script(
    home: Home, world: World, browser: Browser, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    coder = browser.as_(world.coder)
    path = f"/transcripts/{transcript.id}"
    form = {"version": "1", "turn": "2", "quote": "Воды не было", "code_id": str(codes["WATER"]), "valence": "helps"}
    answer = coder.post(f"{path}/codings", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}#t2")
    with home.data.read() as db:
        coding = db.exec(select(Coding)).one()
    answer = coder.post(f"/codings/{coding.id}/remove", data={})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{path}?words=true&removed={coding.id}#t2"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"turn": "99"}, "There is no turn with this number."),
        ({"turn": "two"}, "Enter a whole number."),
        ({"quote": "таких слов нет"}, "These words don't stand in the turn"),
        ({"code_id": ""}, "Choose a code"),
    ],
)
def test_a_form_that_can_not_be_done_comes_back_with_what_was_typed(
    world: World, browser: Browser, transcript: Transcript, codes: dict[str, CodeId], change: dict[str, str], said: str
) -> None:
    form = {"version": "1", "turn": "2", "quote": "Воды не было", "code_id": str(codes["WATER"])} | change
    answer = browser.as_(world.coder).post(f"/transcripts/{transcript.id}/codings", data=form)
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert said in page
    assert form["quote"] in page


def test_the_page_marks_the_coded_words_with_the_name_of_the_code(
    world: World, browser: Browser, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    pi = browser.as_(world.pi)
    assert put(pi, body(transcript, codes["WATER"])).status_code == 200
    page = pi.get(f"/transcripts/{transcript.id}").text
    assert 'class="seg d1"' in page or "d1" in page
    assert "Water" in page
    assert "Выдуманов" not in page
    assert "сұхбат.txt" not in page


def test_opening_the_page_is_on_record_and_it_is_not_kept_by_the_browser(
    world: World, browser: Browser, transcript: Transcript
) -> None:
    page = browser.as_(world.coder).get(f"/transcripts/{transcript.id}")
    assert page.headers["cache-control"] == "no-store"
    assert "transcript.opened" in browser.as_(world.pi).get("/studies/demo/audit").text


def test_a_text_comes_in_parts_that_make_one_page(home: Home, world: World, browser: Browser) -> None:
    """Longer than one part; and a text without turns says so."""
    making.import_codes(home, world)
    long = make_long(home, world, 20_000)
    page = browser.as_(world.coder).get(f"/transcripts/{long.id}")
    assert page.headers["cache-control"] == "no-store"
    assert len(page.content) > 2 * 64 * 1024
    numbers = re.findall(r'<article class="turn" id="t(\d+)"', page.text)
    assert numbers == [str(n) for n in range(1, long.n_turns + 1)]
    assert page.text.rstrip().endswith("</html>")
    with home.data.transaction() as db:
        db.execute(delete(Turn).where(col(Turn.text_version_id) == long.text_version_id))
    empty = browser.as_(world.coder).get(f"/transcripts/{long.id}")
    assert empty.status_code == 200
    assert "This interview has no text." in empty.text
