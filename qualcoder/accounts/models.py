"""People, studies, who belongs to which, and how they sign in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint

from qualcoder.core.ids import PersonId, StudyId
from qualcoder.core.tables import IdColumn, Table, Versioned, bare_id, moment, plain_bytes, plain_text, text_enum
from qualcoder.vault import fields as f


class Role(StrEnum):
    """What a person is in a study. An admin runs the house and reads no text."""

    ADMIN = "admin"
    PI = "pi"
    RESEARCHER = "researcher"
    CODER = "coder"
    OBSERVER = "observer"


class Language(StrEnum):
    """Languages of the interface."""

    EN = "en"
    RU = "ru"
    KK = "kk"


class Originals(StrEnum):
    """What becomes of the raw text at publication."""

    VAULT = "vault"
    DESTROY = "destroy"


class Pseudonyms(StrEnum):
    """What stands for people in published text: bracket codes, or invented names."""

    CODES = "codes"
    NAMES = "names"


class Layers(StrEnum):
    """Whose codings a coder sees on an assigned transcript: the own ones, or everybody's."""

    BLIND = "blind"
    SHARED = "shared"


class Person(Versioned, Table, table=True):
    """Somebody who may sign in."""

    id: PersonId = IdColumn()
    email_lookup: bytes = plain_bytes("HMAC of the address", unique=True)
    email_ct: bytes = f.sealed(f.PERSON_EMAIL)
    name_ct: bytes = f.sealed(f.PERSON_NAME)
    totp_ct: bytes | None = f.sealed(f.PERSON_TOTP, nullable=True)
    # The 30-second step of the last code that was used: no code works twice.
    totp_step: int | None = None
    password_hash: str | None = plain_text("argon2id", length=300, nullable=True)
    is_admin: bool = False
    language: Language = text_enum(Language, name="person_language", default=Language.EN)
    theme: str = plain_text("auto, light or dark", length=10, default="auto")
    density: str = plain_text("compact or comfortable", length=20, default="comfortable")
    disabled_at: datetime | None = moment(nullable=True)
    sealed_rev: int = 0
    version: int = 1
    created_at: datetime = moment()


class Study(Versioned, Table, table=True):
    """A research project with its own people, races, interviews and policy."""

    id: StudyId = IdColumn()
    slug: str = plain_text("chosen by an admin for addresses; the form says that it must not name people", unique=True)
    title_ct: bytes = f.sealed(f.STUDY_TITLE)
    needs_second_reader: bool = True
    may_accept_all: bool = False
    originals: Originals = text_enum(Originals, name="study_originals", default=Originals.VAULT)
    pseudonyms: Pseudonyms = text_enum(Pseudonyms, name="study_pseudonyms", default=Pseudonyms.CODES)
    layers: Layers = text_enum(Layers, name="study_layers", default=Layers.BLIND)
    min_cell: int = 5
    retention_days: int = 0
    is_demo: bool = False
    sealed_rev: int = 0
    version: int = 1
    created_at: datetime = moment()


class Membership(Versioned, Table, table=True):
    """A person's role in a study."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("person_id", "study_id"),)
    id: UUID = IdColumn()
    person_id: PersonId = IdColumn(foreign="person.id")
    study_id: StudyId = IdColumn(foreign="study.id")
    role: Role = text_enum(Role, name="membership_role")
    ended_at: datetime | None = moment(nullable=True)
    version: int = 1
    created_at: datetime = moment()


class SignIn(Table, table=True):
    """A signed-in browser. The cookie holds the token, this row its digest."""

    __tablename__ = "session"
    id: UUID = IdColumn()
    token_hash: bytes = plain_bytes("SHA-256 of 256 random bits", unique=True)
    person_id: PersonId = IdColumn(foreign="person.id")
    created_at: datetime = moment()
    last_seen: datetime = moment()
    expires_at: datetime = moment()


class PendingSignIn(Table, table=True):
    """Somebody who gave the right password and owes a code. The cookie holds the token, this row its digest."""

    __tablename__ = "pending_sign_in"
    id: UUID = IdColumn()
    token_hash: bytes = plain_bytes("SHA-256 of 256 random bits", unique=True)
    person_id: PersonId = IdColumn(foreign="person.id")
    tries: int = 0
    created_at: datetime = moment()
    expires_at: datetime = moment()


class RecoveryCode(Table, table=True):
    """A code that stands for the second factor once; the row goes when the code is used."""

    __tablename__ = "recovery_code"
    __table_args__: ClassVar[Any] = (UniqueConstraint("person_id", "code_mac"),)
    id: UUID = IdColumn()
    person_id: PersonId = IdColumn(foreign="person.id")
    code_mac: bytes = plain_bytes("HMAC of 60 random bits with the system's key")
    created_at: datetime = moment()


class Invitation(Table, table=True):
    """A link that lets one person set a password, once, within 72 hours; perhaps it ends the second factor too."""

    id: UUID = IdColumn()
    token_hash: bytes = plain_bytes("SHA-256 of 256 random bits", unique=True)
    person_id: PersonId = IdColumn(foreign="person.id")
    created_by: PersonId | None = bare_id("row of person, none for the first admin", nullable=True, index=False)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)
    resets_factor: bool = False


class ApiToken(Table, table=True):
    """A script's right to act as a person in one study."""

    __tablename__ = "api_token"
    id: UUID = IdColumn()
    token_hash: bytes = plain_bytes("SHA-256 of 256 random bits", unique=True)
    person_id: PersonId = IdColumn(foreign="person.id")
    study_id: StudyId = IdColumn(foreign="study.id")
    created_at: datetime = moment()
    revoked_at: datetime | None = moment(nullable=True)


class RateLimit(Table, table=True):
    """A token bucket that all processes share."""

    __tablename__ = "rate_limit"
    id: UUID = IdColumn()
    bucket: bytes = plain_bytes("HMAC of what is limited", unique=True)
    tokens: float
    changed_at: datetime = moment()
