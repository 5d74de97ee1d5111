"""The queue of flagged passages, for those who decide on them. Here alone hidden words are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlalchemy import select as sql
from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access, study_named
from qualcoder.accounts.models import Person, Role
from qualcoder.accounts.people import names_of
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.ids import PersonId, TranscriptId
from qualcoder.transcripts.flag_models import Flag, Standing
from qualcoder.transcripts.models import Transcript, TranscriptState, Turn
from qualcoder.transcripts.queries import OpenTurn, open_whole_turns
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

PAGE = 50
CONTEXT = 120


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A flagged passage in its context, with who flagged it and what was decided."""

    id: UUID
    transcript_id: TranscriptId
    serial: str
    turn: int
    language: str
    start: int
    end: int
    before: str = field(repr=False)
    words: str = field(repr=False)
    after: str = field(repr=False)
    note: str = field(repr=False)
    reason: str = field(repr=False)
    standing: Standing
    flagged_by: PersonId
    flagged_by_name: str = field(repr=False)
    flagged_at: datetime
    decided_by_name: str = field(repr=False)
    decided_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of flags of one standing, the oldest first. `after` is the number of the place to go on from."""

    standing: Standing
    lines: tuple[FlagLine, ...]
    waiting: int
    next: int | None = None

    @property
    def people(self) -> tuple[tuple[PersonId, str, int], ...]:
        """Who flagged what stands on this page, and how many of it."""
        found: dict[PersonId, tuple[str, int]] = {}
        for line in self.lines:
            name, n = found.get(line.flagged_by, (line.flagged_by_name, 0))
            found[line.flagged_by] = (name, n + 1)
        return tuple((person_id, name, n) for person_id, (name, n) in found.items())


def deciding(access: Access) -> list[ColumnElement[bool]]:
    """Conditions on `flag` and `transcript` for what a person decides on: a PI all, a researcher own uploads."""
    conditions: list[ColumnElement[bool]] = [
        col(Flag.study_id) == access.study.id,
        col(Transcript.study_id) == access.study.id,
        col(Transcript.state) == TranscriptState.CODABLE,
        col(Flag.text_version_id) == col(Transcript.text_version_id),
    ]
    if access.role is Role.RESEARCHER:
        conditions.append(col(Transcript.uploaded_by) == access.person.id)
    elif access.role is not Role.PI:
        conditions.append(false())
    return conditions


def waiting_for(db: Session, access: Access) -> int:
    """How many flagged passages wait for this person's decision; 0, without a statement, for who decides on none."""
    if not access.may(Act.DECIDE_FLAGS):
        return 0
    n: int = db.execute(
        sql(func.count())
        .select_from(Flag)
        .join(Transcript, col(Transcript.id) == col(Flag.transcript_id))
        .where(*deciding(access), col(Flag.standing) == Standing.WAITING)
    ).scalar_one()
    return n


def queue(
    db: Session, me: Person, study: str, standing: Standing = Standing.WAITING, *, after: int = 0, limit: int = PAGE
) -> tuple[Access, Queue]:
    """Open flagged passages, `limit` of them from place `after` on. Recorded before the first byte."""
    study_id = study_named(db, me, study, Act.DECIDE_FLAGS).study.id
    chain.disclose(db, lambda own: chain.record(own, me.id, "flags.opened", "study", study_id, study_id=study_id))
    access = study_named(db, me, study, Act.DECIDE_FLAGS)
    rows = [
        (flag, transcript)
        for flag, transcript in db.execute(
            sql(Flag, Transcript)
            .join(Transcript, col(Transcript.id) == col(Flag.transcript_id))
            .where(*deciding(access), col(Flag.standing) == standing)
            .order_by(col(Flag.flagged_at), col(Flag.id))
            .offset(after)
            .limit(limit + 1)
        )
    ]
    shown = rows[:limit]
    found = Queue(
        standing, _lines(db, shown), waiting_for(db, access), after + limit if len(rows) > len(shown) else None
    )
    return access, found


def _lines(db: Session, rows: Sequence[tuple[Flag, Transcript]]) -> tuple[FlagLine, ...]:
    if not rows:
        return ()
    sealing.preload(db, [_key(transcript) for _flag, transcript in rows])
    people = {person for flag, _transcript in rows for person in (flag.flagged_by, flag.decided_by) if person}
    names = names_of(db, people)
    touched = [
        and_(
            col(Turn.text_version_id) == flag.text_version_id,
            col(Turn.start) < flag.end,
            col(Turn.start) + col(Turn.length) > flag.start,
        )
        for flag, _transcript in rows
    ]
    turns: dict[UUID, list[Turn]] = {}
    for turn in db.exec(select(Turn).where(or_(*touched)).order_by(col(Turn.start))):
        turns.setdefault(turn.text_version_id, []).append(turn)
    lines = []
    for flag, transcript in rows:
        mine = [turn for turn in turns[flag.text_version_id] if turn.start < flag.end and flag.start < turn.end]
        lines.append(_line(db, flag, transcript, open_whole_turns(db, _key(transcript), mine), names))
    return tuple(lines)


def _key(transcript: Transcript) -> KeyRef:
    return KeyRef.interview(transcript.interview_id, transcript.study_id)


def _line(
    db: Session, flag: Flag, transcript: Transcript, turns: Sequence[OpenTurn], names: dict[PersonId, str]
) -> FlagLine:
    key, first = _key(transcript), turns[0]
    text = "\n".join(turn.body for turn in turns)
    start, end = flag.start - first.start, flag.end - first.start
    return FlagLine(
        id=flag.id,
        transcript_id=transcript.id,
        serial=transcript.serial,
        turn=first.n,
        language=first.language if first.language != "mixed" else "ru",
        start=flag.start,
        end=flag.end,
        before=text[max(0, start - CONTEXT) : start],
        words=text[start:end],
        after=text[end : end + CONTEXT],
        note=sealing.open_(db, key, f.FLAG_NOTE, flag, flag.note_ct),
        reason=sealing.open_(db, key, f.FLAG_REASON, flag, flag.reason_ct),
        standing=flag.standing,
        flagged_by=flag.flagged_by,
        flagged_by_name=names[flag.flagged_by],
        flagged_at=flag.flagged_at,
        decided_by_name=names[flag.decided_by] if flag.decided_by else "",
        decided_at=flag.decided_at,
        version=flag.version,
    )
