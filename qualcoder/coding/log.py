"""The command log: what each coder did on each transcript, in order, sealed with the interview's key.

Numbers grow for good. Those above zero are the steps that can be undone or, once undone, redone; a step cut off by a
new act, and an act that is only remembered against repetition, stands below zero. The id of a line is the client's id
of the act, so a repetition finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, func, insert, update
from sqlalchemy import select as sql
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from qualcoder.coding.models import Command
from qualcoder.coding.steps import Step, StepKind, as_json, from_json
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict
from qualcoder.core.ids import CodeId, CodingId
from qualcoder.core.messages import N_
from qualcoder.transcripts.access import Reach
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.aead import CannotOpen
from qualcoder.vault.keys import Shredded

# What a line whose words went with a masked name is to who reads it: no key, another key, or an empty record.
_LOST = (CannotOpen, Shredded, KeyError)


class Unreadable(Conflict):
    """A step whose words went with a masked name."""

    def __init__(self) -> None:
        message = N_(
            "A name was masked in this text since, so this step can't be undone or redone. Nothing was changed."
        )
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class StepName:
    """A step as buttons name it."""

    seq: int
    kind: StepKind
    code_id: CodeId | None


@dataclass(frozen=True, slots=True)
class Ends:
    """What would be undone and what would be redone next; None where there is nothing."""

    undo: StepName | None = None
    redo: StepName | None = None


# Whose log of which transcript: what the statements below are made with, once, and asked with by every act.
_ME: Any = bindparam("log_me")
_TRANSCRIPT: Any = bindparam("log_transcript")


def _mine(table: Any, me: Any, transcript_id: Any) -> tuple[ColumnElement[bool], ...]:
    return table.person_id == me, table.transcript_id == transcript_id


def _newest(column: str, *conditions: Any, me: Any, transcript_id: Any) -> Any:
    one = aliased(Command)
    wanted = (*_mine(one, me, transcript_id), col(one.seq) > 0, *(condition(one) for condition in conditions))
    return sql(getattr(one, column)).where(*wanted).order_by(col(one.seq).desc()).limit(1).scalar_subquery()


def is_cut_due(me: Any, transcript_id: Any) -> ColumnElement[Any]:
    """Whether the newest step is undone, so that a new act cuts a branch off; a part of somebody's statement."""
    return cast("ColumnElement[Any]", _newest("is_undone", me=me, transcript_id=transcript_id))


def _ends_query() -> Select[Any]:
    columns = [getattr(Command, name) for name in ("id", "seq", "sealed_rev", "is_undone", "payload_ct")]
    after = aliased(Command)
    top = _newest("seq", lambda one: col(one.is_undone).is_(False), me=_ME, transcript_id=_TRANSCRIPT)
    following = (
        sql(func.min(col(after.seq)))
        .where(*_mine(after, _ME, _TRANSCRIPT), col(after.seq) > func.coalesce(top, 0))
        .scalar_subquery()
    )
    return sql(*columns).where(*_mine(Command, _ME, _TRANSCRIPT), col(Command.seq).in_([top, following]))


# The lines that would be undone and redone: id, seq, sealed_rev, is_undone, payload_ct. At most two.
ENDS = _ends_query()


def whose(found: Reach) -> dict[str, Any]:
    """What `ENDS` is asked with."""
    return {_ME.key: found.me.id, _TRANSCRIPT.key: found.transcript.id}


def ends(db: Session, found: Reach) -> Ends:
    """What this person could undo and redo in the transcript. One statement."""
    return ends_in(db, found, db.execute(ENDS, whose(found)).all())


def ends_in(db: Session, found: Reach, rows: Any) -> Ends:
    """The same from the rows of `ENDS`. A line that can't be opened any more has no name and no code."""
    named: dict[bool, StepName] = {}
    for row in rows:
        try:
            step = _open(db, found, row)
            named[row.is_undone] = StepName(row.seq, step.kind, step.code_id)
        except (*_LOST, Unreadable):
            named[row.is_undone] = StepName(row.seq, StepKind.NOTHING, None)
    return Ends(named.get(False), named.get(True))


