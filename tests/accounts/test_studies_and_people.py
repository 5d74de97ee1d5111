"""Studies, invitations and roles: once, in time, and never without a PI."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlmodel import col, select

from qualcoder.accounts import people, service, sessions, signing_in
from qualcoder.accounts.models import Language, Membership, Person, Role
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, DomainError, Invalid, NotFound, Refused
from qualcoder.core.ids import PersonId, new_id
from qualcoder.home import Home
from tests.homes import CHEAP_MIB, PASSWORD, World, access_of, add_member, make_person, make_study


def _invite(home: Home, person: Person) -> str:
    with home.data.transaction() as db:
        return service.invite(db, None, person)


def _accept(home: Home, token: str, password: str = PASSWORD) -> str:
    return service.accept_invitation(home.data, token, password, memory_mib=CHEAP_MIB).token


@pytest.fixture
def invited(home: Home) -> Person:
    return make_person(home, "serik@example.org", "Серік Ойдантап")


@pytest.mark.both_backends
def test_an_invitation_sets_a_password_and_signs_in(home: Home, invited: Person) -> None:
    session = _accept(home, _invite(home, invited))
    current = sessions.find_current(home.data, session)
    assert current is not None
    assert current.person.id == invited.id
    assert signing_in.sign_in(home.data, "serik@example.org", PASSWORD, "192.0.2.1", memory_mib=CHEAP_MIB).token


def test_an_invitation_works_once(home: Home, invited: Person) -> None:
    token = _invite(home, invited)
    _accept(home, token)
    with pytest.raises(NotFound):
        _accept(home, token, "another quite long password")
    with home.data.read() as db, pytest.raises(NotFound):
        service.invited_person(db, token)


@pytest.mark.both_backends
def test_an_invitation_used_twice_at_once_works_once(home: Home, invited: Person) -> None:
    token, together, outcomes = _invite(home, invited), threading.Barrier(3), list[str]()

    def accept() -> None:
        together.wait()
        try:
            _accept(home, token)
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=accept) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["NotFound", "NotFound", "done"]


@pytest.mark.parametrize(("passed", "works"), [(timedelta(hours=72), True), (timedelta(hours=72, seconds=1), False)])
def test_an_invitation_lasts_72_hours(
    home: Home, invited: Person, monkeypatch: pytest.MonkeyPatch, passed: timedelta, *, works: bool
) -> None:
    start = now()
    monkeypatch.setattr(service, "now", lambda: start)
    token = _invite(home, invited)
    monkeypatch.setattr(service, "now", lambda: start + passed)
    if works:
        assert _accept(home, token)
    else:
        with pytest.raises(NotFound):
            _accept(home, token)


def test_a_made_up_invitation_is_nothing(home: Home, invited: Person) -> None:
    with pytest.raises(NotFound):
        _accept(home, "x" * 43)


def test_a_new_password_signs_out_old_sessions(home: Home, invited: Person) -> None:
    old = _accept(home, _invite(home, invited))
    _accept(home, _invite(home, invited), "another quite long password")
    assert sessions.find_current(home.data, old) is None


@pytest.mark.parametrize(
    "password",
    [
        "",
        "fourteen chars",
        "x" * 129,
        "aaaaaaaaaaaaaaaaaaaa",
        "abababababababababab",
        "my name is Serik Oydantap",
        "менің атым Ойдантап Серік",
        "serik1990 and some words",
    ],
)
def test_a_weak_password_is_refused_and_the_invitation_stays_good(home: Home, password: str) -> None:
    person = make_person(home, "serik1990@example.org", "Serik Oydantap Ойдантап")
    token = _invite(home, person)
    if password == "serik1990 and some words":
        with home.data.read() as db:
            assert people.email_of(db, person).startswith("serik1990")
    with pytest.raises(Invalid) as caught:
        _accept(home, token, password)
    assert "password" in caught.value.fields
    assert not password or password not in str(caught.value)
    assert _accept(home, token)


@pytest.mark.parametrize(
    "password", [PASSWORD, "құпия сөз тіркесі осы", "пять простых длинных слов", "x1y2z3a4b5c6d7e8"]
)
def test_a_long_password_of_any_letters_is_taken(password: str) -> None:
    service.check_password(password, ("Serik", "serik1990"))


@pytest.mark.parametrize(
    "typed", ["", "x", "@", "a@", "@b", "a b@example.org", "a@ex ample", "a@b\n", "a" * 250 + "@b.kz"]
)
def test_what_is_no_address_is_refused(home: Home, typed: str) -> None:
    if typed == "a@b\n":
        assert people.normal_email(typed) == "a@b"
        return
    with pytest.raises(Invalid):
        people.normal_email(typed)


def test_people_are_found_by_address_and_named(home: Home) -> None:
    made = make_person(home, "Aigul@Example.org", "Айгүл Выдуманова")
    with home.data.read() as db:
        found = people.find_by_email(db, people.normal_email("aigul@example.ORG "))
        assert found is not None
        assert found.id == made.id
        assert people.name_of(db, found) == "Айгүл Выдуманова"
        assert people.email_of(db, found) == "aigul@example.org"
        assert people.names_of(db, [made.id, PersonId(new_id())]) == {made.id: "Айгүл Выдуманова"}
        assert people.find_by_email(db, "nobody@example.org") is None


# Studies ----------------------------------------------------------------------------------


@pytest.mark.both_backends
def test_a_study_has_its_key_its_chain_and_a_sealed_title(home: Home) -> None:
    study = make_study(home, "akim-2022")
    with home.data.read() as db:
        assert service.title_of(db, study) == "Study akim-2022"
        assert chain.verify(db, study.id).entries == 1
    assert b"Study" not in study.title_ct


@pytest.mark.parametrize("slug", ["", "A", "әкім", "a b", "-a", "a-", "a" * 41, "a/b", "../x"])
def test_a_short_name_that_does_not_fit_an_address_is_refused(home: Home, slug: str) -> None:
    with pytest.raises(Invalid):
        make_study(home, slug)


def test_a_short_name_is_taken_once(home: Home) -> None:
    make_study(home, "akim")
    with pytest.raises(Conflict):
        make_study(home, "akim")


def test_a_study_needs_a_title_and_an_admin(home: Home, world: World) -> None:
    with pytest.raises(Invalid), home.data.transaction() as db:
        service.create_study(db, world.admin, service.StudyDraft("another", "  "))
    with pytest.raises(Refused), home.data.transaction() as db:
        service.create_study(db, world.pi, service.StudyDraft("another", "A title"))
    with home.data.transaction() as db:
        made = service.create_study(db, world.admin, service.StudyDraft("another", " A title "))
        assert service.title_of(db, made) == "A title"


# Roles ------------------------------------------------------------------------------------


def _roles(home: Home, world: World, person: Person) -> list[Role]:
    with home.data.read() as db:
        query = select(Membership).where(
            col(Membership.study_id) == world.study.id,
            col(Membership.person_id) == person.id,
            col(Membership.ended_at).is_(None),
        )
        return [membership.role for membership in db.exec(query)]


@pytest.mark.both_backends
def test_the_last_pi_can_neither_leave_nor_step_down(home: Home, world: World) -> None:
    with pytest.raises(Conflict), home.data.transaction() as db:
        service.end_membership(db, access_of(db, world.study, world.pi), world.pi.id)
    with pytest.raises(Conflict), home.data.transaction() as db:
        service.set_role(db, access_of(db, world.study, world.pi), world.pi, Role.CODER)
    assert _roles(home, world, world.pi) == [Role.PI]


@pytest.mark.both_backends
def test_of_two_pis_who_leave_at_once_one_stays(home: Home, world: World) -> None:
    second = make_person(home, "second@example.org")
    add_member(home, world.study, second, Role.PI)
    together, outcomes = threading.Barrier(2), list[str]()

    def leave(person: Person) -> None:
        together.wait()
        try:
            with home.data.transaction() as db:
                service.end_membership(db, access_of(db, world.study, person), person.id)
            outcomes.append("left")
        except DomainError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=leave, args=(person,)) for person in (world.pi, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Conflict", "left"]


def test_with_a_second_pi_the_first_may_leave_and_is_signed_out(home: Home, world: World) -> None:
    add_member(home, world.study, world.researcher, Role.PI)
    with home.data.transaction() as db:
        token = sessions.open_session(db, world.pi.id)
    with home.data.transaction() as db:
        service.end_membership(db, access_of(db, world.study, world.researcher), world.pi.id)
    assert _roles(home, world, world.pi) == []
    assert sessions.find_current(home.data, token) is None
    with home.data.read() as db, pytest.raises(NotFound):
        access_of(db, world.study, world.pi)


def test_who_left_may_come_back_in_another_role(home: Home, world: World) -> None:
    with home.data.transaction() as db:
        service.end_membership(db, access_of(db, world.study, world.pi), world.coder.id)
    add_member(home, world.study, world.coder, Role.OBSERVER)
    assert _roles(home, world, world.coder) == [Role.OBSERVER]


@pytest.mark.parametrize("name", ["researcher", "coder", "observer"])
def test_others_manage_nobody(home: Home, world: World, name: str) -> None:
    me = world.by_name[name]
    for act in (
        lambda db, access: service.set_role(db, access, me, Role.PI),
        lambda db, access: service.end_membership(db, access, world.other_coder.id),
        lambda db, access: service.add_member(db, access, "new@example.org", "New", Role.CODER),
        lambda db, access: service.set_policy(
            db, access, service.Policy(needs_second_reader=False, may_accept_all=True)
        ),
    ):
        with pytest.raises(Refused), home.data.transaction() as db:
            act(db, access_of(db, world.study, me))


def test_a_new_member_is_invited_and_a_known_one_is_not_asked_for_a_password(home: Home, world: World) -> None:
    known = make_person(home, "known@example.org", password=PASSWORD)
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        new, token = service.add_member(db, access, "new@example.org", "Жаңа Ойлап", Role.CODER)
        same, no_token = service.add_member(db, access, "KNOWN@example.org", "", Role.OBSERVER)
    assert token
    assert _accept(home, token)
    assert (same.id, no_token) == (known.id, None)
    assert _roles(home, world, new) == [Role.CODER]
    with home.data.read() as db:
        members = people.members_of(db, world.study.id)
    assert [member.role for member in members] == sorted((m.role for m in members), key=list(Role).index)
    assert {member.email: member.has_signed_up for member in members}["new@example.org"]


def test_a_pi_appoints_no_administrator(home: Home, world: World) -> None:
    with pytest.raises(Refused), home.data.transaction() as db:
        service.add_member(db, access_of(db, world.study, world.pi), "boss@example.org", "", Role.ADMIN)


def test_a_member_of_another_study_can_not_be_ended_here(home: Home, world: World) -> None:
    with pytest.raises(NotFound), home.data.transaction() as db:
        service.end_membership(db, access_of(db, world.study, world.pi), world.outsider.id)


def test_every_act_on_people_leaves_an_entry(home: Home, world: World) -> None:
    with home.data.read() as db:
        before = chain.verify(db, world.study.id).entries
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        service.set_role(db, access, world.coder, Role.OBSERVER)
        service.end_membership(db, access, world.coder.id)
        service.set_policy(db, access, service.Policy(needs_second_reader=True, may_accept_all=False))
    with home.data.read() as db:
        assert chain.verify(db, world.study.id) == chain.Verdict(world.study.id, before + 3, None)


@pytest.mark.parametrize(("theme", "density"), [("pink", "compact"), ("auto", "dense"), ("", ""), ("DARK", "compact")])
def test_an_appearance_that_is_not_offered_is_refused(home: Home, world: World, theme: str, density: str) -> None:
    with pytest.raises(Invalid), home.data.transaction() as db:
        service.choose_appearance(db, world.coder, theme, density)


def test_language_and_appearance_stay_with_the_person(home: Home, world: World) -> None:
    with home.data.transaction() as db:
        service.choose_language(db, world.coder, Language.KK)
        service.choose_appearance(db, world.coder, "dark", "compact")
    with home.data.read() as db:
        found = db.get_one(Person, world.coder.id)
        assert (found.language, found.theme, found.density) == (Language.KK, "dark", "compact")
