"""Acts on studies and people: create, invite, sign in, choose a role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select, update

from qualcoder.accounts import factors, people, sessions, signing_in, tokens
from qualcoder.accounts.access import SLUG, Access
from qualcoder.accounts.models import (
    Invitation,
    Language,
    Layers,
    Membership,
    Originals,
    Person,
    Pseudonyms,
    Role,
    Study,
)
from qualcoder.accounts.permissions import Act, allows
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.errors import Conflict, Invalid, NotFound, Refused
from qualcoder.core.ids import PersonId, StudyId, new_id
from qualcoder.core.messages import N_
from qualcoder.vault import fields as f
from qualcoder.vault import hashing, identity, sealing
from qualcoder.vault.keys import KeyRef
from qualcoder.vault.slots import MIN_PASSPHRASE

INVITATION_LASTS = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class StudyDraft:
    """What a new study needs."""

    slug: str
    title: str
    needs_second_reader: bool = True
    is_demo: bool = False


def create_study(db: Session, actor: Person | None, draft: StudyDraft) -> Study:
    """A study with its key and audit chain. The key is durable first."""
    if actor is not None and not actor.is_admin:
        raise Refused(N_("Only an administrator creates studies."))
    if not SLUG.fullmatch(draft.slug):
        raise Invalid(N_("A short name has 1 to 40 small Latin letters, digits and dashes."))
    if not draft.title.strip():
        raise Invalid(N_("A study needs a title."))
    if db.exec(select(Study.id).where(col(Study.slug) == draft.slug)).first():
        raise Conflict(N_("A study with this short name exists already."))
    study_id = StudyId(new_id())
    sealing.keyring_of(db).create(KeyRef.study(study_id))
    row = sealing.RowKey(study_id)
    study = Study(
        id=study_id,
        slug=draft.slug,
        title_ct=sealing.seal(db, KeyRef.study(study_id), f.STUDY_TITLE, row, draft.title.strip()[:300]),
        needs_second_reader=draft.needs_second_reader,
        may_accept_all=draft.is_demo,
        is_demo=draft.is_demo,
        created_at=now(),
    )
    db.add(study)
    db.flush()
    chain.begin(db, study_id)
    db.flush()
    chain.record(db, actor.id if actor else None, "study.created", "study", study_id, study_id=study_id)
    return study


def title_of(db: Session, study: Study) -> str:
    return sealing.open_(db, KeyRef.study(study.id), f.STUDY_TITLE, study, study.title_ct)


def set_role(db: Session, access: Access, person: Person, role: Role) -> Membership:
    """Give a person a role in the study; the last PI keeps theirs."""
    access.require(Act.MANAGE_PEOPLE)
    study = access.study
    known = db.exec(
        select(Membership).where(col(Membership.person_id) == person.id, col(Membership.study_id) == study.id)
    ).first()
    if known is None:
        known = Membership(person_id=person.id, study_id=study.id, role=role, created_at=now())
        db.add(known)
    else:
        if known.role is Role.PI and role is not Role.PI:
            _keep_a_pi(db, study.id, person.id)
        known.role, known.ended_at = role, None
    db.flush()
    chain.record(db, access.person.id, "member.role_set", "person", person.id, study_id=study.id)
    return known


def end_membership(db: Session, access: Access, person_id: PersonId) -> None:
    """Remove a person from the study; their sessions end."""
    access.require(Act.MANAGE_PEOPLE)
    membership = db.exec(
        select(Membership).where(
            col(Membership.person_id) == person_id,
            col(Membership.study_id) == access.study.id,
            col(Membership.ended_at).is_(None),
        )
    ).first()
    if membership is None:
        raise NotFound
    if membership.role is Role.PI:
        _keep_a_pi(db, access.study.id, person_id)
    membership.ended_at = now()
    sessions.end_all(db, person_id)
    tokens.revoke_all(db, person_id, access.study.id)
    chain.record(db, access.person.id, "member.ended", "person", person_id, study_id=access.study.id)


def restore_membership(db: Session, access: Access, person_id: PersonId) -> None:
    """Bring a removed person back in the role they had, with the transcripts they were assigned to.

    The same people may do it who may add such a person.
    """
    access.require(Act.MANAGE_PEOPLE)
    membership = db.exec(
        select(Membership).where(
            col(Membership.person_id) == person_id,
            col(Membership.study_id) == access.study.id,
            col(Membership.ended_at).is_not(None),
        )
    ).first()
    if membership is None:
        raise NotFound
    _require_may_bring_in(db, access, membership.role)
    _refuse_to_share_a_key(db, access, db.get_one(Person, person_id))
    membership.ended_at = None
    chain.record(db, access.person.id, "member.restored", "person", person_id, study_id=access.study.id)


def _keep_a_pi(db: Session, study_id: StudyId, leaving: PersonId) -> None:
    # Two PIs who leave at once would each see the other still there.
    db.exec(select(Study.id).where(col(Study.id) == study_id).with_for_update()).one()
    others = select(Membership.id).where(
        col(Membership.study_id) == study_id,
        col(Membership.role) == Role.PI,
        col(Membership.ended_at).is_(None),
        col(Membership.person_id) != leaving,
    )
    if db.exec(others).first() is None:
        raise Conflict(N_("A study needs at least one PI. Give somebody else that role first."))


def invite(db: Session, actor: Person | None, person: Person, *, resets_factor: bool = False) -> str:
    """A link for one person to set a password, once, and to begin without a second factor; returns the token."""
    token = hashing.new_token()
    db.add(
        Invitation(
            token_hash=hashing.token_hash(token),
            person_id=person.id,
            created_by=actor.id if actor else None,
            created_at=now(),
            expires_at=now() + INVITATION_LASTS,
            resets_factor=resets_factor,
        )
    )
    chain.record(
        db, actor.id if actor else None, "person.invited", "person", person.id, resets_factor=int(resets_factor)
    )
    return token


def invite_again(db: Session, actor: Person, person: Person, *, resets_factor: bool) -> str:
    """A new link for somebody who lost the password or the second factor. Nobody chooses a password for others.

    Every study of the person learns of it from its record of acts.
    """
    if not actor.is_admin:
        raise Refused(N_("Only an administrator of the house sends a new invitation."))
    token = invite(db, actor, person, resets_factor=resets_factor)
    counts = {"resets_factor": int(resets_factor)}
    mine = select(Membership).where(col(Membership.person_id) == person.id, col(Membership.ended_at).is_(None))
    for study_id in sorted(membership.study_id for membership in db.exec(mine)):
        chain.record(db, actor.id, "person.invited", "person", person.id, study_id=study_id, **counts)
    return token


def invite_member_again(db: Session, access: Access, person_id: PersonId, *, resets_factor: bool) -> tuple[Person, str]:
    """The same for another member of a study, as its people page offers it."""
    access.require(Act.MANAGE_PEOPLE)
    if person_id == access.person.id:
        raise Conflict(N_("Change your own password and second factor on your account page."))
    person = db.exec(
        select(Person)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(
            col(Person.id) == person_id,
            col(Membership.study_id) == access.study.id,
            col(Membership.ended_at).is_(None),
        )
    ).first()
    if person is None:
        raise NotFound
    return person, invite_again(db, access.person, person, resets_factor=resets_factor)


def add_member(db: Session, access: Access, email: str, name: str, role: Role) -> tuple[Person, str | None]:
    """Somebody joins the study; a person without a password also gets an invitation token."""
    access.require(Act.MANAGE_PEOPLE)
    _require_may_bring_in(db, access, role)
    person = people.find_by_email(db, people.normal_email(email)) or people.create_person(db, email, name)
    _refuse_to_share_a_key(db, access, person)
    set_role(db, access, person, role)
    return person, (invite(db, access.person, person) if person.password_hash is None else None)


def _require_may_bring_in(db: Session, access: Access, role: Role) -> None:
    if role is Role.ADMIN and not access.person.is_admin:
        raise Refused(N_("Only an administrator appoints administrators."))
    if access.role is Role.ADMIN and allows(role, Act.READ_TEXT) and _has_signed_up_pi(db, access.study.id):
        raise Refused(N_("Only a PI of this study brings in people who read its interviews."))


def _has_signed_up_pi(db: Session, study_id: StudyId) -> bool:
    found = (
        select(Membership.id)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(
            col(Membership.study_id) == study_id,
            col(Membership.role) == Role.PI,
            col(Membership.ended_at).is_(None),
            col(Person.password_hash).is_not(None),
        )
    )
    return db.exec(found).first() is not None


def _refuse_to_share_a_key(db: Session, access: Access, person: Person) -> None:
    """Whoever holds the invitation of an account becomes its owner, so only one study hands it out."""
    if person.password_hash is not None or access.person.is_admin:
        return
    elsewhere = select(Membership.id).where(
        col(Membership.person_id) == person.id,
        col(Membership.study_id) != access.study.id,
        col(Membership.ended_at).is_(None),
    )
    if person.is_admin or db.exec(elsewhere).first() is not None:
        raise Conflict(N_("This person has not accepted an earlier invitation yet. Add them once they have."))


def invited_person(db: Session, token: str) -> Person:
    """Whom an invitation is for; NotFound if it was used or is too old."""
    return db.get_one(Person, _invitation(db, token).person_id)


def _invitation(db: Session, token: str, *, is_locked: bool = False) -> Invitation:
    query = select(Invitation).where(col(Invitation.token_hash) == hashing.token_hash(token))
    found = db.exec(query.with_for_update() if is_locked else query).first()
    if found is None or found.used_at is not None or found.expires_at < now():
        raise NotFound
    return found


def check_password(password: str, context: tuple[str, ...] = ()) -> None:
    """Length, and no use of one's own name or address (NIST SP 800-63B: no composition rules)."""
    if not hashing.MIN_PASSWORD <= len(password) <= hashing.MAX_PASSWORD:
        message = N_("A password has 15 to 128 characters. Several words are easy to remember.")
        raise Invalid(message, fields={"password": message})
    plain = password.casefold()
    own_words = re.findall(r"\w{4,}", " ".join(context).casefold())
    if len(set(plain)) < 6 or any(word in plain for word in own_words):
        message = N_("This password is easy to guess: it repeats itself, or holds your name or address.")
        raise Invalid(message, fields={"password": message})


