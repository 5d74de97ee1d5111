"""Codes that become one, and one that becomes two: whose codings go where, and the way back.

A merge gives every coding of one code to another, also removed ones and those of older texts. A split gives chosen
codings another code. Where the same coder has given both codes to the same stretch the two are joined into one, with
their memos, unless what they claim (valence, weight) differs: then both stay. Ids and places are kept sealed for undo.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, update
from sqlalchemy import select as sql
from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.codebooks import changes
from qualcoder.codebooks.changes import NewChange
from qualcoder.codebooks.editing import NewCode, create, tree_of
from qualcoder.codebooks.models import ChangeKind, Code, CodeChange, CodeStatus
from qualcoder.codebooks.queries import OpenCode, every_code
from qualcoder.codebooks.writing import code_in, open_to_change
from qualcoder.coding.models import Coding, Memo, Valence
from qualcoder.coding.recode_preview import Pair, Preview, both, living, pairs, preview
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import CodeId, CodingId
from qualcoder.core.messages import N_

# So many ids in one statement.
AT_ONCE = 500


class ChangedSincePreview(Conflict):
    """What a preview counted is not so any more."""

    def __init__(self) -> None:
        super().__init__(N_("Something changed since this preview. Nothing was merged; look at the figures again."))


@dataclass(slots=True)
class Given:
    """What was given to another code, for counting and for the way back."""

    moved: dict[str, list[str]] = field(default_factory=dict)
    joined: list[dict[str, Any]] = field(default_factory=list)

    @property
    def n(self) -> int:
        return sum(map(len, self.moved.values()))

    def as_undo(self) -> dict[str, Any]:
        return {"moved": self.moved, "joined": self.joined}


def merge(db: Session, access: Access, code_id: CodeId, target_id: CodeId, basis: str) -> CodeChange:
    """Make every coding of a code one of another code; the first goes out of use. One step, with a way back."""
    access.require(Act.EDIT_CODEBOOK)
    open_to_change(db, access)
    # In the order of their ids, so that two merges at once never wait for each other.
    for one in sorted((code_id, target_id)):
        code_in(db, access, one)
    seen = preview(db, access, code_id, target_id)
    if seen.basis != basis:
        raise ChangedSincePreview
    code, at = code_in(db, access, code_id), now()
    given = _join(db, access, pairs(db, code_id, target_id), at)
    _move(db, given, col(Coding.code_id) == code_id, target_id, version_id=None)
    undo: dict[str, Any] = {
        **given.as_undo(),
        "status": code.status.value,
        "children": _rehang(db, access, seen, every_code(db, access.study.id)),
        "at": at.isoformat(),
    }
    code.status, code.merged_into_id = CodeStatus.RETIRED, target_id
    counts = {"codings": seen.codings, "joined": len(given.joined), "coders": len(seen.shares)}
    new = NewChange(kind=ChangeKind.MERGED, code_id=code_id, other_id=target_id, undo=undo, counts=counts)
    return changes.write(db, access, new)


def _rehang(db: Session, access: Access, seen: Preview, every: Sequence[OpenCode]) -> list[str]:
    """The children of a merged code go to the other one, or up when that one is among them."""
    tree = tree_of(every)
    is_inside = seen.gone.id in tree.parents and tree.is_under(seen.kept.id, seen.gone.id)
    above = seen.gone.parent_id if is_inside else seen.kept.id
    moved = []
    for child in every:
        if child.parent_id == seen.gone.id:
            code_in(db, access, child.id).parent_id = above
            moved.append(str(child.id))
    return moved


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """Where chosen passages go: a code that is there, or a new one with this name."""

    code_id: CodeId | None = None
    new: NewCode | None = None


def split(
    db: Session, access: Access, code_id: CodeId, chosen: Sequence[CodingId], target: Target
) -> tuple[CodeChange, CodeId]:
    """Give chosen codings of a code another one, under its present definition. One step, with a way back."""
    access.require(Act.EDIT_CODEBOOK)
    open_to_change(db, access)
    if not chosen:
        raise Invalid(N_("Choose the passages that get the other code."))
    is_new = target.code_id is None
    if target.new is not None and is_new:
        target_id = create(db, access, target.new)
        db.flush()
    elif target.code_id is not None:
        target_id = target.code_id
    else:
        raise Invalid(N_("Choose the passages that get the other code."))
    for one in sorted((code_id, target_id)):
        code_in(db, access, one)
    _gone, kept, _every = both(db, access, code_id, target_id)
    at = now()
    given = _join(db, access, pairs(db, code_id, target_id, chosen), at)
    here = and_(*living(code_id), col(Coding.study_id) == access.study.id)
    for part in _parts(chosen):
        _move(db, given, and_(here, col(Coding.id).in_(part)), target_id, version_id=kept.version_id)
    if not given.n:
        raise Conflict(N_("These passages have another code meanwhile. Nothing was changed."))
    undo = {**given.as_undo(), "made": is_new, "at": at.isoformat()}
    counts = {"codings": given.n, "joined": len(given.joined)}
    new = NewChange(kind=ChangeKind.SPLIT, code_id=code_id, other_id=target_id, undo=undo, counts=counts)
    return changes.write(db, access, new), target_id


def _parts(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _join(db: Session, access: Access, met: Sequence[Pair], at: Any) -> Given:
    """Join what agrees: the standing coding takes over marks and memos, the other is marked removed."""
    given = Given()
    for pair in met:
        if not pair.agrees:
            continue
        one, other = pair.moving, pair.standing
        notes = select(Memo).where(col(Memo.about_id) == one.id, col(Memo.about_kind) == "coding")
        memos = list(db.exec(notes))
        for memo in memos:
            memo.about_id = other.id
        before = [other.valence, other.weight, other.is_unsure]
        other.valence = other.valence or one.valence
        other.weight = one.weight if other.weight is None else other.weight
        other.is_unsure = other.is_unsure or one.is_unsure
        one.deleted_at, one.deleted_by = at, access.person.id
        given.joined.append(
            {
                "moving": str(one.id),
                "standing": str(other.id),
                "memos": [str(memo.id) for memo in memos],
                "before": before,
                "after": [other.valence, other.weight, other.is_unsure],
            }
        )
        given.moved.setdefault(str(one.code_version_id), []).append(str(one.id))
    db.flush()
    return given


def _move(db: Session, given: Given, which: ColumnElement[bool], target: CodeId, *, version_id: UUID | None) -> None:
    """Give codings another code, and unless that is None another definition; joined ones go along."""
    already = {coding_id for ids in given.moved.values() for coding_id in ids}
    rows = db.execute(sql(col(Coding.id), col(Coding.code_version_id)).where(which)).all()
    for coding_id, old in rows:
        if str(coding_id) not in already:
            given.moved.setdefault(str(old), []).append(str(coding_id))
    values: dict[str, Any] = {"code_id": target}
    if version_id is not None:
        values["code_version_id"] = version_id
    _give(db, [row[0] for row in rows], values)
    left = [UUID(coding_id) for coding_id in already - {str(row[0]) for row in rows}]
    _give(db, left, values)


def _give(db: Session, ids: Sequence[Any], values: Mapping[str, Any], *conditions: ColumnElement[bool]) -> None:
    for part in _parts(ids):
        db.execute(
            update(Coding)
            .where(col(Coding.id).in_(part), *conditions)
            .values(**values, version=col(Coding.version) + 1)
            .execution_options(synchronize_session=False)
        )
    db.expire_all()


def why_not(db: Session, access: Access, change: CodeChange) -> str | None:
    """Why a merge or split can't be undone now, as a sentence; None when it can."""
    if change.undone_at is not None:
        return N_("This was undone already.")
    later = db.execute(
        sql(col(CodeChange.id)).where(
            col(CodeChange.study_id) == access.study.id,
            col(CodeChange.kind).in_([ChangeKind.MERGED, ChangeKind.SPLIT]),
            col(CodeChange.undone_at).is_(None),
            col(CodeChange.number) > change.number,
            or_(
                col(CodeChange.code_id).in_([change.code_id, change.other_id]),
                col(CodeChange.other_id).in_([change.code_id, change.other_id]),
            ),
        )
    ).first()
    if later is not None:
        return N_("A later merge or split took up these codes. Undo that one first.")
    code = db.get_one(Code, change.code_id)
    if change.kind is ChangeKind.MERGED and code.merged_into_id != change.other_id:
        return N_("The code has been brought back in another way since. Nothing is left to undo.")
    return None


