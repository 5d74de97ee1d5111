"""Giving a passage a code, and taking it back. Every act is a step of its coder's command log."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks.models import Code, CodeStatus, CodeVersion
from qualcoder.coding import acting, layers, log, memos, statements
from qualcoder.coding.asked import NewCoding, NotYours, TakenId, TextChanged, Touched
from qualcoder.coding.carrying import became, carried
from qualcoder.coding.memos import LONGEST_MEMO
from qualcoder.coding.merging import AddNew, Extend, Keep, Mark, Outcome, Said, TakeOff, outcome
from qualcoder.coding.models import Coding, Command, Memo
from qualcoder.coding.passages import (
    Passage,
    passage_at,
    put_at,
    quote_mac,
    span_by_quote,
    turns_at,
    version_of,
    whole_turns_at,
)
from qualcoder.coding.steps import NoteChange, State, Step, StepKind, state_of
from qualcoder.core.clock import now
from qualcoder.core.errors import Invalid, NotFound
from qualcoder.core.ids import CodeId, CodingId, new_id
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach, reach_codable
from qualcoder.transcripts.queries import OpenTurn

# What other modules know this one for.
__all__ = [
    "LONGEST_MEMO",
    "NewCoding",
    "NotYours",
    "TakenId",
    "TextChanged",
    "Touched",
    "add_coding",
    "add_memo",
    "quote_mac",
    "remove_coding",
    "restore_coding",
    "span_by_quote",
    "turns_at",
    "whole_turns_at",
]
# No sign that a reader sees is longer; what is sent may cut one, and what is kept does not.
LONGEST_SIGN = 64


@dataclass(frozen=True, slots=True)
class Held:
    """One's own coding with its transcript and code, and the line of the act if it was done before."""

    coding: Coding
    found: Reach
    code: tuple[Code, CodeVersion]
    line: Command | None
    is_cut_due: bool
    joined: Step | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is there before a coding is added."""

    code: Code
    version: CodeVersion
    known: Coding | None
    line: Command | None
    mine: tuple[Coding, ...]
    is_cut_due: bool


def add_coding(db: Session, me: Person, new: NewCoding, *, may_take_off: bool = True) -> Touched:
    """Give a stretch of the text a code, as `me`, with a memo unless it is blank: one step of the log.

    Where `me` gave the same code before, the older coding may be extended, marked or taken off (`merging`); the answer
    is about that one. An id is an act: sent again, whatever became of the coding meanwhile, it does nothing and is
    answered with what is there now. Only a coding that was removed by name comes back when it is sent again. Without
    `may_take_off` the same stretch again leaves the older coding as it is.

    An id under which there is something that `me` may not know of, in this study or another, is answered as any
    foreign thing is: NotFound. Nobody's client makes such an id by chance (122 random bits), and who holds one learns
    no more of it than that it can't be used here: not whose it is, where, or whether it was removed.
    """
    found = reach_codable(db, me, new.transcript_id, Act.CODE)
    touched = _added(db, found, new, may_take_off=may_take_off)
    # A page that shows another text gets no turns of this one.
    return touched if new.text_number == found.transcript.text_number else replace(touched, turns=())


def _added(db: Session, found: Reach, new: NewCoding, *, may_take_off: bool) -> Touched:
    seen = _look(db, found, new)
    _refuse_foreign(found, seen)
    if seen.line is not None and not _was_removed_by_name(db, found, seen):
        return _repeated(db, found, new, seen.line, seen.known)
    if new.text_number != found.transcript.text_number:
        if seen.known is not None and seen.known.deleted_at is None:
            # It was kept before the text changed: it went along, was placed by hand, or waits.
            return as_it_is(db, found, seen.known)
        new = carried(db, found, new)
        seen = _look(db, found, new)
    return _give(db, found, seen, new, may_take_off=may_take_off)


def _give(db: Session, found: Reach, seen: _Seen, new: NewCoding, *, may_take_off: bool) -> Touched:
    """A coding of the text of today that is not known yet, or was removed by name."""
    if seen.code.merged_into_id is not None and seen.known is None:
        # It waited while its code became another one, as all its codings did; where that one is already, it stays.
        new = replace(new, code_id=CodeId(seen.code.merged_into_id))
        return _give(db, found, _look(db, found, new), new, may_take_off=False)
    is_own_proposal = seen.code.status is CodeStatus.PROPOSED and seen.code.proposed_by == found.me.id
    if not seen.code.is_codable or not (seen.code.status is CodeStatus.ACTIVE or is_own_proposal):
        raise Invalid(N_("This code can't be given to a passage; choose one below it."))
    here = passage_at(db, found, new.span)
    if seen.known is not None and _is_as_sent(seen.known, new, here):
        return _again(db, found, seen.known, here, is_cut_due=seen.is_cut_due)
    if seen.line is not None:
        return _repeated(db, found, new, seen.line, seen.known)
    if seen.known is not None:
        raise TakenId
    return _joined(db, found, seen, new, here, may_take_off=may_take_off)


def _look(db: Session, found: Reach, new: NewCoding) -> _Seen:
    """The code with its version, what is known under this id, and the coder's codings nearby: one statement."""
    transcript = found.transcript
    asked = {
        "me": found.me.id,
        "transcript": transcript.id,
        "version": transcript.text_version_id,
        "study": transcript.study_id,
        "code": new.code_id,
        "id": new.id,
        "before": new.span.end + LONGEST_SIGN,
        "after": new.span.start - LONGEST_SIGN,
    }
    rows = db.execute(statements.LOOKING, asked).all()
    if not rows:
        raise Invalid(N_("This code is not in the codebook any more. Reload the page."))
    code, version, _, line, is_cut_due = rows[0]
    codings = [row[2] for row in rows if row[2] is not None]
    known = next((coding for coding in codings if coding.id == new.id), None)
    mine = tuple(coding for coding in codings if coding.id != new.id)
    return _Seen(code, version, known, line, mine, bool(is_cut_due))


