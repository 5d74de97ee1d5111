"""What an open page asks for by and by: turns drawn anew, the strip of the interview, the place where one was."""

from __future__ import annotations

import json
import re

import pytest
from sqlmodel import col, func, select

from qualcoder.accounts.permissions import Act
from qualcoder.audit.models import AuditEntry
from qualcoder.coding import opening
from qualcoder.coding.models import LastPlace
from qualcoder.core.clock import at_second
from qualcoder.core.ids import new_id
from qualcoder.home import Home
from qualcoder.transcripts.access import reach_codable
from qualcoder.transcripts.models import Transcript
from tests.coding.long_texts import add_many, make_long
from tests.homes import Browser, World, count_statements
from tests.transcripts import making


def openings(home: Home, act: str = "transcript.opened") -> int:
    with home.data.read() as db:
        return db.exec(select(func.count()).select_from(AuditEntry).where(col(AuditEntry.act) == act)).one()


def proof_in(page: str) -> str:
    found = re.search(r'data-opened="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def transcript(home: Home, world: World) -> Transcript:
    return making.to_codable(home, world, None, world.coder, world.other_coder)


def test_turns_for_an_open_page_are_no_second_opening_and_for_anybody_else_they_are_one(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    coder, path = browser.as_(world.coder), f"/transcripts/{transcript.id}"
    mine, others = proof_in(coder.get(path).text), proof_in(browser.as_(world.other_coder).get(path).text)
    turns = f"{path}/turns?turn=1&turn=2&turn=999"
    seen = openings(home)
    answer = coder.get(turns, headers={"X-Opened": mine})
    assert answer.text.count('<article class="turn"') == 2
    assert openings(home) == seen
    moment, _, mac = mine.partition(".")
    forged = [others, "", "x", f"{int(moment) + 1}.{mac}", f"{moment}.", f"{moment}.{'0' * 64}", f"٣.{mac}"]
    for n, given in enumerate(forged, 1):
        assert coder.get(turns, headers={"X-Opened": given.encode()}).status_code == 200
        assert openings(home) == seen + n, given


def test_a_proof_holds_for_a_day(home: Home, world: World, transcript: Transcript) -> None:
    with home.data.read() as db:
        found = reach_codable(db, world.coder, transcript.id, Act.READ_TEXT)
        old = opening.proof(db, found, at_second(1_600_000_000))
    seen = openings(home)
    with home.data.read() as db:
        opening.reach_opened(db, world.coder, transcript.id, old)
    assert openings(home) == seen + 1


def test_redrawn_turns_are_the_turns_of_the_page_at_the_same_cost_whatever_stands_there(
    home: Home, world: World, browser: Browser
) -> None:
    making.import_codes(home, world)
    long, coder = make_long(home, world, 4_000), browser.as_(world.coder)
    path = f"/transcripts/{long.id}"
    add_many(home, long, world.coder, 40, first=1000)
    page = coder.get(path).text
    proof = {"X-Opened": proof_in(page)}
    drawn = dict(re.findall(r'(<article class="turn" id="(t\d+)".*?</article>)', page, re.DOTALL))
    by_id = {name: html for html, name in drawn.items()}
    numbers = [2, 3, 7, 8, 9, 30]
    query = "&".join(f"turn={n}" for n in numbers)
    with count_statements(home.data) as first:
        answer = coder.get(f"{path}/turns?{query}", headers=proof)
    again = {
        name: html
        for html, name in re.findall(r'(<article class="turn" id="(t\d+)".*?</article>)', answer.text, re.DOTALL)
    }
    assert again.keys() == {f"t{n}" for n in numbers}
    text_of = {name: re.search(r'<p class="x".*?</p>', html) for name, html in by_id.items()}
    for name, html in again.items():
        words = text_of[name]
        assert words is not None
        assert words[0] in html
        assert re.findall(r'data-coding="[^"]+"', html) == re.findall(r'data-coding="[^"]+"', by_id[name])
    add_many(home, long, world.coder, 400, first=2000)
    with count_statements(home.data) as last:
        coder.get(f"{path}/turns?{query}", headers=proof)
    assert len(first) == len(last)


def test_a_transcript_opens_where_its_reader_was(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    coder, path = browser.as_(world.coder), f"/transcripts/{transcript.id}"
    assert 'data-last-turn=""' in coder.get(path).text
    for turn in (2, 3, 2):
        assert coder.put(f"{path}/place", content=json.dumps({"turn": turn})).status_code == 204
        assert f'data-last-turn="{turn}"' in coder.get(path).text
    assert 'data-last-turn=""' in browser.as_(world.other_coder).get(path).text
    with home.data.read() as db:
        assert db.exec(select(func.count()).select_from(LastPlace)).one() == 1
    for bad in (0, -1, 2**31, "x", None):
        assert coder.put(f"{path}/place", content=json.dumps({"turn": bad})).status_code == 422
    assert browser.as_(world.outsider).put(f"{path}/place", content=json.dumps({"turn": 2})).status_code == 404
    assert coder.put(f"/transcripts/{new_id()}/place", content=json.dumps({"turn": 2})).status_code == 404


def test_the_strip_shows_what_the_role_may_see(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    path = f"/transcripts/{transcript.id}/strip"
    seen = openings(home, "interview.opened")
    shown = {name: browser.as_(world.by_name[name]).get(path).text for name in ("pi", "coder")}
    for text in shown.values():
        assert "I-001" in text
        assert "be quoted" in text
    assert "Category" in shown["pi"]
    assert "Race" in shown["pi"]
    assert "Category" not in shown["coder"]
    assert "Race" not in shown["coder"]
    assert "/interviews/" not in shown["coder"]
    assert openings(home, "interview.opened") == seen + 1