def find_change(db: Session, access: Access, change_id: UUID) -> CodeChange:
    """An entry of this study's log."""
    change = db.exec(select(CodeChange).where(col(CodeChange.id) == change_id).with_for_update()).first()
    if change is None or change.study_id != access.study.id:
        raise NotFound
    return change


def undo(db: Session, access: Access, change_id: UUID) -> CodeChange:
    """The inverse of a merge or split: every coding gets back its code, definition, marks and memos.

    What its coder did to a coding since, such as removing it, stays done. Conflict says why it can't be.
    """
    access.require(Act.EDIT_CODEBOOK)
    open_to_change(db, access)
    change = find_change(db, access, change_id)
    if change.kind not in {ChangeKind.MERGED, ChangeKind.SPLIT} or change.code_id is None or change.other_id is None:
        raise NotFound
    for one in sorted((change.code_id, change.other_id)):
        code_in(db, access, one)
    if (reason := why_not(db, access, change)) is not None:
        raise Conflict(reason)
    kept = changes.undo_of(db, access, change)
    for version_id, ids in kept["moved"].items():
        back = {"code_id": change.code_id, "code_version_id": UUID(version_id)}
        _give(db, [UUID(one) for one in ids], back, col(Coding.code_id) == change.other_id)
    for joined in kept["joined"]:
        _part(db, joined, kept["at"])
    _codes_back(db, access, change, kept)
    change.undone_at, change.undone_by = now(), access.person.id
    moved = sum(map(len, kept["moved"].values()))
    act = "code.recoding_undone"
    chain.record(db, access.person.id, act, "code", change.code_id, study_id=access.study.id, codings=moved)
    return change


