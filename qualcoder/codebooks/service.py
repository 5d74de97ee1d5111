"""Acts on the codebook: import a file, add a code, take one out of use. A changed definition is a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from qualcoder.accounts.access import Access
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.codebooks import changes, writing
from qualcoder.codebooks.book import CodebookFile, CodeEntry, Localised, RetiredCode
from qualcoder.codebooks.changes import NewChange
from qualcoder.codebooks.comparing import differences, entry_of
from qualcoder.codebooks.files import IMPORTED_TITLE, read_csv, read_yaml, write_csv, write_yaml
from qualcoder.codebooks.models import ChangeKind, Code, Codebook, CodeStatus
from qualcoder.codebooks.names import names_in
from qualcoder.codebooks.queries import Head, OpenCode, every_code, find_codebook, head_of
from qualcoder.codebooks.rules import is_reserved
from qualcoder.codebooks.writing import (
    add_row,
    add_version,
    code_in,
    meaning,
    next_position,
    open_to_change,
    put_in_order,
    set_head,
)
from qualcoder.core.errors import Conflict, Invalid
from qualcoder.core.ids import CodeId
from qualcoder.core.messages import N_


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
    codebook = open_to_change(db, access, book)
    every = every_code(db, access.study.id)
    known = {code.key: code for code in every}
    keys = {code.id: code.key for code in every}
    _check_stata(book.codes, known)
    position = next_position(db, access.study.id)
    added = changed = 0
    ids: dict[str, CodeId] = {key: code.id for key, code in known.items()}
    for entry in book.codes:
        if entry.code in known:
            changed += _update(db, access, known[entry.code], entry, keys)
            continue
        ids[entry.code] = add_row(db, access, codebook, entry, position).id
        changes.write(db, access, NewChange(kind=ChangeKind.ADDED, code_id=ids[entry.code]), is_audited=False)
        position += 1
        added += 1
    _hang(db, book, ids)
    retired = _retire(db, access, book.retired, known)
    _set_head(db, access, codebook, book)
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
    codebook = open_to_change(db, access)
    known = {code.key: code for code in every_code(db, access.study.id)}
    check_new(entry, known, head_of(db, codebook))
    code = add_row(db, access, codebook, entry, next_position(db, access.study.id))
    code.parent_id = known[entry.parent].id if entry.parent else None
    new = NewChange(kind=ChangeKind.ADDED, code_id=code.id, counts={"kept_names": kept})
    changes.write(db, access, new)
    return code.id


def check_new(entry: CodeEntry, known: Mapping[str, OpenCode], head: Head) -> None:
    """Refuse a code whose key, parent or Stata name can't be had."""
    if entry.code in known or entry.code in {old.code for old in head.retired}:
        message = N_("The codebook has a code with this key already.")
        raise Conflict(message)
    if entry.parent is not None and (entry.parent not in known or known[entry.parent].status is not CodeStatus.ACTIVE):
        message = N_("The codebook has no such code to put this one below.")
        raise Invalid(message, fields={"parent": message})
    check_stata(entry.stata, [code.stata for code in known.values()])


def check_stata(name: str, taken: Sequence[str]) -> None:
    """Refuse a Stata name that is reserved or among those `taken`, in any case."""
    if is_reserved(name) or name.casefold() in {one.casefold() for one in taken}:
        message = N_("This Stata name is reserved or given to another code.")
        raise Invalid(message, fields={"stata": message})


def _check_stata(entries: Sequence[CodeEntry], known: Mapping[str, OpenCode]) -> None:
    named = {entry.code for entry in entries}
    others = {code.stata.casefold() for code in known.values() if code.key not in named}
    for entry in entries:
        if entry.stata.casefold() in others:
            message = N_("Code %(code)s: its Stata name is given to another code of this study. Nothing was changed.")
            raise Invalid(message, code=entry.code)


def _update(db: Session, access: Access, known: OpenCode, entry: CodeEntry, keys: Mapping[CodeId, str]) -> bool:
    code = db.get_one(Code, known.id)
    code.colour, code.texture = entry.colour, entry.texture.value
    code.is_codable, code.is_risk = entry.codable, entry.risk
    if code.status is not CodeStatus.ACTIVE:
        code.status, code.proposed_by, code.merged_into_id = CodeStatus.ACTIVE, None, None
        changes.write(db, access, NewChange(kind=ChangeKind.RESTORED, code_id=code.id), is_audited=False)
    told = differences(entry_of(known, keys), entry)
    if told:
        new = NewChange(kind=ChangeKind.EDITED, code_id=code.id, fields=told)
        changes.write(db, access, new, is_audited=False)
    if meaning(known) == meaning(entry):
        return False
    code.code_version_id = add_version(db, access, code.id, known.number + 1, entry).id
    return True


