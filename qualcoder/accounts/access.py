"""The one way into a study: load it for a person and an act, or refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Membership, Person, Role, Study
from qualcoder.accounts.permissions import Act, allows
from qualcoder.core.errors import NotFound, Refused
from qualcoder.core.messages import N_
from qualcoder.vault.keys import KeyRef

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
# What a session carries in `info` when it may touch one study only, as those of a script's token do.
ONLY_STUDY = "only_study"


@dataclass(frozen=True, slots=True)
class Access:
    """A study, the person who asks, and the role."""

    study: Study
    person: Person
    role: Role

    @property
    def key(self) -> KeyRef:
        return KeyRef.study(self.study.id)

    def may(self, act: Act) -> bool:
        return allows(self.role, act)

    def require(self, act: Act) -> Access:
        """This access, or Refused: a member may know that the thing is there."""
        if not self.may(act):
            raise Refused(N_("Your role in this study does not allow this."))
        return self


def role_of(me: Person, membership: Membership | None) -> Role | None:
    """A person's role in a study; an admin of the house is an admin in every study."""
    if membership is not None and membership.ended_at is None:
        return membership.role
    return Role.ADMIN if me.is_admin else None


def is_in_scope(db: Session, study_id: UUID) -> bool:
    """Whether this session may touch a study at all. A session bound to another one sees it as not there."""
    bound = db.info.get(ONLY_STUDY)
    return bound is None or bound == study_id


def study_named(db: Session, me: Person, name: str, act: Act) -> Access:
    """A study by its id or its short name."""
    try:
        study_id = UUID(name)
    except ValueError:
        # Any other text is no study's name, and PostgreSQL takes no zero byte in a comparison.
        if not SLUG.fullmatch(name):
            raise NotFound from None
        return study_by_slug(db, me, name, act)
    return study_by_id(db, me, study_id, act)


def study_by_slug(db: Session, me: Person, slug: str, act: Act) -> Access:
    """A study for an act; NotFound for those who don't belong to it."""
    return _access(db, me, col(Study.slug) == slug, act)


def study_by_id(db: Session, me: Person, study_id: UUID, act: Act) -> Access:
    """The same by id."""
    return _access(db, me, col(Study.id) == study_id, act)


def _access(db: Session, me: Person, condition: object, act: Act) -> Access:
    mine = and_(col(Membership.study_id) == col(Study.id), col(Membership.person_id) == me.id)
    found = db.exec(
        select(Study, Membership).join(Membership, mine, isouter=True).where(condition)  # type: ignore[arg-type]  # a column comparison
    ).first()
    if found is None:
        raise NotFound
    study, membership = found
    role = role_of(me, membership)
    if role is None or not is_in_scope(db, study.id):
        raise NotFound
    return Access(study, me, role).require(act)


def studies_of(db: Session, me: Person) -> list[Access]:
    """Every study that a person belongs to, by slug."""
    mine = and_(col(Membership.study_id) == col(Study.id), col(Membership.person_id) == me.id)
    rows = db.exec(select(Study, Membership).join(Membership, mine, isouter=True).order_by(col(Study.slug))).all()
    found = [(study, role_of(me, membership)) for study, membership in rows]
    return [Access(study, me, role) for study, role in found if role is not None and is_in_scope(db, study.id)]
