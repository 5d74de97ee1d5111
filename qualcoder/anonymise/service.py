"""The registry of a study: one entity for all spellings of one person or place, and its pseudonym.

The worker finds an entity again through HMACs of stems (`surface_index`): it can test a guess, not list
names. Plaintext names and forms go to the identity vault, which only a PI's passphrase opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, func, select

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.models import Decision, Entity, PiiSpan, SurfaceIndex
from qualcoder.anonymise.pseudonyms import propose
from qualcoder.anonymise.surfaces import group, named_words, stems
from qualcoder.core.ids import EntityId, StudyId, new_id
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

# Kinds that are somebody or somewhere, and so the same in every interview.
WITH_ENTITY = frozenset({Label.PERSON, Label.PLACE_FINE, Label.PLACE_COARSE, Label.ORG})


@dataclass(frozen=True, slots=True, repr=False)
class Mention:
    """A finding with the words it covers."""

    start: int
    end: int
    label: Label
    tier: Tier
    score: float
    sources: tuple[str, ...]
    surface: str
    language: str


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """What stands behind a mention: an entity, or only a replacement."""

    entity: Entity | None
    replacement: str


def resolve(db: Session, study_id: StudyId, mentions: Sequence[Mention]) -> list[Known]:
    """The entity and the replacement of each mention, in order; new entities are created."""
    numbers = group([(mention.surface, mention.label, mention.language) for mention in mentions])
    members: dict[int, list[Mention]] = {}
    for number, mention in zip(numbers, mentions, strict=True):
        members.setdefault(number, []).append(mention)
    known = {number: _known(db, study_id, crowd) for number, crowd in members.items()}
    return [_fitted(known[number], mention) for number, mention in zip(numbers, mentions, strict=True)]


def _fitted(known: Known, mention: Mention) -> Known:
    if known.entity is not None:
        return known
    return Known(None, propose(mention.label, mention.surface, mention.language, (), 1))


def _known(db: Session, study_id: StudyId, crowd: Sequence[Mention]) -> Known:
    first = crowd[0]
    if first.label not in WITH_ENTITY:
        return Known(None, "")
    mine = _stems(db, study_id, crowd)
    entity = _find(db, study_id, first.label, mine) or _create(db, study_id, first)
    _index(db, entity, {stem.mac for stem in mine})
    return Known(entity, pseudonym_of(db, entity))


@dataclass(frozen=True, slots=True)
class _Stem:
    """An HMAC of a stem, and what it was: the whole of a name of several words, or one word of how many."""

    mac: bytes
    surface: str
    word: str
    words: int
    is_whole: bool = False


def _stems(db: Session, study_id: StudyId, crowd: Sequence[Mention]) -> list[_Stem]:
    def mac(stem: str) -> bytes:
        return sealing.lookup(db, KeyRef.study(study_id), "surface", stem)

    found: list[_Stem] = []
    for mention in crowd:
        surface, language = mention.surface, mention.language
        words = named_words(surface)
        forms = stems(surface, language)
        if len(words) > 1 and forms:
            found.append(_Stem(mac(forms[-1]), surface, forms[-1], len(words), is_whole=True))
        for word in words:
            found.extend(_Stem(mac(form), surface, word, len(words)) for form in stems(word, language))
    return list(dict.fromkeys(found))


def _find(db: Session, study_id: StudyId, label: Label, mine: Sequence[_Stem]) -> Entity | None:
    """The entity that these stems name, if they name one: a whole form, two words, or the only one of that word.

    The two words stand in one mention: a surname in two cases is still one word. Two people may share a first name,
    so a full name of which one word fits is somebody else.
    """
    rows = db.exec(
        select(SurfaceIndex.entity_id, SurfaceIndex.mac)
        .join(Entity, col(Entity.id) == col(SurfaceIndex.entity_id))
        .where(
            col(SurfaceIndex.study_id) == study_id,
            col(SurfaceIndex.mac).in_({stem.mac for stem in mine}),
            col(Entity.kind) == label,
        )
    ).all()
    by_mac: dict[bytes, list[_Stem]] = {}
    for stem in mine:
        by_mac.setdefault(stem.mac, []).append(stem)
    words: dict[UUID, dict[str, set[str]]] = {}
    whole: list[UUID] = []
    for entity_id, mac in rows:
        shared = words.setdefault(entity_id, {})
        for stem in by_mac[mac]:
            shared.setdefault(stem.surface, set()).add(stem.word)
        if any(stem.is_whole for stem in by_mac[mac]):
            whole.append(entity_id)
    if whole:
        return db.get(Entity, whole[0])
    fits = {entity_id: max(map(len, shared.values())) for entity_id, shared in words.items()}
    best = max(fits, key=lambda entity_id: fits[entity_id], default=None)
    is_short = max((stem.words for stem in mine), default=0) == 1
    if best is not None and (fits[best] >= 2 or (is_short and len(words) == 1)):
        return db.get(Entity, best)
    return None


def _create(db: Session, study_id: StudyId, mention: Mention) -> Entity:
    mine = select(func.count()).select_from(Entity).where(col(Entity.study_id) == study_id)
    number = db.exec(mine).one() + 1
    of_kind = db.exec(mine.where(col(Entity.kind) == mention.label)).one() + 1
    row = sealing.RowKey(new_id())
    pseudonym = propose(mention.label, mention.surface, mention.language, (), of_kind)
    entity = Entity(
        id=EntityId(row.id),
        study_id=study_id,
        number=number,
        kind=mention.label,
        tier=mention.tier,
        pseudonym_ct=sealing.seal(db, KeyRef.study(study_id), f.ENTITY_PSEUDONYM, row, pseudonym),
    )
    db.add(entity)
    db.flush()
    return entity


def _index(db: Session, entity: Entity, macs: set[bytes]) -> None:
    known = set(
        db.exec(
            select(SurfaceIndex.mac).where(
                col(SurfaceIndex.entity_id) == entity.id, col(SurfaceIndex.mac).in_(list(macs))
            )
        )
    )
    for mac in macs - known:
        db.add(SurfaceIndex(study_id=entity.study_id, entity_id=entity.id, mac=mac))
    db.flush()


def pseudonym_of(db: Session, entity: Entity) -> str:
    return sealing.open_(db, KeyRef.study(entity.study_id), f.ENTITY_PSEUDONYM, entity, entity.pseudonym_ct)


def replacement_of(db: Session, span: PiiSpan) -> str:
    """What stands in the published text instead of a finding."""
    if span.replacement_ct is not None:
        return sealing.open_(db, KeyRef.study(span.study_id), f.PII_REPLACEMENT, span, span.replacement_ct)
    if span.entity_id is None:
        return "[…]"
    return pseudonym_of(db, db.get_one(Entity, span.entity_id))


def remember_names(db: Session, study_id: StudyId, accepted: Sequence[tuple[PiiSpan, str]]) -> None:
    """Write the plaintext behind accepted findings to the identity vault, each entity's name once."""
    public = sealing.vault_public(db, study_id)
    for span, surface in accepted:
        if span.decision is not Decision.ACCEPT or span.entity_id is None:
            continue
        entity = db.get_one(Entity, span.entity_id)
        if entity.name_ct is None:
            entity.name_ct = sealing.seal_to_vault(public, study_id, f.ENTITY_NAME, entity, surface)
        forms = stems(surface, "mixed")
        if not forms:
            continue
        stem = sealing.lookup(db, KeyRef.study(study_id), "surface", forms[-1])
        row = db.exec(
            select(SurfaceIndex).where(col(SurfaceIndex.entity_id) == entity.id, col(SurfaceIndex.mac) == stem)
        ).first()
        if row is not None and row.form_ct is None:
            row.form_ct = sealing.seal_to_vault(public, study_id, f.SURFACE_FORM, row, surface)
