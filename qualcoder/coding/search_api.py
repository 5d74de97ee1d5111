"""JSON: the search over the released transcripts that a person may read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from qualcoder.coding.search import LONGEST_SEARCH
from qualcoder.coding.searching import Ask, FoundIn, Passage, search_study
from qualcoder.web.bearer import ApiMe, ApiRead
from qualcoder.web.replies import Paging, Reply, cursor_of, paging

router = APIRouter(tags=["search"])


class PassageOut(Reply):
    """A turn that fits: its number, how often it fits, and the words around the first hits."""

    turn: int
    language: str
    is_interviewer: bool
    hits: int
    spans: tuple[tuple[int, int], ...]
    text: str


class FoundOut(Reply):
    """A transcript with hits, and the first of its turns that fit."""

    transcript_id: UUID
    serial: str
    hits: int
    turns: int
    passages: tuple[PassageOut, ...]


class SearchOut(Reply):
    """A page of what was found. `next` is there while transcripts wait to be searched, also when none was found."""

    items: tuple[FoundOut, ...]
    searched: int
    total: int
    next: str | None


@router.get("/studies/{s}/search", name="api:search")
def search(
    db: ApiRead,
    me: ApiMe,
    s: str,
    page: Annotated[Paging, Depends(paging)],
    q: Annotated[str, Query(max_length=LONGEST_SEARCH, description="Words, “a phrase”, or the beginning of a word*")],
    *,
    kazakh_as_russian: Annotated[bool, Query(description="Kazakh letters fit the Russian ones typed for them")] = False,
    endings: Annotated[bool, Query(description="Single words fit with other Russian and Kazakh endings too")] = False,
) -> SearchOut:
    """Words, phrases and beginnings of words. Spans are code points, end-exclusive, in the text version; at most 20
    of a turn are named. A page ends when it is full or after five seconds."""
    ask = Ask(q, reads_kazakh_as_russian=kazakh_as_russian, with_endings=endings, after=page.after_number)
    _access, answer = search_study(db, me, s, ask, page=page.limit)
    return SearchOut(
        items=tuple(_found(one) for one in answer.found),
        searched=answer.searched,
        total=answer.total,
        next=None if answer.next_after is None else cursor_of(str(answer.next_after)),
    )


def _found(one: FoundIn) -> FoundOut:
    passages = tuple(_passage(passage) for passage in one.passages)
    return FoundOut(
        transcript_id=one.transcript_id, serial=one.serial, hits=one.hits, turns=one.turns, passages=passages
    )


def _passage(passage: Passage) -> PassageOut:
    return PassageOut(
        turn=passage.turn,
        language=passage.language,
        is_interviewer=passage.is_interviewer,
        hits=passage.hits,
        spans=tuple((span.start, span.end) for span in passage.spans),
        text="".join(piece.text for piece in passage.pieces),
    )