def _refuse_foreign(found: Reach, seen: _Seen) -> None:
    """An id that is somebody else's: no more is said of it than the person may know."""
    held = [(seen.known.study_id, seen.known.transcript_id, seen.known.coder_id)] if seen.known else []
    here = found.transcript.id
    # The log is its coder's own affair, so that a line tells only a PI whose it is.
    owners = [(study, layers.sees_all(found) and at == here, owner) for study, at, owner in held]
    owners += [(seen.line.study_id, False, seen.line.person_id)] if seen.line else []
    for study_id, is_seen, owner in owners:
        if owner != found.me.id:
            is_known = is_seen or layers.sees_study(found.access)
            raise TakenId if study_id == found.access.study.id and is_known else NotFound


def _was_removed_by_name(db: Session, found: Reach, seen: _Seen) -> bool:
    """Whether a coding is away because its coder took it off by its id: not by an undo, and not by coding on it."""
    if seen.known is None or seen.known.deleted_at is None or seen.line is None or seen.line.is_undone:
        return False
    last = log.last_about(db, found, CodingId(seen.known.id))
    return last is not None and last.kind is StepKind.REMOVED and last.asked is None


def _repeated(db: Session, found: Reach, new: NewCoding, line: Command, known: Coding | None) -> Touched:
    """The answer to an act that was done before: what is there now. TakenId when it was another act.

    When a name was masked since, the log does not say any more what the act was: the coding of this id answers for it.
    """
    if line.transcript_id != new.transcript_id:
        raise TakenId
    try:
        step = log.open_step(db, found, line)
    except log.Unreadable:
        if known is None:
            raise
        return as_it_is(db, found, known)
    if step.asked is None or not became(db, new.code_id, step.code_id):
        raise TakenId
    if step.text_number == new.text_number == found.transcript.text_number:
        said = step.changes[0].after
        is_same = step.kind is not StepKind.ADDED or (
            (said.valence, said.weight, said.is_unsure) == (new.valence, new.weight, new.is_unsure)
        )
        if passage_at(db, found, new.span).span != step.asked or not is_same:
            raise TakenId
    return as_it_is(db, found, db.get_one(Coding, step.changes[0].coding_id), line)


def as_it_is(db: Session, found: Reach, coding: Coding, line: Command | None = None) -> Touched:
    """The answer when nothing is done: what is there, and for a repetition the turns that the act had changed."""
    if coding.text_version_id != found.transcript.text_version_id:
        return Touched(coding, found, (), ())
    spans: tuple[Span, ...] = (Span(coding.start, coding.end),)
    with suppress(log.Unreadable):  # a name was masked since
        spans = acting.spans_of(found, log.open_step(db, found, line), [coding]) if line else spans
    return Touched(coding, found, turns_at(db, found, Span(spans[0].start, spans[-1].end)), spans)


