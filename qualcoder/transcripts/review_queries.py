"""What the review page reads: a page of things, one thing, or a few parts of the text. The opening was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.accounts.people import members_of
from qualcoder.anonymise.findings import Tier
from qualcoder.anonymise.models import Entity, PiiSpan
from qualcoder.core.errors import NotFound
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.groups import PAGE_FINDINGS, Group, groups_of, pages_of
from qualcoder.transcripts.levels import Telling, languages_at, tellings
from qualcoder.transcripts.opinions import is_late, words_of
from qualcoder.transcripts.parts import Part, parts_of
from qualcoder.transcripts.queries import OpenTurn
from qualcoder.transcripts.reading_rest import places_of, read_by
from qualcoder.transcripts.review_view import (
    TIER_OF,
    GroupView,
    Opened,
    PartView,
    Pass,
    group_view,
    part_view,
)
from qualcoder.transcripts.reviewing import siblings, stand_ins, surfaces, turns_about

PARTS_ON_PAGE = 8


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """A page of a pass: things to decide or parts to read, and which page of how many it is."""

    at: int
    last: int
    groups: tuple[GroupView, ...] = ()
    parts: tuple[PartView, ...] = ()
    only: UUID | None = None


def _opened(db: Session, reach: Reach, groups: Sequence[Group], spans: Sequence[PiiSpan]) -> Opened:
    turns = turns_about(db, reach, spans)
    words = surfaces(turns, spans)
    names = {}
    if any(span.first_by or span.decided_by for span in spans) and is_late(reach):
        names = {member.id: member.name for member in members_of(db, reach.access.study.id)}
    return Opened(
        turns=turns,
        surfaces=words,
        shown=stand_ins(db, spans),
        typed={span.id: words_of(db, span) for span in spans},
        names={UUID(str(person_id)): name for person_id, name in names.items()},
        tellings=_tellings(db, [group.spans[0] for group in groups if group.tier is not Tier.A], turns, words),
    )


def _tellings(
    db: Session, spans: Sequence[PiiSpan], turns: Sequence[OpenTurn], words: Mapping[UUID, str]
) -> dict[UUID, tuple[Telling, ...]]:
    """How closely each thing may be told, by its first place."""
    ids = {span.entity_id for span in spans if span.entity_id is not None}
    held = db.exec(select(Entity).where(col(Entity.id).in_(ids))).all() if ids else []
    languages = languages_at(turns, spans)
    found = {span.id: tellings(db, span, words[span.id], languages[span.id]) for span in spans}
    del held
    return found


def _reader(reach: Reach) -> UUID | None:
    return reach.me.id if is_late(reach) else None


def _of_pass(db: Session, reach: Reach, which: Pass) -> list[PiiSpan]:
    mine = (col(PiiSpan.transcript_id) == reach.transcript.id, col(PiiSpan.tier) == TIER_OF[which])
    return list(db.exec(select(PiiSpan).where(*mine).order_by(col(PiiSpan.start))))


def things(db: Session, reach: Reach, which: Pass, at: int) -> Page:
    """A page of the things of a pass, each with its first places."""
    spans = _of_pass(db, reach, which)
    nameless = [span for span in spans if span.entity_id is None]
    groups = groups_of(spans, surfaces(turns_about(db, reach, nameless), nameless))
    pages = pages_of(groups)
    here = pages[min(max(at, 1), len(pages)) - 1]
    opened = _opened(db, reach, here, _shown(here))
    reader = _reader(reach)
    views = tuple(group_view(group, opened, reader) for group in here)
    return Page(pages.index(here) + 1, len(pages), groups=views)


def _shown(groups: Sequence[Group]) -> list[PiiSpan]:
    found = [span for group in groups for span in group.spans[: PAGE_FINDINGS // 4]]
    return sorted(found, key=lambda span: span.start)


def thing_of(db: Session, reach: Reach, finding_id: UUID) -> GroupView | None:
    """The thing that a finding belongs to, with its first places; None when the finding is gone."""
    first = db.get(PiiSpan, finding_id)
    if first is None or first.transcript_id != reach.transcript.id:
        return None
    group = Group(tuple(siblings(db, reach, first)))
    return group_view(group, _opened(db, reach, [group], _shown([group])), _reader(reach))


def every_place(db: Session, reach: Reach, finding_id: UUID, at: int) -> Page:
    """One thing alone, with a page of its places."""
    first = db.get(PiiSpan, finding_id)
    if first is None or first.transcript_id != reach.transcript.id:
        raise NotFound
    group = Group(tuple(siblings(db, reach, first)))
    last = -(-len(group.spans) // PAGE_FINDINGS)
    here = min(max(at, 1), last)
    spans = group.spans[(here - 1) * PAGE_FINDINGS : here * PAGE_FINDINGS]
    opened = _opened(db, reach, [group], [group.spans[0], *spans] if here > 1 else spans)
    view = group_view(group, opened, _reader(reach), spans)
    return Page(here, last, groups=(view,), only=group.id)


def rest(db: Session, reach: Reach, at: int) -> Page:
    """A few parts of the text; without a page named, those where this reader's unread text begins."""
    every = parts_of(places_of(db, reach.transcript))
    known = read_by(db, reach)
    last = max(1, -(-len(every) // PARTS_ON_PAGE))
    if at < 1:
        first = next((part.number for part in every if (part.start, part.end) not in known), 1)
        at = (first - 1) // PARTS_ON_PAGE + 1
    here = min(at, last)
    parts = every[(here - 1) * PARTS_ON_PAGE : here * PARTS_ON_PAGE]
    return Page(here, last, parts=_parts(db, reach, parts, known))


def part_of(db: Session, reach: Reach, number: int) -> PartView:
    """One part of the text as it is now."""
    every = parts_of(places_of(db, reach.transcript))
    wanted = tuple(part for part in every if part.number == number)
    if not wanted:
        raise NotFound
    return _parts(db, reach, wanted, read_by(db, reach))[0]


def page_of_part(number: int) -> int:
    """The page on which a part stands."""
    return (number - 1) // PARTS_ON_PAGE + 1


def _parts(db: Session, reach: Reach, parts: Sequence[Part], known: set[tuple[int, int]]) -> tuple[PartView, ...]:
    if not parts:
        return ()
    start, end = parts[0].shown_from, parts[-1].end
    within = (col(PiiSpan.start) < end, col(PiiSpan.end) > start)
    mine = select(PiiSpan).where(col(PiiSpan.transcript_id) == reach.transcript.id, *within)
    spans = list(db.exec(mine.order_by(col(PiiSpan.start))))
    turns = turns_about(db, reach, parts)
    shown = stand_ins(db, spans)
    return tuple(part_view(part, turns, spans, shown, is_read=(part.start, part.end) in known) for part in parts)
