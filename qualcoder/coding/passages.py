"""Passages of a released text: the turns around a stretch, its exact place, and the proof of its words.

Cost does not grow with the text: only touched turns are opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, func
from sqlalchemy import select as sql
from sqlmodel import Session, col, select

from qualcoder.coding.models import Coding
from qualcoder.coding.spans import anchor_by_quote, snap_to_graphemes, trim, within
from qualcoder.core.errors import Invalid, NotFound
from qualcoder.core.ids import TextVersionId
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.models import Transcript, Turn
from qualcoder.transcripts.queries import TURN_COLUMNS, OpenTurn, as_shown, open_turns, open_whole_turns
from qualcoder.vault import hashing, sealing
from qualcoder.vault.keys import KeyRef


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """A stretch cut to whole characters, its words, and the turns around it with what flags hide."""

    span: Span
    quote: str
    turns: tuple[OpenTurn, ...]

    @property
    def shown(self) -> tuple[OpenTurn, ...]:
        """The turns as people may see them."""
        return tuple(map(as_shown, self.turns))


def version_of(transcript: Transcript) -> TextVersionId:
    """The text version in use; NotFound when there is none."""
    if transcript.text_version_id is None:
        raise NotFound
    return transcript.text_version_id


def passage_at(db: Session, found: Reach, span: Span) -> Passage:
    """Open a stretch. Invalid when it lies outside the text or holds nothing but blanks.

    The exact place and its words don't depend on what is hidden now: a stretch sent again finds itself.
    """
    turns = whole_turns_at(db, found, within(span, found.transcript.n_chars))
    text = "\n".join(turn.body for turn in turns)
    origin = turns[0].start if turns else 0
    local = trim(text, snap_to_graphemes(text, span.shifted(-origin)))
    within(local, len(text))
    return Passage(local.shifted(origin), local.of(text), turns)


def turns_at(db: Session, found: Reach, span: Span) -> tuple[OpenTurn, ...]:
    """The turns that a span touches and, where there is one, the turn before them, opened."""
    return tuple(map(as_shown, whole_turns_at(db, found, span)))


def _touched() -> Any:
    start = bindparam("start", type_=Integer)
    here = col(Turn.text_version_id) == bindparam("version")
    back = sql(col(Turn.start)).where(here, col(Turn.start) <= start).order_by(col(Turn.start).desc()).limit(1)
    # One bound, not two joined by OR: with OR the index is read from the start of the text.
    first = func.coalesce(back.offset(1).scalar_subquery(), back.scalar_subquery())
    wanted = (here, col(Turn.start) < bindparam("end", type_=Integer), col(Turn.start) >= first)
    return sql(*TURN_COLUMNS).where(*wanted).order_by(col(Turn.start))


_TOUCHED = _touched()


def whole_turns_at(db: Session, found: Reach, span: Span) -> tuple[OpenTurn, ...]:
    """The same with what flags hide: to compute with, never to show."""
    asked = {"version": version_of(found.transcript), "start": span.start, "end": span.end}
    return tuple(open_whole_turns(db, found.key, list(db.execute(_TOUCHED, asked))))


def quote_mac(db: Session, ref: KeyRef, quote: str) -> bytes:
    """HMAC of the coded words under the interview's key: shows later whether the place still holds them."""
    key = sealing.keyring_of(db).derived(ref, "quote")
    return hashing.mac(key, quote.encode())


def put_at(db: Session, found: Reach, coding: Coding, here: Passage) -> None:
    """Give a coding this passage of the text in use."""
    coding.start, coding.end = here.span.start, here.span.end
    coding.quote_mac = quote_mac(db, found.key, here.quote)


def span_by_quote(db: Session, found: Reach, turn_number: int, quote: str) -> Span:
    """Where words stand in a turn, for coding without a mouse; the whole turn when none are given."""
    row = db.exec(
        select(Turn).where(col(Turn.text_version_id) == version_of(found.transcript), col(Turn.n) == turn_number)
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


def holds(db: Session, ref: KeyRef, coding: Coding, text: str) -> bool:
    """Whether the place of a coding in the text of its version still has the words that were coded."""
    quote = text[coding.start : coding.end].encode()
    keys = sealing.keyring_of(db).all_derived(ref, "quote")
    return any(hashing.same(hashing.mac(key, quote), coding.quote_mac) for key in keys)
