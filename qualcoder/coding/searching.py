"""The search over a study: opens the released transcripts that a person may read, and keeps what fits.

Turns are opened in batches, each in a look of its own, so that a long search holds no writer up. Where the index
knows a transcript, only the turns to be shown are opened, and must fit by themselves; the answer is the same without
it. What was looked for is written nowhere; that and how much was searched is on record before the answer leaves.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, or_
from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.access import Access, study_named
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.coding import search
from qualcoder.coding.folded import Verdict
from qualcoder.coding.index import text_id
from qualcoder.coding.index_socket import Asker, Question
from qualcoder.coding.search import Piece, Query
from qualcoder.core.ids import TranscriptId
from qualcoder.core.text import Span
from qualcoder.transcripts.models import SealedTo, Transcript, TranscriptState, Turn
from qualcoder.transcripts.queries import hide_in, within_reach
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef, Shredded

PAGE = 20
PASSAGES = 3
PASSAGES_WITHIN = 200
BATCH = 16
LIT = 20
PATIENCE_SECONDS = 5.0
_UNKNOWN = object()


@dataclass(frozen=True, slots=True, repr=False)
class Ask:
    """What is looked for, after which transcript, or within which one."""

    words: str
    reads_kazakh_as_russian: bool = False
    after: int = 0
    within: UUID | None = None
    with_endings: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A turn that fits. `spans` are its first hits, by offsets in the text version."""

    turn: int
    language: str
    is_interviewer: bool
    hits: int
    spans: tuple[Span, ...]
    pieces: tuple[Piece, ...] = field(repr=False)
    is_exact: bool = True

    @property
    def lit(self) -> str:
        """The hits as an address carries them: "512-516.530-534"."""
        return ".".join(f"{span.start}-{span.end}" for span in self.spans)