def accept_invitation(
    database: Database,
    token: str,
    password: str,
    *,
    memory_mib: int,
    asks_code: bool = True,
    language: Language | None = None,
) -> signing_in.Entered:
    """Set the password that somebody chose, and the language that the page spoke.

    Who has a second factor types a code next, as at every sign-in.
    """
    with database.read() as db:
        person = invited_person(db, token)
        check_password(password, (people.name_of(db, person), people.email_of(db, person).partition("@")[0]))
    hashed = hashing.hash_password(password, memory_mib=memory_mib)
    with database.transaction() as db:
        invitation = _invitation(db, token, is_locked=True)
        # Others may hold further links to the same account; none of them may set its password again.
        db.execute(
            update(Invitation)
            .where(col(Invitation.person_id) == invitation.person_id, col(Invitation.used_at).is_(None))
            .values(used_at=now())
        )
        person = db.get_one(Person, invitation.person_id)
        person.password_hash = hashed
        person.language = language or person.language
        sessions.end_all(db, person.id)
        chain.record(db, person.id, "person.password_set", "person", person.id)
        if invitation.resets_factor:
            factors.reset(db, person)
        return signing_in.enter(db, person, asks_code=asks_code)


def choose_language(db: Session, me: Person, language: Language) -> None:
    db.get_one(Person, me.id).language = language


