"""The registry of a study for its people: who sees which entry, who may change it, and in which interviews it stands.

A PI sees every entry. A researcher sees those that stand in own uploads, and changes those that stand nowhere else.
Names are not here: they are in the identity vault.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Role
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise import registry
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.generalising import Level
from qualcoder.anonymise.models import Entity, PiiSpan
from qualcoder.anonymise.pseudonyms import language_of_code
from qualcoder.anonymise.registry import Standing
from qualcoder.anonymise.service import levels_of, pseudonym_of, shown_for
from qualcoder.core.errors import NotFound, Refused
from qualcoder.core.ids import EntityId
from qualcoder.core.messages import N_
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.parsing.cleaning import normalise
from qualcoder.transcripts.rewording import in_reviews, read_anew

PAGE_SIZE = 50


class ElsewhereToo(Refused):
    """A researcher would change what stands in interviews of others."""

    def __init__(self) -> None:
        super().__init__(N_("This entry also stands in interviews of others. Ask a PI to change it."))


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """An entry as lists show it."""

    id: EntityId
    version: int
    number: int
    kind: Label
    pseudonym: str
    mentions: int
    interviews: int
    old: int
    is_elsewhere: bool


@dataclass(frozen=True, slots=True, repr=False)
class LevelChoice:
    """A level of an entry and what it writes."""

    level: Level
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Where:
    """An interview in which an entry stands."""

    transcript_id: UUID
    serial: str
    mentions: int
    is_released: bool


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One entry with everything that may be changed about it."""

    line: Line
    code: str
    level: Level
    levels: tuple[LevelChoice, ...]
    where: tuple[Where, ...]
    others: tuple[Line, ...]
    clashes: bool


@dataclass(frozen=True, slots=True)
class _Registry:
    """The standings of a study, with the transcripts that somebody reaches."""

    standings: tuple[Standing, ...]
    transcripts: dict[UUID, Transcript]
    mine: frozenset[UUID]
    entities: dict[EntityId, Entity]
    old: dict[EntityId, int]


def _read(db: Session, access: Access) -> _Registry:
    study_id = access.study.id
    transcripts: dict[UUID, Transcript] = {
        row.id: row for row in db.exec(select(Transcript).where(col(Transcript.study_id) == study_id))
    }
    is_all = access.role is Role.PI
    mine = frozenset(key for key, row in transcripts.items() if is_all or row.uploaded_by == access.person.id)
    standings = tuple(one for one in registry.standings(db, study_id) if one.transcript_id in transcripts)
    seen = {one.entity_id for one in standings if one.transcript_id in mine}
    rows = db.exec(
        select(Entity)
        .where(col(Entity.study_id) == study_id, col(Entity.merged_into).is_(None))
        .order_by(col(Entity.number))
    )
    entities = {row.id: row for row in rows if row.id in seen}
    old = registry.carrying_old(db, study_id, {key for key in mine if transcripts[key].is_codable})
    return _Registry(standings, transcripts, mine, entities, old)


def _line(db: Session, found: _Registry, entity: Entity) -> Line:
    here = [one for one in found.standings if one.entity_id == entity.id]
    own = [one for one in here if one.transcript_id in found.mine]
    return Line(
        id=entity.id,
        version=entity.version,
        number=entity.number,
        kind=entity.kind,
        pseudonym=shown_for(db, entity),
        mentions=sum(one.mentions for one in own),
        interviews=len(own),
        old=found.old.get(entity.id, 0),
        is_elsewhere=len(own) < len(here),
    )


def lines(
    db: Session, access: Access, *, kind: Label | None = None, page: int = 1, is_old: bool = False
) -> tuple[list[Line], bool]:
    """A page of entries by number, and whether more follow. `is_old` keeps those whose old pseudonym is still out."""
    access.require(Act.SEE_REGISTRY)
    found = _read(db, access)
    chosen = [
        entity
        for entity in found.entities.values()
        if kind in {None, entity.kind} and (not is_old or entity.id in found.old)
    ]
    first = (page - 1) * PAGE_SIZE
    shown = chosen[first : first + PAGE_SIZE]
    return [_line(db, found, entity) for entity in shown], len(chosen) > first + PAGE_SIZE


def entry(db: Session, access: Access, entity_id: UUID) -> Entry:
    """One entry; NotFound for one that stands in no interview this person reaches."""
    access.require(Act.SEE_REGISTRY)
    found = _read(db, access)
    entity = found.entities.get(EntityId(entity_id))
    if entity is None:
        raise NotFound
    pseudonym = pseudonym_of(db, entity)
    language = language_of_code(pseudonym)
    where = [one for one in found.standings if one.entity_id == entity.id and one.transcript_id in found.mine]
    others = [other for other in found.entities.values() if other.kind is entity.kind and other.id != entity.id]
    return Entry(
        line=_line(db, found, entity),
        code=pseudonym,
        level=entity.level,
        levels=(
            LevelChoice(Level.CODE, pseudonym),
            *(LevelChoice(one.level, one.in_language(language)) for one in levels_of(db, entity)),
        ),
        where=tuple(
            Where(one.transcript_id, row.serial, one.mentions, row.is_codable)
            for one in sorted(where, key=lambda one: found.transcripts[one.transcript_id].number)
            for row in (found.transcripts[one.transcript_id],)
        ),
        others=tuple(_line(db, found, other) for other in others),
        clashes=registry.clashes(db, entity),
    )


def _changeable(db: Session, access: Access, entity_id: UUID, seen: int | None) -> Entity:
    access.require(Act.EDIT_REGISTRY)
    entity = registry.entity_of(db, access.study.id, entity_id)
    if access.role is not Role.PI:
        found = _read(db, access)
        if entity.id not in found.entities:
            raise NotFound
        if _line(db, found, entity).is_elsewhere:
            raise ElsewhereToo
    return registry.entity_of(db, access.study.id, entity_id, seen)


def rename(db: Session, access: Access, entity_id: UUID, pseudonym: str, seen: int) -> None:
    """Another pseudonym in everything that is released from now on."""
    entity = _changeable(db, access, entity_id, seen)
    before = in_reviews(db, [entity.id])
    registry.rename(db, access.person.id, entity, normalise(pseudonym))
    read_anew(db, access.person.id, before)


def merge(db: Session, access: Access, kept: UUID, gone: UUID, seen: int) -> None:
    """Make another entry part of this one. The way back is to split by interviews."""
    keeper = _changeable(db, access, kept, seen)
    other = _changeable(db, access, gone, None)
    before = in_reviews(db, [keeper.id, other.id])
    registry.merge(db, access.person.id, keeper, other)
    read_anew(db, access.person.id, before)


def split(db: Session, access: Access, entity_id: UUID, transcripts: Collection[UUID], seen: int) -> Entity:
    """Give the mentions in these interviews an entry of their own. The way back is to merge the two."""
    entity = _changeable(db, access, entity_id, seen)
    chosen: Sequence[PiiSpan] = db.exec(
        select(PiiSpan).where(col(PiiSpan.entity_id) == entity.id, col(PiiSpan.transcript_id).in_(set(transcripts)))
    ).all()
    before = in_reviews(db, [entity.id])
    made = registry.split(db, access.person.id, entity, chosen)
    read_anew(db, access.person.id, before)
    return made


def choose_level(db: Session, access: Access, entity_id: UUID, level: Level, seen: int) -> None:
    """How much is told of a place in everything that is released from now on."""
    entity = _changeable(db, access, entity_id, seen)
    before = in_reviews(db, [entity.id])
    registry.choose_level(db, access.person.id, entity, level)
    read_anew(db, access.person.id, before)
