"""The queue of flagged passages: who opens it, what it says and does, and what the pages of the study say of it."""

from __future__ import annotations

import json
import re

import pytest
from sqlmodel import col, select

from qualcoder.audit.models import AuditEntry
from qualcoder.core.ids import new_id
from qualcoder.home import Home
from qualcoder.transcripts.flag_models import Standing
from qualcoder.transcripts.models import Transcript
from tests.homes import Browser, World, count_statements
from tests.house.forms import pressed
from tests.scripts import script_of
from tests.transcripts import making
from tests.transcripts.flagging import MISSED, TEXT, all_flags, flag_of, flag_words, place_of, shown

QUEUE = "/studies/demo/flags"


@pytest.fixture
def transcript(home: Home, world: World) -> Transcript:
    return making.to_codable(home, world, making.upload(TEXT))


def press(person: Browser, page: str, words: str, **more: str) -> int:
    address, fields = pressed(page, words)
    status: int = person.post(address, data={**fields, **more}).status_code
    return status


def test_a_pi_sees_the_words_decides_and_takes_back(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    pi = browser.as_(world.pi)
    before = shown(home, transcript)
    flag_id = flag_words(home, world.coder, transcript, note="Сосед <b>Ойлап</b>")
    page = pi.get(QUEUE).text
    assert f'<mark class="pii tier-a">{MISSED}</mark> из конторы' in page
    assert "Сосед &lt;b&gt;Ойлап" in page
    assert "is-original" in page
    assert press(pi, page, "It names somebody: keep it hidden") == 303
    assert MISSED not in pi.get(QUEUE).text
    names = pi.get(f"{QUEUE}?standing=name").text
    assert "not replaced yet" in names
    assert press(pi, names, "Not a name: show it again") == 422
    assert press(pi, names, "Not a name: show it again", reason="Колодец") == 303
    assert shown(home, transcript) == before
    assert flag_of(home, flag_id).standing is Standing.NO_NAME
    assert "Колодец" in pi.get(f"{QUEUE}?standing=no_name").text
    assert press(pi, names, "Not a name: show it again", reason="Колодец") == 409


def test_opening_the_queue_is_recorded_and_nothing_of_it_is_kept(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    flag_words(home, world.coder, transcript)
    answer = browser.as_(world.pi).get(QUEUE)
    assert "no-store" in answer.headers["cache-control"]
    with home.data.read() as db:
        assert len(db.exec(select(AuditEntry).where(col(AuditEntry.act) == "flags.opened")).all()) == 1


def test_all_flags_of_one_person_are_taken_back_at_once(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    pi = browser.as_(world.pi)
    before = shown(home, transcript)
    for words in ("конторы", "воды", "потом"):
        flag_words(home, world.coder, transcript, words)
    page = pi.get(QUEUE).text
    theirs = {"person_id": str(world.coder.id), "reason": "Не имена"}
    assert press(pi, page, "Show all of them again", **theirs) == 303
    assert shown(home, transcript) == before
    assert {flag.standing for flag in all_flags(home)} == {Standing.NO_NAME}


def test_the_study_says_how_many_wait_to_those_who_decide(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    for words in ("конторы", "воды"):
        flag_words(home, world.coder, transcript, words)
    pi, coder = browser.as_(world.pi), browser.as_(world.coder)
    assert "2 flagged passages are hidden and wait for you" in pi.get("/").text
    assert "Flagged passages (2)" in pi.get("/studies/demo/transcripts").text
    for page in ("/", "/studies/demo/transcripts", f"/transcripts/{transcript.id}"):
        assert "lagged passages" not in coder.get(page).text
    for who in ("researcher", "other_researcher"):
        assert "Flagged passages (0)" in browser.as_(world.by_name[who]).get("/studies/demo/transcripts").text


def test_a_name_is_flagged_without_scripts(home: Home, world: World, browser: Browser, transcript: Transcript) -> None:
    coder = browser.as_(world.coder)
    page = coder.get(f"/transcripts/{transcript.id}").text
    address, fields = pressed(page, "Hide for everyone")
    answer = coder.post(address, data={**fields, "turn": "2", "quote": MISSED, "note": "Сосед"})
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("#t2")
    assert coder.get(f"/transcripts/{transcript.id}").text.count(MISSED) == 1
    for turn, quote in (("x", MISSED), ("99", MISSED), ("2", "чего нет")):
        assert coder.post(address, data={**fields, "turn": turn, "quote": quote}).status_code == 422
    assert len(all_flags(home)) == 1


def test_a_page_of_flags_takes_as_many_statements_as_one_flag(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    pi = browser.as_(world.pi)
    flag_words(home, world.coder, transcript)
    assert pi.get(QUEUE).status_code == 200
    with count_statements(home.data) as one:
        pi.get(QUEUE)
    for words in ("конторы", "воды", "потом"):
        flag_words(home, world.coder, transcript, words)
    with count_statements(home.data) as many:
        pi.get(QUEUE)
    assert len(one) == len(many)


def test_a_refused_flag_says_why_and_repeats_nothing(
    home: Home, world: World, browser: Browser, transcript: Transcript
) -> None:
    coder = browser.as_(world.coder)
    place = place_of(home, transcript, MISSED)
    body = {"transcript_id": str(transcript.id), "version": 1, "start": place.start, "end": place.end}
    headers = {"Accept": "application/json"}

    def put(**more: object) -> tuple[int, str]:
        answer = coder.put(f"/flags/{new_id()}", content=json.dumps({**body, **more}), headers=headers)
        return answer.status_code, answer.json().get("message", "")

    assert put(end=place.start)[0] == 422
    assert put(end=transcript.n_chars + 1)[0] == 422
    assert put(note="x" * 501)[0] == 422
    assert put(version=7) == (409, "The text has a newer version. Open the page again and flag the passage there.")
    assert put() == (200, "")
    assert put() == (409, "This passage is hidden already.")


def test_scripts_flag_list_and_decide(home: Home, world: World, transcript: Transcript) -> None:
    coder, pi = script_of(home, world, world.coder), script_of(home, world, world.pi)
    place = place_of(home, transcript, MISSED)
    body = {
        "transcript_id": str(transcript.id),
        "version": 1,
        "start": place.start + 2,
        "end": place.end,
        "note": "Кто?",
    }
    flag_id = str(new_id())
    made = [coder.put(f"/flags/{flag_id}", json=body).json() for _ in range(2)]
    assert made[0] == made[1]
    assert (made[0]["start"], made[0]["end"], made[0]["standing"]) == (place.start, place.end, "waiting")
    assert coder.get("/studies/demo/flags").status_code == 403
    (listed,) = pi.get("/studies/demo/flags").json()["items"]
    assert (listed["words"], listed["note"], listed["turn"]) == (MISSED, "Кто?", 2)
    decided = {"decision": "no_name", "seen_version": listed["version"]}
    assert pi.post(f"/flags/{flag_id}/decision", json=decided).json()["fields"] == {
        "reason": "Say why this names nobody."
    }
    assert coder.post(f"/flags/{flag_id}/decision", json={**decided, "reason": "Нет"}).status_code == 403
    answer = pi.post(f"/flags/{flag_id}/decision", json={**decided, "reason": "Нет"}).json()
    assert (answer["standing"], answer["version"]) == ("no_name", listed["version"] + 1)
    assert pi.get("/studies/demo/flags").json()["items"] == []


def test_a_long_queue_is_walked_to_its_end(home: Home, world: World, transcript: Transcript) -> None:
    words = ("конторы", "воды", "потом", "никого")
    ids = [str(flag_words(home, world.coder, transcript, one)) for one in words]
    pi, seen, cursor = script_of(home, world, world.pi), [], ""
    for _ in range(10):
        page = pi.get("/studies/demo/flags", params={"limit": 1, "cursor": cursor}).json()
        seen += [one["id"] for one in page["items"]]
        if not (cursor := page["next"] or ""):
            break
    assert sorted(seen) == sorted(ids)


@pytest.mark.parametrize("query", ["standing=odd", "after=-1", "after=99999999999", "after=x"])
def test_an_odd_address_of_the_queue_is_no_crash(world: World, browser: Browser, query: str) -> None:
    assert browser.as_(world.pi).get(f"{QUEUE}?{query}").status_code in {200, 422}


def test_the_toolbar_and_the_column_offer_the_flag(world: World, browser: Browser, transcript: Transcript) -> None:
    page = browser.as_(world.coder).get(f"/transcripts/{transcript.id}").text
    assert len(re.findall(r"<button[^>]*data-flag", page)) == 2
