"""Who may do what: the table is written down a second time, by hand."""

from __future__ import annotations

import pytest

from qualcoder.accounts import access
from qualcoder.accounts.models import Role
from qualcoder.accounts.permissions import TABLE, Act, allows
from qualcoder.core.errors import NotFound, Refused
from qualcoder.home import Home
from tests.homes import World, make_person

ROLES = (Role.ADMIN, Role.PI, Role.RESEARCHER, Role.CODER, Role.OBSERVER)

# Columns:             admin  PI   researcher coder observer
EXPECTED = """
    see_study          yes    yes  yes        yes   yes
    set_policy         no     yes  no         no    no
    see_people         yes    yes  no         no    no
    manage_people      yes    yes  no         no    no
    see_audit          yes    yes  no         no    no
    see_races          yes    yes  yes        yes   yes
    import_races       no     yes  yes        no    no
    see_codebook       no     yes  yes        yes   yes
    edit_codebook      no     yes  no         no    no
    propose_code       no     yes  yes        yes   no
    upload             no     yes  yes        no    no
    list_transcripts   no     yes  yes        yes   no
    review             no     yes  yes        no    no
    see_registry       no     yes  yes        no    no
    edit_registry      no     yes  yes        no    no
    assign             no     yes  yes        no    no
    see_interview      no     yes  yes        no    no
    link               no     yes  yes        no    no
    record_consent     no     yes  yes        no    no
    read_text          no     yes  yes        yes   no
    code               no     yes  yes        yes   no
    flag               no     yes  yes        yes   no
    decide_flags       no     yes  yes        no    no
    mask               no     yes  no         no    no
    see_matrix         no     yes  no         no    no
    export             no     yes  no         no    no
    see_jobs           no     yes  yes        no    no
"""
LINES = {line.split()[0]: line.split()[1:] for line in EXPECTED.strip().splitlines()}
TEXT_ACTS = {Act.LIST_TRANSCRIPTS, Act.REVIEW, Act.READ_TEXT, Act.CODE, Act.SEE_INTERVIEW, Act.EXPORT, Act.UPLOAD}
TEXT_ACTS |= {Act.FLAG, Act.DECIDE_FLAGS, Act.MASK}


def test_every_act_is_in_the_table_once() -> None:
    assert set(TABLE) == set(Act)
    assert {act.value for act in Act} == set(LINES)


@pytest.mark.parametrize("act", list(Act))
def test_the_table_is_what_was_agreed(act: Act) -> None:
    assert ["yes" if allows(role, act) else "no" for role in ROLES] == LINES[act.value]


@pytest.mark.parametrize("act", sorted(TEXT_ACTS))
def test_neither_admin_nor_observer_comes_near_text(act: Act) -> None:
    assert not allows(Role.ADMIN, act)
    assert not allows(Role.OBSERVER, act)


@pytest.mark.both_backends
@pytest.mark.parametrize("act", [Act.SEE_STUDY, Act.READ_TEXT, Act.EXPORT, Act.MANAGE_PEOPLE])
def test_a_member_is_refused_and_a_stranger_finds_nothing(home: Home, world: World, act: Act) -> None:
    roles = {
        "admin": Role.ADMIN,
        "pi": Role.PI,
        "researcher": Role.RESEARCHER,
        "coder": Role.CODER,
        "observer": Role.OBSERVER,
    }
    nobody = make_person(home, "nobody@example.org")
    with home.data.read() as db:
        for name, role in roles.items():
            person = world.by_name[name]
            if allows(role, act):
                assert access.study_by_slug(db, person, "demo", act).role is role
                assert access.study_by_id(db, person, world.study.id, act).study.id == world.study.id
            else:
                with pytest.raises(Refused):
                    access.study_by_slug(db, person, "demo", act)
        for stranger in (world.outsider, nobody):
            with pytest.raises(NotFound):
                access.study_by_slug(db, stranger, "demo", act)
            with pytest.raises(NotFound):
                access.study_by_id(db, stranger, world.study.id, act)


def test_a_study_that_is_not_there_is_answered_like_a_foreign_one(home: Home, world: World) -> None:
    with home.data.read() as db:
        with pytest.raises(NotFound) as absent:
            access.study_by_slug(db, world.outsider, "no-such-study", Act.SEE_STUDY)
        with pytest.raises(NotFound) as foreign:
            access.study_by_slug(db, world.outsider, "demo", Act.SEE_STUDY)
    assert str(absent.value) == str(foreign.value)


def test_a_person_sees_own_studies_only_and_an_admin_all(home: Home, world: World) -> None:
    with home.data.read() as db:
        seen = {
            name: [(found.study.slug, found.role) for found in access.studies_of(db, person)]
            for name, person in world.by_name.items()
        }
    assert seen["coder"] == [("demo", Role.CODER)]
    assert seen["outsider"] == [("demo-other", Role.PI)]
    assert seen["admin"] == [("demo", Role.ADMIN), ("demo-other", Role.ADMIN)]
