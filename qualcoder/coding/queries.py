"""What the coding page shows: turns, marks by who may see them, codes with counts."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as sql
from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Person
from qualcoder.accounts.people import name_of
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.codebooks.models import Code, CodeVersion
from qualcoder.codebooks.queries import OpenCode, codes_of, label_of
from qualcoder.coding.models import Coding, Memo
from qualcoder.coding.rendering import chunks, turn_views
from qualcoder.coding.service import Touched, sees_all
from qualcoder.coding.view import CodeChoice, CodeCount, CodingMark, QuoteEntry, TouchedView, TurnText, WorkbenchView
from qualcoder.core.ids import CodeId, CodingId, PersonId, TranscriptId
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach, reach_codable
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.queries import OpenTurn, open_turns, turns_to_read, within_reach

RECENT = 9
# Where they are looked for, so that opening a page does not grow with what a coder has coded.
LAST_CODINGS = 200


def turn_text(turn: OpenTurn) -> TurnText:
    """A turn for drawing."""
    language = turn.language if turn.language != "mixed" else "ru"
    return TurnText(turn.n, turn.start, turn.length, turn.bounds, language, turn.speaker, turn.body)


_SHOWN = (
    Coding.id,
    Coding.start,
    Coding.end,
    Coding.code_id,
    Coding.coder_id,
    Coding.valence,
    Coding.weight,
    Coding.is_unsure,
)


def marks_in(db: Session, found: Reach, language: str, span: Span | None = None) -> list[CodingMark]:
    """Codings that the person sees, in the whole text or touching `span`.

    A stretch takes one statement. A whole text takes two, three where other people's codings are seen: what many
    share is read once, not with each of them.
    """
    query = (
        sql(
            *(col(one) for one in _SHOWN),
            _is_noted(),
        )
        .where(col(Coding.text_version_id) == found.transcript.text_version_id, col(Coding.deleted_at).is_(None))
        .order_by(col(Coding.start), col(Coding.end))
    )
    if not sees_all(found):
        query = query.where(col(Coding.coder_id) == found.me.id)
    if span is not None:
        query = (
            query.add_columns(Code, CodeVersion, Person)
            .join(Code, col(Code.id) == col(Coding.code_id))
            .join(CodeVersion, col(CodeVersion.id) == col(Code.code_version_id))
            .join(Person, col(Person.id) == col(Coding.coder_id))
            .where(col(Coding.start) < span.end, col(Coding.end) > span.start)
        )
    rows = db.execute(query).all()
    if span is not None:
        codes = {code.id: (code, version) for *_, code, version, _ in rows}
        given = {n: (code, label_of(db, code, v).in_language(language)) for n, (code, v) in codes.items()}
        names = {n: name_of(db, person) for n, person in {person.id: person for *_, person in rows}.items()}
    else:
        given = _given(db, {row[3] for row in rows}, language)
        names = _names(db, found, {row[4] for row in rows})
    marks = []
    for coding_id, start, end, code_id, coder_id, valence, weight, is_unsure, is_noted, *_ in rows:
        code, label = given[code_id]
        marks.append(
            CodingMark(
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
                has_memo=is_noted,
            )
        )
    return marks


def _given(db: Session, code_ids: Set[CodeId], language: str) -> dict[CodeId, tuple[Code, str]]:
    """These codes, each with the label it has now."""
    if not code_ids:
        return {}
    query = sql(Code, CodeVersion).join(CodeVersion, col(CodeVersion.id) == col(Code.code_version_id))
    return {
        code.id: (code, label_of(db, code, version).in_language(language))
        for code, version in db.execute(query.where(col(Code.id).in_(code_ids)))
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
    is_placed = col(Coding.text_version_id) == found.transcript.text_version_id
    query = (
        sql(col(Coding.code_id), is_placed, func.count())
        .where(col(Coding.transcript_id) == found.transcript.id, col(Coding.deleted_at).is_(None))
        .group_by(col(Coding.code_id), is_placed)
    )
    if not sees_all(found):
        query = query.where(col(Coding.coder_id) == found.me.id)
    rows = db.execute(query).all()
    by_code = {CodeId(code_id): n for code_id, placed, n in rows if placed}
    return Counts(by_code, sum(n for _, placed, n in rows if not placed))


def touched_view(db: Session, touched: Touched, language: str) -> TouchedView:
    """The turns that a coding touches, drawn anew; two statements."""
    db.flush()
    counts = counts_in(db, touched.reach).by_code
    coding = touched.coding
    here = CodeCount(coding.code_id, counts.get(coding.code_id, 0))
    total = sum(counts.values())
    if not touched.turns:
        return TouchedView(touched.reach.transcript.id, (), (here,), total)
    stretch = Span(touched.turns[0].start, touched.turns[-1].end)
    here_too = {turn.n for turn in touched.turns if turn.start < coding.end and coding.start < turn.end}
    marks = marks_in(db, touched.reach, language, stretch)
    views = turn_views([turn_text(turn) for turn in touched.turns], marks, here_too)
    return TouchedView(touched.reach.transcript.id, views, (here,), total)


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
        count=counts.get(code.id, 0),
    )


def choices(codes: Sequence[OpenCode], counts: dict[CodeId, int], language: str) -> tuple[CodeChoice, ...]:
    """The codebook as the tree and the palette show it."""
    parents = {code.id: code for code in codes}
    return tuple(_choice(code, parents, counts, language) for code in codes)


def recent_codes(db: Session, found: Reach) -> tuple[CodeId, ...]:
    """The codes of this coder's last codings in the study, newest first."""
    last = (
        sql(col(Coding.code_id), col(Coding.created_at))
        .where(col(Coding.coder_id) == found.me.id, col(Coding.study_id) == found.transcript.study_id)
        .order_by(col(Coding.created_at).desc())
        .limit(LAST_CODINGS)
        .subquery()
    )
    rows = db.execute(
        sql(last.c.code_id).group_by(last.c.code_id).order_by(func.max(last.c.created_at).desc()).limit(RECENT)
    )
    return tuple(CodeId(code_id) for (code_id,) in rows)


