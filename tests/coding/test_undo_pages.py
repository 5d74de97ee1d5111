"""Undo and redo as the page, its form and scripts ask for them: turns drawn anew, the next step named."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from qualcoder.core.ids import CodeId
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from tests.homes import Browser, World, count_statements
from tests.house.forms import pressed
from tests.scripts import script_of
from tests.transcripts import making


class Page:
    """The coding page of a coder."""

    def __init__(self, home: Home, world: World, browser: Browser) -> None:
        self.home, self.world = home, world
        self.codes: dict[str, CodeId] = making.import_codes(home, world)
        self.transcript: Transcript = making.to_codable(home, world, None, world.coder, world.other_coder)
        self.coder = browser.as_(world.coder)
        self.path = f"/transcripts/{self.transcript.id}"

    def put(self, start: int, end: int, code: str = "WATER", coding_id: object = None) -> httpx.Response:
        ids = {"transcript_id": str(self.transcript.id), "code_id": str(self.codes[code])}
        sent = json.dumps({**ids, "version": 1, "start": start, "end": end})
        answer: httpx.Response = self.coder.put(f"/codings/{coding_id or uuid4()}", content=sent)
        return answer

    def turn(self, way: str, who: Browser | None = None, **more: Any) -> httpx.Response:
        sent = json.dumps({"act": str(uuid4()), **more})
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        answer: httpx.Response = (who or self.coder).post(f"{self.path}/{way}", content=sent, headers=headers)
        return answer


@pytest.fixture
def page(home: Home, world: World, browser: Browser) -> Page:
    return Page(home, world, browser)


def test_every_answer_says_what_would_be_undone_and_redone(page: Page) -> None:
    assert "data-undo-step" not in page.coder.get(page.path).text
    coding_id = uuid4()
    assert 'data-undo-step="Water: coded"' in page.put(0, 4, coding_id=coding_id).text
    assert 'data-undo-step="Water: extended"' in page.put(2, 8).text
    assert 'data-undo-step="Water: removed"' in page.coder.delete(f"/codings/{coding_id}").text
    undone = page.turn("undo").text
    assert 'data-undo-step="Water: extended"' in undone
    assert 'data-redo-step="Water: removed"' in undone
    assert f'data-coding="{coding_id}"' in undone
    for text in (page.coder.get(page.path).text, page.coder.get(f"{page.path}/history").text):
        assert 'data-redo-step="Water: removed"' in text
    assert "data-redo" not in page.put(30, 40, "ROADS").text.partition('id="history"')[2]


def test_an_undo_that_is_sent_again_draws_the_same_turns(page: Page) -> None:
    page.put(0, 4)
    act = str(uuid4())
    answers = [page.turn("undo", act=act) for _ in range(3)]
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    assert 'id="t1"' in answers[0].text


def test_a_stale_undo_is_a_conflict_that_names_both_steps(page: Page) -> None:
    page.put(0, 4)
    page.put(20, 30, "ROADS")
    answer = page.turn("undo", seen=1)
    assert (answer.status_code, answer.json()["versions"]) == (409, {"seen": 1, "now": 2})
    assert page.turn("redo").status_code == 409
    assert page.turn("undo", act="nonsense").status_code == 422


def test_nothing_of_others_is_named(page: Page) -> None:
    page.put(0, 4)
    for who in (page.world.other_coder, page.world.pi):
        other = page.coder.as_(who)
        assert "data-undo=" not in other.get(page.path).text.partition('id="history"')[2].partition("</template>")[0]
        assert page.turn("undo", other).status_code == 409


def test_without_script_undo_and_redo_are_buttons_of_the_page(page: Page) -> None:
    form = {"version": "1", "turn": "2", "quote": "Воды не было", "code_id": str(page.codes["WATER"])}
    for _ in range(2):
        # A form that is sent twice adds one coding and takes none off.
        assert page.coder.post(f"{page.path}/codings", data=form).status_code == 303
    for words, there in (("Undo: Water: coded", 0), ("Redo: Water: coded", 1)):
        address, fields = pressed(page.coder.get(page.path).text, words)
        assert page.coder.post(address, data=fields).status_code == 303
        assert page.coder.get(page.path).text.count('<li data-coding="') == there


def test_a_script_undoes_and_redoes(page: Page) -> None:
    script = script_of(page.home, page.world, page.world.coder)
    page.put(0, 4)
    state = script.get(f"{page.path}/history").json()
    assert state == {"undo": {"seq": 1, "kind": "added", "code_id": str(page.codes["WATER"])}, "redo": None}
    undone = script.post(f"{page.path}/undo", json={"act": str(uuid4()), "seen": 1}).json()
    assert (undone["undo"], undone["redo"]) == (None, state["undo"])
    assert [coding["is_removed"] for coding in undone["codings"]] == [True]
    assert script.post(f"{page.path}/redo", json={"act": str(uuid4())}).json()["codings"][0]["is_removed"] is False
    assert script.post(f"{page.path}/undo", json={}).status_code == 422


def test_an_undo_takes_as_many_statements_with_many_steps_as_with_few(page: Page) -> None:
    sizes = []
    for start in range(0, 60, 6):
        page.put(start, start + 3, "ROADS" if start % 4 else "WATER")
        with count_statements(page.home.data) as counted:
            assert page.turn("undo").status_code == 200
        sizes.append(len(counted))
        page.turn("redo")
    # The first step has nothing before it that could be named next.
    assert len(set(sizes[2:])) == 1, sizes
