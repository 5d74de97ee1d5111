"""Sign-in: one answer for every wrong try, slow for guessers, over when it should be."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from qualcoder.accounts import limits, sessions, signing_in
from qualcoder.accounts.models import Person, RateLimit, SignIn
from qualcoder.audit import chain
from qualcoder.audit.models import AuditEntry
from qualcoder.core.clock import now
from qualcoder.core.ids import ZERO
from qualcoder.home import Home
from qualcoder.vault import hashing
from tests.homes import CHEAP_MIB, PASSWORD, make_person

EMAIL = "oydantap@example.org"


@pytest.fixture
def person(home: Home) -> Person:
    return make_person(home, EMAIL, "Serik Oydantap", PASSWORD)


def _sign_in(home: Home, email: str = EMAIL, password: str = PASSWORD, address: str = "192.0.2.1") -> str:
    return signing_in.sign_in(home.data, email, password, address, memory_mib=CHEAP_MIB).token


def _set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    for module in (sessions, limits, signing_in):
        monkeypatch.setattr(module, "now", lambda: moment)


@pytest.mark.both_backends
def test_the_right_password_opens_a_session(home: Home, person: Person) -> None:
    current = sessions.find_current(home.data, _sign_in(home))
    assert current is not None
    assert current.person.id == person.id


@pytest.mark.parametrize("typed", [EMAIL.upper(), f"  {EMAIL} ", "Oydantap@Example.ORG"])
def test_an_address_is_found_however_it_is_typed(home: Home, person: Person, typed: str) -> None:
    assert sessions.find_current(home.data, _sign_in(home, typed))


def test_the_token_is_not_in_the_database(home: Home, person: Person) -> None:
    token = _sign_in(home)
    with home.data.read() as db:
        assert db.exec(select(SignIn)).one().token_hash == hashing.token_hash(token)
    for path in home.settings.home.glob("*.db*"):
        assert token.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "not the password at all"),
        (EMAIL, PASSWORD + " "),
        (EMAIL, ""),
        (EMAIL, "x" * 10_000),
        ("stranger@example.org", PASSWORD),
        ("invited@example.org", PASSWORD),
        ("disabled@example.org", PASSWORD),
        ("not an address", PASSWORD),
        ("", ""),
    ],
)
def test_every_wrong_try_gets_the_same_answer(home: Home, person: Person, email: str, password: str) -> None:
    make_person(home, "invited@example.org")
    disabled = make_person(home, "disabled@example.org", password=PASSWORD)
    with home.data.transaction() as db:
        db.get_one(Person, disabled.id).disabled_at = now()
    with pytest.raises(signing_in.WrongSignIn) as caught:
        _sign_in(home, email, password)
    assert str(caught.value) == "The address or the password is not right."
    assert caught.value.fields == {}


def test_argon2_is_asked_for_an_unknown_address_too(
    home: Home, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = hashing.verify_password

    def counting(password: str, stored: str) -> bool:
        asked.append(stored)
        return real(password, stored)

    monkeypatch.setattr(hashing, "verify_password", counting)
    for email in (EMAIL, "stranger@example.org"):
        with pytest.raises(signing_in.WrongSignIn):
            _sign_in(home, email, "not the password at all")
    assert len(asked) == 2
    assert asked[0].split("$")[3] == asked[1].split("$")[3]


def test_an_over_long_password_never_reaches_argon2(
    home: Home, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing_in._dummy(CHEAP_MIB)

    def never(*_values: object, **_names: object) -> None:
        raise AssertionError("Argon2id was asked")

    monkeypatch.setattr(hashing, "Argon2id", never)
    with pytest.raises(signing_in.WrongSignIn):
        _sign_in(home, password="x" * (hashing.MAX_PASSWORD + 1))


@pytest.mark.both_backends
def test_guessing_one_account_is_slowed_from_any_address(
    home: Home, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = now()
    _set_clock(monkeypatch, start)
    for n in range(limits.SIGN_IN_ACCOUNT.burst):
        with pytest.raises(signing_in.WrongSignIn):
            _sign_in(home, password="a guess of many", address=f"192.0.2.{n}")
    with pytest.raises(limits.TooMany) as caught:
        _sign_in(home, address="192.0.2.99")
    assert caught.value.status == 429
    _set_clock(monkeypatch, start + timedelta(minutes=1))
    assert _sign_in(home, address="192.0.2.99")


def test_guessing_many_accounts_is_slowed_by_address(
    home: Home, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set_clock(monkeypatch, now())
    for n in range(limits.SIGN_IN_ADDRESS.burst):
        with pytest.raises(signing_in.WrongSignIn):
            _sign_in(home, f"somebody{n}@example.org", "x" * 200)
    with pytest.raises(limits.TooMany):
        _sign_in(home)
    assert _sign_in(home, address="192.0.2.2")


def test_what_is_limited_is_stored_as_a_digest(home: Home, person: Person) -> None:
    _sign_in(home)
    with home.data.read() as db:
        buckets = b"".join(limit.bucket for limit in db.exec(select(RateLimit)))
    assert b"192.0.2.1" not in buckets
    assert EMAIL.encode() not in buckets


def test_a_bucket_refills_slowly_and_never_beyond_its_size(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    limit, start = limits.Limit("a test", 3, 2), now()

    def taken(moment: datetime) -> int:
        _set_clock(monkeypatch, moment)
        with home.data.transaction() as db:
            return sum(limits.take(db, limit, "somebody") for _ in range(5))

    assert taken(start) == 3
    assert taken(start + timedelta(seconds=20)) == 0
    assert taken(start + timedelta(seconds=30)) == 1
    assert taken(start + timedelta(hours=9)) == 3


def test_sign_ins_and_refusals_are_recorded_without_addresses(home: Home, person: Person) -> None:
    _sign_in(home)
    with pytest.raises(signing_in.WrongSignIn):
        _sign_in(home, password="not the password at all")
    with pytest.raises(signing_in.WrongSignIn):
        _sign_in(home, "stranger@example.org")
    with home.data.read() as db:
        entries = db.exec(
            select(AuditEntry).where(col(AuditEntry.act).startswith("sign_in")).order_by(col(AuditEntry.seq))
        ).all()
        assert [(entry.act, entry.actor_id) for entry in entries] == [
            ("sign_in.done", person.id),
            ("sign_in.refused", person.id),
            ("sign_in.refused", None),
        ]
        assert chain.verify(db, ZERO).is_whole


SOON = timedelta(seconds=1)


@pytest.mark.both_backends
@pytest.mark.parametrize(
    ("pauses", "is_over"),
    [
        ([sessions.IDLE], False),
        ([sessions.IDLE + SOON], True),
        ([timedelta(minutes=29)] * 24, False),
        ([timedelta(minutes=29)] * 25, True),
    ],
    ids=["30 idle minutes", "a second more", "12 busy hours", "beyond 12 busy hours"],
)
def test_a_session_ends_by_idleness_or_age(
    home: Home, person: Person, monkeypatch: pytest.MonkeyPatch, pauses: list[timedelta], *, is_over: bool
) -> None:
    moment = now()
    _set_clock(monkeypatch, moment)
    token, current = _sign_in(home), None
    for pause in pauses:
        moment += pause
        _set_clock(monkeypatch, moment)
        current = sessions.find_current(home.data, token)
        if current is not None and current.is_to_touch:
            sessions.touch(home.data, current.session_id)
    assert (current is None) is is_over


def test_a_session_is_touched_once_a_minute(home: Home, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    start = now()
    _set_clock(monkeypatch, start)
    token = _sign_in(home)
    for seconds, is_to_touch in ((0, False), (60, False), (62, True)):
        _set_clock(monkeypatch, start + timedelta(seconds=seconds))
        current = sessions.find_current(home.data, token)
        assert current is not None
        assert current.is_to_touch is is_to_touch


def test_a_disabled_person_is_out_at_once(home: Home, person: Person) -> None:
    token = _sign_in(home)
    with home.data.transaction() as db:
        db.get_one(Person, person.id).disabled_at = now()
    assert sessions.find_current(home.data, token) is None


def test_signing_out_ends_this_session_and_signing_out_everywhere_all(home: Home, person: Person) -> None:
    first, second, third = _sign_in(home), _sign_in(home), _sign_in(home)
    with home.data.transaction() as db:
        sessions.end(db, first)
    assert sessions.find_current(home.data, first) is None
    assert sessions.find_current(home.data, second)
    with home.data.transaction() as db:
        sessions.end_all(db, person.id)
    assert sessions.find_current(home.data, third) is None


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "Ойдантап"])
def test_a_made_up_token_is_nobody(home: Home, person: Person, token: str) -> None:
    _sign_in(home)
    assert sessions.find_current(home.data, token) is None


def test_sessions_that_are_over_are_swept_at_the_next_sign_in(
    home: Home, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sign_in(home)
    _set_clock(monkeypatch, now() + sessions.ABSOLUTE + SOON)
    _sign_in(home)
    with home.data.read() as db:
        assert len(db.exec(select(SignIn.id)).all()) == 1
