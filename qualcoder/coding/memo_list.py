"""The memos of a study that a person sees, as one list: narrowed by kind and author, searched by words.

Sealed memos are opened in memory, and what was opened is on record with a count, and without words, before the first
byte leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func
from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.access import Access, study_by_id, study_named
from qualcoder.accounts.models import Person, Role
from qualcoder.accounts.people import Member, members_of, names_of
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.coding import layers, search
from qualcoder.coding.memo_subjects import key_of, seen
from qualcoder.coding.models import Coding, Memo, MemoKind
from qualcoder.coding.queries import labels_of
from qualcoder.coding.search import Piece, Query
from qualcoder.core.errors import NotFound
from qualcoder.core.ids import CodeId, PersonId, TranscriptId
from qualcoder.interviews.models import Interview
from qualcoder.races.queries import keys_of_rounds
from qualcoder.transcripts.models import Transcript, Turn
from qualcoder.transcripts.queries import within_reach
from qualcoder.vault import sealing

PAGE = 30


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which memos are wanted; nothing set means all. Only who sees others' memos chooses an author."""

    kind: MemoKind | None = None
    author_id: PersonId | None = None
    about_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What a memo is about, as its reader knows it: a code's name, the serial of a text or interview, a race's key.

    `lit` and `turn` lead to the passage where it is a coding.
    """

    kind: MemoKind
    id: UUID
    label: str = field(default="", repr=False)
    transcript_id: TranscriptId | None = None
    turn: int | None = None
    lit: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A memo in the list; `pieces` are its words with what was searched for marked, `author` is empty on one's own."""

    id: UUID
    about: About
    words: str = field(repr=False)
    pieces: tuple[Piece, ...] = field(repr=False)
    author_id: PersonId
    author: str = field(repr=False)
    is_mine: bool
    changed_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of memos; `found` is how many there are in all, pages count from 1."""

    lines: tuple[Line, ...]
    found: int
    page: int
    pages: int


def _chosen(access: Access, wanted: Narrowing) -> list[Any]:
    conditions: list[Any] = list(seen(access))
    if wanted.kind is not None:
        conditions.append(col(Memo.about_kind) == wanted.kind)
    if wanted.about_id is not None:
        conditions.append(col(Memo.about_id) == wanted.about_id)
    if wanted.author_id is not None:
        conditions.append(col(Memo.author_id) == wanted.author_id)
    return conditions


def _count(db: Session, access: Access, wanted: Narrowing) -> int:
    n: int = db.execute(sql(func.count()).select_from(Memo).where(*_chosen(access, wanted))).scalar_one()
    return n


def listed(db: Session, me: Person, slug: str, wanted: Narrowing, *, page: int, language: str) -> tuple[Access, Page]:
    """A page of memos, the newest first."""
    access = study_named(db, me, slug, Act.READ_TEXT)
    total = _count(db, access, wanted)
    page, pages = _within(page, total)
    access = _disclose(db, access, "memos.opened", min(PAGE, total - (page - 1) * PAGE) if total else 0)
    query = sql(Memo).where(*_chosen(access, wanted)).order_by(*_newest())
    memos = db.execute(query.offset((page - 1) * PAGE).limit(PAGE)).scalars().all()
    opened = _opened(db, memos)
    return access, Page(_lines(db, access, memos, opened, language, None), total, page, pages)


def found(
    db: Session, me: Person, slug: str, wanted: Narrowing, query: Query, *, page: int, language: str
) -> tuple[Access, Page]:
    """A page of those memos in which every word stands. All that the person sees are opened to look."""
    access = study_named(db, me, slug, Act.READ_TEXT)
    access = _disclose(db, access, "memos.searched", _count(db, access, wanted))
    memos = db.execute(sql(Memo).where(*_chosen(access, wanted)).order_by(*_newest())).scalars().all()
    opened = {memo_id: words for memo_id, words in _opened(db, memos).items() if search.hits(query, words)}
    fitting = [memo for memo in memos if memo.id in opened]
    page, pages = _within(page, len(fitting))
    shown = fitting[(page - 1) * PAGE : page * PAGE]
    return access, Page(_lines(db, access, shown, opened, language, query), len(fitting), page, pages)


def after(
    db: Session, me: Person, study: str, wanted: Narrowing, after_id: UUID | None, limit: int, language: str
) -> list[Line]:
    """Memos by id, for scripts."""
    access = study_named(db, me, study, Act.READ_TEXT)
    conditions = _chosen(access, wanted)
    if after_id is not None:
        conditions.append(col(Memo.id) > after_id)
    n = len(db.execute(sql(col(Memo.id)).where(*conditions).limit(limit)).all())
    access = _disclose(db, access, "memos.opened", n)
    memos = db.execute(sql(Memo).where(*conditions).order_by(col(Memo.id)).limit(limit)).scalars().all()
    return list(_lines(db, access, memos, _opened(db, memos), language, None))


def one(db: Session, me: Person, memo_id: UUID, language: str) -> tuple[Access, Line]:
    """A memo that the person sees; NotFound for all others."""
    memo = db.get(Memo, memo_id)
    if memo is None:
        raise NotFound
    access = study_by_id(db, me, memo.study_id, Act.READ_TEXT)
    visible = sql(Memo).where(*seen(access), col(Memo.id) == memo_id)
    if db.execute(visible).first() is None:
        raise NotFound
    access = _disclose(db, access, "memos.opened", 1)
    memos = db.execute(visible.where(*seen(access))).scalars().all()
    if not memos:
        raise NotFound
    return access, _lines(db, access, memos, _opened(db, memos), language, None)[0]


def on_one(db: Session, access: Access, about_id: UUID, language: str) -> tuple[Line, ...]:
    """The newest memos about one thing, a page of them at most; where there are none nothing is recorded."""
    wanted = Narrowing(about_id=about_id)
    n = min(PAGE, _count(db, access, wanted))
    if not n:
        return ()
    access = _disclose(db, access, "memos.opened", n)
    memos = db.execute(sql(Memo).where(*_chosen(access, wanted)).order_by(*_newest()).limit(n)).scalars().all()
    return _lines(db, access, memos, _opened(db, memos), language, None)


def about_for(db: Session, access: Access, kind: MemoKind, about_id: UUID, language: str) -> About:
    """What a new memo is to be about, in words. The caller has checked that the person may write there."""
    return _abouts(db, access, [(kind, about_id)], language)[kind, about_id]


def authors_of(db: Session, access: Access) -> list[Member]:
    """Whose memos a person may choose from; empty for who sees only the own."""
    if not layers.sees_study(access):
        return []
    return [one for one in members_of(db, access.study.id) if one.role not in {Role.ADMIN, Role.OBSERVER}]


def _newest() -> tuple[Any, ...]:
    return func.coalesce(col(Memo.changed_at), col(Memo.created_at)).desc(), col(Memo.id)


def _within(page: int, total: int) -> tuple[int, int]:
    pages = max(1, -(-total // PAGE))
    return min(max(page, 1), pages), pages


def _disclose(db: Session, access: Access, act: str, n: int) -> Access:
    me, study_id = access.person, access.study.id
    chain.disclose(db, lambda own: chain.record(own, me.id, act, "study", study_id, study_id=study_id, memos=n))
    return study_by_id(db, me, study_id, Act.READ_TEXT)


def _opened(db: Session, memos: Sequence[Memo]) -> dict[UUID, str]:
    keys = {memo.id: key_of(memo) for memo in memos}
    sealing.preload(db, {ref for ref, _field in keys.values()})
    return {memo.id: sealing.open_(db, *keys[memo.id], memo, memo.body_ct) for memo in memos}


def _lines(
    db: Session,
    access: Access,
    memos: Sequence[Memo],
    opened: dict[UUID, str],
    language: str,
    query: Query | None,
) -> tuple[Line, ...]:
    abouts = _abouts(db, access, [(MemoKind(memo.about_kind), memo.about_id) for memo in memos], language)
    me = access.person.id
    names = names_of(db, {memo.author_id for memo in memos} - {me})
    lines = []
    for memo in memos:
        words = opened[memo.id]
        lines.append(
            Line(
                id=memo.id,
                about=abouts[MemoKind(memo.about_kind), memo.about_id],
                words=words,
                pieces=_marked(words, query),
                author_id=memo.author_id,
                author=names.get(memo.author_id, ""),
                is_mine=memo.author_id == me,
                changed_at=memo.changed_at or memo.created_at,
                version=memo.version,
            )
        )
    return tuple(lines)


def _marked(words: str, query: Query | None) -> tuple[Piece, ...]:
    """The whole memo in pieces."""
    pieces, at = [], 0
    for span in search.hits(query, words) if query else ():
        pieces += [Piece(words[at : span.start]), Piece(span.of(words), is_hit=True)]
        at = span.end
    return tuple(piece for piece in (*pieces, Piece(words[at:])) if piece.text)


# What they are about ------------------------------------------------------------------------------


def _abouts(
    db: Session, access: Access, wanted: Sequence[tuple[MemoKind, UUID]], language: str
) -> dict[tuple[MemoKind, UUID], About]:
    """What memos are about, in the words of who asks; a statement or two for each kind."""
    ids = {kind: {about_id for one, about_id in wanted if one is kind} for kind in MemoKind}
    named: dict[tuple[MemoKind, UUID], About] = {(kind, about_id): About(kind, about_id) for kind, about_id in wanted}
    codings = _codings(db, ids[MemoKind.CODING]) if ids[MemoKind.CODING] else {}
    codes = {CodeId(code_id) for code_id in ids[MemoKind.CODE]} | {code_id for code_id, _about in codings.values()}
    labels = labels_of(db, codes, language)
    for coding_id, (code_id, about) in codings.items():
        label = f"{labels.get(code_id, '')} · {about.label}"
        named[MemoKind.CODING, coding_id] = replace(about, label=label)
    for about_id in ids[MemoKind.CODE]:
        named[MemoKind.CODE, about_id] = About(MemoKind.CODE, about_id, labels.get(about_id, ""))
    for race_id, key in keys_of_rounds(db, access.study.id, ids[MemoKind.RACE]).items() if ids[MemoKind.RACE] else ():
        named[MemoKind.RACE, race_id] = About(MemoKind.RACE, race_id, key)
    for about in _interviews(db, access, ids[MemoKind.INTERVIEW]) if ids[MemoKind.INTERVIEW] else ():
        named[MemoKind.INTERVIEW, about.id] = about
    return named


def _codings(db: Session, coding_ids: set[UUID]) -> dict[UUID, tuple[CodeId, About]]:
    here = and_(
        col(Turn.text_version_id) == col(Coding.text_version_id),
        col(Turn.start) <= col(Coding.start),
        col(Turn.start) + col(Turn.length) > col(Coding.start),
        col(Coding.text_version_id) == col(Transcript.text_version_id),
    )
    rows = db.execute(
        sql(Coding, Transcript.number, Turn.n)  # type: ignore[call-overload]  # columns beside a table
        .join(Transcript, col(Transcript.id) == col(Coding.transcript_id))
        .join(Turn, here, isouter=True)
        .where(col(Coding.id).in_(coding_ids))
    )
    kind = MemoKind.CODING
    return {
        coding.id: (
            coding.code_id,
            About(kind, coding.id, f"T-{number:03d}", coding.transcript_id, turn, f"{coding.start}-{coding.end}"),
        )
        for coding, number, turn in rows
    }


def _interviews(db: Session, access: Access, interview_ids: set[UUID]) -> list[About]:
    """By serial for who may open the interview; for others by the serials of the texts that they read."""
    rows = db.execute(sql(Interview).where(col(Interview.id).in_(interview_ids))).scalars().all()
    mine = within_reach(access)
    texts = db.execute(
        sql(col(Transcript.interview_id), col(Transcript.number), col(Transcript.id))
        .where(*mine, col(Transcript.interview_id).in_(interview_ids))
        .order_by(col(Transcript.number))
    ).all()
    abouts = []
    for row in rows:
        own = [(number, transcript_id) for interview_id, number, transcript_id in texts if interview_id == row.id]
        is_open = access.role is Role.PI or (access.role is Role.RESEARCHER and row.created_by == access.person.id)
        label = row.serial if is_open else ", ".join(f"T-{number:03d}" for number, _id in own)
        abouts.append(About(MemoKind.INTERVIEW, row.id, label, own[0][1] if own and not is_open else None))
    return abouts
