"""Giving a passage a code, and taking it back. Cost does not grow with the text: only touched turns are opened."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import and_, func
from sqlalchemy import select as sql
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise import leaks
from qualcoder.audit import chain
from qualcoder.codebooks.models import Code, CodeStatus, CodeVersion
from qualcoder.coding.models import Coding, Memo, Valence
from qualcoder.coding.spans import anchor_by_quote, snap_to_graphemes, trim, within
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid, NotFound, Refused
from qualcoder.core.ids import CodeId, CodingId, TextVersionId, TranscriptId, new_id
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach, reach_codable
from qualcoder.transcripts.models import Transcript, Turn
from qualcoder.transcripts.queries import OpenTurn, as_shown, open_turns, open_whole_turns
from qualcoder.vault import fields as f
from qualcoder.vault import hashing, sealing
from qualcoder.vault.keys import KeyRef

LONGEST_MEMO = 10_000


class TextChanged(Conflict):
    """The transcript was published anew while someone was coding it."""

    def __init__(self, transcript: Transcript, seen: int) -> None:
        super().__init__(
            N_("The text has a newer version (%(now)s; you saw %(seen)s). Reload the page; your codings are kept."),
            now=transcript.text_number,
            seen=seen,
        )


class NotYours(Refused):
    """Somebody else's coding."""

    def __init__(self) -> None:
        super().__init__(N_("Only the person who made a coding removes it."))


@dataclass(frozen=True, slots=True)
class NewCoding:
    """A coding as the client asks for it; the id is the client's, so that a repetition is recognised."""

    id: CodingId
    transcript_id: TranscriptId
    text_number: int
    span: Span
    code_id: CodeId
    valence: Valence | None = None
    weight: int | None = None
    is_unsure: bool = False
    memo: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Touched:
    """A coding that was made or removed, and the turns to draw anew."""

    coding: Coding
    reach: Reach
    turns: tuple[OpenTurn, ...]


def add_coding(db: Session, me: Person, new: NewCoding) -> Touched:
    """Give a stretch of the text a code, as `me`, with a memo unless it is blank. Repeating the same id returns the
    same coding.

    A removed coding that its coder sends again comes back: that is how an undo looks to the server. An id under which
    there is a coding that `me` may not know of, in this study or another, is answered as any foreign thing is:
    NotFound. Nobody's client makes such an id by chance (122 random bits), and who holds one learns no more of it than
    that it can't be used here: not whose it is, where, or whether it was removed.
    """
    touched = _add(db, me, new)
    if new.memo.strip():
        db.flush()
        add_memo(db, me, new.id, new.memo)
    return touched


def _add(db: Session, me: Person, new: NewCoding) -> Touched:
    found = reach_codable(db, me, new.transcript_id, Act.CODE)
    transcript = found.transcript
    if new.text_number != transcript.text_number:
        raise TextChanged(transcript, new.text_number)
    code, version, known = _code(db, found, new)
    span = within(new.span, transcript.n_chars)
    whole = whole_turns_at(db, found, span)
    # The exact place and its words don't depend on what is hidden now: a coding sent again finds itself.
    exact, quote = _exact(whole, span)
    turns = tuple(map(as_shown, whole))
    if known is not None:
        return Touched(_again(db, found, known, new, exact), found, turns)
    coding = Coding(
        id=new.id,
        study_id=transcript.study_id,
        transcript_id=transcript.id,
        text_version_id=_version_of(transcript),
        text_number=transcript.text_number,
        start=exact.start,
        end=exact.end,
        code_id=code.id,
        code_version_id=version.id,
        coder_id=me.id,
        valence=new.valence,
        weight=new.weight,
        is_unsure=new.is_unsure,
        quote_mac=quote_mac(db, found.key, quote),
        created_at=now(),
    )
    db.add(coding)
    chain.record(db, me.id, "coding.added", "coding", coding.id, study_id=transcript.study_id)
    return Touched(coding, found, turns)


