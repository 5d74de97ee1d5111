"""From a file to a released text by JSON alone, with repetitions, conflicts and refusals."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlmodel import col, func, select

from qualcoder.audit.models import AuditEntry
from qualcoder.home import Home
from qualcoder.interviews.models import Interview
from qualcoder.transcripts.models import Transcript
from tests import homes
from tests.homes import Worker, World
from tests.scripts import Script, script_of, token_of
from tests.transcripts import making

FIELDS = {"category": "voter", "consent": "true", "language": "ru"}


def send(script: Script, text: str = making.TEXT, key: str = "", **fields: Any) -> httpx.Response:
    headers = [(b"Idempotency-Key", key.encode())] if key else []
    files = {"file": ("сұхбат.txt", text.encode())}
    sent = {name: value for name, value in {**FIELDS, **fields}.items() if value is not None}
    answer: httpx.Response = script.post("/studies/demo/transcripts", data=sent, files=files, headers=headers)
    return answer


def opened(home: Home, act: str) -> int:
    with home.data.read() as db:
        return len(db.exec(select(AuditEntry.id).where(col(AuditEntry.act) == act)).all())


@pytest.mark.both_backends
def test_a_script_brings_a_text_from_file_to_codable(home: Home, world: World, worker: Worker) -> None:
    making.open_vault(home, world.study)
    script = script_of(home, world, world.pi)
    sent = send(script)
    assert sent.status_code == 202
    first = sent.json()
    assert first["state"] == "detecting"
    waiting = script.get(f"/transcripts/{first['id']}").json()
    assert (waiting["text"], waiting["turns"], waiting["progress"]["state"]) == (None, [], "waiting")
    worker()
    path = f"/transcripts/{first['id']}"
    review = script.get(f"{path}/review").json()
    text = "\n".join(turn["body"] for turn in review["turns"])
    assert opened(home, "original.opened") == 1
    assert [text[one["start"] : one["end"]] for one in review["findings"] if one["label"] == "PERSON"][:1] == [
        "Выдуманов"
    ]
    decisions = [{"finding_id": one["id"], "decision": "accept"} for one in review["findings"]]
    decided = script.post(f"{path}/decisions", json={"decisions": decisions}).json()
    assert (decided["changed"], decided["waiting"]) == (len(decisions), 0)
    unread = script.post(f"{path}/publish", json={"version": decided["version"], "coders": []})
    assert (unread.status_code, decided["unread"]) == (409, 1)
    for part in script.get(f"{path}/review").json()["parts"]:
        read = script.post(f"{path}/parts", json={"number": part["number"], "seen": part["seen"]})
        assert read.json()["unread"] == 0
    stale = script.post(f"{path}/publish", json={"version": review["version"], "coders": []})
    assert stale.status_code == 409
    assert stale.json()["versions"] == {"seen": review["version"], "now": decided["version"]}
    sent = script.post(f"{path}/publish", json={"version": decided["version"], "coders": ["coder@demo.example.org"]})
    assert sent.json()["state"] == "codable"
    coder = script.with_token(token_of(home, world.study, world.coder))
    released = coder.get(path).json()
    assert "Выдуманов" not in released["text"]
    assert released["text"] == "\n".join(turn["body"] for turn in released["turns"])
    assert all(released["text"][t["start"] : t["end"]] == t["body"] for t in released["turns"])
    assert opened(home, "transcript.opened") == 1


def test_a_script_may_ask_who_speaks_first(home: Home, world: World) -> None:
    script = script_of(home, world, world.researcher)
    first = send(script, speakers="ask").json()
    assert first["state"] == "received"
    path = f"/transcripts/{first['id']}/speakers"
    found = script.get(path).json()
    assert [(line["label"], line["is_interviewer"]) for line in found["speakers"]] == [
        ("Интервьюер", True),
        ("Респондент", False),
    ]
    nobody = script.post(path, json={"version": found["version"], "interviewers": [0, 1]})
    assert nobody.status_code == 422
    stale = script.post(path, json={"version": 99})
    assert (stale.status_code, stale.json()["versions"]) == (409, {"seen": 99, "now": found["version"]})
    assert script.post(path, json={"version": found["version"], "interviewers": [0]}).json()["state"] == "detecting"


def test_the_same_key_gets_the_same_transcript(home: Home, world: World) -> None:
    script = script_of(home, world, world.pi)
    answers = [send(script, key="k-1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3
    assert (
        len({(answer.json()["id"], answer.json()["interview_id"], answer.json()["serial"]) for answer in answers}) == 1
    )
    other = send(script, making.TEXT + "Респондент: Иначе.\n", key="k-1")
    assert other.status_code == 409
    assert send(script).status_code == 409  # the file without its key: it is in the study already
    researcher = script.with_token(token_of(home, world.study, world.researcher))
    assert send(researcher, key="k-1").status_code == 409  # a key is its person's own
    assert send(script, key="я").status_code == 422
    assert send(script, key="k" * 300).status_code == 422


@pytest.mark.both_backends
def test_repetitions_at_once_make_one_transcript(home: Home, world: World) -> None:
    app = homes.make_app(home)
    token = token_of(home, world.study, world.pi)

    def once(_n: int) -> httpx.Response:
        return send(Script(app, token), key="together")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(once, range(16)))
    assert {answer.status_code for answer in answers} == {202}, [answer.text for answer in answers]
    assert len({(answer.json()["id"], answer.json()["interview_id"]) for answer in answers}) == 1
    with home.data.read() as db:
        assert db.exec(select(func.count()).select_from(Transcript)).one() == 1
        assert db.exec(select(func.count()).select_from(Interview)).one() == 1


REFUSED = [
    ({"category": "nobody"}, "category"),
    ({"category": ""}, "category"),
    ({"consent": "false"}, "consent"),
    ({"language": "fr"}, "language"),
    ({"held_on": "25.09.2026"}, "held_on"),
    ({"race": "NO-SUCH"}, "key"),
    ({"respondent": "R-999"}, "respondent"),
    ({"interview_id": "00000000-0000-0000-0000-000000000001"}, "interview_id"),
    ({"kind": "crowd"}, "kind"),
]


@pytest.mark.parametrize(("fields", "named"), REFUSED)
def test_a_wrong_field_is_named_and_nothing_is_stored(
    home: Home, world: World, fields: dict[str, str], named: str
) -> None:
    answer = send(script_of(home, world, world.pi), **fields)
    assert answer.status_code == 422
    assert named in answer.json()["fields"]
    with home.data.read() as db:
        assert db.exec(select(func.count()).select_from(Interview)).one() == 0


@pytest.mark.parametrize(
    ("raw", "status"),
    [(b"\x89PNG\r\n\x1a\n" + b"\0" * 100, 415), (b"", 422), (b"x" * (51 << 20), 413), (b"\0\1\2", 415)],
)
def test_a_file_that_is_no_text_is_refused_by_its_kind(home: Home, world: World, raw: bytes, status: int) -> None:
    script = script_of(home, world, world.pi)
    answer = script.post("/studies/demo/transcripts", data=FIELDS, files={"file": ("a.txt", raw)})
    assert answer.status_code == status
    assert script.post("/studies/demo/transcripts", data=FIELDS).status_code == 415
    none = script.post("/studies/demo/transcripts", files={"other": ("a.txt", b"x")})
    assert none.json()["fields"].keys() == {"file"}


def test_a_transcript_may_join_an_interview_that_is_on_record(home: Home, world: World) -> None:
    script = script_of(home, world, world.researcher)
    body = {"respondents": [{"category": "voter"}], "consent": {"given": True}}
    interview = script.post("/studies/demo/interviews", json=body).json()
    sent = send(script, interview_id=interview["id"], category=None)
    assert sent.json().get("interview_id") == interview["id"], sent.text
    other = script.with_token(token_of(home, world.study, world.other_researcher))
    foreign = send(other, "Респондент: Другое.\n", interview_id=interview["id"])
    assert foreign.status_code == 422


def test_lists_follow_state_and_cursor(home: Home, world: World) -> None:
    for _ in range(7):
        making.receive(home, world)
    script = script_of(home, world, world.pi)
    serials: list[str] = []
    cursor = ""
    while True:
        page = script.get(
            "/studies/demo/transcripts", params={"limit": 3, "cursor": cursor, "state": "received"}
        ).json()
        serials += [line["serial"] for line in page["items"]]
        making.receive(home, world) if len(serials) == 3 else None
        cursor = page["next"]
        if cursor is None:
            break
    assert serials == [f"T-{n:03d}" for n in range(1, 9)]
    assert script.get("/studies/demo/transcripts?state=review").json() == {"items": [], "next": None}
    for query in ("state=odd", "limit=0", "limit=201", "limit=x", "cursor=%21", "cursor=WyJ4Il0"):
        refused = script.get(f"/studies/demo/transcripts?{query}")
        assert (refused.status_code, list(refused.json()["fields"])) == (422, [query.partition("=")[0]])


def test_the_coders_of_a_text_are_those_who_are_named(home: Home, world: World) -> None:
    transcript = making.to_codable(home, world)
    script = script_of(home, world, world.pi)
    path = f"/transcripts/{transcript.id}/assignments"
    coders = [str(world.other_coder.id), "coder@demo.example.org"]
    for _ in range(2):
        assert sorted(script.put(path, json={"coders": coders}).json()["coders"]) == sorted(
            [str(world.coder.id), str(world.other_coder.id)]
        )
    assert script.put(path, json={"coders": coders[:1]}).status_code == 200
    coder = script.with_token(token_of(home, world.study, world.coder))
    other = script.with_token(token_of(home, world.study, world.other_coder))
    assert coder.get(f"/transcripts/{transcript.id}").status_code == 404
    assert other.get(f"/transcripts/{transcript.id}").status_code == 200
    for who in ("nobody@example.org", str(world.outsider.id), "observer@demo.example.org"):
        assert script.put(path, json={"coders": [who]}).status_code == 422
