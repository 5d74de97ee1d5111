"""JSON: who the token stands for, the study it opens, its people."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from qualcoder.accounts import people
from qualcoder.accounts import service as accounts
from qualcoder.accounts.access import Access, studies_of, study_named
from qualcoder.accounts.models import Language, Layers, Originals, Role
from qualcoder.accounts.permissions import TABLE, Act
from qualcoder.web.bearer import ApiMe, ApiRead
from qualcoder.web.replies import Listed, Reply

router = APIRouter(tags=["people and studies"])


class StudyLine(Reply):
    """A study, and what the person is in it."""

    id: UUID
    slug: str
    title: str
    role: Role


class Me(Reply):
    """The person whom the token stands for, and its one study; null once the person has left it."""

    id: UUID
    name: str
    email: str
    language: Language
    is_admin: bool
    study: StudyLine | None


class Study(StudyLine):
    """A study with its rules, and the acts that the person's role allows."""

    needs_second_reader: bool
    may_accept_all: bool
    originals: Originals
    layers: Layers
    is_demo: bool
    acts: tuple[Act, ...]


class Member(Reply):
    """Somebody who belongs to a study."""

    id: UUID
    name: str
    email: str
    role: Role


def _line(db: ApiRead, access: Access) -> StudyLine:
    study = access.study
    return StudyLine(id=study.id, slug=study.slug, title=accounts.title_of(db, study), role=access.role)


@router.get("/me", name="api:me")
def me(db: ApiRead, me: ApiMe) -> Me:
    """The person whom the token stands for."""
    mine = [_line(db, access) for access in studies_of(db, me)]
    return Me(
        id=me.id,
        name=people.name_of(db, me),
        email=people.email_of(db, me),
        language=me.language,
        is_admin=me.is_admin,
        study=mine[0] if mine else None,
    )


@router.get("/studies", name="api:studies")
def studies(db: ApiRead, me: ApiMe) -> Listed[StudyLine]:
    """The studies that the token opens: one, or none once the person has left it."""
    return Listed(items=tuple(_line(db, access) for access in studies_of(db, me)), next=None)


@router.get("/studies/{s}", name="api:study")
def study(db: ApiRead, me: ApiMe, s: str) -> Study:
    """A study by its short name or id."""
    access = study_named(db, me, s, Act.SEE_STUDY)
    found = access.study
    return Study(
        **_line(db, access).model_dump(),
        needs_second_reader=found.needs_second_reader,
        may_accept_all=found.may_accept_all,
        originals=found.originals,
        layers=found.layers,
        is_demo=found.is_demo,
        acts=tuple(act for act in TABLE if access.may(act)),
    )


@router.get("/studies/{s}/people", name="api:people")
def members(db: ApiRead, me: ApiMe, s: str) -> Listed[Member]:
    """Who belongs to a study, by role and name."""
    access = study_named(db, me, s, Act.SEE_PEOPLE)
    lines = people.members_of(db, access.study.id)
    found = tuple(Member(id=line.id, name=line.name, email=line.email, role=line.role) for line in lines)
    return Listed(items=found, next=None)