def open_transcript(
    db: Session, me: Person, transcript_id: TranscriptId, language: str, quote: QuoteEntry | None = None
) -> tuple[Reach, WorkbenchView]:
    """Everything on the coding page. The opening is recorded before the first byte; same statements at any size."""
    study_id = reach_codable(db, me, transcript_id, Act.READ_TEXT).transcript.study_id
    chain.disclose(
        db, lambda own: chain.record(own, me.id, "transcript.opened", "transcript", transcript_id, study_id=study_id)
    )
    found = reach_codable(db, me, transcript_id, Act.READ_TEXT)
    transcript = found.transcript
    turns = [turn_text(turn) for turn in open_turns(db, found.key, turns_to_read(db, transcript.text_version_id))]
    marks = marks_in(db, found, language)
    counted = counts_in(db, found)
    counts = counted.by_code
    view = WorkbenchView(
        transcript_id=transcript.id,
        version=transcript.text_number,
        serial=transcript.serial,
        title=transcript.serial,
        chunks=chunks(turn_views(turns, marks)),
        codes=choices(codes_of(db, transcript.study_id), counts, language),
        coding_count=sum(counts.values()),
        can_code=found.access.may(Act.CODE),
        can_correct=found.access.may(Act.REVIEW),
        unplaced=counted.unplaced,
        recent=recent_codes(db, found),
        quote=quote or QuoteEntry(),
    )
    return found, view


def is_removed(db: Session, found: Reach, coding_id: CodingId) -> bool:
    """Whether this is a removed coding of the person who asks, in this transcript."""
    coding = db.get(Coding, coding_id)
    return (
        coding is not None
        and coding.deleted_at is not None
        and (coding.coder_id, coding.transcript_id) == (found.me.id, found.transcript.id)
    )


def codings_of(db: Session, transcript_id: TranscriptId) -> list[Coding]:
    """Every living coding of a transcript, whoever made it."""
    return list(
        db.exec(select(Coding).where(col(Coding.transcript_id) == transcript_id, col(Coding.deleted_at).is_(None)))
    )


@dataclass(frozen=True, slots=True)
class CodingFilter:
    """Which codings are asked for; None is all."""

    transcript_id: TranscriptId | None = None
    code_id: CodeId | None = None
    coder_id: PersonId | None = None


@dataclass(frozen=True, slots=True)
class CodingLine:
    """A coding in a list."""

    coding: Coding
    has_memo: bool


def codings_after(
    db: Session, access: Access, wanted: CodingFilter, after: UUID | None, limit: int
) -> list[CodingLine]:
    """Living codings of released transcripts that a person sees, by id; one statement.

    A PI sees everybody's, the others their own.
    """
    query = (
        sql(Coding, _is_noted())
        .join(Transcript, col(Transcript.id) == col(Coding.transcript_id))
        .where(
            col(Coding.study_id) == access.study.id,
            col(Coding.deleted_at).is_(None),
            col(Transcript.state) == TranscriptState.CODABLE,
            *within_reach(access),
        )
    )
    if not access.may(Act.SEE_MATRIX):
        query = query.where(col(Coding.coder_id) == access.person.id)
    asked = ((Coding.transcript_id, wanted.transcript_id), (Coding.code_id, wanted.code_id))
    for column, value in (*asked, (Coding.coder_id, wanted.coder_id)):
        if value is not None:
            query = query.where(col(column) == value)
    if after is not None:
        query = query.where(col(Coding.id) > after)
    rows = db.execute(query.order_by(col(Coding.id)).limit(limit))
    return [CodingLine(coding, is_noted) for coding, is_noted in rows]


def _is_noted() -> ColumnElement[bool]:
    return sql(col(Memo.id)).where(col(Memo.about_id) == col(Coding.id), col(Memo.about_kind) == "coding").exists()


def has_memo(db: Session, coding_id: CodingId) -> bool:
    """Whether there is a note about a coding."""
    notes = sql(col(Memo.id)).where(col(Memo.about_id) == coding_id, col(Memo.about_kind) == "coding")
    return db.execute(notes.limit(1)).first() is not None