def _open(db: Session, found: Reach, row: Any) -> Step:
    said = sealing.open_json(db, found.key, f.COMMAND_PAYLOAD, row, row.payload_ct)
    if not said:
        raise Unreadable
    return from_json(said)


def open_step(db: Session, found: Reach, row: Command) -> Step:
    """What a line says; Unreadable when its key is gone with a masked name."""
    try:
        return _open(db, found, row)
    except _LOST:
        raise Unreadable from None


def line_at(db: Session, found: Reach, seq: int) -> Command | None:
    """A line of this person's by its number, to be changed."""
    query = sql(Command).where(*_mine(Command, found.me.id, found.transcript.id), col(Command.seq) == seq)
    return db.execute(query.with_for_update()).scalar_one_or_none()


def last_about(db: Session, found: Reach, coding_id: CodingId) -> Step | None:
    """The newest step, not undone, that changed a coding; None when it is unknown. Reads the log from its end."""
    rows = db.execute(
        sql(Command)
        .where(*_mine(Command, found.me.id, found.transcript.id), col(Command.is_undone).is_(False))
        .order_by(func.abs(col(Command.seq)).desc())
    )
    for row in rows.scalars():
        step = open_step(db, found, row)
        if any(change.coding_id == coding_id and change.before != change.after for change in step.changes):
            return step
    return None


def write(db: Session, found: Reach, act_id: UUID, step: Step, *, is_cut_due: bool) -> Ends:
    """Remember a step under the client's id of the act, after what it did was put on record.

    The record's head is locked by then, so the next number is free on PostgreSQL too. What was undone is cut off.
    """
    if step.kind is StepKind.NOTHING:
        _insert(db, found, act_id, step, is_above=False)
        return ends(db, found)
    if is_cut_due:
        cut = update(Command).where(
            *_mine(Command, found.me.id, found.transcript.id), col(Command.seq) > 0, col(Command.is_undone).is_(True)
        )
        db.execute(cut.values(seq=-Command.seq).execution_options(synchronize_session=False))
    seq = _insert(db, found, act_id, step, is_above=True)
    return Ends(StepName(seq, step.kind, step.code_id))


def amend(db: Session, found: Reach, line: Command, step: Step) -> None:
    """Let a step say what it became: the same editing went on. The line is the newest one and not undone."""
    line.sealed_rev += 1
    line.payload_ct = sealing.seal_json(db, found.key, f.COMMAND_PAYLOAD, line, as_json(step))
    db.flush()


def remember(db: Session, found: Reach, act_id: UUID, step: Step) -> None:
    """Remember an act that is itself no step, such as an undo, so that its repetition is recognised."""
    _insert(db, found, act_id, step, is_above=False)


def _insertion() -> Any:
    table = Command.__table__  # type: ignore[attr-defined]  # set by the mapper
    mine = _mine(Command, _ME, _TRANSCRIPT)
    highest = func.coalesce(sql(func.max(col(Command.seq))).where(*mine).scalar_subquery(), 0)
    lowest = func.coalesce(sql(func.min(col(Command.seq))).where(*mine).scalar_subquery(), 0)
    last = case((highest > -lowest, highest), else_=-lowest)
    sign = bindparam("log_sign", type_=Integer)
    given: dict[str, Any] = {name: bindparam(f"log_{name}") for name in ("id", "study_id", "kind", "payload_ct", "at")}
    values = {
        **given,
        "transcript_id": _TRANSCRIPT,
        "person_id": _ME,
        "seq": sign * (last + 1),
        "sealed_rev": 0,
        "is_undone": False,
    }
    return insert(table).values(values).returning(col(Command.seq))


_INSERTION = _insertion()


def _insert(db: Session, found: Reach, act_id: UUID, step: Step, *, is_above: bool) -> int:
    payload = sealing.seal_json(db, found.key, f.COMMAND_PAYLOAD, sealing.RowKey(act_id), as_json(step))
    given = {
        "log_id": act_id,
        "log_study_id": found.transcript.study_id,
        "log_kind": step.kind.value,
        "log_payload_ct": payload,
        "log_at": now(),
        "log_sign": 1 if is_above else -1,
    }
    seq: int = db.execute(_INSERTION, {**whose(found), **given}).scalar_one()
    return seq
