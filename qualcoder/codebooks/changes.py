"""The codebook's log: who changed which field of which code from what to what. Sealed with the study's key."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.people import names_of
from qualcoder.audit import chain
from qualcoder.codebooks.models import ChangeKind, CodeChange
from qualcoder.core.clock import now
from qualcoder.core.ids import CodeId, new_id
from qualcoder.vault import fields as f
from qualcoder.vault import sealing

# What the study's record calls each kind.
ACTS = {
    ChangeKind.ADDED: "code.added",
    ChangeKind.EDITED: "code.edited",
    ChangeKind.MOVED: "code.moved",
    ChangeKind.RETIRED: "code.retired",
    ChangeKind.RESTORED: "code.restored",
    ChangeKind.PROPOSED: "code.proposed",
    ChangeKind.ACCEPTED: "code.accepted",
    ChangeKind.REJECTED: "code.rejected",
    ChangeKind.MERGED: "code.merged",
    ChangeKind.SPLIT: "code.split",
    ChangeKind.FROZEN: "codebook.frozen",
    ChangeKind.THAWED: "codebook.thawed",
}


@dataclass(frozen=True, slots=True, repr=False)
class FieldChange:
    """One field from what to what, as the words stood."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, repr=False)
class LogLine:
    """An entry of the log, opened."""

    id: UUID
    kind: ChangeKind
    code_id: CodeId | None
    other_id: CodeId | None
    at: datetime
    by: str
    fields: tuple[FieldChange, ...]
    note: str
    undone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewChange:
    """What to write down. `undo` is what the inverse act needs: ids and places, no words."""

    kind: ChangeKind
    code_id: CodeId | None
    other_id: CodeId | None = None
    fields: Sequence[FieldChange] = ()
    note: str = ""
    undo: Mapping[str, Any] = field(default_factory=dict)
    # Numbers for the study's record.
    counts: Mapping[str, int] = field(default_factory=dict)


def write(db: Session, access: Access, new: NewChange, *, is_audited: bool = True) -> CodeChange:
    """Put a change into the log and, unless another act stands for it there, into the study's record."""
    row = sealing.RowKey(new_id())
    payload = {"fields": [asdict(one) for one in new.fields], "note": new.note, "undo": dict(new.undo)}
    last = db.exec(select(func.max(CodeChange.number)).where(col(CodeChange.study_id) == access.study.id)).first()
    change = CodeChange(
        id=row.id,
        study_id=access.study.id,
        number=(last or 0) + 1,
        code_id=new.code_id,
        other_id=new.other_id,
        kind=new.kind,
        by=access.person.id,
        at=now(),
        payload_ct=sealing.seal_json(db, access.key, f.CODE_CHANGE, row, payload),
    )
    db.add(change)
    db.flush()
    if is_audited:
        kind = "codebook" if new.code_id is None else "code"
        thing = new.code_id or access.study.id
        chain.record(db, access.person.id, ACTS[new.kind], kind, thing, study_id=access.study.id, **new.counts)
    return change


def undo_of(db: Session, access: Access, change: CodeChange) -> Mapping[str, Any]:
    """What the inverse of a change needs."""
    opened = sealing.open_json(db, access.key, f.CODE_CHANGE, change, change.payload_ct)
    undo: Mapping[str, Any] = opened["undo"]
    return undo


def find_change(db: Session, access: Access, change_id: UUID) -> CodeChange | None:
    """An entry of this study's log."""
    change = db.get(CodeChange, change_id)
    return change if change is not None and change.study_id == access.study.id else None


def log_of(
    db: Session,
    access: Access,
    code_id: CodeId | None = None,
    *,
    kinds: Collection[ChangeKind] = (),
    limit: int = 200,
) -> list[LogLine]:
    """The newest changes first: of one code, or of the whole book; only of some kinds, when they are given."""
    query = select(CodeChange).where(col(CodeChange.study_id) == access.study.id)
    if kinds:
        query = query.where(col(CodeChange.kind).in_(kinds))
    if code_id is not None:
        query = query.where((col(CodeChange.code_id) == code_id) | (col(CodeChange.other_id) == code_id))
    rows = db.exec(query.order_by(col(CodeChange.number).desc()).limit(limit)).all()
    names = names_of(db, {row.by for row in rows})
    lines = []
    for row in rows:
        opened = sealing.open_json(db, access.key, f.CODE_CHANGE, row, row.payload_ct)
        told = tuple(FieldChange(**one) for one in opened["fields"])
        lines.append(
            LogLine(
                row.id, row.kind, row.code_id, row.other_id, row.at, names[row.by], told, opened["note"], row.undone_at
            )
        )
    return lines