def _is_as_sent(known: Coding, new: NewCoding, here: Passage) -> bool:
    held = (known.transcript_id, known.text_number, known.code_id, known.start, known.end)
    sent = (new.transcript_id, new.text_number, new.code_id, here.span.start, here.span.end)
    return held == sent and (known.valence, known.weight, known.is_unsure) == (new.valence, new.weight, new.is_unsure)


def _again(db: Session, found: Reach, known: Coding, here: Passage, *, is_cut_due: bool) -> Touched:
    """A coding from before the log, or one that was removed by name, sent again: there as it was."""
    if known.deleted_at is None:
        return Touched(known, found, here.shown, (here.span,))
    return _restored(db, found, known, here.shown, is_cut_due=is_cut_due)


def _joined(db: Session, found: Reach, seen: _Seen, new: NewCoding, here: Passage, *, may_take_off: bool) -> Touched:
    asked = here.span
    said = Said(new.valence, new.weight, new.is_unsure, has_memo=bool(new.memo.strip()))
    what = outcome(asked, said, seen.mine)
    if isinstance(what, TakeOff) and not may_take_off:
        what = Keep(what.coding)
    if isinstance(what, Extend) and what.span != asked:
        here = passage_at(db, found, what.span)
    if isinstance(what, AddNew):
        coding = _made(db, found, seen, new, here)
        kind, changed = StepKind.ADDED, [(coding, replace(state_of(coding), is_gone=True))]
    else:
        coding = what.coding
        kind, changed = _apply(db, found, what, said, here)
    absorbed = [CodingId(one.id) for one, _ in changed[1:]]
    notes = memos.carry(db, found, CodingId(coding.id), absorbed) if absorbed else ()
    if said.has_memo:
        notes += _noted(db, found, coding, new.memo)
    if kind is StepKind.NOTHING and notes:
        kind = StepKind.MEMO
    step = Step(kind, found.transcript.text_number, acting.changes(changed), notes, asked)
    ends = acting.perform(db, found, new.id, step, is_cut_due=seen.is_cut_due)
    return Touched(coding, found, here.shown, acting.spans(step.changes), ends, (seen.code, seen.version))


def _apply(
    db: Session, found: Reach, what: Outcome, said: Said, here: Passage
) -> tuple[StepKind, list[tuple[Coding, State]]]:
    """Do to the older codings what the new one means; says what it was, and how they were before."""
    match what:
        case TakeOff(coding):
            before = [(coding, state_of(coding))]
            acting.take_off(found, coding)
            return StepKind.REMOVED, before
        case Extend(coding, _, absorbed):
            before = [(one, state_of(one)) for one in (coding, *absorbed)]
            put_at(db, found, coding, here)
            for one in absorbed:
                acting.take_off(found, one)
            return StepKind.EXTENDED, before
        case Mark(coding) | Keep(coding):
            before = [(coding, state_of(coding))]
            coding.valence = coding.valence or said.valence
            coding.weight = said.weight or coding.weight
            coding.is_unsure = coding.is_unsure or said.is_unsure
            return (StepKind.MARKED if state_of(coding) != before[0][1] else StepKind.NOTHING), before
    raise AssertionError(what)


def _noted(db: Session, found: Reach, coding: Coding, text: str) -> tuple[NoteChange, ...]:
    _memo, change = memos.add(db, found, CodingId(coding.id), text)
    return (change,) if change is not None else ()


def _made(db: Session, found: Reach, seen: _Seen, new: NewCoding, here: Passage) -> Coding:
    transcript = found.transcript
    coding = Coding(
        id=new.id,
        study_id=transcript.study_id,
        transcript_id=transcript.id,
        text_version_id=version_of(transcript),
        text_number=transcript.text_number,
        start=here.span.start,
        end=here.span.end,
        code_id=seen.code.id,
        code_version_id=seen.version.id,
        coder_id=found.me.id,
        valence=new.valence,
        weight=new.weight,
        is_unsure=new.is_unsure,
        quote_mac=quote_mac(db, found.key, here.quote),
        created_at=now(),
    )
    db.add(coding)
    return coding


