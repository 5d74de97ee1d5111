"""What was found in a raw text, and who stands behind it (names only in the identity vault)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint

from qualcoder.anonymise.classifier import PlaceLevel
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.generalising import Level
from qualcoder.core.ids import EntityId, PersonId, StudyId
from qualcoder.core.tables import (
    IdColumn,
    Table,
    Versioned,
    bare_id,
    moment,
    plain_bytes,
    plain_json,
    plain_text,
    text_enum,
)
from qualcoder.vault import fields as f

CLASSIFIER = "published classifier of places"


class Decision(StrEnum):
    """What the reviewer said of a finding."""

    UNDECIDED = "undecided"
    ACCEPT = "accept"
    KEEP = "keep"


class ListKind(StrEnum):
    """A study's own lists: always keep (public figures, parties), always propose."""

    ALLOW = "allow"
    DENY = "deny"


class Entity(Versioned, Table, table=True):
    """One person, place or other thing, the same in all interviews of a study."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("study_id", "number"),)
    id: EntityId = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    number: int
    kind: Label = text_enum(Label, name="entity_kind")
    tier: Tier = text_enum(Tier, name="entity_tier")
    pseudonym_ct: bytes = f.sealed(f.ENTITY_PSEUDONYM)
    name_ct: bytes | None = f.sealed(f.ENTITY_NAME, nullable=True)
    level: Level = text_enum(Level, name="entity_level", default=Level.CODE)
    # What each level writes, in three languages; a village's says in which district it lies.
    levels_ct: bytes | None = f.sealed(f.ENTITY_LEVELS, nullable=True)
    # Grows when what readers will see changes; the log of replacements keeps what they saw before.
    shown_rev: int = 0
    # Grows with a merge or a split, which change no other column of the row.
    revision: int = 0
    # The entity this one turned out to be; it stays for the log of replacements.
    merged_into: EntityId | None = IdColumn(foreign="entity.id", nullable=True)
    sealed_rev: int = 0
    version: int = 1


class SurfaceIndex(Table, table=True):
    """Finds an entity by a stem of a name: it can test a guess, not list names."""

    __tablename__ = "surface_index"
    __table_args__: ClassVar[Any] = (UniqueConstraint("study_id", "mac", "entity_id"),)
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    entity_id: EntityId = IdColumn(foreign="entity.id")
    mac: bytes = plain_bytes("HMAC with a key of the study", index=True)
    form_ct: bytes | None = f.sealed(f.SURFACE_FORM, nullable=True)
    sealed_rev: int = 0


class PiiSpan(Versioned, Table, table=True):
    """A stretch of the raw version that may identify somebody, and what was decided."""

    __tablename__ = "pii_span"
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    transcript_id: UUID = bare_id("row of transcript, which lies above this package")
    text_version_id: UUID = bare_id("row of text_version, which lies above this package")
    start: int
    end: int
    label: Label = text_enum(Label, name="pii_label")
    tier: Tier = text_enum(Tier, name="pii_tier")
    score: float
    sources: list[str] = plain_json("names of detectors")
    entity_id: EntityId | None = IdColumn(foreign="entity.id", nullable=True)
    grammar: str = plain_text("the case and number of a name, not the name", length=60, default="")
    decision: Decision = text_enum(Decision, name="pii_decision", default=Decision.UNDECIDED)
    replacement_ct: bytes | None = f.sealed(f.PII_REPLACEMENT, nullable=True)
    keep_reason_ct: bytes | None = f.sealed(f.PII_REASON, nullable=True)
    decided_by: PersonId | None = IdColumn(foreign="person.id", nullable=True)
    decided_at: datetime | None = moment(nullable=True)
    # What the first reader had said, once another reader says something else.
    first_decision: Decision | None = text_enum(Decision, name="pii_first_decision", nullable=True)
    first_by: PersonId | None = IdColumn(foreign="person.id", nullable=True, index=False)
    first_words_ct: bytes | None = f.sealed(f.PII_FIRST_WORDS, nullable=True)
    agreed_by: PersonId | None = IdColumn(foreign="person.id", nullable=True, index=False)
    sealed_rev: int = 0
    version: int = 1

    @property
    def is_decided(self) -> bool:
        return self.decision is not Decision.UNDECIDED


class ReplacementLog(Table, table=True):
    """What was put in the place of a finding in one published version; never changed, and without the words."""

    __tablename__ = "replacement_log"
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    transcript_id: UUID = bare_id("row of transcript, which lies above this package")
    text_version_id: UUID = bare_id("row of text_version, which lies above this package")
    pii_span_id: UUID = bare_id("row of pii_span, or of flag for a name that was missed", index=False)
    entity_id: EntityId | None = IdColumn(foreign="entity.id", nullable=True)
    shown_rev: int
    shown_ct: bytes = f.sealed(f.REPLACEMENT_SHOWN)
    made_by: PersonId = IdColumn(foreign="person.id", index=False)
    made_at: datetime = moment()
    sealed_rev: int = 0


class ClassifierPlace(Table, table=True):
    """A place of the official classifier, the same for all studies. Keys are stems of the name."""

    __tablename__ = "classifier_place"
    id: UUID = IdColumn()
    code: str = plain_text(CLASSIFIER, length=9, unique=True)
    level: PlaceLevel = text_enum(PlaceLevel, name="classifier_level")
    name_ru: str = plain_text(CLASSIFIER)
    name_kk: str = plain_text(CLASSIFIER)
    key_ru: str = plain_text(CLASSIFIER, index=True)
    key_kk: str = plain_text(CLASSIFIER, index=True)


class ListEntry(Table, table=True):
    """An entry of a study's allow or deny list."""

    __tablename__ = "list_entry"
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    kind: ListKind = text_enum(ListKind, name="list_kind")
    mac: bytes = plain_bytes("HMAC with a key of the study", index=True)
    form_ct: bytes | None = f.sealed(f.LIST_ENTRY_FORM, nullable=True)
    sealed_rev: int = 0