@dataclass(frozen=True, slots=True)
class FoundIn:
    """A transcript with hits: how many, in how many turns, and the first of them."""

    transcript_id: TranscriptId
    number: int
    hits: int
    turns: int
    passages: tuple[Passage, ...]

    @property
    def serial(self) -> str:
        return f"T-{self.number:03d}"

    @property
    def turns_not_shown(self) -> int:
        return self.turns - len(self.passages)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found. `next_after` is where to go on, when there is more to search."""

    found: tuple[FoundIn, ...]
    searched: int
    total: int
    next_after: int | None

    @property
    def hits(self) -> int:
        return sum(one.hits for one in self.found)


@dataclass(frozen=True, slots=True)
class _Source:
    id: TranscriptId
    number: int
    version_id: UUID
    key: KeyRef
    text_id: UUID


@dataclass(frozen=True, slots=True)
class _Limits:
    page: int
    passages: int
    end: float


def search_study(
    db: Session,
    me: Person,
    study: str,
    ask: Ask,
    *,
    page: int = PAGE,
    patience_seconds: float = PATIENCE_SECONDS,
) -> tuple[Access, Answer]:
    """Search what a person may read of a study, from transcript number `ask.after` on, until a page is full
    or time is up. Unsearchable when nothing was typed."""
    access = study_named(db, me, study, Act.READ_TEXT)
    study_id = access.study.id
    query = search.parse(ask.words, reads_kazakh_as_russian=ask.reads_kazakh_as_russian, with_endings=ask.with_endings)
    sources = _sources(db, access, ask)
    sealing.preload(db, [source.key for source in sources])
    limits = _Limits(page, PASSAGES_WITHIN if ask.within else PASSAGES, time.monotonic() + patience_seconds)
    versions = [source.text_id for source in sources]
    question = Question(
        study_id, versions, ask.words, ask.reads_kazakh_as_russian, limits.passages, with_endings=ask.with_endings
    )
    answer = _go_through(db, query, sources, limits, Asker(db.info["settings"].search_socket, question))

    def write(own: Session) -> None:
        counts = {"transcripts": answer.searched, "found": len(answer.found), "hits": answer.hits}
        chain.record(own, me.id, "search.done", "study", study_id, study_id=study_id, **counts)

    chain.disclose(db, write)
    return study_named(db, me, study, Act.READ_TEXT), answer


def _sources(db: Session, access: Access, ask: Ask) -> list[_Source]:
    query = (
        sql(
            col(Transcript.id),
            col(Transcript.number),
            col(Transcript.text_version_id),
            col(Transcript.interview_id),
            col(Transcript.study_id),
            col(Transcript.hidden_revision),
        )
        .where(*within_reach(access), col(Transcript.state) == TranscriptState.CODABLE)
        .where(col(Transcript.number) > ask.after)
        .order_by(col(Transcript.number))
    )
    if ask.within is not None:
        query = query.where(col(Transcript.id) == ask.within)
    return [
        _Source(
            TranscriptId(transcript_id),
            number,
            version_id,
            KeyRef.interview(interview_id, study_id),
            text_id(version_id, hidden_revision),
        )
        for transcript_id, number, version_id, interview_id, study_id, hidden_revision in db.execute(query)
    ]


def _go_through(db: Session, query: Query, sources: Sequence[_Source], limits: _Limits, index: Asker) -> Answer:
    found: list[FoundIn] = []
    searched = 0
    db.rollback()
    for first in range(0, len(sources), BATCH):
        batch = sources[first : first + BATCH]
        # No more than a batch can fit beyond a full page.
        known = index.known(first, len(batch), limits.page - len(found) + BATCH)
        if to_open := [source for source in batch if known.get(source.text_id, _UNKNOWN)]:
            found += _fitting(db, query, to_open, known, limits.passages)
            db.rollback()
        searched += len(batch)
        if len(found) >= limits.page or time.monotonic() > limits.end:
            break
    if len(found) > limits.page:
        found = found[: limits.page]
        searched = [source.number for source in sources].index(found[-1].number) + 1
    next_after = sources[searched - 1].number if searched < len(sources) else None
    return Answer(tuple(found), searched, len(sources), next_after)


_Turn = Row[*tuple[Any, ...]]


def _fitting(
    db: Session, query: Query, batch: Sequence[_Source], known: Mapping[UUID, Verdict | None], shown: int
) -> Iterator[FoundIn]:
    for source, turns, bodies in _opened(db, batch, known):
        one = _look(query, source, turns, bodies, shown)
        if verdict := known.get(source.text_id):
            if one is not None and one.turns == len(verdict.shown):
                yield replace(one, hits=verdict.hits, turns=verdict.turns)
            else:
                yield from _fitting(db, query, [source], {}, shown)
        elif one is not None:
            yield one


def _opened(
    db: Session, batch: Sequence[_Source], known: Mapping[UUID, Verdict | None]
) -> Iterator[tuple[_Source, list[_Turn], list[bytes]]]:
    """Each transcript's turns with their text as UTF-8: all, or those that the index names. One statement."""
    named = {source.version_id: verdict.shown for source in batch if (verdict := known.get(source.text_id))}
    whole = [source.version_id for source in batch if source.version_id not in named]
    wanted = [and_(col(Turn.text_version_id) == version, col(Turn.n).in_(shown)) for version, shown in named.items()]
    rows: dict[UUID, list[_Turn]] = {}
    for row in db.execute(
        sql(
            col(Turn.text_version_id),
            col(Turn.id),
            col(Turn.sealed_rev),
            col(Turn.body_ct),
            col(Turn.n),
            col(Turn.start),
            col(Turn.language),
            col(Turn.is_interviewer),
            col(Turn.hidden),
        )
        .where(or_(col(Turn.text_version_id).in_(whole), *wanted) if whole else or_(*wanted))
        .where(col(Turn.sealed_to) == SealedTo.INTERVIEW)
        .order_by(col(Turn.text_version_id), col(Turn.n))
    ):
        rows.setdefault(row[0], []).append(row)
    for source in batch:
        turns = rows.get(source.version_id, [])
        open_one = sealing.bulk_opener(db, source.key, f.TURN_BODY)
        try:
            yield source, turns, [hide_in(open_one(row[1], row[2], row[3]), row[-1]) for row in turns]
        except Shredded:
            continue  # withdrawn since the search began


def _look(query: Query, source: _Source, turns: Sequence[_Turn], bodies: Sequence[bytes], shown: int) -> FoundIn | None:
    exact: list[Passage] = []
    others: list[Passage] = []
    n_hits = n_turns = 0
    for at, is_plain in search.candidates(query, bodies).items():
        body = bodies[at].decode()
        spans = search.hits(query, body, is_plain=is_plain)
        if not spans:
            continue
        n_hits += len(spans)
        n_turns += 1
        is_exact = query.exact is None or bool(search.hits(query.exact, body, is_plain=is_plain))
        if len(found := exact if is_exact else others) < shown:
            found.append(_passage(turns[at], body, spans, is_exact=is_exact))
    if not n_turns:
        return None
    return FoundIn(source.id, source.number, n_hits, n_turns, tuple((exact + others)[:shown]))


def _passage(turn: _Turn, body: str, spans: Sequence[Span], *, is_exact: bool) -> Passage:
    *_sealed, n, start, language, is_interviewer, _hidden = turn
    lit = tuple(Span(start + span.start, start + span.end) for span in spans[:LIT])
    spoken = language if language != "mixed" else "ru"
    return Passage(n, spoken, is_interviewer, len(spans), lit, search.snippet(body, spans), is_exact)