def _version_of(transcript: Transcript) -> TextVersionId:
    if transcript.text_version_id is None:
        raise NotFound
    return transcript.text_version_id


def _code(db: Session, found: Reach, new: NewCoding) -> tuple[Code, CodeVersion, Coding | None]:
    """The code with its version, and the coding if this id is known: one statement."""
    row = db.execute(
        sql(Code, CodeVersion, Coding)
        .join(CodeVersion, col(CodeVersion.id) == col(Code.code_version_id))
        .join(Coding, col(Coding.id) == new.id, isouter=True)
        .where(and_(col(Code.id) == new.code_id, col(Code.study_id) == found.transcript.study_id))
    ).first()
    if row is None:
        raise Invalid(N_("This code is not in the codebook any more. Reload the page."))
    code, version, known = row
    if not code.is_codable or code.status is not CodeStatus.ACTIVE:
        raise Invalid(N_("This code can't be given to a passage; choose one below it."))
    return code, version, known


def _again(db: Session, found: Reach, known: Coding, new: NewCoding, exact: Span) -> Coding:
    if known.coder_id != found.me.id and not (known.study_id == found.access.study.id and sees_all(found)):
        raise NotFound
    held = (known.coder_id, known.transcript_id, known.text_number, known.code_id, known.start, known.end)
    sent = (found.me.id, new.transcript_id, new.text_number, new.code_id, exact.start, exact.end)
    marks = (known.valence, known.weight, known.is_unsure) == (new.valence, new.weight, new.is_unsure)
    if held != sent or not marks:
        raise Conflict(N_("This coding exists already with other contents."))
    if known.deleted_at is not None:
        known.deleted_at = None
        known.deleted_by = None
        chain.record(db, found.me.id, "coding.restored", "coding", known.id, study_id=known.study_id)
    return known


def turns_at(db: Session, found: Reach, span: Span) -> tuple[OpenTurn, ...]:
    """The turns that a span touches and, where there is one, the turn before them, opened."""
    return tuple(map(as_shown, whole_turns_at(db, found, span)))


