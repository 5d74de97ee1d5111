"""Acts on the codebook: import a file. A changed definition is a new version; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlmodel import Session, col, func, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.codebooks.book import CodebookFile, CodeEntry, Localised, RetiredCode, Texture
from qualcoder.codebooks.files import read_csv, read_yaml, write_csv, write_yaml
from qualcoder.codebooks.models import Code, Codebook, CodeStatus, CodeVersion
from qualcoder.codebooks.names import names_in
from qualcoder.codebooks.queries import OpenCode, codes_of, find_codebook
from qualcoder.codebooks.rules import is_reserved
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import CodeId, new_id
from qualcoder.core.messages import N_
from qualcoder.vault import fields as f
from qualcoder.vault import sealing


@dataclass(frozen=True, slots=True)
class CodebookReport:
    """What an import changed."""

    added: int
    changed: int
    unchanged: int
    retired: int


def read_file(name: str, raw: bytes) -> CodebookFile:
    """A codebook from YAML, or from CSV where the name says so."""
    return read_csv(raw) if name.casefold().endswith(".csv") else read_yaml(raw)


def import_codebook(db: Session, access: Access, book: CodebookFile, *, keeps_names: bool = False) -> CodebookReport:
    """Add new codes and new versions of changed ones. Codes that the file does not name stay as they are.

    NamesInCodebook when a code names a known person of the study, unless it `keeps_names` knowingly.
    """
    access.require(Act.EDIT_CODEBOOK)
    kept = names_in(db, access, book.codes, keeps_names=keeps_names)
    codebook = find_codebook(db, access.study.id) or _create(db, access, book)
    if codebook.is_frozen:
        raise Conflict(N_("The codebook is frozen for a round of coding."))
    known = {code.key: code for code in codes_of(db, access.study.id, with_retired=True)}
    last = db.exec(select(func.max(Code.position)).where(col(Code.study_id) == access.study.id)).first()
    position = (-1 if last is None else last) + 1
    added = changed = 0
    ids: dict[str, CodeId] = {key: code.id for key, code in known.items()}
    for entry in book.codes:
        if entry.code in known:
            changed += _update(db, access, known[entry.code], entry)
            continue
        ids[entry.code] = _add(db, access, codebook, entry, position)
        position += 1
        added += 1
    _hang(db, book, ids)
    retired = _retire(db, book.retired, known)
    chain.record(
        db,
        access.person.id,
        "codebook.imported",
        "codebook",
        codebook.id,
        study_id=access.study.id,
        added=added,
        changed=changed,
        retired=retired,
        kept_names=kept,
    )
    return CodebookReport(added, changed, len(book.codes) - added - changed, retired)


def add_code(db: Session, access: Access, entry: CodeEntry, *, keeps_names: bool = False) -> CodeId:
    """Add one code below a code that is there, or at the top. A key, also a retired one, is never used again."""
    access.require(Act.EDIT_CODEBOOK)
    kept = names_in(db, access, [entry], keeps_names=keeps_names)
    title = Localised(en=access.study.slug)
    empty = CodebookFile(slug=access.study.slug, title=title, codes=())
    codebook = find_codebook(db, access.study.id) or _create(db, access, empty)
    if codebook.is_frozen:
        raise Conflict(N_("The codebook is frozen for a round of coding."))
    known = {code.key: code for code in codes_of(db, access.study.id, with_retired=True)}
    _check_new(entry, known)
    last = db.exec(select(func.max(Code.position)).where(col(Code.study_id) == access.study.id)).first()
    code_id = _add(db, access, codebook, entry, (-1 if last is None else last) + 1)
    db.get_one(Code, code_id).parent_id = known[entry.parent].id if entry.parent else None
    chain.record(db, access.person.id, "code.added", "code", code_id, study_id=access.study.id, kept_names=kept)
    return code_id


def _check_new(entry: CodeEntry, known: Mapping[str, OpenCode]) -> None:
    if entry.code in known:
        raise Conflict(N_("The codebook has a code with this key already."))
    if entry.parent is not None and (entry.parent not in known or known[entry.parent].status is CodeStatus.RETIRED):
        message = N_("The codebook has no such code to put this one below.")
        raise Invalid(message, fields={"parent": message})
    if is_reserved(entry.stata) or entry.stata.casefold() in {code.stata.casefold() for code in known.values()}:
        message = N_("This Stata name is reserved or given to another code.")
        raise Invalid(message, fields={"stata": message})


def _create(db: Session, access: Access, book: CodebookFile) -> Codebook:
    row = sealing.RowKey(new_id())
    codebook = Codebook(
        id=row.id,
        study_id=access.study.id,
        name_ct=sealing.seal_json(db, access.key, f.CODEBOOK_NAME, row, asdict(book.title)),
    )
    db.add(codebook)
    db.flush()
    return codebook


def _add(db: Session, access: Access, codebook: Codebook, entry: CodeEntry, position: int) -> CodeId:
    code = Code(
        id=CodeId(new_id()),
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
    code.code_version_id = _version(db, access, code.id, 1, entry).id
    return code.id


def _version(db: Session, access: Access, code_id: CodeId, number: int, entry: CodeEntry) -> CodeVersion:
    row = sealing.RowKey(new_id())
    fields = {
        "key": entry.code,
        "stata": entry.stata,
        "include": asdict(entry.include),
        "exclude": asdict(entry.exclude),
        "example": asdict(entry.example),
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


def _meaning(code: OpenCode | CodeEntry) -> tuple[object, ...]:
    return (code.label, code.definition, code.include, code.exclude, code.example, code.aliases, code.stata)


def _update(db: Session, access: Access, known: OpenCode, entry: CodeEntry) -> bool:
    code = db.get_one(Code, known.id)
    code.colour, code.texture = entry.colour, entry.texture.value
    code.is_codable, code.is_risk = entry.codable, entry.risk
    if code.status is CodeStatus.RETIRED:
        code.status = CodeStatus.ACTIVE
    if _meaning(known) == _meaning(entry):
        return False
    code.code_version_id = _version(db, access, code.id, known.number + 1, entry).id
    return True


def set_retired(db: Session, access: Access, code_id: CodeId, *, is_retired: bool) -> None:
    """Take a code out of use, or bring it back. What was coded with it stays as it is either way."""
    access.require(Act.EDIT_CODEBOOK)
    code = db.get(Code, code_id)
    if code is None or code.study_id != access.study.id:
        raise NotFound
    codebook = db.get_one(Codebook, code.codebook_id)
    if codebook.is_frozen:
        raise Conflict(N_("The codebook is frozen for a round of coding."))
    if (code.status is CodeStatus.RETIRED) == is_retired:
        return
    code.status = CodeStatus.RETIRED if is_retired else CodeStatus.ACTIVE
    act = "code.retired" if is_retired else "code.restored"
    chain.record(db, access.person.id, act, "code", code.id, study_id=access.study.id)


def _hang(db: Session, book: CodebookFile, ids: dict[str, CodeId]) -> None:
    """Put every code under its parent, once all exist."""
    for entry in book.codes:
        code = db.get_one(Code, ids[entry.code])
        code.parent_id = ids[entry.parent] if entry.parent else None
    db.flush()


def _retire(db: Session, retired: tuple[RetiredCode, ...], known: dict[str, OpenCode]) -> int:
    count = 0
    for old in retired:
        if old.code in known and known[old.code].status is not CodeStatus.RETIRED:
            db.get_one(Code, known[old.code].id).status = CodeStatus.RETIRED
            count += 1
    return count


def write_file(codes: Sequence[OpenCode], slug: str, form: str, title: Localised | None = None) -> bytes:
    """The codebook as YAML or CSV, which an import reads back. Without a title in a language the slug stands there."""
    named = title or Localised()
    keys = {code.id: code.key for code in codes}
    entries = tuple(
        CodeEntry(
            code=code.key,
            parent=keys.get(code.parent_id) if code.parent_id else None,
            stata=code.stata,
            label=code.label,
            definition=code.definition,
            include=code.include,
            exclude=code.exclude,
            example=code.example,
            aliases=code.aliases,
            codable=code.is_codable,
            risk=code.is_risk,
            colour=code.colour,
            texture=Texture(code.texture),
            source=code.source,
        )
        for code in codes
    )
    book = CodebookFile(slug=slug, title=Localised(named.en or slug, named.ru or slug, named.kk or slug), codes=entries)
    return write_csv(book) if form == "csv" else write_yaml(book)