def held(db: Session, me: Person, coding_id: CodingId, act_id: UUID | None = None) -> Held:
    """One's own coding, there or removed, to act on. Two statements.

    The id of an act that joined another coding stands for that one: its client may not know yet. `act_id` is the
    client's id of the act; a coder does not see other people's codings, so to him there is nothing.
    """
    row = db.execute(
        sql(Coding, Code, CodeVersion, Command, log.is_cut_due(me.id, col(Coding.transcript_id)))
        .join(Code, col(Code.id) == col(Coding.code_id))
        .join(CodeVersion, col(CodeVersion.id) == col(Code.code_version_id))
        .join(Command, col(Command.id) == act_id, isouter=True)
        .where(col(Coding.id) == coding_id)
    ).first()
    if row is None:
        joined = _joined_by(db, me, coding_id)
        return replace(held(db, me, CodingId(joined.changes[0].coding_id), act_id), joined=joined)
    coding, code, version, line, is_cut_due = row
    found = reach_codable(db, me, coding.transcript_id, Act.CODE)
    if coding.coder_id != me.id:
        raise NotYours if layers.sees_all(found) else NotFound
    if line is not None and (line.person_id != me.id or line.transcript_id != coding.transcript_id):
        raise NotFound
    return Held(coding, found, (code, version), line, bool(is_cut_due))


def _joined_by(db: Session, me: Person, act_id: UUID) -> Step:
    """The act of one's own under an id that is no coding's; NotFound when there is none about a coding."""
    line = db.get(Command, act_id)
    if line is None or line.person_id != me.id or line.transcript_id is None:
        raise NotFound
    step = log.open_step(db, reach_codable(db, me, line.transcript_id, Act.CODE), line)
    if step.asked is None:
        raise NotFound
    return step


def remove_coding(db: Session, me: Person, coding_id: CodingId, act_id: UUID | None = None) -> Touched:
    """Take a code off a passage. The row stays, marked, so that it can come back. Doing it twice is the same as once;
    with the client's id of the act it stays so even when an undo came between.
    """
    own = held(db, me, coding_id, act_id)
    coding, found = own.coding, own.found
    there = as_it_is(db, found, coding, own.line)
    if coding.deleted_at is not None or own.line is not None:
        return there
    before = state_of(coding)
    acting.take_off(found, coding)
    step = Step(StepKind.REMOVED, found.transcript.text_number, acting.changes([(coding, before)]))
    ends = acting.perform(db, found, act_id or new_id(), step, is_cut_due=own.is_cut_due)
    return Touched(coding, found, there.turns, there.spans, ends, own.code)


def restore_coding(db: Session, me: Person, coding_id: CodingId) -> Coding:
    """Bring one's own removed coding back with its memos; Conflict when the text has a newer version."""
    own = held(db, me, coding_id)
    coding, found = own.coding, own.found
    if coding.text_number != found.transcript.text_number:
        raise TextChanged(found.transcript, coding.text_number)
    if coding.deleted_at is not None:
        _restored(db, found, coding, (), is_cut_due=own.is_cut_due)
    return coding


def _restored(db: Session, found: Reach, coding: Coding, turns: tuple[OpenTurn, ...], *, is_cut_due: bool) -> Touched:
    before = state_of(coding)
    acting.bring_back(coding)
    step = Step(StepKind.RESTORED, found.transcript.text_number, acting.changes([(coding, before)]))
    ends = acting.perform(db, found, new_id(), step, is_cut_due=is_cut_due)
    return Touched(coding, found, turns, (Span(coding.start, coding.end),), ends)


def add_memo(db: Session, me: Person, coding_id: CodingId, text: str) -> Memo:
    """A note on one's own coding, sealed with the interview's key. Repeating the same words returns the same note.

    NamesSomebody when it names a known person of the study: whoever reads the note later may not know the name.
    """
    own = held(db, me, coding_id)
    if own.coding.deleted_at is not None:
        raise NotFound
    memo, change = memos.add(db, own.found, coding_id, text)
    if change is not None:
        changes = acting.changes([(own.coding, state_of(own.coding))])
        step = Step(StepKind.MEMO, own.found.transcript.text_number, changes, (change,))
        acting.perform(db, own.found, new_id(), step, is_cut_due=own.is_cut_due)
    return memo
