"""The search by JSON: what the page finds, walked to the end, with offsets into the text."""

from __future__ import annotations

from typing import Any

from qualcoder.home import Home
from tests.homes import World
from tests.scripts import script_of
from tests.transcripts import making


def test_a_script_finds_what_its_person_may_read_page_by_page(home: Home, world: World) -> None:
    for _ in range(3):
        making.to_codable(home, world)
    making.to_codable(home, world, None, world.other_coder)
    script = script_of(home, world, world.coder)
    path, found, cursor = f"/studies/{world.study.slug}/search", [], ""
    for _ in range(10):
        answer = script.get(path, params={"q": "спрашивали", "limit": 1, "cursor": cursor})
        assert answer.status_code == 200
        page: dict[str, Any] = answer.json()
        found += page["items"]
        if not (cursor := page["next"] or ""):
            break
    assert [one["serial"] for one in found] == ["T-001", "T-002", "T-003"]
    passage = found[0]["passages"][0]
    text: str = script.get(f"/transcripts/{found[0]['transcript_id']}").json()["text"]
    (start, end), *_ = passage["spans"]
    assert text[start:end] == "спрашивали"
    assert passage["text"]


def test_nothing_to_look_for_is_refused_by_field(home: Home, world: World) -> None:
    script = script_of(home, world, world.pi)
    path = f"/studies/{world.study.slug}/search"
    for params in ({}, {"q": "  "}, {"q": "x" * 300}, {"q": "вода", "cursor": "%%"}):
        answer = script.get(path, params=params)
        assert answer.status_code == 422
        assert answer.json()["fields"]
        assert "x" * 20 not in answer.text
