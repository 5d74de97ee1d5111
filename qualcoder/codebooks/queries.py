"""The codebook as a tree of opened codes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from qualcoder.codebooks.book import Aliases, Localised, RetiredCode, Source
from qualcoder.codebooks.models import Code, Codebook, CodeStatus, CodeVersion
from qualcoder.core.ids import CodeId, PersonId, StudyId
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef


@dataclass(frozen=True, slots=True, repr=False)
class OpenCode:
    """A code with its current definition opened."""

    id: CodeId
    version_id: UUID
    number: int
    key: str
    stata: str
    parent_id: CodeId | None
    depth: int
    label: Localised
    definition: Localised
    include: Localised
    exclude: Localised
    example: Localised
    near_miss: Localised
    aliases: Aliases
    source: str
    colour: int
    texture: str
    is_codable: bool
    is_risk: bool
    status: CodeStatus
    version: int
    proposed_by: PersonId | None
    merged_into_id: CodeId | None


def find_codebook(db: Session, study_id: StudyId) -> Codebook | None:
    return db.exec(select(Codebook).where(col(Codebook.study_id) == study_id)).first()


@dataclass(frozen=True, slots=True, repr=False)
class Head:
    """What a codebook's file says before its codes."""

    title: Localised
    slug: str = ""
    licence: str = ""
    sources: tuple[Source, ...] = ()
    retired: tuple[RetiredCode, ...] = ()


def head_of(db: Session, codebook: Codebook) -> Head:
    """The head of a codebook, opened."""
    kept = sealing.open_json(db, KeyRef.study(codebook.study_id), f.CODEBOOK_NAME, codebook, codebook.name_ct)
    return Head(
        Localised(*(kept.get(language, "") for language in ("en", "ru", "kk"))),
        kept.get("slug", ""),
        kept.get("licence", ""),
        tuple(Source(**source) for source in kept.get("sources", ())),
        tuple(RetiredCode(old["code"], Localised(**old["reason"])) for old in kept.get("retired", ())),
    )


def title_of(db: Session, study_id: StudyId) -> Localised:
    """The name of a study's codebook, opened; empty where there is none."""
    codebook = find_codebook(db, study_id)
    return Localised() if codebook is None else head_of(db, codebook).title


def codes_of(
    db: Session,
    study_id: StudyId,
    *,
    with_retired: bool = False,
    with_proposals: bool = False,
    proposals_of: PersonId | None = None,
) -> list[OpenCode]:
    """The codes in use in tree order: each parent before its children, siblings by position. One statement.

    What somebody has proposed and the PI has not accepted, or has declined, is left out, but for that person's own or
    for the PI.
    """
    wanted: ColumnElement[bool] = col(Code.status) == CodeStatus.ACTIVE
    if with_retired:
        wanted |= (col(Code.status) == CodeStatus.RETIRED) & col(Code.proposed_by).is_(None)
    if with_proposals:
        wanted |= col(Code.status) == CodeStatus.PROPOSED
    if proposals_of is not None:
        own = {CodeStatus.PROPOSED, CodeStatus.RETIRED} if with_retired else {CodeStatus.PROPOSED}
        wanted |= col(Code.status).in_(own) & (col(Code.proposed_by) == proposals_of)
    return _in_tree_order(db, col(Code.study_id) == study_id, wanted)


def every_code(db: Session, study_id: StudyId) -> list[OpenCode]:
    """All codes in tree order, those out of use and all proposals too: for the PI."""
    return _in_tree_order(db, col(Code.study_id) == study_id)


def every_version(db: Session, study_id: StudyId) -> list[tuple[OpenCode, bool]]:
    """All definitions that ever stood, by code and number, and whether it is the one of today."""
    rows = db.exec(
        select(Code, CodeVersion)
        .join(CodeVersion, col(CodeVersion.code_id) == col(Code.id))
        .where(col(Code.study_id) == study_id)
        .order_by(col(Code.position), col(Code.id), col(CodeVersion.number))
    )
    return [(open_code(db, code, version), version.id == code.code_version_id) for code, version in rows]


def _in_tree_order(db: Session, *conditions: ColumnElement[bool]) -> list[OpenCode]:
    rows = db.exec(
        select(Code, CodeVersion)
        .join(CodeVersion, col(CodeVersion.id) == col(Code.code_version_id))
        .where(*conditions)
        .order_by(col(Code.position))
    ).all()
    children: dict[CodeId | None, list[tuple[Code, CodeVersion]]] = {}
    known = {code.id for code, _version in rows}
    for code, version in rows:
        parent = code.parent_id if code.parent_id in known else None
        children.setdefault(parent, []).append((code, version))
    found: list[OpenCode] = []

    def walk(parent: CodeId | None, depth: int) -> None:
        for code, version in children.get(parent, []):
            found.append(open_code(db, code, version, depth))
            walk(code.id, depth + 1)

    walk(None, 0)
    return found


def open_code(db: Session, code: Code, version: CodeVersion, depth: int = 0) -> OpenCode:
    """One code opened with the study's key."""
    key = KeyRef.study(code.study_id)
    names = sealing.open_json(db, key, f.CODE_NAME, version, version.name_ct)
    definition = sealing.open_json(db, key, f.CODE_DEFINITION, version, version.definition_ct)
    fields = sealing.open_json(db, key, f.CODE_FIELDS, version, version.fields_ct)
    aliases = sealing.open_json(db, key, f.CODE_ALIASES, version, version.aliases_ct)
    return OpenCode(
        id=code.id,
        version_id=version.id,
        number=version.number,
        key=fields["key"],
        stata=fields["stata"],
        parent_id=code.parent_id,
        depth=depth,
        label=Localised(**names),
        definition=Localised(**definition),
        include=Localised(**fields["include"]),
        exclude=Localised(**fields["exclude"]),
        example=Localised(**fields["example"]),
        near_miss=Localised(**fields.get("near_miss", {})),
        aliases=Aliases(**{language: tuple(words) for language, words in aliases.items()}),
        source=fields["source"],
        colour=code.colour,
        texture=code.texture,
        is_codable=code.is_codable,
        is_risk=code.is_risk,
        status=code.status,
        version=code.version,
        proposed_by=code.proposed_by,
        merged_into_id=code.merged_into_id,
    )


def label_of(db: Session, code: Code, version: CodeVersion) -> Localised:
    """Only the name, for marks in a text."""
    return Localised(**sealing.open_json(db, KeyRef.study(code.study_id), f.CODE_NAME, version, version.name_ct))
