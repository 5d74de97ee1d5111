"""Flagging a passage that may name somebody, and deciding what it is.

From the answer on, the passage is hidden wherever the released text is read: `Turn.hidden` is written in the same
transaction, and every reader of turns leaves out what stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy import select as sql
from sqlmodel import Session, col, select

from qualcoder.accounts.access import study_by_id
from qualcoder.accounts.models import Person, Role
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid, NotFound, Refused
from qualcoder.core.ids import PersonId, TextVersionId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.core.text import Span, merge
from qualcoder.transcripts.access import Reach, reach_codable
from qualcoder.transcripts.flag_models import HIDES, Flag, Standing
from qualcoder.transcripts.flagged import deciding
from qualcoder.transcripts.hiding import is_hidden, whole_words
from qualcoder.transcripts.models import Transcript, Turn
from qualcoder.transcripts.queries import open_whole_turns
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

# A name with its surroundings is short; who would hide more than this asks a reviewer.
LONGEST = 1000
WAITING_AT_MOST = 40
LONGEST_NOTE = 500
AT_ONCE = 500


class NewerText(Conflict):
    """The transcript was published anew while somebody was reading it."""

    def __init__(self, seen: int, present: int) -> None:
        super().__init__(
            N_("The text has a newer version. Open the page again and flag the passage there."), seen=seen, now=present
        )


class HiddenAlready(Conflict):
    """Nothing of the passage is in sight."""

    def __init__(self) -> None:
        super().__init__(N_("This passage is hidden already."))


class TooManyWaiting(Conflict):
    """One person's flags would hide a whole transcript before anybody looks at them."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "%(n)s passages that you flagged here wait for a decision. Ask a reviewer to look at them first; this"
                " passage was not hidden."
            ),
            n=WAITING_AT_MOST,
        )


class DecidedAlready(Conflict):
    """Somebody else decided since the page was drawn."""

    def __init__(self) -> None:
        super().__init__(N_("Somebody decided on this passage meanwhile. Open the list again."))


@dataclass(frozen=True, slots=True)
class NewFlag:
    """A flag as the client asks for it; the id is the client's, so that a repetition is recognised."""

    id: UUID
    transcript_id: TranscriptId
    text_number: int
    span: Span
    note: str = field(default="", repr=False)


def flag(db: Session, me: Person, new: NewFlag) -> tuple[Reach, Flag]:
    """Hide a passage, widened to whole words, for everybody at once and put it before a reviewer.

    Repeating the same id returns the same flag, whatever was decided since.
    """
    found = reach_codable(db, me, new.transcript_id, Act.FLAG)
    transcript = found.transcript
    version_id = transcript.text_version_id
    if new.text_number != transcript.text_number or version_id is None:
        raise NewerText(new.text_number, transcript.text_number)
    if new.span.end > transcript.n_chars:
        message = N_("The text ends before this place.")
        raise Invalid(message, fields={"end": message})
    exact, is_covered = _place(db, found, version_id, new.span)
    if known := db.get(Flag, new.id):
        return found, _again(me, known, version_id, exact)
    if is_covered:
        raise HiddenAlready
    waiting = sql(func.count()).where(
        col(Flag.transcript_id) == transcript.id,
        col(Flag.flagged_by) == me.id,
        col(Flag.standing) == Standing.WAITING,
    )
    if db.execute(waiting).scalar_one() >= WAITING_AT_MOST:
        raise TooManyWaiting
    row = sealing.RowKey(new.id)
    made = Flag(
        id=new.id,
        study_id=transcript.study_id,
        transcript_id=transcript.id,
        text_version_id=version_id,
        start=exact.start,
        end=exact.end,
        note_ct=sealing.seal(db, found.key, f.FLAG_NOTE, row, new.note.strip()[:LONGEST_NOTE]),
        reason_ct=sealing.seal(db, found.key, f.FLAG_REASON, row, ""),
        flagged_by=me.id,
        flagged_at=now(),
    )
    db.add(made)
    _write_hidden(db, transcript, [exact])
    _record(db, found, "passage.flagged", 1)
    return found, made


def _place(db: Session, found: Reach, version_id: TextVersionId, span: Span) -> tuple[Span, bool]:
    """The passage without blank ends and in whole words, and whether it is out of sight already."""
    turns = open_whole_turns(db, found.key, _turns_at(db, version_id, span))
    text = "\n".join(turn.body for turn in turns)
    origin = turns[0].start if turns else 0
    # The asked span may begin or end on the line feed between two turns.
    start = max(span.start - origin, 0)
    local = whole_words(text, Span(start, max(start, min(span.end - origin, len(text)))))
    if not len(local):
        message = N_("Nothing is selected. Select the words that name somebody.")
        raise Invalid(message, fields={"end": message})
    if len(local) > LONGEST:
        message = N_("This is longer than %(n)s characters. Flag only the words that name somebody.")
        raise Invalid(message, n=LONGEST)
    hidden = [one.shifted(turn.start - origin) for turn in turns for one in turn.hidden]
    return local.shifted(origin), is_hidden(text, local, hidden)


def _turns_at(db: Session, version_id: UUID, span: Span) -> list[Turn]:
    return list(
        db.exec(
            select(Turn)
            .where(
                col(Turn.text_version_id) == version_id,
                col(Turn.start) < span.end,
                col(Turn.start) + col(Turn.length) > span.start,
            )
            .order_by(col(Turn.start))
        )
    )


def _again(me: Person, known: Flag, version_id: UUID, exact: Span) -> Flag:
    if known.flagged_by != me.id:
        raise NotFound
    if (known.text_version_id, known.start, known.end) != (version_id, exact.start, exact.end):
        raise Conflict(N_("This flag exists already on another passage."))
    return known


