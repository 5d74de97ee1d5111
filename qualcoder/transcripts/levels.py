"""How much is told of a finding: of a place for its entry in the whole study, of a date or an age by its words.

A level that the entry does not know, or that only its interviews' own people may change, is written into this
transcript alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.generalising import Level
from qualcoder.anonymise.inflection import fitted, grammar_from
from qualcoder.anonymise.models import Entity, PiiSpan
from qualcoder.anonymise.places import NO_PLACES
from qualcoder.anonymise.pseudonyms import LANGUAGES, language_of_code
from qualcoder.anonymise.service import levels_of, levels_of_mention, pseudonym_of, replacement_of
from qualcoder.audit import chain
from qualcoder.core.errors import Invalid, NotFound, Refused
from qualcoder.core.messages import N_
from qualcoder.races.study_places import places_of_study
from qualcoder.transcripts import registry
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.opinions import put_words, words_of
from qualcoder.transcripts.queries import OpenTurn
from qualcoder.transcripts.reading_rest import hold
from qualcoder.transcripts.reviewing import siblings, surfaces, turns_about
from qualcoder.transcripts.rewording import read_anew

# What stands where nothing at all is told.
GONE = "[…]"
_PLACES = frozenset({Label.PLACE_FINE, Label.PLACE_COARSE})


@dataclass(frozen=True, slots=True, repr=False)
class Telling:
    """A level of a finding with what it writes; `is_chosen` where that stands now. None tells nothing at all."""

    level: Level | None
    words: str
    is_chosen: bool


def tellings(db: Session, span: PiiSpan, surface: str, language: str) -> tuple[Telling, ...]:
    """What may stand instead of a finding, from the least to the most telling, and last nothing at all.

    The caller has recorded that the original is opened. A place with an entry has the entry's levels; what the
    classifier of today adds comes with the next search.
    """
    now = replacement_of(db, span)
    found: dict[str, Level | None] = {}
    for level, words in _offered(db, span, surface, language):
        found.setdefault(words, level)
    found.setdefault(GONE, None)
    return tuple(Telling(level, words, words == now) for words, level in found.items())


def _offered(db: Session, span: PiiSpan, surface: str, language: str) -> Iterator[tuple[Level, str]]:
    spoken = language if language in LANGUAGES else language_of_code(surface)
    if span.entity_id is None:
        for one in levels_of_mention(db, span.label, surface, spoken):
            yield one.level, one.in_language(spoken)
        return
    entity, grammar = db.get_one(Entity, span.entity_id), grammar_from(span.grammar)
    code = pseudonym_of(db, entity)
    yield Level.CODE, fitted(code, grammar)
    held = levels_of(db, entity)
    if not held:
        places = places_of_study(db, span.study_id) if span.label in _PLACES else NO_PLACES
        held = levels_of_mention(db, span.label, surface, spoken, places)
    for one in held:
        yield one.level, fitted(one.in_language(grammar.language or language_of_code(code)), grammar)


def levels_for(db: Session, reach: Reach, finding_id: UUID) -> tuple[Telling, ...]:
    """The tellings of one finding, by its id."""
    span = _finding(db, reach, finding_id)
    turns = turns_about(db, reach, [span])
    return tellings(db, span, surfaces(turns, [span])[span.id], turns[0].language)


def _finding(db: Session, reach: Reach, finding_id: UUID) -> PiiSpan:
    span = db.get(PiiSpan, finding_id)
    if span is None or span.transcript_id != reach.transcript.id:
        raise NotFound
    return span


def choose_level(db: Session, reach: Reach, finding_id: UUID, level: Level | None) -> bool:
    """Tell this much of every place of a thing; None tells nothing. Decisions stay as they are.

    True when only this transcript tells so, while the entry of the thing stands elsewhere as it was.
    """
    hold(db, reach)
    first = _finding(db, reach, finding_id)
    spans = siblings(db, reach, first)
    before = {span.id: replacement_of(db, span) for span in spans}
    follows = first.entity_id is not None and level is not None and _set_in_registry(db, reach, first.entity_id, level)
    if follows:
        _write(db, spans, dict.fromkeys(before, ""))
    else:
        _write(db, spans, _words_at(db, reach, spans, level))
        study_id = reach.transcript.study_id
        act, about = "finding.level_set", reach.transcript.id
        chain.record(db, reach.me.id, act, "transcript", about, study_id=study_id, findings=len(spans))
    db.flush()
    read_anew(db, reach.me.id, [(span, before[span.id]) for span in spans])
    reach.transcript.review_revision += 1
    return first.entity_id is not None and not follows


def _set_in_registry(db: Session, reach: Reach, entity_id: UUID, level: Level) -> bool:
    """Whether the entry of the study could be told so: it knows the level, and this reader may change it."""
    entity = db.get_one(Entity, entity_id)
    if level is not Level.CODE and all(one.level is not level for one in levels_of(db, entity)):
        return False
    try:
        registry.choose_level(db, reach.access, entity.id, level, entity.version)
    except Refused:
        return False
    return True


def _words_at(db: Session, reach: Reach, spans: Sequence[PiiSpan], level: Level | None) -> dict[UUID, str]:
    """What each of these places says at a level, in the language of its turn and the case of its words."""
    if level is None:
        return {span.id: GONE for span in spans}
    turns = turns_about(db, reach, spans)
    words, languages = surfaces(turns, spans), languages_at(turns, spans)
    found: dict[UUID, str] = {}
    for span in spans:
        offered = tellings(db, span, words[span.id], languages[span.id])
        chosen = next((one for one in offered if one.level is level), None)
        if chosen is None:
            message = N_("This level is not known for the entry.")
            raise Invalid(message, fields={"level": message})
        found[span.id] = chosen.words
    return found


def languages_at(turns: Sequence[OpenTurn], spans: Sequence[PiiSpan]) -> dict[UUID, str]:
    """The language of the turn in which each finding begins, from opened turns."""
    starts = [turn.start for turn in turns]
    return {span.id: turns[max(0, bisect_right(starts, span.start) - 1)].language for span in spans}


def _write(db: Session, spans: Sequence[PiiSpan], texts: dict[UUID, str]) -> None:
    for span in spans:
        old = words_of(db, span)
        if old.replacement != texts[span.id]:
            put_words(db, span, replace(old, replacement=texts[span.id]))
