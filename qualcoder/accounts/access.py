"""The one way into a study: load it for a person and an act, or refuse."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Membership, Person, Role, Study
from qualcoder.accounts.permissions import Act, allows
from qualcoder.core.errors import NotFound, Refused
from qualcoder.core.messages import N_
from qualcoder.vault.keys import KeyRef


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
    if role is None:
        raise NotFound
    return Access(study, me, role).require(act)


def studies_of(db: Session, me: Person) -> list[Access]:
    """Every study that a person belongs to, by slug."""
    mine = and_(col(Membership.study_id) == col(Study.id), col(Membership.person_id) == me.id)
    rows = db.exec(select(Study, Membership).join(Membership, mine, isouter=True).order_by(col(Study.slug))).all()
    found = [(study, role_of(me, membership)) for study, membership in rows]
    return [Access(study, me, role) for study, role in found if role is not None]