def _write_hidden(db: Session, transcript: Transcript, places: Sequence[Span]) -> None:
    """Write what is hidden in the turns at these places anew, from all flags that hide."""
    db.flush()
    # First this row, so that whoever flags at the same time waits here and then sees our flag.
    db.execute(
        update(Transcript)
        .where(col(Transcript.id) == transcript.id)
        .values(hidden_revision=col(Transcript.hidden_revision) + 1)
        .execution_options(synchronize_session=False)
    )
    db.refresh(transcript, ["hidden_revision"])
    version_id = transcript.text_version_id
    for place in merge(places):
        turns = _turns_at(db, UUID(str(version_id)), place)
        whole = Span(turns[0].start, turns[-1].end)
        hidden = spans_hidden(db, UUID(str(version_id)), whole)
        for turn in turns:
            mine = [Span(max(one.start, turn.start), min(one.end, turn.end)) for one in hidden if _meets(one, turn)]
            turn.hidden = [[one.start - turn.start, one.end - turn.start] for one in mine] or None
    db.flush()


def _meets(span: Span, turn: Turn) -> bool:
    return span.start < turn.end and turn.start < span.end


def spans_hidden(db: Session, version_id: UUID, within: Span | None = None) -> list[Span]:
    """What flags hide of a text, joined and in reading order; one statement."""
    query = sql(col(Flag.start), col(Flag.end)).where(
        col(Flag.text_version_id) == version_id, col(Flag.standing).in_(HIDES)
    )
    if within is not None:
        query = query.where(col(Flag.start) < within.end, col(Flag.end) > within.start)
    return merge(Span(start, end) for start, end in db.execute(query))


def _record(db: Session, found: Reach, act: str, n: int) -> None:
    transcript = found.transcript
    chain.record(db, found.me.id, act, "transcript", transcript.id, study_id=transcript.study_id, passages=n)


# Deciding -------------------------------------------------------------------------------------------


def reach_deciding(db: Session, me: Person, flag_id: UUID) -> tuple[Reach, Flag]:
    """A flag for somebody who decides on it: the PI, or who brought the interview in."""
    row = db.get(Flag, flag_id)
    if row is None:
        raise NotFound
    found = reach_codable(db, me, row.transcript_id, Act.DECIDE_FLAGS)
    if found.access.role is not Role.PI and found.transcript.uploaded_by != me.id:
        raise Refused(N_("Whoever brought the interview in, or the PI, decides on flagged passages."))
    if row.text_version_id != found.transcript.text_version_id:
        raise DecidedAlready
    return found, row


def decide(
    db: Session, me: Person, flag_id: UUID, *, is_name: bool, seen_version: int, reason: str = ""
) -> tuple[Reach, Flag]:
    """Say what a flagged passage is: a name stays hidden until it is masked, anything else is shown again."""
    found, row = reach_deciding(db, me, flag_id)
    if row.standing in {Standing.NO_NAME, Standing.MASKED} or row.version != seen_version:
        raise DecidedAlready
    if not is_name:
        _require_reason(reason)
    _set(db, found, row, Standing.NAME if is_name else Standing.NO_NAME, reason)
    if is_name:
        _record(db, found, "passage.confirmed", 1)
    else:
        _write_hidden(db, found.transcript, [Span(row.start, row.end)])
        _record(db, found, "passage.shown", 1)
    return found, row


def _require_reason(reason: str) -> None:
    if not reason.strip():
        message = N_("Say why this names nobody.")
        raise Invalid(message, fields={"reason": message})


def _set(db: Session, found: Reach, row: Flag, standing: Standing, reason: str) -> None:
    note = sealing.open_(db, found.key, f.FLAG_NOTE, row, row.note_ct)
    row.sealed_rev += 1
    row.note_ct = sealing.seal(db, found.key, f.FLAG_NOTE, row, note)
    row.reason_ct = sealing.seal(db, found.key, f.FLAG_REASON, row, reason.strip()[:LONGEST_NOTE])
    row.standing = standing
    row.decided_by, row.decided_at = found.me.id, now()


def show_again(db: Session, me: Person, study_id: UUID, person_id: PersonId, reason: str) -> int:
    """Show every passage again that one person flagged and nobody decided on, at most AT_ONCE; returns how many."""
    access = study_by_id(db, me, study_id, Act.DECIDE_FLAGS)
    _require_reason(reason)
    rows = db.execute(
        sql(Flag, Transcript)
        .join(Transcript, col(Transcript.id) == col(Flag.transcript_id))
        .where(
            *deciding(access),
            col(Flag.flagged_by) == person_id,
            col(Flag.standing) == Standing.WAITING,
        )
        .order_by(col(Flag.flagged_at))
        .limit(AT_ONCE)
    ).all()
    theirs: dict[UUID, tuple[Reach, list[Span]]] = {}
    sealing.preload(db, [KeyRef.interview(transcript.interview_id, transcript.study_id) for _flag, transcript in rows])
    for row, transcript in rows:
        found, places = theirs.setdefault(transcript.id, (Reach(access, transcript), []))
        _set(db, found, row, Standing.NO_NAME, reason)
        places.append(Span(row.start, row.end))
    # In one order, so that two who do this at once wait for each other and don't lock each other out.
    for _id, (found, places) in sorted(theirs.items(), key=lambda item: item[0]):
        _write_hidden(db, found.transcript, places)
        _record(db, found, "passage.shown", len(places))
    return len(rows)
