"""What the coding page shows: turns, marks by who may see them, codes with counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    and_,
    or_,
)
from sqlalchemy import select as sql
from sqlmodel import Session, col, select

from qualcoder.accounts.models import Person, Role
from qualcoder.accounts.people import name_of
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.codebooks.models import Code, CodeStatus
from qualcoder.codebooks.queries import OpenCode, codes_of, label_of
from qualcoder.coding import layers, log, opening, statements
from qualcoder.coding.models import Coding, Memo
from qualcoder.coding.rendering import chunks, turn_views, views_of
from qualcoder.coding.service import Touched
from qualcoder.coding.view import (
    CodeChoice,
    CodeCount,
    CodingMark,
    HistoryView,
    LayerView,
    QuoteEntry,
    StepView,
    TouchedView,
    TurnText,
    WorkbenchView,
)
from qualcoder.core.clock import now
from qualcoder.core.ids import ZERO, CodeId, CodingId, PersonId, TranscriptId
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach, reach_codable
from qualcoder.transcripts.queries import OpenTurn, open_turns, turns_to_read


def turn_text(turn: OpenTurn) -> TurnText:
    """A turn for drawing."""
    language = turn.language if turn.language != "mixed" else "ru"
    return TurnText(turn.n, turn.start, turn.length, turn.bounds, language, turn.speaker, turn.body, turn.hidden)


def marks_in(db: Session, found: Reach, language: str, spans: Sequence[Span] | None = None) -> list[CodingMark]:
    """Codings that the person sees in the whole text, or where they touch one of these stretches.

    Two statements, three where other people's codings are seen: what many share is read once, not with each of them.
    """
    query = statements.marks(layers.sight_of(found))
    if spans is not None:
        query = query.where(or_(*(and_(col(Coding.start) < one.end, col(Coding.end) > one.start) for one in spans)))
    rows = db.execute(query, statements.asked_on(found)).all()
    given = _given(db, {row[3] for row in rows}, language)
    names = _names(db, found, {row[4] for row in rows})
    return [_mark(found, row, given, names) for row in rows]


def _mark(
    found: Reach, row: Any, given: Mapping[CodeId, tuple[Code, str]], names: Mapping[PersonId, str]
) -> CodingMark:
    *shown, noted, translated = row[: len(statements.SHOWN) + 2]
    coding_id, start, end, code_id, coder_id, valence, weight, is_unsure, revision = shown
    code, label = given[code_id]
    return CodingMark(
        id=coding_id,
        start=start,
        end=end,
        code_id=code.id,
        code_label=label,
        colour=code.colour,
        texture=code.texture,
        coder_id=coder_id,
        coder_name=names[coder_id],
        is_mine=coder_id == found.me.id,
        valence=valence.value if valence else None,
        weight=weight,
        is_unsure=is_unsure,
        has_memo=noted,
        is_translated=translated,
        revision=revision,
    )


def _stretch(
    db: Session, found: Reach, language: str, span: Span, codes: Sequence[CodeId]
) -> tuple[list[CodingMark], int, list[CodeCount]]:
    """Codings that touch a stretch, how many there are in all, and how many of some codes; one statement."""
    counted = {f"code_{n}": code_id for n, code_id in enumerate(codes)}
    asked = {**statements.asked_on(found), **counted, "low": span.start, "high": span.end}
    rows = db.execute(statements.stretched(layers.sight_of(found), len(codes)), asked).all()
    total, *by_code = rows[0][: 1 + len(codes)]
    marked = [row[1 + len(codes) :] for row in rows if row[-1] is not None]
    opened = {code.id: (code, version) for *_, code, version, _ in marked}
    given = {n: (code, label_of(db, code, v).in_language(language)) for n, (code, v) in opened.items()}
    names = {n: name_of(db, person) for n, person in {person.id: person for *_, person in marked}.items()}
    counts = [CodeCount(code_id, n) for code_id, n in zip(codes, by_code, strict=True)]
    return [_mark(found, row, given, names) for row in marked], total, counts


def _given(db: Session, code_ids: Set[CodeId], language: str) -> dict[CodeId, tuple[Code, str]]:
    """These codes, each with the label it has now."""
    if not code_ids:
        return {}
    return {
        code.id: (code, label_of(db, code, version).in_language(language))
        for code, version in db.execute(statements.GIVEN, {"codes": [*code_ids]})
    }


def _names(db: Session, found: Reach, person_ids: Set[PersonId]) -> dict[PersonId, str]:
    others = person_ids - {found.me.id}
    people = [found.me]
    if others:
        people += db.exec(select(Person).where(col(Person.id).in_(others)))
    return {person.id: name_of(db, person) for person in people}


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each code stands in a transcript, and how many codings wait to be placed in its text of today."""

    by_code: dict[CodeId, int]
    unplaced: int


