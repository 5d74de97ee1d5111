"""Notes on one's own codings, sealed with the interview's key. Each function says how the note changed, for the log."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.anonymise import leaks
from qualcoder.coding.models import Memo
from qualcoder.coding.steps import Note, NoteChange
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict
from qualcoder.core.ids import CodingId, new_id
from qualcoder.core.messages import N_
from qualcoder.transcripts.access import Reach
from qualcoder.vault import fields as f
from qualcoder.vault import sealing

LONGEST_MEMO = 10_000


class NoteChanged(Conflict):
    """A memo that is not as a step left it."""

    def __init__(self) -> None:
        super().__init__(N_("The memo was changed since. Nothing was undone or redone."))


def mine_on(db: Session, found: Reach, coding_ids: Sequence[CodingId]) -> list[Memo]:
    """One's own notes on these codings, oldest first."""
    query = select(Memo).where(
        col(Memo.about_id).in_(coding_ids), col(Memo.about_kind) == "coding", col(Memo.author_id) == found.me.id
    )
    return list(db.exec(query.order_by(col(Memo.created_at), col(Memo.id))).all())


def words_on(db: Session, found: Reach, coding_id: CodingId) -> str:
    """What the newest own note says: the one that `write` changes. Empty where there is none."""
    own = mine_on(db, found, [coding_id])
    return _words(db, found, own[-1]) if own else ""


def add(db: Session, found: Reach, about: CodingId, text: str) -> tuple[Memo, NoteChange | None]:
    """A note; the same words again return the same note and no change. NamesSomebody when it names a known person."""
    words = text.strip()[:LONGEST_MEMO]
    for memo in mine_on(db, found, [about]):
        if _words(db, found, memo) == words:
            return memo, None
    change = NoteChange(new_id(), None, Note(about, words))
    return _insert(db, found, change.memo_id, Note(about, words), sealed_rev=0), change


def put(db: Session, found: Reach, memo: Memo | None, memo_id: UUID, note: Note | None) -> NoteChange:
    """Make one note of one's own say this; None takes it away. Says how it changed, for the log."""
    before = Note(CodingId(memo.about_id), _words(db, found, memo)) if memo else None
    change = NoteChange(memo_id, before, note)
    _apply(db, found, memo, change)
    return change


def write(db: Session, found: Reach, about: CodingId, text: str) -> NoteChange | None:
    """Make the newest own note say this: a first note where there is none, no note where the text is blank."""
    words = text.strip()[:LONGEST_MEMO]
    own = mine_on(db, found, [about])
    if not own:
        return add(db, found, about, words)[1] if words else None
    held = _words(db, found, own[-1])
    if held == words:
        return None
    change = NoteChange(own[-1].id, Note(about, held), Note(about, words) if words else None)
    _apply(db, found, own[-1], change)
    return change


def carry(db: Session, found: Reach, to: CodingId, away: Sequence[CodingId]) -> tuple[NoteChange, ...]:
    """Notes on codings that are joined to another go along to it."""
    changes = []
    for memo in mine_on(db, found, away):
        words = _words(db, found, memo)
        changes.append(NoteChange(memo.id, Note(CodingId(memo.about_id), words), Note(to, words)))
        memo.about_id = to
    return tuple(changes)


def turn_to(db: Session, found: Reach, changes: Sequence[NoteChange]) -> None:
    """Bring notes from `before` to `after`; NoteChanged when one is not as `before` says."""
    ids = [change.memo_id for change in changes]
    held = {memo.id: memo for memo in db.exec(select(Memo).where(col(Memo.id).in_(ids)))} if ids else {}
    for change in changes:
        memo = held.get(change.memo_id)
        if memo is not None and memo.author_id != found.me.id:
            raise NoteChanged
        is_now = Note(CodingId(memo.about_id), _words(db, found, memo)) if memo else None
        if is_now != change.before:
            raise NoteChanged
        _apply(db, found, memo, change)


def _apply(db: Session, found: Reach, memo: Memo | None, change: NoteChange) -> None:
    if change.after is None:
        if memo is not None:
            db.delete(memo)
        return
    if memo is None:
        # Its number was used before it went; the next one keeps each sealing apart.
        _insert(db, found, change.memo_id, change.after, sealed_rev=1)
        return
    memo.about_id = change.after.about_id
    if change.before is None or change.before.words != change.after.words:
        leaks.refuse_names(db, found.access, "memo", change.after.words)
        memo.sealed_rev += 1
        memo.changed_at = now()
        memo.body_ct = sealing.seal(db, found.key, f.MEMO_BODY, memo, change.after.words)


def _insert(db: Session, found: Reach, memo_id: UUID, note: Note, *, sealed_rev: int) -> Memo:
    leaks.refuse_names(db, found.access, "memo", note.words)
    row = sealing.RowKey(memo_id, sealed_rev)
    memo = Memo(
        id=row.id,
        study_id=found.transcript.study_id,
        interview_id=found.transcript.interview_id,
        about_kind="coding",
        about_id=note.about_id,
        author_id=found.me.id,
        body_ct=sealing.seal(db, found.key, f.MEMO_BODY, row, note.words),
        sealed_rev=sealed_rev,
        created_at=now(),
    )
    db.add(memo)
    return memo


def _words(db: Session, found: Reach, memo: Memo) -> str:
    return sealing.open_(db, found.key, f.MEMO_BODY, memo, memo.body_ct)
