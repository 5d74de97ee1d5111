"""The registry of a study: one entity for all spellings of one person or place, and its pseudonym.

The worker finds an entity again through HMACs of stems (`surface_index`): it can test a guess, not list
names. Plaintext names and forms go to the identity vault, which only a PI's passphrase opens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from qualcoder.accounts.models import Pseudonyms, Study
from qualcoder.anonymise.entity_index import find, index, is_real_name
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.generalising import Choice, Level, choices
from qualcoder.anonymise.inflection import NO_GRAMMAR, Grammar, fitted, grammar_from, grammar_of
from qualcoder.anonymise.models import Decision, Entity, PiiSpan, SurfaceIndex
from qualcoder.anonymise.naming import invent, sex_of_crowd
from qualcoder.anonymise.places import NO_PLACES, StudyPlaces, parents_of
from qualcoder.anonymise.pseudonyms import language_of_code, propose
from qualcoder.anonymise.russian_forms import Sex
from qualcoder.anonymise.surfaces import group, indexed, named_words, stems
from qualcoder.core.ids import EntityId, StudyId, TextVersionId, TranscriptId, new_id
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

# Kinds that are somebody or somewhere, and so the same in every interview.
WITH_ENTITY = frozenset({Label.PERSON, Label.PLACE_FINE, Label.PLACE_COARSE, Label.ORG, Label.CLAN})


@dataclass(frozen=True, slots=True, repr=False)
class Mention:
    """A finding with the words it covers; `before` is the word in front of it, if the caller knows it."""

    start: int
    end: int
    label: Label
    tier: Tier
    score: float
    sources: tuple[str, ...]
    surface: str
    language: str
    before: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """What stands behind a mention: an entity and how its name is inflected here, or only a replacement."""

    entity: Entity | None
    replacement: str
    grammar: str = ""


@dataclass(frozen=True, slots=True)
class InText:
    """The version of a text that findings lie in."""

    study_id: StudyId
    transcript_id: TranscriptId
    version_id: TextVersionId


def finding_of(db: Session, place: InText, mention: Mention, known: Known) -> PiiSpan:
    """An undecided finding for a mention; what an entity shows is not written beside it once more. Not added yet."""
    row = sealing.RowKey(new_id())
    own = None
    if known.entity is None:
        own = sealing.seal(db, KeyRef.study(place.study_id), f.PII_REPLACEMENT, row, known.replacement)
    return PiiSpan(
        id=row.id,
        study_id=place.study_id,
        transcript_id=place.transcript_id,
        text_version_id=place.version_id,
        start=mention.start,
        end=mention.end,
        label=mention.label,
        tier=mention.tier,
        score=mention.score,
        sources=list(mention.sources),
        entity_id=known.entity.id if known.entity else None,
        grammar=known.grammar,
        replacement_ct=own,
    )


def resolve(
    db: Session,
    study_id: StudyId,
    mentions: Sequence[Mention],
    *,
    places: StudyPlaces = NO_PLACES,
    with_russian: bool = False,
    numbers: Sequence[int] | None = None,
) -> list[Known]:
    """The entity and the replacement of each mention, in order; new entities are created.

    Russian cases are read when `with_russian` (the worker says so) or the study gives people names. `numbers` are the
    groups of the mentions, for a caller that takes some groups of a text at a time.
    """
    study = db.get_one(Study, study_id)
    reads_russian = with_russian or study.pseudonyms is Pseudonyms.NAMES
    if numbers is None:
        numbers = groups_of(mentions)
    names = _NamesInUse(db, study_id)
    members: dict[int, list[Mention]] = {}
    for number, mention in zip(numbers, mentions, strict=True):
        members.setdefault(number, []).append(mention)
    crowds = {
        number: _who(db, study, crowd, places, names, with_russian=reads_russian)
        for number, crowd in members.items()
        if crowd[0].label in WITH_ENTITY
    }
    return [
        _standing(crowds[number], mention, with_russian=reads_russian)
        if number in crowds
        else Known(None, propose(mention.label, mention.surface, mention.language, (), 1))
        for number, mention in zip(numbers, mentions, strict=True)
    ]


def groups_of(mentions: Sequence[Mention]) -> list[int]:
    """A number for each mention, the same for those of one person or place. Needs no database."""
    return group([(mention.surface, mention.label, mention.language) for mention in mentions])


@dataclass(frozen=True, slots=True, repr=False)
class _Crowd:
    """All mentions of one entity in the text that is read."""

    entity: Entity
    shown: str
    surfaces: frozenset[str]
    sex: Sex


def _who(
    db: Session,
    study: Study,
    crowd: Sequence[Mention],
    places: StudyPlaces,
    names: _NamesInUse,
    *,
    with_russian: bool,
) -> _Crowd:
    first = crowd[0]
    surfaces = list(dict.fromkeys(mention.surface for mention in crowd))
    sex = sex_of_crowd(surfaces, with_russian=with_russian) if first.label is Label.PERSON else Sex.UNKNOWN
    spoken = list(dict.fromkeys((mention.surface, mention.language) for mention in crowd))
    entity = find(db, study.id, first.label, spoken) or _create(db, study, crowd, sex, names)
    index(db, entity, spoken)
    if entity.level is Level.CODE:
        _keep_levels(db, entity, crowd, places)
    return _Crowd(entity, pseudonym_of(db, entity), frozenset(surfaces), sex)


def _standing(crowd: _Crowd, mention: Mention, *, with_russian: bool) -> Known:
    grammar = grammar_of(
        mention.surface,
        mention.language,
        is_person=mention.label is Label.PERSON,
        others=crowd.surfaces,
        before=mention.before,
        sex=crowd.sex,
        with_russian=with_russian,
    )
    return Known(crowd.entity, crowd.shown, str(grammar))


def _create(db: Session, study: Study, crowd: Sequence[Mention], sex: Sex, names: _NamesInUse) -> Entity:
    first = crowd[0]
    surfaces = [mention.surface for mention in crowd]

    def pseudonym(of_kind: int) -> str:
        name = None
        if study.pseudonyms is Pseudonyms.NAMES and first.label is Label.PERSON:
            start = int.from_bytes(new_id().bytes[:4])
            name = invent(surfaces, first.language, sex, start, names.is_real(surfaces), names.used)
            names.used.add(name or "")
        return name or propose(first.label, first.surface, first.language, (), of_kind)

    return new_entity(db, study.id, first.label, first.tier, pseudonym)


def new_entity(db: Session, study_id: StudyId, kind: Label, tier: Tier, pseudonym: Callable[[int], str]) -> Entity:
    """A new entity; `pseudonym` is asked with its number among those of its kind."""
    mine = select(func.count()).select_from(Entity).where(col(Entity.study_id) == study_id)
    number = db.exec(mine).one() + 1
    of_kind = db.exec(mine.where(col(Entity.kind) == kind)).one() + 1
    row = sealing.RowKey(new_id())
    entity = Entity(
        id=EntityId(row.id),
        study_id=study_id,
        number=number,
        kind=kind,
        tier=tier,
        pseudonym_ct=sealing.seal(db, KeyRef.study(study_id), f.ENTITY_PSEUDONYM, row, pseudonym(of_kind)),
    )
    db.add(entity)
    db.flush()
    return entity


class _NamesInUse:
    """Names that stand for people of the study already, opened with the first question."""

    def __init__(self, db: Session, study_id: StudyId) -> None:
        self._db = db
        self._study_id = study_id
        self._used: set[str] | None = None

    def is_real(self, surfaces: Sequence[str]) -> Callable[[str], bool]:
        """Whether a word is a name of somebody in the study, or of the person here, who is not written down yet."""
        here = {form for surface in surfaces for word in named_words(surface) for form in indexed(word, "mixed")}
        return lambda word: bool(here & set(indexed(word, "mixed"))) or is_real_name(self._db, self._study_id, word)

    @property
    def used(self) -> set[str]:
        if self._used is None:
            people = (col(Entity.study_id) == self._study_id, col(Entity.kind) == Label.PERSON)
            self._used = {pseudonym_of(self._db, entity) for entity in self._db.exec(select(Entity).where(*people))}
        return self._used


def pseudonym_of(db: Session, entity: Entity) -> str:
    return sealing.open_(db, KeyRef.study(entity.study_id), f.ENTITY_PSEUDONYM, entity, entity.pseudonym_ct)


def shown_for(db: Session, entity: Entity, grammar: Grammar = NO_GRAMMAR) -> str:
    """What stands for an entity, at the level that was chosen for it."""
    pseudonym = pseudonym_of(db, entity)
    chosen = next((one for one in levels_of(db, entity) if one.level is entity.level), None)
    if chosen is not None:
        pseudonym = chosen.in_language(grammar.language or language_of_code(pseudonym))
    return fitted(pseudonym, grammar)


def replacement_of(db: Session, span: PiiSpan) -> str:
    """What stands in the published text instead of a finding."""
    if span.replacement_ct is not None:
        return sealing.open_(db, KeyRef.study(span.study_id), f.PII_REPLACEMENT, span, span.replacement_ct)
    if span.entity_id is None:
        return "[…]"
    return shown_for(db, db.get_one(Entity, span.entity_id), grammar_from(span.grammar))


# Levels ------------------------------------------------------------------------------------


def levels_of(db: Session, entity: Entity) -> tuple[Choice, ...]:
    """What may stand for an entity beside its code, from the least to the most telling."""
    if entity.levels_ct is None:
        return ()
    held = sealing.open_json(db, KeyRef.study(entity.study_id), f.ENTITY_LEVELS, entity, entity.levels_ct)
    return tuple(Choice(Level(level), texts) for level, texts in held)


def levels_of_mention(
    db: Session, label: Label, surface: str, language: str, places: StudyPlaces = NO_PLACES
) -> tuple[Choice, ...]:
    """The same for a mention without an entity (a date, an age), or with the classifier of today."""
    return choices(label, surface, parents_of(db, surface, label, language, places))


def _keep_levels(db: Session, entity: Entity, crowd: Sequence[Mention], places: StudyPlaces) -> None:
    if entity.kind not in {Label.PLACE_FINE, Label.PLACE_COARSE}:
        return
    per_mention = [levels_of_mention(db, m.label, m.surface, m.language, places) for m in _one_of_each(crowd)]
    best = max(per_mention, key=len)
    held = levels_of(db, entity)
    if best != held and len(best) >= len(held):
        write_sealed(db, entity, levels=best)


def _one_of_each(crowd: Sequence[Mention]) -> list[Mention]:
    """A few spellings are enough to find where a place lies."""
    return list({(mention.surface, mention.language): mention for mention in crowd}.values())[:8]


def write_sealed(
    db: Session, entity: Entity, *, pseudonym: str | None = None, levels: Sequence[Choice] | None = None
) -> None:
    """Seal an entity's pseudonym or levels anew. All sealed with the study's key share the row's revision."""
    key = KeyRef.study(entity.study_id)
    pseudonym = pseudonym if pseudonym is not None else pseudonym_of(db, entity)
    levels = levels if levels is not None else levels_of(db, entity)
    held = [[one.level.value, dict(one.texts)] for one in levels]
    row = sealing.RowKey(entity.id, entity.sealed_rev)
    # The name in the vault is bound to the revision, so it must not change.
    entity.pseudonym_ct = sealing.seal(db, key, f.ENTITY_PSEUDONYM, row, pseudonym)
    entity.levels_ct = sealing.seal_json(db, key, f.ENTITY_LEVELS, row, held) if held else None
    db.flush()


def remember_names(db: Session, study_id: StudyId, accepted: Sequence[tuple[PiiSpan, str]]) -> None:
    """Write the plaintext behind accepted findings to the identity vault, each entity's name once."""
    named = [
        (db.get_one(Entity, span.entity_id), surface)
        for span, surface in accepted
        if span.decision is Decision.ACCEPT and span.entity_id is not None
    ]
    write_names(db, study_id, named)


def write_names(db: Session, study_id: StudyId, named: Sequence[tuple[Entity, str]]) -> None:
    """Write words that stand for entities to the identity vault: the first as the name, each form once."""
    public = sealing.vault_public(db, study_id)
    for entity, surface in named:
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
