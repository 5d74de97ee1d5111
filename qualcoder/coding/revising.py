"""A new version of a released text, with everybody's codings carried over.

A passage that nobody can place for certain stays where it is, in the version it was made in: it is not counted as
lost, it is asked about (`unplaced`), with the old words and the new ones side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Person, Role
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise import leaks
from qualcoder.audit import chain
from qualcoder.coding.models import Coding
from qualcoder.coding.service import TextChanged, quote_mac
from qualcoder.coding.spans import snap_to_graphemes, trim
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import CodingId, PersonId, TextVersionId, TranscriptId, TurnId, new_id
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach, reach_codable
from qualcoder.transcripts.models import TextKind, TextVersion, Turn
from qualcoder.transcripts.parsing.cleaning import normalise
from qualcoder.transcripts.queries import OpenTurn, open_turns, turns_of
from qualcoder.transcripts.reanchoring import Fate, reanchor
from qualcoder.transcripts.sentences import bounds
from qualcoder.vault import fields as f
from qualcoder.vault import sealing

REVISED = "transcript.revised"
LONGEST_TURN = 100_000


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """Turns `first` to `last` become turns with these bodies: one for a correction, two for a split, and so on."""

    first: int
    last: int
    bodies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """What became of the codings of everybody."""

    text_number: int
    same: int
    corrected: int
    unsure: int


@dataclass(frozen=True, slots=True, repr=False)
class _Draft:
    """The new version, sealed, and where the codings go."""

    version: TextVersion
    turns: tuple[Turn, ...]
    moves: tuple[dict[str, object], ...]
    revised: Revised
    seen: frozenset[UUID]


def revise_text(database: Database, me: Person, transcript_id: TranscriptId, seen: int, change: Change) -> Revised:
    """Change the wording of a released text, of which the person saw version `seen`.

    TextChanged when there is a newer one; Invalid for words that can't stand; NamesSomebody when the new words name a
    known person. Computed outside the transaction, which only writes; a coding made meanwhile begins it anew.
    """
    for _ in range(3):
        with database.read() as db:
            found = reach_to_correct(db, me, transcript_id)
            if found.transcript.text_number != seen:
                raise TextChanged(found.transcript, seen)
            draft = _draft(db, found, change)
        with database.transaction() as db:
            found = reach_to_correct(db, me, transcript_id)
            if found.transcript.text_number != seen:
                raise TextChanged(found.transcript, seen)
            if {coding.id for coding in _codings_at(db, found)} == draft.seen:
                leaks.refuse_names(db, found.access, "text", "\n".join(change.bodies))
                _write(db, found, draft)
                return draft.revised
    raise Conflict(N_("Others are coding this text right now. Try again in a moment; nothing was changed."))


def reach_to_correct(db: Session, me: Person, transcript_id: TranscriptId) -> Reach:
    """A released transcript whose text the person may correct: who brought it, or a PI."""
    found = reach_codable(db, me, transcript_id, Act.REVIEW)
    if found.access.role is not Role.PI and found.transcript.uploaded_by != me.id:
        raise NotFound
    return found


def _draft(db: Session, found: Reach, change: Change) -> _Draft:
    transcript = found.transcript
    rows = turns_of(db, _current(found))
    old = open_turns(db, found.key, rows)
    version = TextVersion(
        id=TextVersionId(new_id()),
        transcript_id=transcript.id,
        number=transcript.text_number + 1,
        kind=TextKind.ANONYMISED,
        n_chars=0,
        created_by=found.me.id,
        created_at=now(),
    )
    changed = _changed(db, found, old, change)
    turns = _sealed(db, found, version, changed)
    version.n_chars = turns[-1].end
    before, after = ("\n".join(body for _, body in pairs) for pairs in ([(t, t.body) for t in old], changed))
    codings = _codings_at(db, found)
    placed = reanchor(before, after, [Span(coding.start, coding.end) for coding in codings])
    counts = dict.fromkeys(Fate, 0)
    moves = []
    for coding, place in zip(codings, placed, strict=True):
        span = place.span and trim(after, snap_to_graphemes(after, place.span))
        held = coding.quote_mac == quote_mac(db, found.key, before[coding.start : coding.end])
        fate = place.fate if span and held else Fate.UNSURE
        counts[fate] += 1
        if span and fate is not Fate.UNSURE:
            moves.append(_move(db, found, coding, version, span, after))
    revised = Revised(version.number, counts[Fate.SAME], counts[Fate.CORRECTED], counts[Fate.UNSURE])
    return _Draft(version, tuple(turns), tuple(moves), revised, frozenset(coding.id for coding in codings))


def _current(found: Reach) -> TextVersionId:
    if found.transcript.text_version_id is None:
        raise NotFound
    return found.transcript.text_version_id


def _codings_at(db: Session, found: Reach) -> Sequence[Coding]:
    """Codings of the version in use, removed ones too: they may come back."""
    return db.exec(select(Coding).where(col(Coding.text_version_id) == _current(found))).all()


def _changed(db: Session, found: Reach, old: Sequence[OpenTurn], change: Change) -> list[tuple[OpenTurn, str]]:
    """The new bodies in order, each with the turn it takes speaker and language from."""
    replaced = [turn for turn in old if change.first <= turn.n <= change.last]
    if not replaced or len(replaced) != change.last - change.first + 1:
        raise Invalid(N_("There is no turn with this number."))
    bodies = [" ".join(normalise(body).split("\n")).strip() for body in change.bodies]
    if not bodies or not all(bodies):
        raise Invalid(N_("A turn needs words. Join it with another one instead."))
    if any(len(body) > LONGEST_TURN for body in bodies):
        raise Invalid(N_("A turn has at most %(n)s characters."), n=LONGEST_TURN)
    if any(turn.is_interviewer != replaced[0].is_interviewer for turn in replaced):
        raise Invalid(N_("Only turns of one side can be joined."))
    if bodies == [turn.body for turn in replaced]:
        raise Invalid(N_("Nothing was changed."))
    before = [(turn, turn.body) for turn in old if turn.n < change.first]
    after = [(turn, turn.body) for turn in old if turn.n > change.last]
    return [*before, *((replaced[min(n, len(replaced) - 1)], body) for n, body in enumerate(bodies)), *after]


def _sealed(db: Session, found: Reach, version: TextVersion, changed: Sequence[tuple[OpenTurn, str]]) -> list[Turn]:
    turns: list[Turn] = []
    start = 0
    for n, (turn, body) in enumerate(changed, start=1):
        row = sealing.RowKey(new_id())
        turns.append(
            Turn(
                id=TurnId(row.id),
                text_version_id=version.id,
                n=n,
                start=start,
                length=len(body),
                bounds=list(turn.bounds if body == turn.body else bounds(body, turn.language)),
                language=turn.language,
                is_interviewer=turn.is_interviewer,
                speaker_ct=sealing.seal(db, found.key, f.TURN_SPEAKER, row, turn.speaker),
                body_ct=sealing.seal(db, found.key, f.TURN_BODY, row, body),
            )
        )
        start += len(body) + 1
    return turns


def _move(db: Session, found: Reach, coding: Coding, version: TextVersion, span: Span, text: str) -> dict[str, object]:
    return {
        "id": coding.id,
        "text_version_id": version.id,
        "text_number": version.number,
        "start": span.start,
        "end": span.end,
        "quote_mac": quote_mac(db, found.key, span.of(text)),
        "version": coding.version,
    }


def _write(db: Session, found: Reach, draft: _Draft) -> None:
    transcript = found.transcript
    db.add(draft.version)
    db.flush()
    db.add_all(draft.turns)
    if draft.moves:
        db.execute(update(Coding), list(draft.moves))
    transcript.text_version_id = draft.version.id
    transcript.text_number = draft.version.number
    transcript.n_chars, transcript.n_turns = draft.version.n_chars, len(draft.turns)
    revised = draft.revised
    chain.record(
        db,
        found.me.id,
        REVISED,
        "transcript",
        transcript.id,
        study_id=transcript.study_id,
        same=revised.same,
        corrected=revised.corrected,
        unsure=revised.unsure,
    )


@dataclass(frozen=True, slots=True, repr=False)
class Unplaced:
    """A coding whose passage is not certain in the text of today: the old words, and what stands there now."""

    coding_id: CodingId
    coder_id: PersonId
    code_id: UUID
    text_number: int
    old: Sides
    new: Sides | None


@dataclass(frozen=True, slots=True, repr=False)
class Sides:
    """Words with a little of the text around them; `span` is where they stand in their version."""

    span: Span
    before: str
    words: str
    after: str


AROUND = 80


def unplaced(db: Session, me: Person, transcript_id: TranscriptId) -> list[Unplaced]:
    """Codings that wait for somebody to say where they belong: one's own, of a PI everybody's; in reading order."""
    found = reach_codable(db, me, transcript_id, Act.READ_TEXT)
    waiting = select(Coding).where(
        col(Coding.transcript_id) == transcript_id,
        col(Coding.deleted_at).is_(None),
        col(Coding.text_version_id) != _current(found),
    )
    if not found.access.may(Act.SEE_MATRIX):
        waiting = waiting.where(col(Coding.coder_id) == me.id)
    rows = db.exec(waiting.order_by(col(Coding.text_number), col(Coding.start))).all()
    today = _text(db, found, _current(found)) if rows else ""
    listed = []
    for version_id in dict.fromkeys(row.text_version_id for row in rows):
        mine = [row for row in rows if row.text_version_id == version_id]
        old = _text(db, found, version_id)
        places = reanchor(old, today, [Span(row.start, row.end) for row in mine])
        for row, place in zip(mine, places, strict=True):
            now_there = _sides(today, place.span) if place.span else None
            was = _sides(old, Span(row.start, row.end))
            listed.append(Unplaced(row.id, row.coder_id, row.code_id, row.text_number, was, now_there))
    return listed


def _text(db: Session, found: Reach, version_id: TextVersionId) -> str:
    return "\n".join(turn.body for turn in open_turns(db, found.key, turns_of(db, version_id)))


def _sides(text: str, span: Span) -> Sides:
    start, end = max(0, span.start - AROUND), min(len(text), span.end + AROUND)
    return Sides(span, text[start : span.start], span.of(text), text[span.end : end])


def turn_to_correct(db: Session, found: Reach, n: int) -> tuple[OpenTurn, OpenTurn | None]:
    """A turn of the text in use, and the one behind it; NotFound when there is no such turn."""
    here = select(Turn).where(col(Turn.text_version_id) == _current(found), col(Turn.n).in_([n, n + 1]))
    turns = open_turns(db, found.key, list(db.exec(here.order_by(col(Turn.start))).all()))
    if not turns or turns[0].n != n:
        raise NotFound
    return turns[0], turns[1] if len(turns) > 1 else None


def reach_coding(db: Session, me: Person, coding_id: CodingId) -> Reach:
    """The transcript of a coding that the person may place: the coder himself, or a PI."""
    coding = db.get(Coding, coding_id)
    if coding is None:
        raise NotFound
    found = reach_codable(db, me, coding.transcript_id, Act.CODE)
    if coding.coder_id != me.id and not found.access.may(Act.SEE_MATRIX):
        raise NotFound
    return found


def place(db: Session, me: Person, coding_id: CodingId, seen: int, span: Span) -> Coding:
    """Say where a coding belongs in version `seen` of the text: the coder himself, or a PI."""
    found = reach_coding(db, me, coding_id)
    coding = db.get_one(Coding, coding_id)
    transcript = found.transcript
    if transcript.text_number != seen:
        raise TextChanged(transcript, seen)
    text = _text(db, found, _current(found))
    if span.end > len(text):
        raise Invalid(N_("The selection lies outside the text. Reload the page and select again."))
    exact = trim(text, snap_to_graphemes(text, span))
    if not exact:
        raise Invalid(N_("Nothing is selected. Select some words and choose the code again."))
    coding.text_version_id, coding.text_number = _current(found), transcript.text_number
    coding.start, coding.end = exact.start, exact.end
    coding.quote_mac = quote_mac(db, found.key, exact.of(text))
    chain.record(db, me.id, "coding.placed", "coding", coding.id, study_id=coding.study_id)
    return coding
