"""What was sent before the page was new: where a passage of an earlier version lies today, what its code became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.codebooks.models import Code
from qualcoder.coding.asked import NewCoding, TextChanged
from qualcoder.core.ids import CodeId
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.models import TextKind, TextVersion, Transcript
from qualcoder.transcripts.queries import open_whole_turns, turns_of
from qualcoder.transcripts.reanchoring import Fate, reanchor
from qualcoder.vault.keys import KeyRef


def carried(db: Session, found: Reach, new: NewCoding) -> NewCoding:
    """A coding of an earlier version in the text of today; TextChanged if its place there is not certain."""
    span = carry(db, found.key, found.transcript, new.text_number, new.span)
    if span is None:
        raise TextChanged(found.transcript, new.text_number)
    return replace(new, text_number=found.transcript.text_number, span=span)


def carry(db: Session, key: KeyRef, transcript: Transcript, number: int, span: Span) -> Span | None:
    """The place today of a span in version `number`, or None where it is not certain.

    A version whose turns were destroyed when a name was masked is read through what was replaced in it.
    """
    version = db.exec(
        select(TextVersion).where(
            col(TextVersion.transcript_id) == transcript.id,
            col(TextVersion.number) == number,
            col(TextVersion.kind) == TextKind.ANONYMISED,
        )
    ).first()
    if version is None or span.end > version.n_chars:
        return None
    while version.masked_at is not None:
        if version.masked_into is None:
            return None
        span = through_mask(version.mask or (), span)
        version = db.get_one(TextVersion, version.masked_into)
    if version.id == transcript.text_version_id:
        return span
    old, today = _text(db, key, version.id), _text(db, key, transcript.text_version_id)
    placed = reanchor(old, today, [span])[0]
    return None if placed.fate is Fate.UNSURE else placed.span


def became(db: Session, sent: CodeId, given: CodeId | None) -> bool:
    """Whether the code that was sent is the one that was given, or was merged into it."""
    one: UUID | None = sent
    while one is not None and one != given:
        code = db.get(Code, one)
        one = code.merged_into_id if code is not None else None
    return one is not None


def through_mask(mask: Sequence[Sequence[int]], span: Span) -> Span:
    """A span of a text after stretches of it were replaced; what it touches of a replaced one, it holds whole."""
    return Span(_through(mask, span.start, 2), _through(mask, span.end, 3))


def _through(mask: Sequence[Sequence[int]], offset: int, edge: int) -> int:
    grown = 0
    for stretch in mask:
        start, end, _new_start, new_end = stretch
        if offset <= start:
            break
        if offset < end:
            return stretch[edge]
        grown = new_end - end
    return offset + grown


def _text(db: Session, key: KeyRef, version_id: UUID | None) -> str:
    return "\n".join(turn.body for turn in open_whole_turns(db, key, turns_of(db, version_id)))
