"""What the hostile reading found at the pages, tried at the doors for scripts."""

from __future__ import annotations

from uuid import uuid4

import pytest

from qualcoder.accounts.models import Role
from qualcoder.home import Home
from tests import homes
from tests.homes import World
from tests.scripts import Script, api_routes, script_of
from tests.transcripts import making

TITLE = "Разговор с Ойдантапом"


def test_no_address_makes_members_or_changes_roles() -> None:
    # An administrator becomes PI nowhere here: people are only listed.
    writing = {route.name for route in api_routes() if "GET" not in (route.methods or ())}
    assert [name for name in writing if "people" in name or "member" in name or "stud" in name] == []


def test_an_administrators_token_reads_no_texts(home: Home, world: World) -> None:
    transcript = making.to_codable(home, world, None, world.coder)
    admin = script_of(home, world, world.admin)
    for path in (
        f"/transcripts/{transcript.id}",
        f"/transcripts/{transcript.id}/codings",
        f"/interviews/{transcript.interview_id}",
        "/studies/demo/transcripts",
        "/studies/demo/codings",
        "/studies/demo/matrix",
    ):
        assert admin.get(path).status_code in {403, 404}, path


def test_a_title_is_shown_to_the_pi_and_to_who_gave_it(home: Home, world: World) -> None:
    making.open_vault(home, world.study)
    transcript = making.to_review(home, world, making.upload(title=TITLE), by=world.researcher)
    making.release(home, transcript, world.researcher, world.other_researcher, world.coder)
    told = {}
    for name in ("pi", "researcher", "other_researcher", "coder"):
        script = script_of(home, world, world.by_name[name])
        listed = script.get("/studies/demo/transcripts")
        assert transcript.serial in listed.text, name
        told[name] = TITLE in listed.text
        for path in (f"/transcripts/{transcript.id}", f"/transcripts/{transcript.id}/review"):
            told[name] |= TITLE in script.get(path).text
    assert [name for name, is_told in told.items() if is_told] == ["pi", "researcher"]


def test_a_foreign_name_of_this_server_is_refused_here_too(home: Home, world: World) -> None:
    script = script_of(home, world, world.pi)
    answer = script.get("/me", headers={"Host": "evil.example"})
    assert (answer.status_code, "evil" in answer.text) == (421, False)


def test_the_same_note_sent_again_stays_one(home: Home, world: World) -> None:
    codes = making.import_codes(home, world)
    transcript = making.to_codable(home, world, None, world.coder)
    script = script_of(home, world, world.coder)
    ids = {"transcript_id": str(transcript.id), "code_id": str(codes["WATER"])}
    body = {**ids, "version": 1, "start": 0, "end": 9, "memo": "  Ойлап  "}
    path = f"/codings/{uuid4()}"
    answers = [script.put(path, json=body) for _ in range(3)]
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["has_memo"]
    for change in ({"start": 1}, {"valence": "denies"}, {"weight": 2}, {"unsure": True}):
        assert script.put(path, json={**body, **change}).status_code in {409, 422}


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.CODER])
def test_who_was_taken_off_a_transcript_reads_it_no_more(home: Home, world: World, role: Role) -> None:
    person = world.other_researcher if role is Role.RESEARCHER else world.coder
    transcript = making.to_codable(home, world, None, person)
    script, pi = script_of(home, world, person), script_of(home, world, world.pi)
    assert script.get(f"/transcripts/{transcript.id}").status_code == 200
    assert pi.put(f"/transcripts/{transcript.id}/assignments", json={"coders": []}).json()["coders"] == []
    assert script.get(f"/transcripts/{transcript.id}").status_code == 404
    assert script.get("/studies/demo/transcripts").json()["items"] == []


def test_nothing_shows_that_the_api_knows_cookies(home: Home) -> None:
    app = homes.make_app(home)
    plain = Script(app).get("/me")
    assert (plain.status_code, plain.headers.get("set-cookie")) == (401, None)
