"""Acts on the registry of a study: rename, merge, split, choose a level; and the log of what readers were shown.

Published text never changes by these acts: it keeps the pseudonym it was released with, and `carrying_old` counts the
interviews where that is another one than today's. The record of acts has ids and counts only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select as sa_select
from sqlmodel import Session, col, func, select

from qualcoder.anonymise.entity_index import is_real_name, surface_macs
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.generalising import Level
from qualcoder.anonymise.models import Entity, PiiSpan, ReplacementLog, SurfaceIndex
from qualcoder.anonymise.pseudonyms import is_code_word, language_of_code, propose
from qualcoder.anonymise.service import levels_of, new_entity, pseudonym_of, replacement_of, write_sealed
from qualcoder.anonymise.surfaces import named_words
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid, NotFound, Refused
from qualcoder.core.ids import EntityId, PersonId, StudyId, new_id
from qualcoder.core.messages import N_
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

LONGEST_PSEUDONYM = 100
_NUMBERED_CODE = re.compile(r"\[\D*(\d{1,9})\D*\]")
_LETTERED_CODE = re.compile(r"\[\S+ [A-Z]{1,3}\]")


class Overtaken(Conflict):
    """Somebody changed the entity since the page was drawn."""

    def __init__(self) -> None:
        super().__init__(N_("Somebody changed this meanwhile. Reload the page to see it; nothing was lost."))


def entity_of(db: Session, study_id: StudyId, entity_id: UUID, seen: int | None = None) -> Entity:
    """A live entity of this study, in the version that was seen."""
    entity = db.get(Entity, entity_id)
    if entity is None or entity.study_id != study_id or entity.merged_into is not None:
        raise NotFound
    if seen is not None and entity.version != seen:
        raise Overtaken
    return entity


def rename(db: Session, me_id: PersonId, entity: Entity, pseudonym: str) -> None:
    """Give an entity another pseudonym; refused when it is taken, or the name of somebody in the interviews."""
    words = " ".join(pseudonym.split())
    if problem := _problem_with(db, entity, words):
        raise Invalid(problem, fields={"pseudonym": problem})
    if words == pseudonym_of(db, entity):
        return
    write_sealed(db, entity, pseudonym=words)
    entity.shown_rev += 1
    db.flush()
    chain.record(db, me_id, "entity.renamed", "entity", entity.id, study_id=entity.study_id, number=entity.number)


def _problem_with(db: Session, entity: Entity, words: str) -> str:
    if not 0 < len(words) <= LONGEST_PSEUDONYM or not words.isprintable():
        return N_("A pseudonym is one line of at most 100 characters.")
    others = db.exec(
        select(Entity).where(
            col(Entity.study_id) == entity.study_id,
            col(Entity.kind) == entity.kind,
            col(Entity.merged_into).is_(None),
            col(Entity.id) != entity.id,
        )
    )
    if (code := _NUMBERED_CODE.fullmatch(words)) and int(code[1]) > _codes_given(db, entity):
        return N_("Numbers are given by the program. Choose words, or the code that the entry had before.")
    # A generalisation such as [oblast] may stand for many.
    is_code = _LETTERED_CODE.fullmatch(words) or any(char.isdigit() for char in words)
    is_general = words.startswith("[") and not is_code
    if not is_general and any(pseudonym_of(db, other) == words for other in others):
        return N_("Another entry has this pseudonym already.")
    named = [word for word in named_words(words) if not (words.startswith("[") and is_code_word(word))]
    if entity.kind is Label.PERSON and named and is_real_name(db, entity.study_id, " ".join(named)):
        return N_("A word of this is the name of somebody in the interviews. Choose another.")
    return ""


def _codes_given(db: Session, entity: Entity) -> int:
    mine = (col(Entity.study_id) == entity.study_id, col(Entity.kind) == entity.kind)
    return db.exec(select(func.count()).select_from(Entity).where(*mine)).one()


def merge(db: Session, me_id: PersonId, kept: Entity, gone: Entity) -> int:
    """Make two entries one: mentions and spellings go to `kept`, whose pseudonym stands. Returns the mentions moved.

    Text that was released with the other pseudonym keeps it.
    """
    if kept.id == gone.id:
        raise Invalid(N_("Choose two different entries."))
    if kept.kind is not gone.kind:
        raise Refused(N_("Only entries of the same kind can be one: a person is no place."))
    spans = db.exec(select(PiiSpan).where(col(PiiSpan.entity_id) == gone.id)).all()
    for span in spans:
        span.entity_id = kept.id
    held = set(db.exec(select(SurfaceIndex.mac).where(col(SurfaceIndex.entity_id) == kept.id)))
    for row in db.exec(select(SurfaceIndex).where(col(SurfaceIndex.entity_id) == gone.id)).all():
        # A spelling of both stays with the one that is gone: the vault's form is bound to its row.
        if row.mac not in held:
            row.entity_id = kept.id
    if kept.levels_ct is None and gone.levels_ct is not None:
        write_sealed(db, kept, levels=levels_of(db, gone))
    gone.merged_into = kept.id
    for earlier in db.exec(select(Entity).where(col(Entity.merged_into) == gone.id)):
        earlier.merged_into = kept.id
    _touch(kept)
    db.flush()
    counts = {"kept": kept.number, "gone": gone.number, "mentions": len(spans)}
    chain.record(db, me_id, "entity.merged", "entity", kept.id, study_id=kept.study_id, **counts)
    return len(spans)


def _touch(entity: Entity) -> None:
    """Give the row a new version, so that an act on a page that was drawn before is refused."""
    entity.revision += 1


def split(
    db: Session,
    me_id: PersonId,
    entity: Entity,
    spans: Sequence[PiiSpan],
    surfaces: Iterable[tuple[str, str]] = (),
) -> Entity:
    """Give some mentions an entry of their own, with a code of its own; returns it.

    `surfaces` (words, language) go with them where the caller can read the text; without, both entries know all
    spellings, and a later mention that fits both becomes an entry of its own until somebody merges it.
    """
    everywhere = db.exec(select(func.count()).select_from(PiiSpan).where(col(PiiSpan.entity_id) == entity.id)).one()
    if not spans or any(span.entity_id != entity.id for span in spans):
        raise Invalid(N_("Choose mentions of this entry."))
    if len(spans) == everywhere:
        raise Invalid(N_("Some mentions must stay with the entry."))
    language = language_of_code(pseudonym_of(db, entity))
    new = new_entity(db, entity.study_id, entity.kind, entity.tier, lambda n: propose(entity.kind, "", language, (), n))
    moving: set[bytes] = set()
    for surface, spoken in surfaces:
        moving |= surface_macs(db, entity.study_id, surface, spoken)
    for row in db.exec(select(SurfaceIndex).where(col(SurfaceIndex.entity_id) == entity.id)).all():
        if row.mac in moving:
            row.entity_id = new.id
        elif not moving:
            db.add(SurfaceIndex(study_id=row.study_id, entity_id=new.id, mac=row.mac))
    for span in spans:
        span.entity_id = new.id
    if levels := levels_of(db, entity):
        write_sealed(db, new, levels=levels)
    _touch(entity)
    db.flush()
    counts = {"from": entity.number, "to": new.number, "mentions": len(spans)}
    chain.record(db, me_id, "entity.split", "entity", entity.id, study_id=entity.study_id, **counts)
    return new


def choose_level(db: Session, me_id: PersonId, entity: Entity, level: Level) -> None:
    """How much is told of a place in text that is released from now on."""
    if level is not Level.CODE and all(one.level is not level for one in levels_of(db, entity)):
        problem = N_("This level is not known for the entry.")
        raise Invalid(problem, fields={"level": problem})
    if level is entity.level:
        return
    entity.level = level
    entity.shown_rev += 1
    db.flush()
    chain.record(db, me_id, "entity.level_set", "entity", entity.id, study_id=entity.study_id, number=entity.number)


# The log of replacements -------------------------------------------------------------------


def logged(
    db: Session, spans: Sequence[PiiSpan], transcript_id: UUID, text_version_id: UUID, me_id: PersonId
) -> list[ReplacementLog]:
    """What will stand in a version in the place of each finding, sealed; the caller adds the rows when it publishes."""
    rows = []
    for span in spans:
        row = sealing.RowKey(new_id())
        entity = db.get(Entity, span.entity_id) if span.entity_id is not None else None
        shown = replacement_of(db, span)
        rows.append(
            ReplacementLog(
                id=row.id,
                study_id=span.study_id,
                transcript_id=transcript_id,
                text_version_id=text_version_id,
                pii_span_id=span.id,
                entity_id=span.entity_id,
                # A text of the reviewer's own does not follow the entity.
                shown_rev=entity.shown_rev if entity is not None and span.replacement_ct is None else OWN_WORDS,
                shown_ct=sealing.seal(db, KeyRef.study(span.study_id), f.REPLACEMENT_SHOWN, row, shown),
                made_by=me_id,
                made_at=now(),
            )
        )
    return rows


OWN_WORDS = -1


def carrying_old(db: Session, study_id: StudyId, transcripts: Collection[UUID]) -> dict[EntityId, int]:
    """In how many of these released transcripts an entity stands under another pseudonym than today's."""
    rows = db.execute(
        sa_select(
            col(ReplacementLog.entity_id),
            col(ReplacementLog.transcript_id),
            col(Entity.merged_into),
        )
        .join(Entity, col(Entity.id) == col(ReplacementLog.entity_id))
        .where(
            col(ReplacementLog.study_id) == study_id,
            col(ReplacementLog.shown_rev) != OWN_WORDS,
            (col(ReplacementLog.shown_rev) != col(Entity.shown_rev)) | col(Entity.merged_into).is_not(None),
        )
        .distinct()
    )
    found: dict[EntityId, set[UUID]] = {}
    for entity_id, transcript_id, merged_into in rows:
        if transcript_id in transcripts:
            found.setdefault(merged_into or entity_id, set()).add(transcript_id)
    return {entity_id: len(transcript_ids) for entity_id, transcript_ids in found.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """How often an entity is mentioned in one transcript."""

    entity_id: EntityId
    transcript_id: UUID
    mentions: int


def standings(db: Session, study_id: StudyId) -> list[Standing]:
    """Where every entity of the study is mentioned: found before a release, or masked after it."""
    found = (
        sa_select(col(PiiSpan.entity_id), col(PiiSpan.transcript_id), func.count())
        .where(col(PiiSpan.study_id) == study_id, col(PiiSpan.entity_id).is_not(None))
        .group_by(col(PiiSpan.entity_id), col(PiiSpan.transcript_id))
    )
    log = ReplacementLog
    masked = (
        sa_select(func.coalesce(col(Entity.merged_into), col(log.entity_id)), col(log.transcript_id), func.count())
        .join(Entity, col(Entity.id) == col(log.entity_id))
        .where(
            col(log.study_id) == study_id,
            col(log.pii_span_id).not_in(sa_select(col(PiiSpan.id)).where(col(PiiSpan.study_id) == study_id)),
        )
        .group_by(func.coalesce(col(Entity.merged_into), col(log.entity_id)), col(log.transcript_id))
    )
    counted: dict[tuple[EntityId, UUID], int] = {}
    for entity_id, transcript_id, n in db.execute(found.union_all(masked)):
        counted[entity_id, transcript_id] = counted.get((entity_id, transcript_id), 0) + n
    return [Standing(entity_id, transcript_id, n) for (entity_id, transcript_id), n in counted.items()]


def clashes(db: Session, entity: Entity) -> bool:
    """Whether somebody in the interviews has by now a name like this pseudonym."""
    pseudonym = pseudonym_of(db, entity)
    return (
        entity.kind is Label.PERSON and not pseudonym.startswith("[") and is_real_name(db, entity.study_id, pseudonym)
    )
