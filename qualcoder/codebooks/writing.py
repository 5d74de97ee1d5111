"""The single steps of which acts on the codebook are made: a row, a version, a place. The acts check who may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from qualcoder.accounts.access import Access
from qualcoder.codebooks.book import CodebookFile, CodeEntry, Localised
from qualcoder.codebooks.models import Code, Codebook, CodeVersion
from qualcoder.codebooks.queries import Head, OpenCode
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, NotFound
from qualcoder.core.ids import CodeId, StudyId, new_id
from qualcoder.core.messages import N_
from qualcoder.vault import fields as f
from qualcoder.vault import sealing


class Frozen(Conflict):
    """The codebook may not change while a round of coding runs."""

    def __init__(self) -> None:
        super().__init__(N_("The codebook is frozen for a round of coding."))


class SeenOlder(Conflict):
    """Somebody changed the code after the page was opened."""

    def __init__(self, now_is: int, seen: int) -> None:
        super().__init__(
            N_("Somebody changed this code meanwhile. What you typed is kept; compare and save again."),
            now=now_is,
            seen=seen,
        )


def locked_codebook(db: Session, study_id: StudyId) -> Codebook | None:
    """The codebook, held until the transaction ends, so that acts on its tree come one after another."""
    return db.exec(select(Codebook).where(col(Codebook.study_id) == study_id).with_for_update()).first()


def begun(db: Session, access: Access, book: CodebookFile | None = None) -> Codebook:
    """The study's codebook, made when there is none yet."""
    empty = CodebookFile(slug=access.study.slug, title=Localised(en=access.study.slug), codes=())
    return locked_codebook(db, access.study.id) or create(db, access, book or empty)


def open_to_change(db: Session, access: Access, book: CodebookFile | None = None) -> Codebook:
    """The same, unless it is frozen."""
    codebook = begun(db, access, book)
    if codebook.is_frozen:
        raise Frozen
    return codebook


def head_of(book: CodebookFile | Head) -> dict[str, Any]:
    """What a file's head says, as it is kept beside the title."""
    return {
        **asdict(book.title),
        "slug": book.slug,
        "licence": book.licence,
        "sources": [asdict(source) for source in book.sources],
        "retired": [asdict(retired) for retired in book.retired],
    }


def create(db: Session, access: Access, book: CodebookFile) -> Codebook:
    """An empty codebook with the head of a file."""
    row = sealing.RowKey(new_id())
    codebook = Codebook(
        id=row.id,
        study_id=access.study.id,
        name_ct=sealing.seal_json(db, access.key, f.CODEBOOK_NAME, row, head_of(book)),
    )
    db.add(codebook)
    db.flush()
    return codebook


def set_head(db: Session, access: Access, codebook: Codebook, head: Mapping[str, Any]) -> None:
    """Seal another head."""
    codebook.sealed_rev += 1
    codebook.name_ct = sealing.seal_json(db, access.key, f.CODEBOOK_NAME, codebook, dict(head))
    db.flush()


def code_in(db: Session, access: Access, code_id: CodeId, seen: int | None = None) -> Code:
    """A code of this study, for changing it; SeenOlder when `seen` is not its version any more."""
    code = db.exec(select(Code).where(col(Code.id) == code_id).with_for_update()).first()
    if code is None or code.study_id != access.study.id:
        raise NotFound
    if seen is not None and seen != code.version:
        raise SeenOlder(code.version, seen)
    return code


def next_position(db: Session, study_id: StudyId) -> int:
    """The place after the last code."""
    last = db.exec(select(func.max(Code.position)).where(col(Code.study_id) == study_id)).first()
    return (-1 if last is None else last) + 1


def add_row(
    db: Session, access: Access, codebook: Codebook, entry: CodeEntry, position: int, code_id: CodeId | None = None
) -> Code:
    """A new code with its first definition; its parent is set by the caller."""
    code = Code(
        id=code_id or CodeId(new_id()),
        study_id=access.study.id,
        codebook_id=codebook.id,
        position=position,
        colour=entry.colour,
        texture=entry.texture.value,
        is_codable=entry.codable,
        is_risk=entry.risk,
    )
    db.add(code)
    db.flush()
    code.code_version_id = add_version(db, access, code.id, 1, entry).id
    return code


def add_version(db: Session, access: Access, code_id: CodeId, number: int, entry: CodeEntry) -> CodeVersion:
    """Another definition of a code, sealed."""
    row = sealing.RowKey(new_id())
    fields = {
        "key": entry.code,
        "stata": entry.stata,
        "include": asdict(entry.include),
        "exclude": asdict(entry.exclude),
        "example": asdict(entry.example),
        "near_miss": asdict(entry.near_miss),
        "source": entry.source,
    }
    version = CodeVersion(
        id=row.id,
        code_id=code_id,
        number=number,
        name_ct=sealing.seal_json(db, access.key, f.CODE_NAME, row, asdict(entry.label)),
        definition_ct=sealing.seal_json(db, access.key, f.CODE_DEFINITION, row, asdict(entry.definition)),
        fields_ct=sealing.seal_json(db, access.key, f.CODE_FIELDS, row, fields),
        aliases_ct=sealing.seal_json(db, access.key, f.CODE_ALIASES, row, asdict(entry.aliases)),
        created_by=access.person.id,
        created_at=now(),
    )
    db.add(version)
    db.flush()
    return version


def meaning(code: OpenCode | CodeEntry) -> tuple[object, ...]:
    """What a new version is made for when it differs."""
    texts = (code.label, code.definition, code.include, code.exclude, code.example, code.near_miss)
    return (*texts, code.aliases, code.stata, code.source)


def put_in_order(db: Session, ids: Sequence[CodeId]) -> None:
    """Give these codes the places that they hold together, in this order. Their own versions stay as they are."""
    held = {row[0]: row[1] for row in db.exec(select(Code.id, Code.position).where(col(Code.id).in_(ids)))}
    wanted = dict(zip(ids, sorted(held.values()), strict=True))
    moved = [code_id for code_id in ids if held[code_id] != wanted[code_id]]
    # In two steps, because a place belongs to one code of a study at a time.
    for sign, shift in ((-1, -1), (1, 0)):
        for code_id in moved:
            place = sign * wanted[code_id] + shift
            db.execute(update(Code).where(col(Code.id) == code_id).values(position=place))
    for code_id in moved:
        db.refresh(db.get_one(Code, code_id), ["position"])