def _part(db: Session, joined: Mapping[str, Any], at: str) -> None:
    """Part two joined codings again; one whose partner was removed since by its coder stays removed too."""
    one, other = db.get(Coding, UUID(joined["moving"])), db.get(Coding, UUID(joined["standing"]))
    if one is None or other is None:
        return
    if other.deleted_at is None and one.deleted_at is not None and one.deleted_at.isoformat() == at:
        one.deleted_at = one.deleted_by = None
    if [other.valence, other.weight, other.is_unsure] == joined["after"]:
        valence, other.weight, other.is_unsure = joined["before"]
        other.valence = Valence(valence) if valence else None
    for memo_id in joined["memos"]:
        memo = db.get(Memo, UUID(memo_id))
        if memo is not None and memo.about_id == other.id:
            memo.about_id = one.id
    db.flush()


def _codes_back(db: Session, access: Access, change: CodeChange, kept: Mapping[str, Any]) -> None:
    code, other = db.get_one(Code, change.code_id), db.get_one(Code, change.other_id)
    if change.kind is ChangeKind.MERGED:
        code.status, code.merged_into_id = CodeStatus(kept["status"]), None
        for child_id in kept["children"]:
            child = code_in(db, access, CodeId(UUID(child_id)))
            if child.parent_id in {other.id, code.parent_id}:
                child.parent_id = code.id
    elif kept["made"] and not db.execute(sql(col(Coding.id)).where(col(Coding.code_id) == other.id).limit(1)).first():
        other.status = CodeStatus.RETIRED
    db.flush()
