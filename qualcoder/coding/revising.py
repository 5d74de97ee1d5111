"""A new version of a released text, with everybody's codings carried over.

A passage that nobody can place for certain stays where it is, in the version it was made in: it is not counted as
lost, it is asked about (`unplaced`), with the old words and the new ones side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise import leaks
from qualcoder.audit import chain
from qualcoder.coding import layers
from qualcoder.coding.hidden_words import hide_earlier, uncover
from qualcoder.coding.models import Coding
from qualcoder.coding.new_version import (
    NewTurn,
    a_version,
    codings_at,
    current,
    flag_moved,
    flags_at,
    hides,
    moved,
    put_in_use,
    sealed_turns,
    text_of,
    whole_turns,
    write_moves,
)
from qualcoder.coding.passages import holds, quote_mac
from qualcoder.coding.queries import may_correct
from qualcoder.coding.service import TextChanged
from qualcoder.coding.spans import snap_to_graphemes, trim
from qualcoder.core.db import Database
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import CodingId, PersonId, TextVersionId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.core.text import Span, merge
from qualcoder.transcripts.access import Reach, reach_codable
from qualcoder.transcripts.flag_models import Flag
from qualcoder.transcripts.hiding import hide
from qualcoder.transcripts.models import TextVersion, Turn
from qualcoder.transcripts.parsing.cleaning import normalise
from qualcoder.transcripts.queries import OpenTurn, as_shown, open_turns
from qualcoder.transcripts.reanchoring import Fate, reanchor
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
    """The new version, sealed, and where the codings and flags go."""

    version: TextVersion
    turns: tuple[Turn, ...]
    moves: tuple[dict[str, object], ...]
    flags: tuple[dict[str, object], ...]
    revised: Revised
    seen: frozenset[tuple[UUID, int]]


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
            if _standing_on(db, found) == draft.seen:
                sealing.require_newest(db, found.key, [turn.body_ct for turn in draft.turns])
                leaks.refuse_names(db, found.access, "text", "\n".join(change.bodies))
                _write(db, found, draft)
                return draft.revised
    raise Conflict(N_("Others are coding this text right now. Try again in a moment; nothing was changed."))


def reach_to_correct(db: Session, me: Person, transcript_id: TranscriptId) -> Reach:
    """A released transcript whose text the person may correct: who brought it, or a PI."""
    found = reach_codable(db, me, transcript_id, Act.REVIEW)
    if not may_correct(found):
        raise NotFound
    return found


def _standing_on(db: Session, found: Reach) -> frozenset[tuple[UUID, int]]:
    """Codings and flags of the version in use, with the versions of their rows."""
    version_id = current(found.transcript)
    return _seen(codings_at(db, version_id), flags_at(db, version_id))


def _seen(codings: Sequence[Coding], flags: Sequence[Flag]) -> frozenset[tuple[UUID, int]]:
    return frozenset({(row.id, row.version) for row in codings} | {(row.id, row.version) for row in flags})


@dataclass(frozen=True, slots=True, repr=False)
class _Changed:
    """The new bodies in order, and where what flags hide went: each marked sign of the old text in the new one."""

    turns: tuple[NewTurn, ...]
    changed: Span
    grown: int
    marked: dict[int, int]

    def place_of(self, text: str, span: Span) -> Span:
        """Where a hidden passage of the old text stands now. It is held by its marks, so this is certain."""
        signs = [at for at in (span.start, span.end - 1) if not text[at].isspace()]
        return Span(self._carried(signs[0]), self._carried(signs[-1]) + 1)

    def _carried(self, offset: int) -> int:
        if offset < self.changed.start:
            return offset
        return self.marked[offset] if offset < self.changed.end else offset + self.grown


def _draft(db: Session, found: Reach, change: Change) -> _Draft:
    transcript = found.transcript
    old = whole_turns(db, found.key, current(transcript))
    version = a_version(transcript, transcript.text_number + 1, found.me.id)
    changed = _changed(old, change)
    before, after = text_of(old), text_of(changed.turns)
    codings, flags = codings_at(db, current(transcript)), flags_at(db, current(transcript))
    held = {flag.id: changed.place_of(before, Span(flag.start, flag.end)) for flag in flags if hides(flag)}
    turns = sealed_turns(db, found.key, version, changed.turns, held.values())
    counts = dict.fromkeys(Fate, 0)
    moves = []
    for coding, place in zip(codings, reanchor(before, after, [Span(c.start, c.end) for c in codings]), strict=True):
        span = place.span and trim(after, snap_to_graphemes(after, place.span))
        fate = place.fate if span and holds(db, found.key, coding, before) else Fate.UNSURE
        counts[fate] += 1
        if span and fate is not Fate.UNSURE:
            moves.append(moved(db, found.key, coding, version, span, after))
    for flag in flags:
        if not hides(flag) and (span := reanchor(before, after, [Span(flag.start, flag.end)])[0].span):
            held[flag.id] = span
    return _Draft(
        version=version,
        turns=tuple(turns),
        moves=tuple(moves),
        flags=tuple(flag_moved(flag, version, held[flag.id]) for flag in flags if flag.id in held),
        revised=Revised(version.number, counts[Fate.SAME], counts[Fate.CORRECTED], counts[Fate.UNSURE]),
        seen=_seen(codings, flags),
    )


def _changed(old: Sequence[OpenTurn], change: Change) -> _Changed:
    replaced = [turn for turn in old if change.first <= turn.n <= change.last]
    if not replaced or len(replaced) != change.last - change.first + 1:
        raise Invalid(N_("There is no turn with this number."))
    sent = [" ".join(normalise(body).split("\n")).strip() for body in change.bodies]
    if not sent or not all(sent):
        raise Invalid(N_("A turn needs words. Join it with another one instead."))
    if any(len(body) > LONGEST_TURN for body in sent):
        raise Invalid(N_("A turn has at most %(n)s characters."), n=LONGEST_TURN)
    if len({(turn.is_interviewer, turn.speaker) for turn in replaced}) > 1:
        raise Invalid(N_("Only turns of one speaker can be joined."))
    whole = text_of(replaced)
    uncovered = uncover(text_of(map(as_shown, replaced)), whole, "\n".join(sent))
    bodies = uncovered.text.split("\n")
    if uncovered.text == whole:
        raise Invalid(N_("Nothing was changed."))
    first = replaced[0].start
    # A turn that is split is cut into turns of its own speaker; one that is joined keeps the speaker of both.
    middle = [NewTurn(replaced[min(n, len(replaced) - 1)], body) for n, body in enumerate(bodies)]
    return _Changed(
        turns=(
            *(NewTurn(turn, turn.body) for turn in old if turn.n < change.first),
            *middle,
            *(NewTurn(turn, turn.body) for turn in old if turn.n > change.last),
        ),
        changed=Span(first, replaced[-1].end),
        grown=len(uncovered.text) - len(whole),
        marked={first + at: first + to for at, to in uncovered.places.items()},
    )


def _write(db: Session, found: Reach, draft: _Draft) -> None:
    transcript, revised = found.transcript, draft.revised
    put_in_use(db, transcript, draft.version, draft.turns)
    write_moves(db, draft.moves, draft.flags)
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
        *layers.settled_by(found.access),
        col(Coding.transcript_id) == transcript_id,
        col(Coding.deleted_at).is_(None),
        col(Coding.text_version_id) != current(found.transcript),
    )
    rows = db.exec(waiting.order_by(col(Coding.text_number), col(Coding.start))).all()
    if not rows:
        return []
    today, hidden = _text(db, found, current(found.transcript))
    listed = []
    for version_id in dict.fromkeys(row.text_version_id for row in rows):
        mine = [row for row in rows if row.text_version_id == version_id]
        old, old_hidden = _text(db, found, version_id)
        places = reanchor(old, today, [Span(row.start, row.end) for row in mine])
        shown = hide_earlier(old, old_hidden, today, hidden)
        for row, place in zip(mine, places, strict=True):
            now_there = _sides(hide(today, hidden), place.span) if place.span else None
            was = _sides(shown, Span(row.start, row.end))
            listed.append(Unplaced(row.id, row.coder_id, row.code_id, row.text_number, was, now_there))
    return listed


def _text(db: Session, found: Reach, version_id: TextVersionId) -> tuple[str, list[Span]]:
    """The whole text of a version, and what flags hide of it."""
    turns = whole_turns(db, found.key, version_id)
    return text_of(turns), merge(span.shifted(turn.start) for turn in turns for span in turn.hidden)


def _sides(text: str, span: Span) -> Sides:
    start, end = max(0, span.start - AROUND), min(len(text), span.end + AROUND)
    return Sides(span, text[start : span.start], span.of(text), text[span.end : end])


def turn_to_correct(db: Session, found: Reach, n: int) -> tuple[OpenTurn, OpenTurn | None]:
    """A turn of the text in use, and the one behind it; NotFound when there is no such turn."""
    here = select(Turn).where(col(Turn.text_version_id) == current(found.transcript), col(Turn.n).in_([n, n + 1]))
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
    if coding.coder_id != me.id and not layers.sees_study(found.access):
        raise NotFound
    return found


def place(db: Session, me: Person, coding_id: CodingId, seen: int, span: Span) -> Coding:
    """Say where a coding belongs in version `seen` of the text: the coder himself, or a PI."""
    found = reach_coding(db, me, coding_id)
    coding = db.get_one(Coding, coding_id)
    transcript = found.transcript
    if transcript.text_number != seen:
        raise TextChanged(transcript, seen)
    text, _hidden = _text(db, found, current(transcript))
    if span.end > len(text):
        raise Invalid(N_("The selection lies outside the text. Reload the page and select again."))
    exact = trim(text, snap_to_graphemes(text, span))
    if not exact:
        raise Invalid(N_("Nothing is selected. Select some words and choose the code again."))
    if coding.text_version_id == current(transcript):
        if (coding.start, coding.end) == (exact.start, exact.end):
            return coding
        raise Conflict(N_("This was changed meanwhile. Reload the page."))
    coding.text_version_id, coding.text_number = current(transcript), transcript.text_number
    coding.start, coding.end = exact.start, exact.end
    coding.quote_mac = quote_mac(db, found.key, exact.of(text))
    chain.record(db, me.id, "coding.placed", "coding", coding.id, study_id=coding.study_id)
    return coding
