"""Writing, removing and bringing back one's own memos, whatever they are about.

A save names the version that its writer saw. When the memo is another by now, nothing is written and both texts come
back, so that neither is lost. The many saves of one editing are one act on record, and on a coding one step of the log.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlmodel import Session

from qualcoder.accounts.access import study_by_id
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise import leaks
from qualcoder.audit import chain
from qualcoder.coding import acting, log, memos
from qualcoder.coding.memo_subjects import Subject, key_of, subject_of
from qualcoder.coding.memos import LONGEST_MEMO
from qualcoder.coding.models import Command, Memo, MemoKind
from qualcoder.coding.service import Held, held
from qualcoder.coding.steps import Note, NoteChange, Step, StepKind, state_of
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import CodingId, new_id
from qualcoder.core.messages import N_
from qualcoder.transcripts.access import reach_codable
from qualcoder.vault import sealing


class MemoGone(Conflict):
    """A memo that is not as the person who removes it saw it."""

    def __init__(self, seen: int, memo: Memo | None) -> None:
        message = N_("The memo was changed meanwhile. Nothing was removed; open it again.")
        super().__init__(message, seen=seen, now=memo.version if memo else 0)


@dataclass(frozen=True, slots=True)
class NewMemo:
    """A memo as it shall be, under the client's id. `seen` is the version that was seen, 0 for none; `edit_id` is the
    client's id of one editing, in which a memo may be saved many times.
    """

    id: UUID
    kind: MemoKind
    about_id: UUID
    words: str = field(repr=False)
    seen: int = 0
    edit_id: UUID | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """What came of a save. `theirs` is None where it is kept; else what the memo says now: nothing was written.

    `version` is the one that is there, 0 where there is none.
    """

    subject: Subject
    version: int
    theirs: str | None = None


def clean(typed: str) -> str:
    """Words as they are kept: LF only, no blank ends. Invalid when nothing is left or it is too long."""
    words = typed.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not words:
        message = N_("Write something, or remove it.")
        raise Invalid(message, fields={"memo": message})
    if len(words) > LONGEST_MEMO:
        message = N_("This is too long.")
        raise Invalid(message, fields={"memo": message})
    return words


def own_memo(db: Session, me: Person, memo_id: UUID) -> Memo | None:
    """One's own memo; NotFound for somebody else's (Refused for who writes none there), None where there is none."""
    memo = db.get(Memo, memo_id)
    if memo is not None and memo.author_id != me.id:
        study_by_id(db, me, memo.study_id, Act.CODE)
        raise NotFound
    return memo


def words_of(db: Session, memo: Memo) -> str:
    """What a memo says; the caller knows that the person may read it."""
    ref, sealed_as = key_of(memo)
    return sealing.open_(db, ref, sealed_as, memo, memo.body_ct)


def save(db: Session, me: Person, sent: NewMemo) -> Written:
    """Keep a memo. The same words again are no act. NamesSomebody when it names a known person of the study."""
    memo = own_memo(db, me, sent.id)
    kind, about_id = (MemoKind(memo.about_kind), memo.about_id) if memo else (sent.kind, sent.about_id)
    subject = subject_of(db, me, kind, about_id, sent.edit_id)
    words = clean(sent.words)
    if memo is None:
        if sent.seen:
            return Written(subject, 0, "")
        return Written(subject, _write(db, subject, None, sent, words).version)
    is_gone = memo.deleted_at is not None
    held_words = "" if is_gone else words_of(db, memo)
    if held_words == words:
        return Written(subject, memo.version)
    if sent.seen != memo.version:
        return Written(subject, memo.version, held_words)
    return Written(subject, _write(db, subject, memo, sent, words).version)


def _write(db: Session, subject: Subject, memo: Memo | None, sent: NewMemo, words: str) -> Memo:
    if subject.held is not None:
        return _write_on_coding(db, subject.held, memo, sent, words)
    leaks.refuse_names(db, subject.access, "memo", words)
    is_same_editing = memo is not None and sent.edit_id is not None and memo.edit_id == sent.edit_id
    act = "memo.changed" if memo else "memo.added"
    if memo is None:
        memo = Memo(
            id=sent.id,
            study_id=subject.access.study.id,
            interview_id=subject.interview_id,
            about_kind=subject.kind.value,
            about_id=subject.id,
            author_id=subject.access.person.id,
            body_ct=b"",
            created_at=now(),
        )
    else:
        is_same_editing = is_same_editing and memo.deleted_at is None
        memo.deleted_at = None
        memo.sealed_rev += 1
    ref, sealed_as = key_of(memo)
    memo.body_ct = sealing.seal(db, ref, sealed_as, memo, words)
    memo.changed_at, memo.edit_id = now(), sent.edit_id
    db.add(memo)
    _record(db, subject, None if is_same_editing else act, memo.id)
    return memo


def _record(db: Session, subject: Subject, act: str | None, memo_id: UUID) -> None:
    db.flush()
    if act is not None:
        chain.record(db, subject.access.person.id, act, "memo", memo_id, study_id=subject.access.study.id)


def _write_on_coding(db: Session, own: Held, memo: Memo | None, sent: NewMemo, words: str) -> Memo:
    change = memos.put(db, own.found, memo, sent.id, Note(CodingId(own.coding.id), words))
    db.flush()
    _log(db, own, sent.edit_id, change)
    return db.get_one(Memo, sent.id)


def _log(db: Session, own: Held, act_id: UUID | None, change: NoteChange) -> UUID:
    """A step of the log, or more of the newest one while the same editing goes on."""
    line = own.line
    if line is not None and _goes_on(db, own, line, change):
        return line.id
    step_id = new_id() if act_id is None or line is not None else act_id
    changes = acting.changes([(own.coding, state_of(own.coding))])
    step = Step(StepKind.MEMO, own.found.transcript.text_number, changes, (change,))
    acting.perform(db, own.found, step_id, step, is_cut_due=own.is_cut_due)
    return step_id


def _goes_on(db: Session, own: Held, line: Command, change: NoteChange) -> bool:
    newest = log.ends(db, own.found).undo
    if own.is_cut_due or newest is None or newest.seq != line.seq or newest.kind is not StepKind.MEMO:
        return False
    step = log.open_step(db, own.found, line)
    if len(step.notes) != 1 or (step.notes[0].memo_id, step.notes[0].after) != (change.memo_id, change.before):
        return False
    log.amend(db, own.found, line, replace(step, notes=(replace(step.notes[0], after=change.after),)))
    return True


def remove(db: Session, me: Person, memo_id: UUID, seen: int) -> tuple[Subject, UUID]:
    """Take a memo away; the id that comes back is that of the act, by which it can be brought back.

    MemoGone when it is not as it was seen. A memo that is away already stays so.
    """
    memo = own_memo(db, me, memo_id)
    if memo is None:
        raise NotFound
    subject = subject_of(db, me, MemoKind(memo.about_kind), memo.about_id)
    if memo.deleted_at is not None:
        return subject, memo.id
    if seen != memo.version:
        raise MemoGone(seen, memo)
    if subject.held is not None:
        return subject, _log(db, subject.held, None, memos.put(db, subject.held.found, memo, memo.id, None))
    memo.deleted_at = now()
    memo.edit_id = None
    _record(db, subject, "memo.removed", memo.id)
    return subject, memo.id


def restore(db: Session, me: Person, memo_id: UUID, act_id: UUID) -> Subject:
    """Bring a removed memo back; doing it twice is the same as once."""
    memo = own_memo(db, me, memo_id)
    if memo is None:
        return _restore_on_coding(db, me, memo_id, act_id)
    subject = subject_of(db, me, MemoKind(memo.about_kind), memo.about_id)
    if memo.deleted_at is not None:
        memo.deleted_at = None
        _record(db, subject, "memo.restored", memo.id)
    return subject


def _restore_on_coding(db: Session, me: Person, memo_id: UUID, act_id: UUID) -> Subject:
    line = db.get(Command, act_id)
    if line is None or line.person_id != me.id or line.transcript_id is None:
        raise NotFound
    step = log.open_step(db, reach_codable(db, me, line.transcript_id, Act.CODE), line)
    note = next((one.before for one in step.notes if one.memo_id == memo_id and one.after is None), None)
    if note is None:
        raise NotFound
    own = held(db, me, note.about_id)
    if own.coding.deleted_at is not None:
        raise NotFound
    _log(db, own, None, memos.put(db, own.found, None, memo_id, note))
    return Subject(own.found.access, MemoKind.CODING, own.coding.id, own.found.transcript.interview_id, own)