def set_retired(db: Session, access: Access, code_id: CodeId, *, is_retired: bool) -> None:
    """Take a code out of use, or bring it back. What was coded with it stays as it is either way.

    What was proposed and refused comes back as a proposal.
    """
    access.require(Act.EDIT_CODEBOOK)
    open_to_change(db, access)
    code = code_in(db, access, code_id)
    if (code.status is CodeStatus.RETIRED) == is_retired:
        return
    if code.merged_into_id is not None:
        raise Conflict(N_("This code was merged into another. Undo the merge to have it back with its passages."))
    back = CodeStatus.ACTIVE if code.proposed_by is None else CodeStatus.PROPOSED
    code.status = CodeStatus.RETIRED if is_retired else back
    kind = ChangeKind.RETIRED if is_retired else ChangeKind.RESTORED
    changes.write(db, access, NewChange(kind=kind, code_id=code.id))


def _hang(db: Session, book: CodebookFile, ids: dict[str, CodeId]) -> None:
    """Put every code under its parent, once all exist, and those of the file in its order."""
    for entry in book.codes:
        code = db.get_one(Code, ids[entry.code])
        code.parent_id = ids[entry.parent] if entry.parent else None
    db.flush()
    put_in_order(db, [ids[entry.code] for entry in book.codes])


def _retire(db: Session, access: Access, retired: tuple[RetiredCode, ...], known: dict[str, OpenCode]) -> int:
    count = 0
    for old in retired:
        if old.code in known and known[old.code].status is not CodeStatus.RETIRED:
            code = db.get_one(Code, known[old.code].id)
            code.status = CodeStatus.RETIRED
            changes.write(db, access, NewChange(kind=ChangeKind.RETIRED, code_id=code.id), is_audited=False)
            count += 1
    return count


def _set_head(db: Session, access: Access, codebook: Codebook, book: CodebookFile) -> None:
    """Take over what a file's head says; a CSV says nothing. A key in use is no retired one any more."""
    held = head_of(db, codebook)
    head = held if book.title == IMPORTED_TITLE else Head(book.title, book.slug, book.licence, book.sources)
    in_use = {entry.code for entry in book.codes}
    reasons = {old.code: old for old in (*held.retired, *book.retired) if old.code not in in_use}
    new = Head(head.title, head.slug, head.licence, head.sources, tuple(reasons.values()))
    if new != held:
        set_head(db, access, codebook, writing.head_of(new))


def export_file(db: Session, access: Access, form: str) -> bytes:
    """The study's codebook as YAML or CSV: codes in use, and in YAML the head and the keys that are used up."""
    access.require(Act.SEE_CODEBOOK)
    every = every_code(db, access.study.id)
    codebook = find_codebook(db, access.study.id)
    head = Head(Localised()) if codebook is None else head_of(db, codebook)
    gone = [code for code in every if code.status is CodeStatus.RETIRED]
    reasons = {old.code: old for old in head.retired}
    retired = {code.key: RetiredCode(code.key, Localised()) for code in gone if not code.proposed_by} | reasons
    used = Head(head.title, head.slug, head.licence, head.sources, tuple(retired.values()))
    in_use = [code for code in every if code.status is CodeStatus.ACTIVE]
    return write_file(in_use, access.study.slug, form, head.title, used)


def write_file(
    codes: Sequence[OpenCode], slug: str, form: str, title: Localised | None = None, head: Head | None = None
) -> bytes:
    """The codebook as YAML or CSV, which an import reads back. Without a title in a language the slug stands there."""
    named, said = title or Localised(), head or Head(Localised())
    keys = {code.id: code.key for code in codes}
    book = CodebookFile(
        slug=slug,
        title=Localised(named.en or slug, named.ru or slug, named.kk or slug),
        licence=said.licence,
        sources=said.sources,
        retired=said.retired,
        codes=tuple(entry_of(code, keys) for code in codes),
    )
    return write_csv(book) if form == "csv" else write_yaml(book)
