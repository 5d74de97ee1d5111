"""Codings by JSON: the same answer to the same request, conflicts that name versions, lists walked to the end."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel import func, select

from qualcoder.coding.models import Memo
from qualcoder.core.ids import CodeId
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from tests.homes import Browser, World, count_statements
from tests.scripts import Script, script_of, token_of
from tests.transcripts import making


class Desk:
    """A released transcript with a codebook, and a script of its coder."""

    def __init__(self, home: Home, world: World) -> None:
        self.home, self.world = home, world
        self.codes: dict[str, CodeId] = making.import_codes(home, world)
        self.transcript: Transcript = making.to_codable(home, world, None, world.coder, world.other_coder)
        self.script = script_of(home, world, world.coder)

    def body(self, start: int = 0, end: int = 12, code: str = "WATER", **more: Any) -> dict[str, Any]:
        ids = {"transcript_id": str(self.transcript.id), "code_id": str(self.codes[code])}
        return {**ids, "version": 1, "start": start, "end": end, **more}

    def put(self, body: dict[str, Any], coding_id: object = None, script: Script | None = None) -> httpx.Response:
        answer: httpx.Response = (script or self.script).put(f"/codings/{coding_id or uuid4()}", json=body)
        return answer

    def as_(self, name: str) -> Script:
        return self.script.with_token(token_of(self.home, self.world.study, self.world.by_name[name]))

    @property
    def memos(self) -> int:
        with self.home.data.read() as db:
            return db.exec(select(func.count()).select_from(Memo)).one()


@pytest.fixture
def desk(home: Home, world: World) -> Desk:
    return Desk(home, world)


@pytest.mark.both_backends
def test_the_same_request_gets_the_same_answer(desk: Desk) -> None:
    coding_id = uuid4()
    sent = desk.body(memo="Заметка Ойдантап", valence="hinders", weight=3)
    answers = [desk.put(sent, coding_id) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["has_memo"] is True
    assert desk.memos == 1
    assert answers[0].json()["created_at"].endswith("Z")


@pytest.mark.parametrize("blank", [None, "", "  ", "\n\t "])
def test_a_blank_memo_is_no_memo_by_script_and_by_page(
    desk: Desk, world: World, browser: Browser, blank: str | None
) -> None:
    sent = desk.body(memo=blank)
    assert desk.put(sent).json()["has_memo"] is False
    assert browser.as_(world.coder).put(f"/codings/{uuid4()}", content=json.dumps(sent)).status_code == 200
    assert desk.memos == 0


def test_nothing_selected_is_refused_alike_by_script_and_by_page(desk: Desk, world: World, browser: Browser) -> None:
    sent = desk.body(5, 5)
    asked = {"content": json.dumps(sent), "headers": {"Accept": "application/json"}}
    by_page = browser.as_(world.coder).put(f"/codings/{uuid4()}", **asked)
    by_script = desk.put(sent)
    assert (by_page.status_code, by_page.json()) == (by_script.status_code, by_script.json())
    assert "Nothing is selected" in by_script.json()["fields"]["end"]


@pytest.mark.parametrize(
    "other", [{"start": 2}, {"end": 20}, {"code": "ROADS"}, {"valence": "helps"}, {"weight": 2}, {"unsure": True}]
)
def test_the_same_id_with_other_contents_is_a_conflict(desk: Desk, other: dict[str, Any]) -> None:
    coding_id = uuid4()
    assert desk.put(desk.body(), coding_id).status_code == 200
    assert desk.put(desk.body(**other), coding_id).status_code == 409
    assert desk.put(desk.body(), coding_id, desk.as_("pi")).status_code == 409


def test_the_id_of_a_coding_that_one_may_not_know_of_is_answered_as_what_is_not_there(
    desk: Desk, home: Home, world: World
) -> None:
    coding_id = uuid4()
    assert desk.put(desk.body(), coding_id).status_code == 200
    pi_of_other = desk.script.with_token(token_of(home, world.other_study, world.outsider))
    other_world = replace(
        world, study=world.other_study, pi=world.outsider, coder=world.outsider, other_coder=world.outsider
    )
    elsewhere = Desk(home, other_world)
    absent = elsewhere.put({**elsewhere.body(), "transcript_id": str(uuid4())}, script=pi_of_other)
    for _ in range(2):
        answers = [
            desk.put(desk.body(), coding_id, desk.as_("other_coder")),
            desk.put(desk.body(start=3, weight=5), coding_id, desk.as_("other_coder")),
            elsewhere.put(elsewhere.body(), coding_id, pi_of_other),
            pi_of_other.delete(f"/codings/{coding_id}"),
            desk.as_("other_coder").delete(f"/codings/{coding_id}"),
            pi_of_other.delete(f"/codings/{uuid4()}"),
        ]
        assert {(answer.status_code, answer.text) for answer in answers} == {(404, absent.text)}
        # It is the same whether the coding is there or was removed.
        assert desk.script.delete(f"/codings/{coding_id}").json()["id"] == str(coding_id)
    assert elsewhere.put(elsewhere.body(), script=pi_of_other).status_code == 200


def test_a_stretch_is_kept_without_blank_ends_and_repeats_all_the_same(desk: Desk) -> None:
    text = desk.script.get(f"/transcripts/{desk.transcript.id}").json()["text"]
    at = text.index(" Воды не было, ")
    coding_id = uuid4()
    answers = [desk.put(desk.body(at, at + len(" Воды не было, ")), coding_id).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert text[answers[0]["start"] : answers[0]["end"]] == "Воды не было,"


def test_a_removed_coding_comes_back_when_it_is_sent_again(desk: Desk) -> None:
    coding_id = uuid4()
    desk.put(desk.body(), coding_id)
    removed = [desk.script.delete(f"/codings/{coding_id}").json() for _ in range(2)]
    assert removed[0] == removed[1]
    assert removed[0]["is_removed"] is True
    assert desk.script.get("/studies/demo/codings").json()["items"] == []
    assert desk.put(desk.body(), coding_id).json()["is_removed"] is False
    assert len(desk.script.get("/studies/demo/codings").json()["items"]) == 1


def test_another_version_is_a_conflict_that_names_both(desk: Desk) -> None:
    answer = desk.put(desk.body(version=7))
    assert (answer.status_code, answer.json()["versions"]) == (409, {"seen": 7, "now": 1})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"start": -1}, "start"),
        ({"start": 5, "end": 5}, "end"),
        ({"end": 2**40}, "end"),
        ({"weight": 9}, "weight"),
        ({"valence": "loves"}, "valence"),
        ({"code_id": "WATER"}, "code_id"),
        ({"memo": "x" * 10_001}, "memo"),
        ({"valance": "helps"}, "form"),
        ({"version": "Ойлап"}, "version"),
    ],
)
def test_what_is_wrong_is_named_by_field(desk: Desk, change: dict[str, Any], named: str) -> None:
    answer = desk.put({**desk.body(), **change})
    assert answer.status_code == 422
    assert named in answer.json()["fields"]
    assert "Ойлап" not in answer.text
    assert "valance" not in answer.text


def test_a_stretch_outside_the_text_and_a_container_are_refused(desk: Desk) -> None:
    assert desk.put(desk.body(0, 100_000)).status_code == 422
    assert desk.put(desk.body(code="FACTOR")).status_code == 422
    assert desk.put({**desk.body(), "code_id": str(uuid4())}).status_code == 422


@pytest.mark.both_backends
def test_adding_a_coding_takes_ten_statements_at_most_whatever_stands_there(desk: Desk) -> None:
    desk.put(desk.body())
    sizes = []
    for code in ("ROADS", "COURT"):
        with count_statements(desk.home.data) as counted:
            assert desk.put(desk.body(code=code)).status_code == 200
        sizes.append(len(counted))
        for start in range(30):
            desk.put(desk.body(start, start + 9, weight=1 + start % 5))
    assert sizes[0] == sizes[1] <= 10, counted.sent


def test_a_list_is_walked_to_the_end_while_others_add_and_remove(desk: Desk) -> None:
    made = {desk.put(desk.body(start * 7, start * 7 + 5)).json()["id"] for start in range(23)}
    walked: list[str] = []
    cursor = ""
    while cursor is not None:
        page = desk.script.get("/studies/demo/codings", params={"limit": 5, "cursor": cursor}).json()
        assert len(page["items"]) <= 5
        walked += [line["id"] for line in page["items"]]
        gone = desk.put(desk.body(3, 30, code="COURT")).json()["id"]
        desk.script.delete(f"/codings/{gone}")
        desk.put(desk.body(4, 20), script=desk.as_("other_coder"))
        cursor = page["next"]
    assert len(walked) == len(set(walked))
    assert set(walked) == made


def test_a_coder_sees_own_codings_and_the_pi_everybodys(desk: Desk) -> None:
    desk.put(desk.body())
    desk.put(desk.body(), script=desk.as_("other_coder"))
    path = f"/transcripts/{desk.transcript.id}/codings"
    assert len(desk.script.get(path).json()["items"]) == 1
    assert len(desk.as_("pi").get(path).json()["items"]) == 2
    pi = desk.as_("pi")
    of_one = pi.get("/studies/demo/codings", params={"coder": str(desk.world.coder.id)}).json()["items"]
    assert {line["coder_id"] for line in of_one} == {str(desk.world.coder.id)}
    assert pi.get("/studies/demo/codings", params={"code": str(desk.codes["ROADS"])}).json()["items"] == []
    hers = desk.script.get("/studies/demo/codings", params={"coder": str(desk.world.other_coder.id)}).json()["items"]
    assert hers == []