def counts_in(db: Session, found: Reach) -> Counts:
    """What the person sees of a transcript, counted. One statement."""
    rows = db.execute(statements.counted_by_code(layers.sight_of(found)), statements.asked_on(found)).all()
    by_code = {CodeId(code_id): n for code_id, placed, n in rows if placed}
    return Counts(by_code, sum(n for _, placed, n in rows if not placed))


def touched_view(db: Session, touched: Touched, language: str) -> TouchedView:
    """The turns that an act touched, drawn anew, and what can be undone now; one statement for what was just done."""
    db.flush()
    found, turns = touched.reach, touched.turns
    codes = tuple(dict.fromkeys((CodeId(touched.coding.code_id), *touched.others)))
    stretch = Span(turns[0].start, turns[-1].end) if turns else Span(0, 0)
    marks, total, counts = _stretch(db, found, language, stretch, codes)
    drawn = {turn.n for turn in turns if any(turn.start < one.end and one.start < turn.end for one in touched.spans)}
    ends = touched.ends or log.ends(db, found)
    labels: dict[UUID, str] = {mark.code_id: mark.code_label for mark in marks}
    if touched.code is not None:
        labels[touched.code[0].id] = label_of(db, *touched.code).in_language(language)
    history = history_of(ends, labels | labels_of(db, _unnamed(ends, labels), language))
    views = turn_views([turn_text(turn) for turn in turns], marks, drawn)
    return TouchedView(found.transcript.id, views, tuple(counts), total, found.transcript.text_number, history)


def history_view(db: Session, found: Reach, language: str) -> TouchedView:
    """What can be undone and redone, with nothing to draw."""
    ends = log.ends(db, found)
    _marks, total, _counts = _stretch(db, found, language, Span(0, 0), ())
    history = history_of(ends, labels_of(db, _unnamed(ends, {}), language))
    return TouchedView(found.transcript.id, (), (), total, found.transcript.text_number, history)


def history_of(ends: log.Ends, labels: Mapping[UUID, str]) -> HistoryView:
    """What can be undone and redone, named by what the coder did and with which code."""

    def named(one: log.StepName | None) -> StepView | None:
        return StepView(one.seq, one.kind.value, labels.get(one.code_id or ZERO, "")) if one else None

    return HistoryView(named(ends.undo), named(ends.redo))


def _unnamed(ends: log.Ends, labels: Mapping[UUID, str]) -> set[CodeId]:
    named = {one.code_id for one in (ends.undo, ends.redo) if one is not None and one.code_id is not None}
    return {code_id for code_id in named if code_id not in labels}


def labels_of(db: Session, code_ids: Set[CodeId], language: str) -> dict[UUID, str]:
    """What these codes are called, those out of use too; no statement for none."""
    return {code_id: label for code_id, (_code, label) in _given(db, code_ids, language).items()}


def _choice(code: OpenCode, parents: dict[CodeId, OpenCode], counts: dict[CodeId, int], language: str) -> CodeChoice:
    aliases = (*code.aliases.en, *code.aliases.ru, *code.aliases.kk)
    parent = parents.get(code.parent_id) if code.parent_id else None
    return CodeChoice(
        id=code.id,
        key=code.key,
        label=code.label.in_language(language),
        labels=tuple(dict.fromkeys((code.label.en, code.label.ru, code.label.kk, *aliases))),
        parent_label=parent.label.in_language(language) if parent else "",
        depth=code.depth,
        colour=code.colour,
        texture=code.texture,
        codable=code.is_codable,
        definition=code.definition.in_language(language),
        not_when=code.exclude.in_language(language),
        risk=code.is_risk,
        is_proposed=code.status is CodeStatus.PROPOSED,
        count=counts.get(code.id, 0),
    )


def choice_of(db: Session, found: Reach, code_id: CodeId, language: str) -> CodeChoice:
    """One code as the tree shows it, with its count in this transcript."""
    shown = choices(
        codes_of(db, found.transcript.study_id, proposals_of=found.me.id), counts_in(db, found).by_code, language
    )
    return next(code for code in shown if code.id == code_id)


def choices(codes: Sequence[OpenCode], counts: dict[CodeId, int], language: str) -> tuple[CodeChoice, ...]:
    """The codebook as the tree and the palette show it."""
    parents = {code.id: code for code in codes}
    return tuple(_choice(code, parents, counts, language) for code in codes)


