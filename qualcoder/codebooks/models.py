"""The codebook: a tree of codes, each with versions of its definition."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint

from qualcoder.core.ids import CodeId, PersonId, StudyId
from qualcoder.core.tables import IdColumn, Table, Versioned, bare_id, moment, plain_text, text_enum
from qualcoder.vault import fields as f


class CodeStatus(StrEnum):
    """Whether a code may be used."""

    ACTIVE = "active"
    PROPOSED = "proposed"
    RETIRED = "retired"


class ChangeKind(StrEnum):
    """What was done to a code, or to the codebook as a whole."""

    ADDED = "added"
    EDITED = "edited"
    MOVED = "moved"
    RETIRED = "retired"
    RESTORED = "restored"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MERGED = "merged"
    SPLIT = "split"
    FROZEN = "frozen"
    THAWED = "thawed"


class Codebook(Versioned, Table, table=True):
    """A study's codebook."""

    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    name_ct: bytes = f.sealed(f.CODEBOOK_NAME)
    is_frozen: bool = False
    frozen_for_id: UUID | None = bare_id("the round of coding it is frozen for", nullable=True, index=False)
    frozen_by: PersonId | None = IdColumn(foreign="person.id", nullable=True, index=False)
    frozen_at: datetime | None = moment(nullable=True)
    sealed_rev: int = 0
    version: int = 1


class Code(Versioned, Table, table=True):
    """A place in the tree. What it means stands in its versions."""

    __table_args__: ClassVar[Any] = (UniqueConstraint("study_id", "position"),)
    id: CodeId = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id")
    codebook_id: UUID = IdColumn(foreign="codebook.id")
    parent_id: CodeId | None = IdColumn(foreign="code.id", nullable=True)
    code_version_id: UUID | None = bare_id("the version in use; a foreign key would be circular", nullable=True)
    position: int
    colour: int
    texture: str = plain_text("solid, dots, diagonal or cross", length=20)
    status: CodeStatus = text_enum(CodeStatus, name="code_status", default=CodeStatus.ACTIVE)
    proposed_by: PersonId | None = IdColumn(foreign="person.id", nullable=True, index=False)
    merged_into_id: CodeId | None = IdColumn(foreign="code.id", nullable=True, index=False)
    is_codable: bool = True
    is_risk: bool = False
    version: int = 1


class CodeVersion(Table, table=True):
    """A definition as it stood; codings name the one they were made under."""

    __tablename__ = "code_version"
    __table_args__: ClassVar[Any] = (UniqueConstraint("code_id", "number"),)
    id: UUID = IdColumn()
    code_id: CodeId = IdColumn(foreign="code.id")
    number: int
    name_ct: bytes = f.sealed(f.CODE_NAME)
    definition_ct: bytes = f.sealed(f.CODE_DEFINITION)
    fields_ct: bytes = f.sealed(f.CODE_FIELDS)
    aliases_ct: bytes = f.sealed(f.CODE_ALIASES)
    created_by: PersonId | None = IdColumn(foreign="person.id", nullable=True)
    created_at: datetime = moment()
    sealed_rev: int = 0


class CodeChange(Table, table=True):
    """One entry of the codebook's log: what changed from what to what, and what an undo needs."""

    __tablename__ = "code_change"
    __table_args__: ClassVar[Any] = (UniqueConstraint("study_id", "number"),)
    id: UUID = IdColumn()
    study_id: StudyId = IdColumn(foreign="study.id", index=False)
    number: int
    code_id: CodeId | None = IdColumn(foreign="code.id", nullable=True)
    other_id: CodeId | None = IdColumn(foreign="code.id", nullable=True, index=False)
    kind: ChangeKind = text_enum(ChangeKind, name="code_change_kind")
    by: PersonId = IdColumn(foreign="person.id", index=False)
    at: datetime = moment()
    payload_ct: bytes = f.sealed(f.CODE_CHANGE)
    undone_at: datetime | None = moment(nullable=True)
    undone_by: PersonId | None = IdColumn(foreign="person.id", nullable=True, index=False)
    sealed_rev: int = 0
