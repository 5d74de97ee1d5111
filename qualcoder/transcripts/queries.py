"""Reading transcripts: lists by role, turns of a version, speakers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, false
from sqlalchemy import select as sql
from sqlmodel import Session, col, or_, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Role
from qualcoder.core.ids import InterviewId, PersonId, TranscriptId
from qualcoder.core.models import Job
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.hiding import hide
from qualcoder.transcripts.models import Assignment, SealedTo, TextKind, TextVersion, Transcript, TranscriptState, Turn
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

PAGE = 50
# What reading a turn takes, by the names of `SealedTurn`.
TURN_COLUMNS = tuple(
    getattr(Turn, name)
    for name in (
        "id",
        "n",
        "start",
        "length",
        "bounds",
        "hidden",
        "language",
        "is_interviewer",
        "sealed_to",
        "speaker_ct",
        "body_ct",
        "sealed_rev",
    )
)
_TO_READ = sql(*TURN_COLUMNS).where(col(Turn.text_version_id) == bindparam("version")).order_by(col(Turn.n))


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """A transcript in a list. `title` is empty for those who only code: it may name somebody."""

    id: TranscriptId
    interview_id: InterviewId
    serial: str
    title: str
    state: TranscriptState
    language: str
    n_turns: int
    n_chars: int
    is_mine: bool
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """A turn with its text opened. `hidden` are the stretches that flags hide, counted from the turn's start."""

    n: int
    start: int
    length: int
    bounds: tuple[int, ...]
    language: str
    is_interviewer: bool
    speaker: str
    body: str
    hidden: tuple[Span, ...] = ()

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class SpeakerLine:
    """A speaker label of the raw text, with examples."""

    number: int
    label: str
    turns: int
    examples: tuple[str, ...]
    is_interviewer: bool


def within_reach(access: Access) -> list[ColumnElement[bool]]:
    """Conditions on `transcript` for what a person may see of a study: the same rule as `access.reach`."""
    me = access.person.id
    assigned = select(Assignment.transcript_id).where(col(Assignment.person_id) == me)
    conditions: list[ColumnElement[bool]] = [col(Transcript.study_id) == access.study.id]
    if access.role is Role.CODER:
        conditions += [col(Transcript.id).in_(assigned), col(Transcript.state) == TranscriptState.CODABLE]
    elif access.role is Role.RESEARCHER:
        conditions.append(or_(col(Transcript.uploaded_by) == me, col(Transcript.id).in_(assigned)))
    elif access.role is not Role.PI:
        conditions.append(false())
    return conditions


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What of a list is wanted; nothing set means all. `coder` is a person's id, or NOBODY for not assigned."""

    state: TranscriptState | None = None
    language: str = ""
    is_mine: bool = False
    coder: str = ""


NOBODY = "nobody"
EVERYTHING = Narrowing()


def transcripts_of(
    db: Session, access: Access, narrowing: Narrowing = EVERYTHING, *, after: int = 0, limit: int = PAGE
) -> list[TranscriptLine]:
    """The transcripts that a person may see in a study, by serial, at most `limit` after number `after`."""
    me = access.person.id
    query = select(Transcript).where(*within_reach(access), col(Transcript.number) > after)
    if narrowing.state is not None:
        query = query.where(col(Transcript.state) == narrowing.state)
    if narrowing.language:
        query = query.where(col(Transcript.language) == narrowing.language)
    if narrowing.is_mine:
        query = query.where(col(Transcript.uploaded_by) == me)
    if narrowing.coder == NOBODY:
        query = query.where(col(Transcript.id).not_in(select(Assignment.transcript_id)))
    elif narrowing.coder:
        theirs = select(Assignment.transcript_id).where(col(Assignment.person_id) == UUID(narrowing.coder))
        query = query.where(col(Transcript.id).in_(theirs))
    return _lines(db, access, db.exec(query.order_by(col(Transcript.number)).limit(limit)).all())


def transcripts_of_interview(db: Session, access: Access, interview_id: InterviewId) -> list[TranscriptLine]:
    """The transcripts of an interview that a person may see, by serial."""
    query = select(Transcript).where(*within_reach(access), col(Transcript.interview_id) == interview_id)
    return _lines(db, access, db.exec(query.order_by(col(Transcript.number))).all())


def _lines(db: Session, access: Access, rows: Sequence[Transcript]) -> list[TranscriptLine]:
    me = access.person.id
    # Somebody who only codes another's transcript is a coder there, whatever the role.
    titled = [
        row for row in rows if access.role is Role.PI or (access.role is Role.RESEARCHER and row.uploaded_by == me)
    ]
    sealing.preload(db, [KeyRef.interview(row.interview_id, row.study_id) for row in titled])
    titles = {row.id: title_of(db, row) for row in titled}
    return [
        TranscriptLine(
            id=row.id,
            interview_id=row.interview_id,
            serial=row.serial,
            title=titles.get(row.id, ""),
            state=row.state,
            language=row.language,
            n_turns=row.n_turns,
            n_chars=row.n_chars,
            is_mine=row.uploaded_by == me,
            created_at=row.created_at,
            version=row.version,
        )
        for row in rows
    ]


def title_of(db: Session, row: Transcript) -> str:
    """The researcher's title, which may name somebody; empty once withdrawn."""
    if row.state is TranscriptState.WITHDRAWN:
        return ""
    key = KeyRef.interview(row.interview_id, row.study_id)
    return sealing.open_(db, key, f.TRANSCRIPT_TITLE, row, row.title_ct)