def choose_appearance(db: Session, me: Person, theme: str, density: str) -> None:
    """Light, dark or as the system says; compact or comfortable."""
    if theme not in {"auto", "light", "dark"} or density not in {"compact", "comfortable"}:
        raise Invalid(N_("This choice is not offered."))
    person = db.get_one(Person, me.id)
    person.theme, person.density = theme, density


@dataclass(frozen=True, slots=True)
class Policy:
    """What a PI sets for a study."""

    needs_second_reader: bool
    may_accept_all: bool
    originals: Originals | None = None
    pseudonyms: Pseudonyms | None = None
    layers: Layers | None = None


def rename_study(db: Session, access: Access, title: str) -> None:
    """Give the study another title; the short name in addresses stays."""
    access.require(Act.SET_POLICY)
    if not title.strip():
        message = N_("A study needs a title.")
        raise Invalid(message, fields={"title": message})
    study = db.get_one(Study, access.study.id)
    if title_of(db, study) == title.strip():
        return
    study.sealed_rev += 1
    study.title_ct = sealing.seal(db, access.key, f.STUDY_TITLE, study, title.strip()[:300])
    chain.record(db, access.person.id, "study.renamed", "study", study.id, study_id=study.id)


def set_policy(db: Session, access: Access, policy: Policy) -> None:
    """Set the study's rules. What was published before stays as it is; whose codings are seen holds at once."""
    access.require(Act.SET_POLICY)
    study = db.get_one(Study, access.study.id)
    study.needs_second_reader = policy.needs_second_reader
    study.may_accept_all = policy.may_accept_all
    study.originals = policy.originals or study.originals
    study.pseudonyms = policy.pseudonyms or study.pseudonyms
    chain.record(db, access.person.id, "study.policy_set", "study", study.id, study_id=study.id)
    if policy.layers is not None and policy.layers is not study.layers:
        study.layers = policy.layers
        act = "study.layers_shared" if policy.layers is Layers.SHARED else "study.layers_hidden"
        chain.record(db, access.person.id, act, "study", study.id, study_id=study.id)


def create_identity(database: Database, access: Access, passphrase: str, *, memory_mib: int) -> None:
    """Set the passphrase of the study's identity vault. Only the PI knows it; it is kept nowhere."""
    access.require(Act.SET_POLICY)
    if len(passphrase) < MIN_PASSPHRASE:
        message = N_("A passphrase needs at least 14 characters.")
        raise Invalid(message, fields={"passphrase": message})
    with database.read() as db:
        keyring = sealing.keyring_of(db)
    identity.create(keyring, access.study.id, passphrase, memory_mib=memory_mib)
    with database.transaction() as db:
        study_id = access.study.id
        chain.record(db, access.person.id, "identity.created", "study", study_id, study_id=study_id)
