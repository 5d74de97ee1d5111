"""Figures, exports, races, codes and interviews by JSON."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

import pytest

from qualcoder.home import Home
from qualcoder.interviews.models import LinkType
from qualcoder.interviews.service import NewLink
from tests.homes import Worker, World
from tests.interviews.making import import_koyandy
from tests.scripts import Script, script_of, token_of
from tests.transcripts import making

LABEL = {"en": "Gas", "ru": "Газ", "kk": "Газ"}


@pytest.fixture
def pi(home: Home, world: World) -> Script:
    """The PI's script in a study with races, a codebook and a coded text about one of them."""
    import_koyandy(home, world)
    codes = making.import_codes(home, world)
    link = NewLink("KOY-2022-2", LinkType.ABOUT)
    transcript = making.to_codable(home, world, making.upload(links=[link]))
    script = script_of(home, world, world.pi)
    coder = script.with_token(token_of(home, world.study, world.coder))
    for start, code in ((0, "WATER"), (6, "WATER"), (5, "ROADS")):
        body = {"transcript_id": str(transcript.id), "version": 1, "start": start, "end": start + 5}
        assert coder.put(f"/codings/{uuid4()}", json={**body, "code_id": str(codes[code])}).status_code == 200
    return script


def test_the_matrix_counts_and_turns(pi: Script) -> None:
    found = pi.get("/studies/demo/matrix").json()
    keys = [row["key"] for row in found["rows"]]
    assert [col["key"] for col in found["cols"]] == ["KOY-2022-2"]
    assert [line[0] for line in found["values"]] == [{"WATER": 2, "ROADS": 1}.get(key, 0) for key in keys]
    assert (found["codings"], found["transcripts"], found["total"]) == (3, 1, 3)
    turned = pi.get("/studies/demo/matrix?rows=races&cols=codes&measure=respondents").json()
    assert turned["values"] == [[int(key in {"WATER", "ROADS"}) for key in keys]]
    assert turned["row_totals"] == [1]
    every = pi.get("/studies/demo/matrix?every=true&rollup=true").json()
    assert len(every["cols"]) > 1
    assert {None} == {
        value
        for line in every["values"]
        for value, col in zip(line, every["cols"], strict=True)
        if col["key"] == "KOY-2022-1"
    }
    for query in ("rows=races", "rows=x", "measure=x", "coder=x", "rollup=x"):
        assert pi.get(f"/studies/demo/matrix?{query}").status_code == 422


def test_an_export_is_a_job_and_then_a_file(pi: Script, worker: Worker) -> None:
    asked = pi.post("/studies/demo/exports", json={"format": "csv", "shape": "long"})
    export = asked.json()
    assert (asked.status_code, export["state"], export["file"]) == (202, "waiting", None)
    assert pi.get(f"/exports/{export['id']}/file").status_code == 409
    worker()
    ready = pi.get(f"/exports/{export['id']}").json()
    assert ready["state"] == "done"
    file = pi.get(ready["file"].removeprefix("/api/v1"))
    assert hashlib.sha256(file.content).hexdigest() == ready["sha256"]
    assert b"WATER" in file.content
    for body in ({"format": "exe"}, {"format": "csv", "profile": "public"}, {}):
        assert pi.post("/studies/demo/exports", json=body).status_code == 422


def test_a_workbook_comes_by_json_too(pi: Script, worker: Worker) -> None:
    asked = pi.post("/studies/demo/exports", json={"format": "xlsx", "language": "kk"})
    assert (asked.status_code, asked.json()["format"]) == (202, "xlsx")
    worker()
    ready = pi.get(f"/exports/{asked.json()['id']}").json()
    file = pi.get(ready["file"].removeprefix("/api/v1"))
    assert file.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert hashlib.sha256(file.content).hexdigest() == ready["sha256"]
    assert file.content.startswith(b"PK")


