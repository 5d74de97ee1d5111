"""Ways to become somebody else: invitations of others, and an administrator who wants to read."""

from __future__ import annotations

import re

import pytest

from qualcoder.accounts import service as accounts
from qualcoder.accounts import signing_in
from qualcoder.accounts.models import Person, Role
from qualcoder.core.errors import Conflict, NotFound, Refused
from qualcoder.home import Home
from qualcoder.vault import hashing
from tests.homes import CHEAP_MIB, Browser, World, access_of, make_person, make_study

NEW = "somebody@example.org"
CHOSEN = "seven invented lamps are shining"
MINE = "nine thieving magpies sit here"


def _added(home: Home, world: World, email: str, role: Role = Role.CODER, *, by: str = "pi") -> str | None:
    study = world.other_study if by == "outsider" else world.study
    with home.data.transaction() as db:
        access = access_of(db, study, world.by_name[by])
        return accounts.add_member(db, access, email, "", role)[1]


def _sign_up(home: Home, world: World) -> None:
    with home.data.transaction() as db:
        db.get_one(Person, world.pi.id).password_hash = hashing.hash_password(CHOSEN, memory_mib=CHEAP_MIB)


def test_a_second_invitation_is_void_once_the_first_was_used(home: Home, world: World) -> None:
    first, second = _added(home, world, NEW), _added(home, world, NEW)
    assert first
    assert second
    accounts.accept_invitation(home.data, first, CHOSEN, memory_mib=CHEAP_MIB)
    with pytest.raises(NotFound):
        accounts.accept_invitation(home.data, second, MINE, memory_mib=CHEAP_MIB)
    signing_in.sign_in(home.data, NEW, CHOSEN, "127.0.0.1", memory_mib=CHEAP_MIB)


def test_the_pi_of_another_study_gets_no_key_to_an_account_that_waits_for_its_owner(home: Home, world: World) -> None:
    assert _added(home, world, NEW)
    with pytest.raises(Conflict):
        _added(home, world, NEW, by="outsider")


def test_a_pi_gets_no_key_to_an_administrators_account(home: Home, world: World) -> None:
    make_person(home, "chief@example.org", is_admin=True)
    with pytest.raises(Conflict):
        _added(home, world, "chief@example.org", Role.OBSERVER)


@pytest.mark.parametrize("role", [Role.PI, Role.RESEARCHER, Role.CODER])
def test_an_administrator_gives_nobody_a_reading_role_where_a_pi_is(home: Home, world: World, role: Role) -> None:
    _sign_up(home, world)
    with pytest.raises(Refused):
        _added(home, world, "admin@demo.example.org", role, by="admin")
    with pytest.raises(Refused):
        _added(home, world, NEW, role, by="admin")


def test_an_administrator_still_names_the_first_pi_and_observers(home: Home, world: World) -> None:
    study = make_study(home, "young")
    with home.data.transaction() as db:
        access = access_of(db, study, world.admin)
        assert accounts.add_member(db, access, NEW, "", Role.PI)[1]
        assert accounts.add_member(db, access, "watcher@example.org", "", Role.OBSERVER)[1]


def test_the_people_page_says_so(home: Home, browser: Browser, world: World) -> None:
    _sign_up(home, world)
    admin = browser.as_(world.admin)
    address = f"/studies/{world.study.slug}/people"
    sent = admin.post(address, data={"email": "admin@demo.example.org", "role": "pi"})
    assert sent.status_code == 403
    assert not re.search("/invitation/", sent.text)
    assert admin.get(f"/studies/{world.study.slug}/transcripts").status_code == 403
