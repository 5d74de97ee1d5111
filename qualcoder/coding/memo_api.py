"""JSON: memos on anything, and translations of coded passages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from qualcoder.accounts.models import Language
from qualcoder.coding import memo_acts, memo_list, translating
from qualcoder.coding.memo_forms import MemoFields, TranslationFields
from qualcoder.coding.memo_list import Line, Narrowing
from qualcoder.coding.models import MemoKind, TranslationStatus
from qualcoder.coding.translating import NewTranslation, OpenTranslation
from qualcoder.core.errors import Conflict
from qualcoder.core.ids import CodingId, PersonId
from qualcoder.core.messages import N_
from qualcoder.web.bearer import ApiMe, ApiRead, ApiWrite
from qualcoder.web.replies import LARGEST, Listed, Paging, Reply, Sent, json_of, paging, takes

router = APIRouter(tags=["memos"])

Seen = Annotated[int, Query(ge=0, le=LARGEST, description="The version that was seen")]
_LANGUAGE = Language.EN.value


class ChangedMeanwhile(Conflict):
    """A memo or translation that has another version than was seen. Ask for it again; nothing was written."""

    def __init__(self, seen: int, now: int) -> None:
        super().__init__(N_("It was changed meanwhile. Nothing was written; ask for it again."), seen=seen, now=now)


class MemoIn(MemoFields, Sent):
    """A memo under your own id: what it is about, its words, and the version that you saw (0 for a new one)."""


class MemoOut(Reply):
    """A memo. `about_label` is a code's name, a serial or a race's key."""

    id: UUID
    kind: MemoKind
    about: UUID
    about_label: str
    memo: str
    author_id: UUID
    changed_at: datetime
    version: int


class KeptOut(Reply):
    """What there is after a save: its id and the version to name the next time."""

    id: UUID
    version: int


class GoneOut(Reply):
    """A memo that was taken away, and the act to name when it is brought back."""

    id: UUID
    act: UUID


class RestoreIn(Sent):
    """The act that took a memo away, as the answer to it named it."""

    act: UUID


class TranslationIn(TranslationFields, Sent):
    """A translation: its words, whether they were checked against the original, and the version that you saw."""


class TranslationOut(Reply):
    """A translation; `is_stale` when the passage has other words than those it was made from."""

    coding_id: UUID
    language: Language
    words: str
    status: TranslationStatus
    translator: str
    checker: str
    is_stale: bool
    changed_at: datetime
    version: int


class TranslationsOut(Reply):
    """The translations of a passage; none are told while words of it are hidden."""

    items: tuple[TranslationOut, ...]


def _memo(line: Line) -> MemoOut:
    return MemoOut(
        id=line.id,
        kind=line.about.kind,
        about=line.about.id,
        about_label=line.about.label,
        memo=line.words,
        author_id=line.author_id,
        changed_at=line.changed_at,
        version=line.version,
    )


@router.get("/studies/{s}/memos", name="api:memos")
def memos(
    db: ApiRead,
    me: ApiMe,
    s: str,
    page: Annotated[Paging, Depends(paging)],
    kind: Annotated[MemoKind | None, Query(description="What they are about")] = None,
    about: Annotated[UUID | None, Query(description="Id of what they are about")] = None,
    author: Annotated[UUID | None, Query(description="Id of a person")] = None,
) -> Listed[MemoOut]:
    """The memos of a study that the person sees: a PI everybody's, the others their own. Recorded with a count."""
    wanted = Narrowing(kind, PersonId(author) if author else None, about)
    lines = memo_list.after(db, me, s, wanted, page.after_id, page.limit + 1, _LANGUAGE)
    listed = page.page(lines, lambda line: line.id)
    return Listed(items=tuple(map(_memo, listed.items)), next=listed.next)


@router.get("/memos/{memo_id}", name="api:memo")
def memo(db: ApiRead, me: ApiMe, memo_id: UUID) -> MemoOut:
    """One memo. The opening is recorded."""
    return _memo(memo_list.one(db, me, memo_id, _LANGUAGE)[1])


@router.put("/memos/{memo_id}", name="api:put_memo", **takes(MemoIn))
def put(db: ApiWrite, me: ApiMe, memo_id: UUID, sent: Annotated[MemoIn, Depends(json_of(MemoIn))]) -> KeptOut:
    """Keep a memo of yours. The same request again changes nothing; a conflict names both versions."""
    done = memo_acts.save(db, me, sent.as_new(memo_id))
    if done.theirs is not None:
        raise ChangedMeanwhile(sent.seen, done.version)
    return KeptOut(id=memo_id, version=done.version)


@router.delete("/memos/{memo_id}", name="api:delete_memo")
def delete(db: ApiWrite, me: ApiMe, memo_id: UUID, seen: Seen = 0) -> GoneOut:
    """Take a memo of yours away. The answer names the act that brings it back."""
    return GoneOut(id=memo_id, act=memo_acts.remove(db, me, memo_id, seen)[1])


@router.post("/memos/{memo_id}/restore", name="api:restore_memo", **takes(RestoreIn))
def restore(db: ApiWrite, me: ApiMe, memo_id: UUID, sent: Annotated[RestoreIn, Depends(json_of(RestoreIn))]) -> KeptOut:
    """Bring a memo back; twice is the same as once."""
    memo_acts.restore(db, me, memo_id, sent.act)
    kept = memo_acts.own_memo(db, me, memo_id)
    return KeptOut(id=memo_id, version=kept.version if kept else 0)


def _translation(one: OpenTranslation) -> TranslationOut:
    return TranslationOut(
        coding_id=one.coding_id,
        language=one.language,
        words=one.words,
        status=one.status,
        translator=one.translator,
        checker=one.checker,
        is_stale=one.is_stale,
        changed_at=one.changed_at,
        version=one.version,
    )


@router.get("/codings/{coding_id}/translations", name="api:translations")
def translations(db: ApiRead, me: ApiMe, coding_id: CodingId) -> TranslationsOut:
    """The translations of a passage that the person sees."""
    return TranslationsOut(items=tuple(map(_translation, translating.seen_by(db, me, coding_id))))


@router.put("/codings/{coding_id}/translations/{language}", name="api:put_translation", **takes(TranslationIn))
def put_translation(
    db: ApiWrite,
    me: ApiMe,
    coding_id: CodingId,
    language: Language,
    sent: Annotated[TranslationIn, Depends(json_of(TranslationIn))],
) -> KeptOut:
    """Keep the translation of a passage into a language. A conflict names both versions."""
    new = NewTranslation(sent.words, sent.status, sent.seen, sent.edit)
    done = translating.save(db, me, coding_id, language, new)
    if done.theirs is not None:
        raise ChangedMeanwhile(sent.seen, done.version)
    return KeptOut(id=coding_id, version=done.version)


@router.delete("/codings/{coding_id}/translations/{language}", name="api:delete_translation")
def delete_translation(
    db: ApiWrite, me: ApiMe, coding_id: CodingId, language: Language, seen: Seen = 0
) -> TranslationsOut:
    """Take a translation away; it can be brought back."""
    translating.remove(db, me, coding_id, language, seen)
    return TranslationsOut(items=tuple(map(_translation, translating.seen_by(db, me, coding_id))))


@router.post("/codings/{coding_id}/translations/{language}/restore", name="api:restore_translation")
def restore_translation(db: ApiWrite, me: ApiMe, coding_id: CodingId, language: Language) -> TranslationsOut:
    """Bring a removed translation back; twice is the same as once."""
    translating.restore(db, me, coding_id, language)
    return TranslationsOut(items=tuple(map(_translation, translating.seen_by(db, me, coding_id))))
