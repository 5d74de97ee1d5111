"""Who a name belongs to, by HMACs of its stems: what is written down for an entity, and how it is found again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlmodel import Session, col, func, insert, select

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.models import Entity, SurfaceIndex
from qualcoder.anonymise.rules.common_words import NOT_NAMES
from qualcoder.anonymise.rules.names import is_common
from qualcoder.anonymise.surfaces import indexed, named_words, sought, stems
from qualcoder.core.ids import StudyId, new_id
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

_MIN_COMMON_STEM = 5


@cache
def _common_stems() -> frozenset[str]:
    return frozenset(form for word in NOT_NAMES for form in stems(word, "mixed") if len(form) >= _MIN_COMMON_STEM)


def is_no_name(word: str) -> bool:
    """Whether a word is a common one in some form: қарсыластардың, which detection took along with a name."""
    return is_common(word) or bool(_common_stems().intersection(stems(word, "mixed")))


def surface_macs(db: Session, study_id: StudyId, surface: str, language: str) -> set[bytes]:
    """What a mention is written down under: the whole, and each of its words."""
    mac = sealing.bulk_lookup(db, KeyRef.study(study_id), "surface")
    words = named_words(surface)
    forms = {form for form in indexed(surface, language) if len(words) == 1 or " " in form}
    for word in words:
        if len(words) == 1 or not is_no_name(word):
            forms.update(indexed(word, language))
    return set(map(mac, forms))


def index(db: Session, entity: Entity, surfaces: Iterable[tuple[str, str]]) -> None:
    """Let these mentions, each with its language, find the entity from now on."""
    macs: set[bytes] = set()
    for surface, language in set(surfaces):
        macs |= surface_macs(db, entity.study_id, surface, language)
    known = set(
        db.exec(
            select(SurfaceIndex.mac).where(
                col(SurfaceIndex.entity_id) == entity.id, col(SurfaceIndex.mac).in_(list(macs))
            )
        )
    )
    rows = [
        {"id": new_id(), "study_id": entity.study_id, "entity_id": entity.id, "mac": mac, "sealed_rev": 0}
        for mac in macs - known
    ]
    if rows:
        db.execute(insert(SurfaceIndex), rows)


def is_real_name(db: Session, study_id: StudyId, words: str) -> bool:
    """Whether one of these words shares a stem with a person who was found in the study's interviews."""
    mac = sealing.bulk_lookup(db, KeyRef.study(study_id), "surface")
    macs = {mac(form) for word in named_words(words) for form in (*indexed(word, "mixed"), *sought(word, "mixed"))}
    query = (
        select(func.count())
        .select_from(SurfaceIndex)
        .join(Entity, col(Entity.id) == col(SurfaceIndex.entity_id))
        .where(
            col(SurfaceIndex.study_id) == study_id,
            col(SurfaceIndex.mac).in_(macs),
            col(Entity.kind) == Label.PERSON,
        )
    )
    return db.exec(query).one() > 0


@dataclass(frozen=True, slots=True)
class _Stem:
    """An HMAC of a stem, and what it was: the whole of a name of several words, or one word of how many."""

    mac: bytes
    surface: str
    word: str
    words: int
    is_whole: bool = False


def _stems(db: Session, study_id: StudyId, surfaces: Sequence[tuple[str, str]]) -> list[_Stem]:
    mac = sealing.bulk_lookup(db, KeyRef.study(study_id), "surface")
    found: list[_Stem] = []
    for surface, language in surfaces:
        words = named_words(surface)
        if len(words) > 1:
            wholes = [form for form in sought(surface, language) if " " in form]
            found.extend(_Stem(mac(form), surface, form, len(words), is_whole=True) for form in wholes)
        for word in words:
            if len(words) > 1 and is_no_name(word):
                continue
            found.extend(_Stem(mac(form), surface, word, len(words)) for form in sought(word, language))
    return list(dict.fromkeys(found))


def find(db: Session, study_id: StudyId, label: Label, surfaces: Sequence[tuple[str, str]]) -> Entity | None:
    """The entity that these stems name, if they name one: a whole form, two words, or the only one of that word.

    The two words stand in one mention: a surname in two cases is still one word. Two people may share a first name,
    so a full name of which one word fits is somebody else.
    """
    mine = _stems(db, study_id, surfaces)
    rows = db.exec(
        select(SurfaceIndex.entity_id, SurfaceIndex.mac)
        .join(Entity, col(Entity.id) == col(SurfaceIndex.entity_id))
        .where(
            col(SurfaceIndex.study_id) == study_id,
            col(SurfaceIndex.mac).in_({stem.mac for stem in mine}),
            col(Entity.kind) == label,
            col(Entity.merged_into).is_(None),
        )
    ).all()
    by_mac: dict[bytes, list[_Stem]] = {}
    for stem in mine:
        by_mac.setdefault(stem.mac, []).append(stem)
    words: dict[UUID, dict[str, set[str]]] = {}
    whole: set[UUID] = set()
    for entity_id, mac in rows:
        shared = words.setdefault(entity_id, {})
        for stem in by_mac[mac]:
            shared.setdefault(stem.surface, set()).add(stem.word)
        if any(stem.is_whole for stem in by_mac[mac]):
            whole.add(entity_id)
    if whole:
        # Two people of one full name, told apart by a reviewer: the next mention is for a reviewer again.
        return db.get(Entity, whole.pop()) if len(whole) == 1 else None
    fits = {entity_id: max(map(len, shared.values())) for entity_id, shared in words.items()}
    best = max(fits, key=lambda entity_id: fits[entity_id], default=None)
    is_short = max((stem.words for stem in mine), default=0) == 1
    if best is not None and (fits[best] >= 2 or (is_short and len(words) == 1)):
        return db.get(Entity, best)
    return None
