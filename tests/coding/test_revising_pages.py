"""Correcting a text through its pages: what is shown, what is refused, what waits to be placed."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from qualcoder.coding.models import Coding
from qualcoder.core.ids import CodeId, new_id
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from tests.homes import Browser, World
from tests.transcripts import making


@pytest.fixture
def transcript(home: Home, world: World, codes: dict[str, CodeId]) -> Transcript:
    return making.to_codable(home, world, None, world.coder)


@pytest.fixture
def codes(home: Home, world: World) -> dict[str, CodeId]:
    return making.import_codes(home, world)


def code_words(browser: Browser, home: Home, transcript: Transcript, code: CodeId, quote: str) -> UUID:
    text = "\n".join(turn.body for turn in making.text_of(home, transcript))
    start, coding_id = text.index(quote), new_id()
    sent = {"transcript_id": str(transcript.id), "version": 1, "start": start, "end": start + len(quote)}
    answer = browser.put(f"/codings/{coding_id}", json={**sent, "code_id": str(code)})
    assert answer.status_code == 200
    return coding_id


def corrected(browser: Browser, transcript: Transcript, **fields: str) -> tuple[int, str]:
    answer = browser.post(f"/transcripts/{transcript.id}/correct", data={"version": "1", "turn": "2", **fields})
    return answer.status_code, answer.headers.get("location", "") or answer.text


def test_a_coder_places_a_passage_whose_words_were_changed(
    home: Home, world: World, browser: Browser, transcript: Transcript, codes: dict[str, CodeId]
) -> None:
    coder, pi = browser.as_(world.coder), browser.as_(world.pi)
    coding = code_words(coder, home, transcript, codes["WATER"], "Воды не было")
    body = making.text_of(home, transcript)[1].body
    status, to = corrected(pi, transcript, words=body.replace("Воды не было", "Дорог не строили"))
    assert (status, to) == (303, f"/transcripts/{transcript.id}/unplaced")
    assert f'href="/transcripts/{transcript.id}/unplaced"' in coder.get(f"/transcripts/{transcript.id}").text
    page = coder.get(to).text
    assert "<mark>Воды не было</mark>" in page
    start, end = re.findall(r'name="(?:start|end)" value="([0-9]+)"', page)
    refused = coder.post(f"/codings/{coding}/place", data={"version": "2", "turn": "2", "quote": "Нет таких слов"})
    assert refused.status_code == 422
    assert "<details open" in refused.text
    placed = coder.post(f"/codings/{coding}/place", data={"version": "2", "start": start, "end": end})
    assert placed.status_code == 303
    assert "<mark>" not in coder.get(to).text
    with home.data.read() as db:
        assert db.get_one(Coding, coding).text_number == 2


def test_a_line_begins_a_turn_and_the_next_one_is_joined(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    pi = browser.as_(world.pi)
    words = making.text_of(home, transcript)[1].body.replace(" Воды", "\r\nВоды")
    assert corrected(pi, transcript, words=words)[0] == 303
    assert making.again(home, transcript).n_turns == 6
    first = making.text_of(home, transcript)[1].body
    assert corrected(pi, transcript, words=first, version="2", join="true")[0] == 303
    assert making.again(home, transcript).n_turns == 5


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"words": "   "}, 422), ({"words": "Да.", "version": "7"}, 409), ({"words": "Да.", "turn": "77"}, 404)],
)
def test_a_refused_correction_changes_nothing(
    home: Home, world: World, browser: Browser, transcript: Transcript, fields: dict[str, str], status: int
) -> None:
    assert corrected(browser.as_(world.pi), transcript, **fields)[0] == status
    assert making.again(home, transcript).text_number == 1


def test_typed_words_are_still_there_after_a_name_was_refused(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    status, page = corrected(browser.as_(world.pi), transcript, words="Тогда Выдуманов сказал иначе.")
    assert status == 422
    assert "сказал иначе." in page


def test_nobody_corrects_the_text_of_another_researcher(world: World, browser: Browser, transcript: Transcript) -> None:
    for person, status in ((world.coder, 403), (world.researcher, 404), (world.outsider, 404)):
        page = browser.as_(person).get(f"/transcripts/{transcript.id}/correct")
        assert page.status_code == status
