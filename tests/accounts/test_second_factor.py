"""The second factor: a code works once, a recovery code works once, and guessing ends soon."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlmodel import col, select

from qualcoder.accounts import factors, limits, own_account, people, service, sessions, signing_in
from qualcoder.accounts.models import PendingSignIn, Person, RecoveryCode, Role
from qualcoder.audit import chain
from qualcoder.audit.models import AuditEntry
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, DomainError, Invalid
from qualcoder.core.ids import ZERO, new_id
from qualcoder.home import Home
from qualcoder.vault import aead, hashing, onetime
from tests.accounts.entering import EMAIL, STEP, Clock, Owner, current_of, enter, make_owner
from tests.homes import CHEAP_MIB, PASSWORD, add_member, make_person, make_study


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def owner(home: Home, clock: Clock) -> Owner:
    return make_owner(home, clock)


def _code(home: Home, entered: signing_in.Entered, typed: str) -> str:
    assert entered.needs_code
    return signing_in.enter_code(home.data, entered.token, typed)


def _refusal(home: Home, entered: signing_in.Entered, typed: str) -> type[DomainError]:
    with pytest.raises(DomainError) as caught:
        _code(home, entered, typed)
    return caught.type


# Codes --------------------------------------------------------------------------------------


@pytest.mark.both_backends
def test_password_and_code_open_a_session(home: Home, owner: Owner, clock: Clock) -> None:
    entered = owner.password()
    token = _code(home, entered, owner.code(clock.moment))
    assert current_of(home, token).person.id == owner.person.id
    assert token != entered.token
    with home.data.read() as db:
        assert db.exec(select(PendingSignIn)).all() == []


def test_the_password_alone_opens_nothing(home: Home, owner: Owner) -> None:
    entered = owner.password()
    assert entered.needs_code
    assert sessions.find_current(home.data, entered.token) is None


@pytest.mark.both_backends
def test_a_code_works_once(home: Home, owner: Owner, clock: Clock) -> None:
    code = owner.code(clock.moment)
    _code(home, owner.password(), code)
    assert _refusal(home, owner.password(), code) is signing_in.WrongCode
    clock.pass_(STEP)
    assert _refusal(home, owner.password(), code) is signing_in.WrongCode
    assert _code(home, owner.password(), owner.code(clock.moment))


def test_the_code_that_turned_the_factor_on_is_used_up(home: Home, owner: Owner, clock: Clock) -> None:
    assert _refusal(home, owner.password(), owner.code(clock.moment, -1)) is signing_in.WrongCode


def test_after_a_later_code_an_earlier_one_is_refused(home: Home, owner: Owner, clock: Clock) -> None:
    clock.pass_(STEP)
    _code(home, owner.password(), owner.code(clock.moment, +1))
    assert _refusal(home, owner.password(), owner.code(clock.moment)) is signing_in.WrongCode


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(home: Home, owner: Owner, clock: Clock, steps: int, *, is_taken: bool) -> None:
    clock.pass_(10 * STEP)
    entered, typed = owner.password(), owner.code(clock.moment, steps)
    if is_taken:
        assert _code(home, entered, typed)
    else:
        assert _refusal(home, entered, typed) is signing_in.WrongCode


def test_another_persons_code_or_recovery_code_is_refused(home: Home, owner: Owner, clock: Clock) -> None:
    other = make_owner(home, clock, "vydumanov@example.org")
    for typed in (other.code(clock.moment), other.codes[0]):
        assert _refusal(home, owner.password(), typed) is signing_in.WrongCode
    assert _code(home, other.password(), other.codes[0])


@pytest.mark.both_backends
def test_one_code_typed_twice_at_once_opens_one_session(home: Home, owner: Owner, clock: Clock) -> None:
    entered = [owner.password() for _ in range(3)]
    code, together, outcomes = owner.code(clock.moment), threading.Barrier(3), list[str]()

    def type_it(one: signing_in.Entered) -> None:
        together.wait()
        try:
            signing_in.enter_code(home.data, one.token, code)
            outcomes.append("in")
        except DomainError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=type_it, args=(one,)) for one in entered]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["WrongCode", "WrongCode", "in"]


# Recovery codes ------------------------------------------------------------------------------


@pytest.mark.both_backends
def test_each_recovery_code_works_once(home: Home, owner: Owner) -> None:
    assert len(set(owner.codes)) == factors.RECOVERY_CODES
    assert _code(home, owner.password(), owner.codes[3])
    assert _refusal(home, owner.password(), owner.codes[3]) is signing_in.WrongCode
    assert _code(home, owner.password(), owner.codes[4].lower().replace("-", " "))
    with home.data.read() as db:
        assert factors.codes_left(db, owner.person.id) == 8


def test_new_recovery_codes_end_the_old_ones(home: Home, owner: Owner) -> None:
    with home.data.transaction() as db:
        fresh = factors.renew_codes(db, owner.person)
    assert not set(fresh) & set(owner.codes)
    assert _refusal(home, owner.password(), owner.codes[0]) is signing_in.WrongCode
    assert _code(home, owner.password(), fresh[0])


def test_neither_secret_nor_codes_nor_tokens_lie_in_the_database(home: Home, owner: Owner) -> None:
    entered = owner.password()
    spelled = onetime.spelled(owner.secret)
    plain = [owner.secret, spelled.encode(), entered.token.encode()]
    plain += [form for code in owner.codes for form in (code.encode(), code.replace("-", "").encode())]
    home.data.dispose()
    for path in home.settings.home.glob("*.db*"):
        content = path.read_bytes()
        assert [words for words in plain if words in content] == []
    with home.data.read() as db:
        macs = {row.code_mac for row in db.exec(select(RecoveryCode))}
    assert not macs & {hashing.token_hash(code.replace("-", "")) for code in owner.codes}


def test_the_secret_has_160_bits_and_its_old_sealing_opens_nothing(home: Home, owner: Owner) -> None:
    assert len(owner.secret) == 20
    with home.data.transaction() as db:
        row = db.get_one(Person, owner.person.id)
        old = row.totp_ct
        people.keep(db, row, people.particulars_of(db, row))
        row.totp_ct = old
        with pytest.raises(aead.CannotOpen):
            people.particulars_of(db, row)
        db.rollback()


# Guessing ------------------------------------------------------------------------------------


@pytest.mark.both_backends
def test_the_fifth_wrong_code_ends_the_sign_in(home: Home, owner: Owner, clock: Clock) -> None:
    entered = owner.password()
    refusals = [_refusal(home, entered, "000000") for _ in range(signing_in.MAX_TRIES)]
    assert refusals == [signing_in.WrongCode] * 4 + [signing_in.StartAgain]
    assert _refusal(home, entered, owner.code(clock.moment)) is signing_in.StartAgain


def test_starting_again_gives_no_more_guesses_than_the_limit(home: Home, owner: Owner, clock: Clock) -> None:
    outcomes = []
    for n in range(4):
        entered = enter(home, address=f"192.0.2.{n}")
        outcomes += [_refusal(home, entered, "000000") for _ in range(signing_in.MAX_TRIES)]
        clock.pass_(timedelta(minutes=1))
    wrong = [one for one in outcomes if one is not signing_in.TooManyCodes]
    assert len(wrong) == limits.CODES.burst
    right = enter(home, address="192.0.2.99")
    assert _refusal(home, right, owner.code(clock.moment)) is signing_in.TooManyCodes
    clock.pass_(timedelta(minutes=10))
    assert _code(home, owner.password(), owner.code(clock.moment))


def test_right_codes_are_not_counted_as_guesses(home: Home, owner: Owner, clock: Clock) -> None:
    for _ in range(limits.CODES.burst + 3):
        clock.pass_(timedelta(minutes=1))
        assert _code(home, owner.password(), owner.code(clock.moment))


def test_one_persons_guesser_does_not_lock_others_out(home: Home, owner: Owner, clock: Clock) -> None:
    other = make_owner(home, clock, "vydumanov@example.org")
    for _ in range(2):
        entered = owner.password()
        for _ in range(signing_in.MAX_TRIES):
            _refusal(home, entered, "000000")
    assert _code(home, other.password(), other.code(clock.moment))


@pytest.mark.parametrize(("passed", "works"), [(timedelta(minutes=5), True), (timedelta(minutes=5, seconds=1), False)])
def test_a_sign_in_waits_five_minutes_for_its_code(
    home: Home, owner: Owner, clock: Clock, passed: timedelta, *, works: bool
) -> None:
    entered = owner.password()
    clock.pass_(passed)
    if works:
        assert _code(home, entered, owner.code(clock.moment))
    else:
        assert _refusal(home, entered, owner.code(clock.moment)) is signing_in.StartAgain
        owner.password()
        with home.data.read() as db:
            assert len(db.exec(select(PendingSignIn.id)).all()) == 1


def test_a_session_and_a_made_up_token_are_no_pending_sign_ins(home: Home, owner: Owner, clock: Clock) -> None:
    session = _code(home, owner.password(), owner.code(clock.moment))
    clock.pass_(STEP)
    for token in (session, "", "x" * 43):
        with pytest.raises(signing_in.StartAgain):
            signing_in.enter_code(home.data, token, owner.code(clock.moment))


def test_who_is_disabled_between_the_steps_stays_out(home: Home, owner: Owner, clock: Clock) -> None:
    entered = owner.password()
    with home.data.transaction() as db:
        db.get_one(Person, owner.person.id).disabled_at = now()
    assert _refusal(home, entered, owner.code(clock.moment)) is signing_in.StartAgain


def test_what_ends_all_sessions_ends_half_done_sign_ins_too(home: Home, owner: Owner, clock: Clock) -> None:
    entered = owner.password()
    with home.data.transaction() as db:
        sessions.end_all(db, owner.person.id)
    assert _refusal(home, entered, owner.code(clock.moment)) is signing_in.StartAgain


# Turning it on and off -----------------------------------------------------------------------


def test_an_offered_secret_is_the_same_at_every_look_and_another_in_another_session(home: Home, clock: Clock) -> None:
    person = make_person(home, EMAIL)
    first, second = new_id(), new_id()
    with home.data.read() as db:
        offers = [factors.offer(db, person, session).secret for session in (first, first, second)]
    assert offers[0] == offers[1] != offers[2]


def test_a_wrong_code_turns_nothing_on(home: Home, clock: Clock) -> None:
    person = make_person(home, EMAIL, password=PASSWORD)
    with pytest.raises(Invalid) as caught, home.data.transaction() as db:
        factors.turn_on(db, person, new_id(), "000000")
    assert "code" in caught.value.fields
    assert not enter(home).needs_code


def test_a_second_factor_is_not_replaced_by_another(home: Home, owner: Owner, clock: Clock) -> None:
    with home.data.read() as db:
        offered = factors.offer(db, db.get_one(Person, owner.person.id), new_id())
    code = onetime.code_at(offered.secret, onetime.step_of(clock.moment))
    with pytest.raises(Conflict), home.data.transaction() as db:
        factors.turn_on(db, owner.person, new_id(), code)


def test_turning_it_on_asks_for_the_password_and_signs_out_everywhere_else(home: Home, clock: Clock) -> None:
    person = make_person(home, EMAIL, password=PASSWORD)
    first, second = enter(home), enter(home)
    here = current_of(home, first.token)
    with home.data.read() as db:
        secret = factors.offer(db, person, here.session_id).secret
    code = onetime.code_at(secret, onetime.step_of(clock.moment))
    with pytest.raises(signing_in.WrongPassword):
        own_account.turn_on_factor(home.data, here, code, "not the password at all")
    assert sessions.find_current(home.data, second.token)
    own_account.turn_on_factor(home.data, here, code, PASSWORD)
    assert sessions.find_current(home.data, second.token) is None
    assert current_of(home, first.token).person.totp_ct


@pytest.mark.parametrize("role", list(Role))
def test_roles_that_see_names_or_decide_who_may_must_have_it(home: Home, role: Role) -> None:
    person = make_person(home, EMAIL, password=PASSWORD)
    assert not current_of(home, enter(home).token).owes_factor
    add_member(home, make_study(home), person, role)
    is_strict = role in {Role.ADMIN, Role.PI, Role.RESEARCHER}
    assert current_of(home, enter(home).token).owes_factor is is_strict


def test_the_role_is_asked_at_every_request(home: Home, owner: Owner, clock: Clock) -> None:
    person = make_person(home, "vydumanov@example.org", password=PASSWORD)
    token, study = enter(home, "vydumanov@example.org").token, make_study(home)
    add_member(home, study, person, Role.CODER)
    assert not current_of(home, token).owes_factor
    add_member(home, study, person, Role.RESEARCHER)
    assert current_of(home, token).owes_factor


def test_an_administrator_of_the_house_must_have_it(home: Home) -> None:
    make_person(home, EMAIL, password=PASSWORD, is_admin=True)
    assert current_of(home, enter(home).token).owes_factor


def test_it_is_turned_off_where_the_role_allows_it(home: Home, owner: Owner) -> None:
    with home.data.transaction() as db:
        factors.turn_off(db, owner.person)
    assert not owner.password().needs_code
    with home.data.read() as db:
        assert factors.codes_left(db, owner.person.id) == 0


def test_it_stays_on_where_the_role_needs_it(home: Home, owner: Owner) -> None:
    add_member(home, make_study(home), owner.person, Role.PI)
    with pytest.raises(Conflict), home.data.transaction() as db:
        factors.turn_off(db, owner.person)
    assert owner.password().needs_code


# Invitations ---------------------------------------------------------------------------------


def _accept(home: Home, owner: Owner, *, resets_factor: bool) -> signing_in.Entered:
    with home.data.transaction() as db:
        token = service.invite(db, None, owner.person, resets_factor=resets_factor)
    return service.accept_invitation(home.data, token, "another quite long password", memory_mib=CHEAP_MIB)


def test_a_new_invitation_for_a_password_does_not_pass_the_second_factor(
    home: Home, owner: Owner, clock: Clock
) -> None:
    entered = _accept(home, owner, resets_factor=False)
    assert _code(home, entered, owner.code(clock.moment))


def test_a_lost_second_factor_ends_only_by_an_invitation_made_for_it(home: Home, owner: Owner, clock: Clock) -> None:
    pending = owner.password()
    entered = _accept(home, owner, resets_factor=True)
    assert not entered.needs_code
    assert current_of(home, entered.token).person.totp_ct is None
    assert _refusal(home, pending, owner.code(clock.moment)) is signing_in.StartAgain
    again = enter(home, password="another quite long password")
    assert not again.needs_code


# The record ----------------------------------------------------------------------------------


def test_every_step_is_recorded_without_codes(home: Home, owner: Owner, clock: Clock) -> None:
    _refusal(home, owner.password(), "000000")
    _code(home, owner.password(), owner.codes[0])
    _code(home, owner.password(), owner.code(clock.moment))
    with home.data.read() as db:
        entries = db.exec(select(AuditEntry).order_by(col(AuditEntry.seq))).all()
        acts = [entry.act for entry in entries if entry.act.startswith(("sign_in", "factor"))]
        assert chain.verify(db, ZERO).is_whole
    assert acts == [
        "sign_in.done",
        "factor.turned_on",
        "sign_in.code_asked",
        "sign_in.code_refused",
        "sign_in.code_asked",
        "factor.recovery_code_used",
        "sign_in.done",
        "sign_in.code_asked",
        "sign_in.done",
    ]
