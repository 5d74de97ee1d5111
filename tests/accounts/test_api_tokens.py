"""Tokens: bound to one study, counted, revoked, gone with the membership."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qualcoder.accounts import service as accounts
from qualcoder.accounts import tokens
from qualcoder.accounts.models import ApiToken, Role
from qualcoder.core.errors import NotFound
from qualcoder.home import Home
from tests import homes
from tests.homes import World, access_of, count_statements
from tests.scripts import Script, script_of, token_of


def test_a_token_stands_for_its_person_in_its_study(home: Home, world: World) -> None:
    homes.add_member(home, world.other_study, world.pi, Role.PI)
    script = script_of(home, world, world.pi)
    me = script.get("/me").json()
    assert (me["email"], me["study"]["slug"], me["study"]["role"]) == ("pi@demo.example.org", "demo", "pi")
    assert [line["slug"] for line in script.get("/studies").json()["items"]] == ["demo"]
    for name in ("demo", str(world.study.id)):
        assert script.get(f"/studies/{name}").json()["id"] == str(world.study.id)
    for name in ("demo-other", str(world.other_study.id)):
        assert script.get(f"/studies/{name}").status_code == 404


def test_a_token_is_kept_as_a_digest_only(home: Home, world: World) -> None:
    token = token_of(home, world.study, world.pi)
    for name in ("data.db", "keys.db", "data.db-wal"):
        path = home.settings.home / name
        assert not path.exists() or token.encode() not in path.read_bytes()


def test_a_revoked_token_opens_nothing(home: Home, world: World) -> None:
    script = script_of(home, world, world.coder)
    assert script.get("/me").status_code == 200
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.coder)
        (line,) = tokens.tokens_in(db, access)
        tokens.revoke(db, access, line.id)
    assert script.get("/me").status_code == 401


def test_nobody_but_the_people_of_the_house_revokes_the_token_of_another(home: Home, world: World) -> None:
    token_of(home, world.study, world.coder)
    with home.data.transaction() as db:
        assert tokens.tokens_in(db, access_of(db, world.study, world.other_coder)) == []
        (line,) = tokens.tokens_in(db, access_of(db, world.study, world.pi))
        for person, study in ((world.other_coder, world.study), (world.outsider, world.other_study)):
            with pytest.raises(NotFound):
                tokens.revoke(db, access_of(db, study, person), line.id)
        tokens.revoke(db, access_of(db, world.study, world.pi), line.id)
        assert db.get_one(ApiToken, line.id).revoked_at is not None


def test_a_token_ends_with_the_membership_and_does_not_come_back(home: Home, world: World) -> None:
    script = script_of(home, world, world.coder)
    with home.data.transaction() as db:
        accounts.end_membership(db, access_of(db, world.study, world.pi), world.coder.id)
    assert script.get("/me").status_code == 401
    homes.add_member(home, world.study, world.coder, Role.CODER)
    assert script.get("/me").status_code == 401


def test_a_disabled_person_has_no_token(home: Home, world: World) -> None:
    script = script_of(home, world, world.coder)
    with home.data.transaction() as db:
        homes.person_by_id(db, world.coder.id).disabled_at = world.study.created_at
    assert script.get("/me").status_code == 401


def test_a_token_is_slowed_down_and_others_are_not(home: Home, world: World) -> None:
    slow = replace(home, settings=replace(home.settings, api_per_minute=20))
    app = homes.make_app(slow)
    script, other = (
        Script(app, token_of(home, world.study, world.pi)),
        Script(app, token_of(home, world.study, world.coder)),
    )
    statuses = [script.get("/me").status_code for _ in range(25)]
    assert statuses[:20] == [200] * 20
    assert 429 in statuses[20:]
    refused = next(answer for answer in (script.get("/me") for _ in range(5)) if answer.status_code == 429)
    assert refused.headers["retry-after"] == "60"
    assert other.get("/me").status_code == 200


def test_counting_requests_does_not_write_each_time(home: Home, world: World) -> None:
    script = script_of(home, world, world.pi)
    script.get("/me")
    with count_statements(home.data) as counted:
        for _ in range(20):
            script.get("/me")
    assert [sql for sql in counted.sent if not sql.startswith("SELECT")] == []
