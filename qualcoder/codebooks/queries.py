"""The codebook as a tree of opened codes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.codebooks.book import Aliases, Localised
from qualcoder.codebooks.models import Code, Codebook, CodeStatus, CodeVersion
from qualcoder.core.ids import CodeId, StudyId
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
    aliases: Aliases
    source: str
    colour: int
    texture: str
    is_codable: bool
    is_risk: bool
    status: CodeStatus


def find_codebook(db: Session, study_id: StudyId) -> Codebook | None:
    return db.exec(select(Codebook).where(col(Codebook.study_id) == study_id)).first()


def title_of(db: Session, study_id: StudyId) -> Localised:
    """The name of a study's codebook, opened; empty where there is none."""
    codebook = find_codebook(db, study_id)
    if codebook is None:
        return Localised()
    return Localised(**sealing.open_json(db, KeyRef.study(study_id), f.CODEBOOK_NAME, codebook, codebook.name_ct))


def codes_of(db: Session, study_id: StudyId, *, with_retired: bool = False) -> list[OpenCode]:
    """All codes in tree order: each parent before its children, siblings by position. One statement."""
    query = (
        select(Code, CodeVersion)
        .join(CodeVersion, col(CodeVersion.id) == col(Code.code_version_id))
        .where(col(Code.study_id) == study_id)
        .order_by(col(Code.position))
    )
    if not with_retired:
        query = query.where(col(Code.status) != CodeStatus.RETIRED)
    rows = db.exec(query).all()
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
        aliases=Aliases(**{language: tuple(words) for language, words in aliases.items()}),
        source=fields["source"],
        colour=code.colour,
        texture=code.texture,
        is_codable=code.is_codable,
        is_risk=code.is_risk,
        status=code.status,
    )


def label_of(db: Session, code: Code, version: CodeVersion) -> Localised:
    """Only the name, for marks in a text."""
    return Localised(**sealing.open_json(db, KeyRef.study(code.study_id), f.CODE_NAME, version, version.name_ct))