def whole_turns_at(db: Session, found: Reach, span: Span) -> tuple[OpenTurn, ...]:
    """The same with what flags hide: to compute with, never to show."""
    version_id = _version_of(found.transcript)
    before = (
        sql(col(Turn.start))
        .where(col(Turn.text_version_id) == version_id, col(Turn.start) <= span.start)
        .order_by(col(Turn.start).desc())
        .offset(1)
        .limit(1)
        .scalar_subquery()
    )
    containing = (
        sql(col(Turn.start))
        .where(col(Turn.text_version_id) == version_id, col(Turn.start) <= span.start)
        .order_by(col(Turn.start).desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.exec(
        select(Turn)
        .where(
            col(Turn.text_version_id) == version_id,
            col(Turn.start) < span.end,
            # One bound, not two joined by OR: with OR the index is read from the start of the text.
            col(Turn.start) >= func.coalesce(before, containing),
        )
        .order_by(col(Turn.start))
    ).all()
    return tuple(open_whole_turns(db, found.key, list(rows)))


def _exact(turns: tuple[OpenTurn, ...], span: Span) -> tuple[Span, str]:
    """The span snapped to whole characters and without blank ends, and the words in it."""
    text = "\n".join(turn.body for turn in turns)
    origin = turns[0].start if turns else 0
    local = trim(text, snap_to_graphemes(text, span.shifted(-origin)))
    within(local, len(text))
    return local.shifted(origin), local.of(text)


def quote_mac(db: Session, ref: KeyRef, quote: str) -> bytes:
    """HMAC of the coded words under the interview's key: shows later whether the place still holds them."""
    key = sealing.keyring_of(db).derived(ref, "quote")
    return hashing.mac(key, quote.encode())


def remove_coding(db: Session, me: Person, coding_id: CodingId) -> Touched:
    """Take a code off a passage. The row stays, marked, so that it can come back."""
    coding = db.get(Coding, coding_id)
    if coding is None:
        raise NotFound
    found = reach_codable(db, me, coding.transcript_id, Act.CODE)
    if coding.coder_id != me.id:
        # A coder does not see other people's codings, so to him there is nothing here.
        raise NotYours if sees_all(found) else NotFound
    span = Span(coding.start, coding.end)
    turns = turns_at(db, found, span) if coding.text_number == found.transcript.text_number else ()
    if coding.deleted_at is None:
        coding.deleted_at = now()
        coding.deleted_by = me.id
        chain.record(db, me.id, "coding.removed", "coding", coding.id, study_id=coding.study_id)
    return Touched(coding, found, turns)


def restore_coding(db: Session, me: Person, coding_id: CodingId) -> Coding:
    """Bring one's own removed coding back with its memos; Conflict when the text has a newer version."""
    coding = db.get(Coding, coding_id)
    if coding is None:
        raise NotFound
    found = reach_codable(db, me, coding.transcript_id, Act.CODE)
    if coding.coder_id != me.id:
        raise NotYours if sees_all(found) else NotFound
    if coding.text_number != found.transcript.text_number:
        raise TextChanged(found.transcript, coding.text_number)
    if coding.deleted_at is not None:
        coding.deleted_at = coding.deleted_by = None
        chain.record(db, me.id, "coding.restored", "coding", coding.id, study_id=coding.study_id)
    return coding


def sees_all(found: Reach) -> bool:
    """Whether a person sees everybody's codings: a PI does, the others see their own until adjudication."""
    return found.access.may(Act.SEE_MATRIX)


def span_by_quote(db: Session, found: Reach, turn_number: int, quote: str) -> Span:
    """Where words stand in a turn, for coding without a mouse; the whole turn when none are given."""
    row = db.exec(
        select(Turn).where(col(Turn.text_version_id) == _version_of(found.transcript), col(Turn.n) == turn_number)
    ).first()
    if row is None:
        message = N_("There is no turn with this number.")
        raise Invalid(message, fields={"turn": message})
    turn = open_turns(db, found.key, [row])[0]
    if not quote.strip():
        return Span(turn.start, turn.end)
    place = anchor_by_quote(turn.body, quote.strip())
    if place is None:
        message = N_("These words don't stand in the turn, or stand there more than once. Copy a longer piece.")
        raise Invalid(message, fields={"quote": message})
    return place.shifted(turn.start)


def add_memo(db: Session, me: Person, coding_id: CodingId, text: str) -> Memo:
    """A note on one's own coding, sealed with the interview's key. Repeating the same words returns the same note.

    NamesSomebody when it names a known person of the study: whoever reads the note later may not know the name.
    """
    coding = db.get(Coding, coding_id)
    if coding is None or coding.deleted_at is not None:
        raise NotFound
    found = reach_codable(db, me, coding.transcript_id, Act.CODE)
    if coding.coder_id != me.id:
        raise NotYours if sees_all(found) else NotFound
    words = text.strip()[:LONGEST_MEMO]
    mine = select(Memo).where(col(Memo.about_id) == coding.id, col(Memo.author_id) == me.id)
    for memo in db.exec(mine):
        if sealing.open_(db, found.key, f.MEMO_BODY, memo, memo.body_ct) == words:
            return memo
    leaks.refuse_names(db, found.access, "memo", words)
    row = sealing.RowKey(new_id())
    memo = Memo(
        id=row.id,
        study_id=coding.study_id,
        interview_id=found.transcript.interview_id,
        about_kind="coding",
        about_id=coding.id,
        author_id=me.id,
        body_ct=sealing.seal(db, found.key, f.MEMO_BODY, row, words),
        created_at=now(),
    )
    db.add(memo)
    chain.record(db, me.id, "memo.added", "memo", memo.id, study_id=coding.study_id)
    return memo