def raw_version(db: Session, transcript: Transcript) -> TextVersion:
    return db.exec(
        select(TextVersion).where(
            col(TextVersion.transcript_id) == transcript.id, col(TextVersion.kind) == TextKind.RAW
        )
    ).one()


class SealedTurn(Protocol):
    """A turn as it is stored: a row object, or only the columns of one."""

    @property
    def id(self) -> Any: ...
    @property
    def n(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def length(self) -> int: ...
    @property
    def bounds(self) -> list[int]: ...
    @property
    def hidden(self) -> list[list[int]] | None: ...
    @property
    def language(self) -> str: ...
    @property
    def is_interviewer(self) -> bool: ...
    @property
    def sealed_to(self) -> SealedTo: ...
    @property
    def speaker_ct(self) -> bytes: ...
    @property
    def body_ct(self) -> bytes: ...
    @property
    def sealed_rev(self) -> int: ...


def open_turns(db: Session, key: KeyRef, turns: Sequence[SealedTurn]) -> list[OpenTurn]:
    """Open turns, without what flags hide. The caller has checked the permission and recorded the disclosure."""
    return [as_shown(turn) for turn in open_whole_turns(db, key, turns)]


def as_shown(turn: OpenTurn) -> OpenTurn:
    """A turn as people may see it: what flags hide is marks."""
    return replace(turn, body=hide(turn.body, turn.hidden)) if turn.hidden else turn


def open_whole_turns(db: Session, key: KeyRef, turns: Sequence[SealedTurn]) -> list[OpenTurn]:
    """Open turns with what flags hide: for those who decide on flags, and for computing on the text."""
    speaker_in = sealing.bulk_opener(db, key, f.TURN_SPEAKER)
    body_in = sealing.bulk_opener(db, key, f.TURN_BODY)
    return [
        OpenTurn(
            n=turn.n,
            start=turn.start,
            length=turn.length,
            bounds=tuple(turn.bounds),
            language=turn.language,
            is_interviewer=turn.is_interviewer,
            speaker=speaker_in(turn.id, turn.sealed_rev, turn.speaker_ct).decode(),
            body=body_in(turn.id, turn.sealed_rev, turn.body_ct).decode(),
            hidden=hidden_in(turn.hidden),
        )
        for turn in turns
        if turn.sealed_to is SealedTo.INTERVIEW
    ]


def hidden_in(kept: list[list[int]] | None) -> tuple[Span, ...]:
    """The stretches of a turn as its row keeps them."""
    return tuple(Span(start, end) for start, end in kept) if kept else ()


def hide_in(body: bytes, kept: list[list[int]] | None) -> bytes:
    """A body (UTF-8) without what flags hide, for those who open turns by themselves."""
    return hide(body.decode(), hidden_in(kept)).encode() if kept else body


def turns_of(db: Session, text_version_id: object) -> list[Turn]:
    """The turns of a version in reading order, still sealed."""
    found = db.exec(select(Turn).where(col(Turn.text_version_id) == text_version_id).order_by(col(Turn.n)))
    return list(found)


def turns_to_read(db: Session, text_version_id: object) -> list[SealedTurn]:
    """The same turns as columns: a third of the time, for those who only read."""
    return list(db.execute(_TO_READ, {"version": text_version_id}))


def speakers_of(turns: list[OpenTurn]) -> list[SpeakerLine]:
    """The labels of a raw text in order of first appearance, each with two examples."""
    found: dict[str, list[OpenTurn]] = {}
    for turn in turns:
        found.setdefault(turn.speaker, []).append(turn)
    return [
        SpeakerLine(
            number=number,
            label=label,
            turns=len(said),
            examples=tuple(turn.body[:160] for turn in said[:2]),
            is_interviewer=_asks(label, said),
        )
        for number, (label, said) in enumerate(found.items())
    ]


_ASKING = ("инт", "interv", "сұхбат", "модер", "moder", "журнал", "тілші")


def _asks(label: str, said: list[OpenTurn]) -> bool:
    """A first guess: the label says so, or most turns are questions."""
    known = label.casefold()
    if known.startswith(_ASKING) or known in {"i", "q", "и", "в", "с"}:
        return True
    questions = sum(turn.body.rstrip().endswith("?") for turn in said)
    return bool(label) and questions * 2 > len(said)


def latest_job(db: Session, transcript: Transcript) -> Job | None:
    """The newest background work on a transcript."""
    return db.exec(select(Job).where(col(Job.object_id) == transcript.id).order_by(col(Job.created_at).desc())).first()


def assigned_to(db: Session, reach: Reach) -> set[PersonId]:
    """Who may code a transcript."""
    found = db.exec(select(Assignment.person_id).where(col(Assignment.transcript_id) == reach.transcript.id))
    return {PersonId(person_id) for person_id in found}


def coders_of(db: Session, transcript_ids: Sequence[TranscriptId]) -> dict[TranscriptId, list[PersonId]]:
    """Who may code each of these transcripts. One statement."""
    found: dict[TranscriptId, list[PersonId]] = {}
    rows = db.exec(
        select(Assignment.transcript_id, Assignment.person_id)
        .where(col(Assignment.transcript_id).in_(transcript_ids))
        .order_by(col(Assignment.created_at))
    )
    for transcript_id, person_id in rows:
        found.setdefault(TranscriptId(transcript_id), []).append(PersonId(person_id))
    return found