def test_races_are_listed_and_opened(pi: Script) -> None:
    walked, cursor = [], ""
    while cursor is not None:
        page = pi.get("/studies/demo/races", params={"limit": 1, "cursor": cursor}).json()
        walked += page["items"]
        cursor = page["next"]
    assert [race["key"] for race in walked] == sorted(
        race["key"] for race in pi.get("/studies/demo/races").json()["items"]
    )
    race = pi.get(f"/races/{walked[0]['id']}").json()
    assert race["key"] == walked[0]["key"]
    assert {value["name"] for value in race["values"]} & {"registered", "voted"}
    assert pi.get("/studies/demo/races", params={"q": "no such place"}).json()["items"] == []


def test_a_code_is_added_once(pi: Script) -> None:
    body = {"key": "GAS", "stata": "th_gas", "label": LABEL, "parent": "FACTOR", "aliases": {"ru": ["газ"]}}
    added = pi.post("/studies/demo/codes", json=body)
    assert (added.status_code, added.json()["depth"], added.json()["label"]) == (201, 1, LABEL)
    assert pi.post("/studies/demo/codes", json=body).status_code == 409
    refused: list[tuple[dict[str, Any], str]] = [
        ({"key": "gas"}, "key"),
        ({"key": "GAS2"}, "stata"),
        ({"key": "GAS2", "stata": "byte"}, "stata"),
        ({"key": "GAS2", "stata": "TH_WATER"}, "stata"),
        ({"key": "GAS2", "stata": "g", "parent": "NONE"}, "parent"),
        ({"key": "GAS2", "stata": "g", "label": {"en": "Gas"}}, "label.ru"),
        ({"key": "GAS2", "stata": "g", "colour": 13}, "colour"),
    ]
    for change, named in refused:
        answer = pi.post("/studies/demo/codes", json={**body, **change})
        assert answer.status_code == 422
        assert named in answer.json()["fields"]
    walked, cursor = [], ""
    while cursor is not None:
        page = pi.get("/studies/demo/codes", params={"limit": 2, "cursor": cursor}).json()
        walked += [code["key"] for code in page["items"]]
        cursor = page["next"]
    assert walked == ["FACTOR", "WATER", "ROADS", "GAS", "COURT"]


def test_the_first_code_of_a_study_makes_its_codebook(home: Home, world: World) -> None:
    script = script_of(home, world, world.pi)
    assert script.post("/studies/demo/codes", json={"key": "GAS", "stata": "th_gas", "label": LABEL}).status_code == 201
    assert [code["key"] for code in script.get("/studies/demo/codes").json()["items"]] == ["GAS"]


def test_links_are_replaced_as_a_whole(pi: Script) -> None:
    consent = {"given": True, "quote": True}
    body = {"respondents": [{"category": "voter", "note": "Ойдантап"}], "consent": consent, "held_on": "2026-09-25"}
    made = pi.post("/studies/demo/interviews", json=body).json()
    path = f"/interviews/{made['id']}"
    assert pi.get(path).json()["links"] == []
    links = [{"key": "KOY-2022-1", "type": "voter_in"}, {"key": "KOY-2022-2"}]
    linked = pi.put(f"{path}/links", json={"version": made["version"], "links": links}).json()
    found = pi.get(path).json()
    assert [(link["key"], link["type"]) for link in found["links"]] == [
        ("KOY-2022-1", "voter_in"),
        ("KOY-2022-2", "about"),
    ]
    assert (found["held_on"], found["version"], found["respondents"][0]["note"]) == (
        "2026-09-25",
        linked["version"],
        "Ойдантап",
    )
    stale = pi.put(f"{path}/links", json={"version": made["version"], "links": []})
    assert (stale.status_code, stale.json()["versions"]) == (409, {"seen": made["version"], "now": linked["version"]})
    by_id = [{"kind": "round", "id": found["links"][0]["id"], "type": "about"}]
    assert pi.put(f"{path}/links", json={"version": linked["version"], "links": by_id}).status_code == 200
    assert [link["key"] for link in pi.get(path).json()["links"]] == ["KOY-2022-1"]
    refused: list[dict[str, Any]] = [{"consent": {"given": False}}, {"held_on": "x"}, {"respondents": []}]
    for change in [*refused, {"links": [{"key": "NO"}]}]:
        assert pi.post("/studies/demo/interviews", json={**body, **change}).status_code == 422
