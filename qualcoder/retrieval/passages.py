"""The words of found passages: of the one page that is shown, in their context and without what flags hide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import and_, or_
from sqlalchemy import select as sql
from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.people import names_of
from qualcoder.codebooks.queries import OpenCode
from qualcoder.coding import search
from qualcoder.coding.models import Coding, Valence
from qualcoder.coding.search import Piece
from qualcoder.coding.translating import OpenTranslation, of_codings
from qualcoder.core.ids import CodeId, CodingId, TranscriptId
from qualcoder.core.text import Span
from qualcoder.retrieval.evaluation import Mark, Stretch
from qualcoder.retrieval.material import Source
from qualcoder.transcripts.models import Turn
from qualcoder.transcripts.queries import OpenTurn, open_turns
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

# Of a longer passage the beginning is shown; its place leads to the rest.
LONGEST_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class Coded:
    """What a passage was coded with, and by whom."""

    id: CodingId
    code: str
    coder: str
    valence: Valence | None
    is_unsure: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A found stretch with the words around it. `races` are keys, where the question is asked by race."""

    transcript_id: TranscriptId
    serial: str
    turn: int
    language: str
    is_interviewer: bool
    lit: str
    pieces: tuple[Piece, ...] = field(repr=False)
    is_cut: bool = False
    coded: tuple[Coded, ...] = ()
    translations: tuple[OpenTranslation, ...] = ()
    races: tuple[str, ...] = ()


def stretches_in(marks: Sequence[Mark]) -> dict[Stretch, list[CodingId]]:
    """Found codings by the words that they cover, in reading order."""
    found: dict[Stretch, list[CodingId]] = {}
    for mark in marks:
        found.setdefault(mark.stretch, []).append(mark.coding_id)
    return found


def open_passages(
    db: Session,
    access: Access,
    shown: Mapping[Stretch, Sequence[CodingId]],
    sources: Mapping[int, Source],
    codes: Sequence[OpenCode],
    language: str,
) -> list[Passage]:
    """Open the turns that these stretches touch. The caller records the disclosure before the first byte."""
    if not shown:
        return []
    turns = _turns(db, access, shown, sources)
    coded = _coded(db, {coding_id for ids in shown.values() for coding_id in ids}, codes, language)
    translated = of_codings(db, access.study.id, list(coded))
    found = []
    for stretch, coding_ids in shown.items():
        number, start, end = stretch
        here = [turn for turn in turns.get(number, ()) if turn.start < end and start < turn.end]
        if here:
            passage = _passage(sources[number], here, Span(start, end), [coded[one] for one in coding_ids])
            words = tuple(one for coding_id in coding_ids for one in translated.get(coding_id, ()))
            found.append(replace(passage, translations=words))
    return found


def _turns(
    db: Session, access: Access, shown: Mapping[Stretch, object], sources: Mapping[int, Source]
) -> dict[int, list[OpenTurn]]:
    wanted = [
        and_(
            col(Turn.text_version_id) == sources[number].version_id,
            col(Turn.start) < end,
            col(Turn.start) + col(Turn.length) > start,
        )
        for number, start, end in shown
    ]
    rows = list(db.exec(select(Turn).where(or_(*wanted)).order_by(col(Turn.start))))
    numbers = dict.fromkeys(number for number, _start, _end in shown)
    keys = {number: KeyRef.interview(sources[number].interview_id, access.study.id) for number in numbers}
    sealing.preload(db, keys.values())
    return {
        number: open_turns(db, key, [row for row in rows if row.text_version_id == sources[number].version_id])
        for number, key in keys.items()
    }


def _coded(db: Session, coding_ids: set[CodingId], codes: Sequence[OpenCode], language: str) -> dict[CodingId, Coded]:
    labels: dict[CodeId, str] = {code.id: code.label.in_language(language) for code in codes}
    rows = db.scalars(sql(Coding).where(col(Coding.id).in_(coding_ids))).all()
    names = names_of(db, {row.coder_id for row in rows})
    return {row.id: Coded(row.id, labels[row.code_id], names[row.coder_id], row.valence, row.is_unsure) for row in rows}


def _passage(source: Source, turns: Sequence[OpenTurn], span: Span, coded: Sequence[Coded]) -> Passage:
    local = Span(span.start, min(span.end, span.start + LONGEST_SHOWN)).shifted(-turns[0].start)
    language = turns[0].language if turns[0].language != "mixed" else "ru"
    return Passage(
        transcript_id=source.transcript_id,
        serial=f"T-{source.number:03d}",
        turn=turns[0].n,
        language=language,
        is_interviewer=turns[0].is_interviewer,
        lit=f"{span.start}-{span.end}",
        pieces=search.snippet("\n".join(turn.body for turn in turns), [local]),
        is_cut=len(span) > LONGEST_SHOWN,
        coded=tuple(coded),
    )
