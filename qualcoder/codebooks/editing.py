"""Acts of the PI on one code: make it, word it anew, move it. Each is written down from what to what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from qualcoder.accounts.access import Access
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks import changes
from qualcoder.codebooks.book import CodeEntry, Localised, Texture
from qualcoder.codebooks.changes import FieldChange, NewChange
from qualcoder.codebooks.comparing import differences, entry_of
from qualcoder.codebooks.models import ChangeKind, CodeChange, CodeStatus
from qualcoder.codebooks.names import names_in
from qualcoder.codebooks.naming import key_for, stata_for
from qualcoder.codebooks.ordering import Place, Step, Tree
from qualcoder.codebooks.queries import OpenCode, every_code, head_of
from qualcoder.codebooks.service import check_stata
from qualcoder.codebooks.writing import (
    add_row,
    add_version,
    code_in,
    meaning,
    next_position,
    open_to_change,
    put_in_order,
)
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import CodeId
from qualcoder.core.messages import N_


@dataclass(frozen=True, slots=True, repr=False)
class NewCode:
    """A code by its name in one language at least; key, Stata name and mark are given by the program."""

    label: Localised
    parent_id: CodeId | None = None


def create(db: Session, access: Access, new: NewCode, *, keeps_names: bool = False) -> CodeId:
    """A new code at the end of its parent's children. Its definition is written next."""
    access.require(Act.EDIT_CODEBOOK)
    codebook = open_to_change(db, access)
    every = every_code(db, access.study.id)
    spoken = new.label.in_language("en")
    if not spoken:
        message = N_("Give the code a name of at most 80 characters.")
        raise Invalid(message, fields={"name": message})
    parent = next((code for code in every if code.id == new.parent_id and code.status is CodeStatus.ACTIVE), None)
    if new.parent_id is not None and parent is None:
        message = N_("The codebook has no such code to put this one below.")
        raise Invalid(message, fields={"parent": message})
    key = key_for(spoken, [code.key for code in every] + [old.code for old in head_of(db, codebook).retired])
    entry = CodeEntry(
        code=key,
        parent=parent.key if parent else None,
        stata=stata_for(key, [code.stata for code in every]),
        label=new.label,
        colour=parent.colour if parent else len(every) % 12 + 1,
        texture=tuple(Texture)[len(every) % len(Texture)],
    )
    kept = names_in(db, access, [entry], keeps_names=keeps_names)
    code = add_row(db, access, codebook, entry, next_position(db, access.study.id))
    code.parent_id = parent.id if parent else None
    changes.write(db, access, NewChange(kind=ChangeKind.ADDED, code_id=code.id, counts={"kept_names": kept}))
    return code.id


def edit(
    db: Session, access: Access, code_id: CodeId, wanted: CodeEntry, seen: int, *, keeps_names: bool = False
) -> bool:
    """Give a code these words and this look; returns whether anything changed. Its key and place stay.

    Another wording is a new version: codings keep the one they were made under. SeenOlder when somebody was faster.
    """
    access.require(Act.EDIT_CODEBOOK)
    open_to_change(db, access)
    code = code_in(db, access, code_id, seen)
    every = every_code(db, access.study.id)
    keys = {one.id: one.key for one in every}
    known = next(one for one in every if one.id == code_id)
    entry = replace(wanted, code=known.key, parent=entry_of(known, keys).parent)
    told = differences(entry_of(known, keys), entry)
    if not told:
        return False
    check_stata(entry.stata, [one.stata for one in every if one.id != code_id])
    kept = names_in(db, access, [entry], keeps_names=keeps_names)
    code.colour, code.texture = entry.colour, entry.texture.value
    code.is_codable, code.is_risk = entry.codable, entry.risk
    if meaning(known) != meaning(entry):
        code.code_version_id = add_version(db, access, code.id, known.number + 1, entry).id
    counts = {"fields": len(told), "kept_names": kept}
    changes.write(db, access, NewChange(kind=ChangeKind.EDITED, code_id=code.id, fields=told, counts=counts))
    return True


def tree_of(codes: Sequence[OpenCode]) -> Tree:
    """The codes that are in use or proposed, as the PI sees the tree."""
    return Tree({code.id: code.parent_id for code in codes if code.status is not CodeStatus.RETIRED})


def step(db: Session, access: Access, code_id: CodeId, wanted: Step) -> CodeChange | None:
    """Move a code one step; None at the edge of the tree."""
    access.require(Act.EDIT_CODEBOOK)
    open_to_change(db, access)
    tree = tree_of(every_code(db, access.study.id))
    if code_id not in tree.parents:
        raise NotFound
    place = tree.stepped(code_id, wanted)
    return None if place is None else move(db, access, code_id, place)


def move(db: Session, access: Access, code_id: CodeId, place: Place, seen: int | None = None) -> CodeChange | None:
    """Put a code, with all below it, somewhere else in the tree. What was coded with it stays."""
    access.require(Act.EDIT_CODEBOOK)
    open_to_change(db, access)
    code = code_in(db, access, code_id, seen)
    every = every_code(db, access.study.id)
    tree = tree_of(every)
    known = place.parent is None or place.parent in tree.parents
    if code_id not in tree.parents or not known:
        raise NotFound
    if tree.is_under(place.parent, code_id):
        raise Invalid(N_("A code can't stand below itself."))
    old = tree.place_of(code_id)
    if old == place or place.before == code_id:
        return None
    siblings = tree.siblings_after(code_id, place)
    code.parent_id = place.parent
    db.flush()
    put_in_order(db, siblings)
    labels = {one.id: one.key for one in every}
    told = _told(labels, old, place)
    undo = {"parent": str(old.parent or ""), "before": str(old.before or "")}
    return changes.write(db, access, NewChange(kind=ChangeKind.MOVED, code_id=code_id, fields=told, undo=undo))


def _told(labels: dict[CodeId, str], old: Place, new: Place) -> list[FieldChange]:
    def words(code_id: CodeId | None) -> str:
        return labels.get(code_id, "") if code_id else ""

    pairs = (("parent", old.parent, new.parent), ("before", old.before, new.before))
    return [FieldChange(name, words(was), words(now_is)) for name, was, now_is in pairs if was != now_is]


def undo_move(db: Session, access: Access, change: CodeChange) -> None:
    """Put a moved code back where it stood. Conflict when its old place is gone."""
    access.require(Act.EDIT_CODEBOOK)
    if change.study_id != access.study.id or change.kind is not ChangeKind.MOVED or change.code_id is None:
        raise NotFound
    if change.undone_at is not None:
        return
    undo = changes.undo_of(db, access, change)
    place = Place(*(CodeId(UUID(undo[name])) if undo[name] else None for name in ("parent", "before")))
    tree = tree_of(every_code(db, access.study.id))
    if place.parent is not None and (place.parent not in tree.parents or tree.is_under(place.parent, change.code_id)):
        raise Conflict(N_("The place where this code stood is gone. Move it by hand."))
    move(db, access, change.code_id, place)
    change.undone_at, change.undone_by = now(), access.person.id
