"""The second factor: who must have one, enrolling, codes that work once, recovery codes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlmodel import Session, col, delete, select

from qualcoder.accounts import people
from qualcoder.accounts.models import Membership, Person, RecoveryCode, Role
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid
from qualcoder.core.ids import PersonId
from qualcoder.core.messages import N_
from qualcoder.vault import onetime, sealing, slots
from qualcoder.vault.keys import KeyRef

ISSUER = "Qualcoder"
RECOVERY_CODES = 10
# These see what identifies respondents, or say who may. Others may have a second factor.
STRICT = frozenset({Role.ADMIN, Role.PI, Role.RESEARCHER})


class Spent(StrEnum):
    """What somebody passed the second step with."""

    CODE = "code"
    RECOVERY_CODE = "recovery code"


class HasFactor(Conflict):
    """A second factor is turned off, with the password, before another takes its place."""

    def __init__(self) -> None:
        super().__init__(N_("You have a second factor already."))


@dataclass(frozen=True, slots=True, repr=False)
class Offer:
    """A secret for an authenticator app, not in force before a code of it was typed."""

    secret: bytes
    uri: str

    @property
    def spelled(self) -> str:
        """The secret in groups of four, for those who type it."""
        text = onetime.spelled(self.secret)
        return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def must_have() -> ColumnElement[bool]:
    """A condition on `person`: an administrator, or PI or researcher of any study."""
    strict_role = exists().where(
        col(Membership.person_id) == col(Person.id),
        col(Membership.ended_at).is_(None),
        col(Membership.role).in_(sorted(STRICT)),
    )
    return or_(col(Person.is_admin), strict_role)


def is_owed() -> ColumnElement[bool]:
    """A condition on `person`: their role asks for a second factor and there is none."""
    return and_(col(Person.totp_ct).is_(None), must_have())


def is_mandatory(db: Session, person_id: PersonId) -> bool:
    """Whether this person may not do without."""
    return bool(db.exec(select(must_have()).select_from(Person).where(col(Person.id) == person_id)).one())


def offer(db: Session, person: Person, session_id: UUID) -> Offer:
    """A secret for this person in this session: the same at every look, another after every change.

    It is derived with the system's key, so that looking at a page stores nothing.
    """
    parts = (str(person.id), str(session_id), str(person.sealed_rev))
    secret = sealing.lookup(db, KeyRef.system(), "second factor offer", *parts)[: onetime.SECRET_BYTES]
    return Offer(secret, onetime.uri(secret, people.email_of(db, person), ISSUER))


def turn_on(db: Session, me: Person, session_id: UUID, typed: str) -> tuple[str, ...]:
    """Put the offered secret into force, if a code of it was typed; returns recovery codes to show once."""
    person = people.locked(db, me.id)
    if person.totp_ct is not None:
        raise HasFactor
    offered = offer(db, person, session_id)
    step = onetime.matching_step(offered.secret, typed, now())
    if step is None:
        message = N_("This code is not right. Check that the clock of your device is, and type the newest code.")
        raise Invalid(message, fields={"code": message})
    people.keep(db, person, replace(people.particulars_of(db, person), totp=onetime.spelled(offered.secret)))
    person.totp_step = step
    chain.record(db, me.id, "factor.turned_on", "person", me.id)
    return _new_codes(db, person)


def turn_off(db: Session, me: Person, *, may_always: bool = False) -> None:
    """Do without a second factor, where the role allows it. `may_always` is the demo's."""
    person = people.locked(db, me.id)
    if not may_always and is_mandatory(db, me.id):
        raise Conflict(N_("Your role needs a second factor. New recovery codes help if a device is lost."))
    _remove(db, person)
    chain.record(db, me.id, "factor.turned_off", "person", me.id)


def renew_codes(db: Session, me: Person) -> tuple[str, ...]:
    """Ten new recovery codes, to show once; the old ones work no more."""
    person = people.locked(db, me.id)
    if person.totp_ct is None:
        raise Conflict(N_("You have no second factor yet."))
    chain.record(db, me.id, "factor.codes_renewed", "person", me.id)
    return _new_codes(db, person)


def reset(db: Session, person: Person) -> None:
    """Take somebody's second factor away: they came in by an invitation that an administrator made for this."""
    _remove(db, people.locked(db, person.id))
    chain.record(db, person.id, "factor.reset", "person", person.id)


def codes_left(db: Session, person_id: PersonId) -> int:
    """How many recovery codes were not used yet."""
    mine = select(func.count()).select_from(RecoveryCode).where(col(RecoveryCode.person_id) == person_id)
    return int(db.exec(mine).one())


def spend(db: Session, person: Person, typed: str) -> Spent | None:
    """Use up what somebody typed: a code of the app or a recovery code, each once. The row of the person is locked."""
    secret = people.particulars_of(db, person).totp
    if secret is None:
        return None
    step = onetime.matching_step(onetime.unspelled(secret), typed, now(), after=person.totp_step)
    if step is not None:
        person.totp_step = step
        return Spent.CODE
    normal = slots.normal_code(typed)
    if not onetime.is_recovery_code(normal):
        return None
    mac = _code_mac(db, person.id, normal)
    mine = delete(RecoveryCode).where(col(RecoveryCode.person_id) == person.id, col(RecoveryCode.code_mac) == mac)
    return Spent.RECOVERY_CODE if db.exec(mine).rowcount == 1 else None


def _remove(db: Session, person: Person) -> None:
    db.execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person.id))
    if person.totp_ct is not None:
        people.keep(db, person, replace(people.particulars_of(db, person), totp=None))
    person.totp_step = None


def _new_codes(db: Session, person: Person) -> tuple[str, ...]:
    db.execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person.id))
    codes = tuple(onetime.new_recovery_code() for _ in range(RECOVERY_CODES))
    for code in codes:
        mac = _code_mac(db, person.id, slots.normal_code(code))
        db.add(RecoveryCode(person_id=person.id, code_mac=mac, created_at=now()))
    return codes


def _code_mac(db: Session, person_id: PersonId, normal: str) -> bytes:
    return sealing.lookup(db, KeyRef.system(), "recovery code", str(person_id), normal)