def lately(db: Session, found: Reach) -> tuple[tuple[CodeId, ...], log.Ends, int]:
    """The codes of this coder's last codings in the study, newest first, what can be undone here, and the turn where
    the reader was last, 0 for none. One statement.
    """
    asked = {"me": found.me.id, "study": found.transcript.study_id, "transcript": found.transcript.id}
    found_rows = db.execute(statements.LATELY, {**asked, **log.whose(found)}).all()
    turn = next((row[-1] for row in found_rows if row[-1] is not None), 0)
    rows = [row for row in found_rows if row[-1] is None]
    recent = sorted((row for row in rows if row.code_id is not None), key=lambda row: row.at, reverse=True)
    ends = log.ends_in(db, found, [row for row in rows if row.code_id is None])
    return tuple(CodeId(row.code_id) for row in recent), ends, turn


def whole_text(db: Session, me: Person, transcript_id: TranscriptId) -> tuple[Reach, list[TurnText]]:
    """Every turn of a released text. The opening is recorded before the first byte."""
    study_id = reach_codable(db, me, transcript_id, Act.READ_TEXT).transcript.study_id
    chain.disclose(
        db, lambda own: chain.record(own, me.id, "transcript.opened", "transcript", transcript_id, study_id=study_id)
    )
    found = reach_codable(db, me, transcript_id, Act.READ_TEXT)
    return found, [
        turn_text(turn) for turn in open_turns(db, found.key, turns_to_read(db, found.transcript.text_version_id))
    ]


def open_transcript(
    db: Session, me: Person, transcript_id: TranscriptId, language: str, quote: QuoteEntry | None = None
) -> tuple[Reach, WorkbenchView]:
    """Everything on the coding page; same statements at any size."""
    # What happens from here on is told to the page, which may hear of something twice.
    at = now()
    found, turns = whole_text(db, me, transcript_id)
    transcript = found.transcript
    marks = marks_in(db, found, language)
    counted = counts_in(db, found)
    counts = counted.by_code
    codes = choices(codes_of(db, transcript.study_id, proposals_of=me.id), counts, language)
    recent, ends, last_turn = lately(db, found)
    view = WorkbenchView(
        transcript_id=transcript.id,
        interview_id=transcript.interview_id,
        version=transcript.text_number,
        serial=transcript.serial,
        title=transcript.serial,
        chunks=chunks(views_of(turns, marks)),
        has_text=bool(turns),
        has_cyrillic=any(turn.language != "en" for turn in turns),
        codes=codes,
        coding_count=sum(counts.values()),
        can_code=found.access.may(Act.CODE),
        can_flag=found.access.may(Act.FLAG),
        hidden_revision=transcript.hidden_revision,
        can_correct=may_correct(found),
        can_mask=found.access.may(Act.MASK) and any(turn.hidden for turn in turns),
        unplaced=counted.unplaced,
        recent=recent,
        history=history_of(ends, {code.id: code.label for code in codes}),
        me=me.id,
        quote=quote or QuoteEntry(),
        layer=LayerView(layers.sees_all(found), len({one.coder_id for one in marks if not one.is_mine})),
        since=int(at.timestamp()),
        opened=opening.proof(db, found, at),
        last_turn=last_turn,
    )
    return found, view


def may_correct(found: Reach) -> bool:
    """Whether a person may change the wording of a released text: who brought it, or a PI."""
    is_own = found.transcript.uploaded_by == found.me.id
    return found.access.may(Act.REVIEW) and (found.access.role is Role.PI or is_own)


def is_removed(db: Session, found: Reach, coding_id: CodingId) -> bool:
    """Whether this is a removed coding of the person who asks, in this transcript."""
    coding = db.get(Coding, coding_id)
    return (
        coding is not None
        and coding.deleted_at is not None
        and (coding.coder_id, coding.transcript_id) == (found.me.id, found.transcript.id)
    )


def with_memo(db: Session, coding_ids: Sequence[CodingId]) -> set[UUID]:
    """Which of these codings have a note."""
    notes = sql(col(Memo.about_id)).where(col(Memo.about_id).in_(coding_ids), col(Memo.about_kind) == "coding")
    return set(db.execute(notes).scalars()) if coding_ids else set()


def has_memo(db: Session, coding_id: CodingId) -> bool:
    """Whether there is a note about a coding."""
    notes = sql(col(Memo.id)).where(col(Memo.about_id) == coding_id, col(Memo.about_kind) == "coding")
    return db.execute(notes.limit(1)).first() is not None
