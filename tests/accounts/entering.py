"""A person with a password and a second factor, and a clock that tests set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from qualcoder.accounts import factors, limits, own_account, sessions, signing_in, tokens
from qualcoder.accounts.models import Person
from qualcoder.core.clock import now
from qualcoder.home import Home
from qualcoder.vault import onetime
from tests.homes import CHEAP_MIB, PASSWORD, make_person

EMAIL = "oydantap@example.org"
STEP = timedelta(seconds=onetime.STEP_SECONDS)


class Clock:
    """The time as accounts see it; codes do not depend on when a test runs."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        start = now()
        self.moment = start - timedelta(seconds=start.timestamp() % onetime.STEP_SECONDS)
        for module in (factors, limits, sessions, signing_in, tokens):
            patch.setattr(module, "now", lambda: self.moment)

    def pass_(self, passed: timedelta) -> None:
        self.moment += passed


@dataclass(frozen=True, slots=True, repr=False)
class Owner:
    """Somebody with a second factor in force, and what only they know."""

    home: Home
    person: Person
    secret: bytes
    codes: tuple[str, ...]
    email: str

    def code(self, moment: datetime, steps: int = 0) -> str:
        return onetime.code_at(self.secret, onetime.step_of(moment) + steps)

    def password(self) -> signing_in.Entered:
        return enter(self.home, self.email)


def enter(home: Home, email: str = EMAIL, password: str = PASSWORD, address: str = "192.0.2.1") -> signing_in.Entered:
    return signing_in.sign_in(home.data, email, password, address, memory_mib=CHEAP_MIB)


def current_of(home: Home, token: str) -> sessions.Current:
    current = sessions.find_current(home.data, token)
    assert current is not None
    return current


def make_owner(home: Home, clock: Clock, email: str = EMAIL) -> Owner:
    """A person who set up a second factor through the services; the clock goes on one step."""
    person = make_person(home, email, "Serik Oydantap", PASSWORD)
    current = current_of(home, enter(home, email).token)
    with home.data.read() as db:
        secret = factors.offer(db, person, current.session_id).secret
    code = onetime.code_at(secret, onetime.step_of(clock.moment))
    codes = own_account.turn_on_factor(home.data, current, code, PASSWORD)
    clock.pass_(STEP)
    return Owner(home, person, secret, codes, email)
