"""People: found by the HMAC of their address, named by sealed names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Membership, Person, Role
from qualcoder.core.clock import now
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import ZERO, PersonId, StudyId, new_id
from qualcoder.core.messages import N_
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

MAX_EMAIL = 254


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the people page shows them."""

    id: PersonId
    name: str
    email: str
    role: Role
    has_signed_up: bool
    since: datetime


def normal_email(typed: str) -> str:
    """An address as it is looked up."""
    address = typed.strip().casefold()
    name, at, host = address.partition("@")
    if (
        not (name and at and host)
        or len(address) > MAX_EMAIL
        or any(c.isspace() or not c.isprintable() for c in address)
    ):
        raise Invalid(N_("This is not an e-mail address."), fields={"email": N_("This is not an e-mail address.")})
    return address


def find_by_email(db: Session, email: str) -> Person | None:
    """Who has this address; it must be normal already."""
    lookup = sealing.lookup(db, KeyRef.system(), "email", email)
    return db.exec(select(Person).where(col(Person.email_lookup) == lookup)).first()


def create_person(db: Session, email: str, name: str, *, is_admin: bool = False) -> Person:
    """A person who has no password yet."""
    address = normal_email(email)
    shown = name.strip() or address.partition("@")[0]
    row = sealing.RowKey(new_id())
    person = Person(
        id=PersonId(row.id),
        email_lookup=sealing.lookup(db, KeyRef.system(), "email", address),
        email_ct=sealing.seal(db, KeyRef.system(), f.PERSON_EMAIL, row, address),
        name_ct=sealing.seal(db, KeyRef.system(), f.PERSON_NAME, row, shown[:120]),
        is_admin=is_admin,
        created_at=now(),
    )
    db.add(person)
    db.flush()
    return person


def name_of(db: Session, person: Person) -> str:
    return sealing.open_(db, KeyRef.system(), f.PERSON_NAME, person, person.name_ct)


def email_of(db: Session, person: Person) -> str:
    return sealing.open_(db, KeyRef.system(), f.PERSON_EMAIL, person, person.email_ct)


@dataclass(frozen=True, slots=True, repr=False)
class Particulars:
    """What is sealed of a person. `totp` is the second factor's secret in base32, none without one."""

    email: str
    name: str
    totp: str | None


def particulars_of(db: Session, person: Person) -> Particulars:
    """Open everything that is sealed of a person."""
    totp = None
    if person.totp_ct is not None:
        totp = sealing.open_(db, KeyRef.system(), f.PERSON_TOTP, person, person.totp_ct)
    return Particulars(email_of(db, person), name_of(db, person), totp)


def keep(db: Session, person: Person, particulars: Particulars) -> None:
    """Seal a person's row anew; what was sealed before can't be put back."""
    person.sealed_rev += 1
    person.email_ct = sealing.seal(db, KeyRef.system(), f.PERSON_EMAIL, person, particulars.email)
    person.name_ct = sealing.seal(db, KeyRef.system(), f.PERSON_NAME, person, particulars.name)
    person.totp_ct = (
        None if particulars.totp is None else sealing.seal(db, KeyRef.system(), f.PERSON_TOTP, person, particulars.totp)
    )
    db.flush()


def locked(db: Session, person_id: PersonId) -> Person:
    """A person's row as it is now, held until the transaction ends."""
    query = select(Person).where(col(Person.id) == person_id).with_for_update()
    return db.exec(query.execution_options(populate_existing=True)).one()


def names_of(db: Session, ids: Iterable[PersonId]) -> dict[PersonId, str]:
    """Names by id, for lists."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {person.id: name_of(db, person) for person in db.exec(select(Person).where(col(Person.id).in_(wanted)))}


def members_of(db: Session, study_id: StudyId) -> list[Member]:
    """Those who belong to a study, by role and name."""
    return _members(db, study_id, col(Membership.ended_at).is_(None))


def former_members_of(db: Session, study_id: StudyId) -> list[Member]:
    """Those who were removed from a study, by role and name; they may be brought back."""
    return _members(db, study_id, col(Membership.ended_at).is_not(None))


def _members(db: Session, study_id: StudyId, condition: ColumnElement[bool]) -> list[Member]:
    rows = db.exec(
        select(Membership, Person)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(col(Membership.study_id) == study_id, condition)
    ).all()
    order = list(Role)
    members = [
        Member(
            id=person.id,
            name=name_of(db, person),
            email=email_of(db, person),
            role=membership.role,
            has_signed_up=person.password_hash is not None,
            since=membership.created_at,
        )
        for membership, person in rows
    ]
    return sorted(members, key=lambda member: (order.index(member.role), member.name.casefold()))


def members_named(db: Session, study_id: StudyId, named: Sequence[str]) -> list[PersonId]:
    """Members of a study by id or address, each once; Invalid when one of them is no member."""
    found: dict[PersonId, None] = {}
    for text in named:
        try:
            person_id = PersonId(UUID(text))
        except ValueError:
            person = find_by_email(db, normal_email(text))
            person_id = PersonId(person.id) if person else PersonId(ZERO)
        found[person_id] = None
    members = set(
        db.exec(
            select(Membership.person_id).where(col(Membership.study_id) == study_id, col(Membership.ended_at).is_(None))
        )
    )
    if not found.keys() <= members:
        message = N_("One of these people does not belong to the study.")
        raise Invalid(message, fields={"coders": message})
    return list(found)
