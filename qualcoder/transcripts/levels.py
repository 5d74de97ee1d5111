"""How much is told of a finding: of a place for its entry in the whole study, of a date or an age by itself."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from qualcoder.anonymise.generalising import Choice, Level
from qualcoder.anonymise.models import Entity, PiiSpan
from qualcoder.anonymise.service import levels_of, levels_of_mention
from qualcoder.audit import chain
from qualcoder.core.errors import Invalid, NotFound
from qualcoder.core.messages import N_
from qualcoder.races.study_places import places_of_study
from qualcoder.transcripts import registry
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.queries import open_turns, raw_version, turns_of
from qualcoder.transcripts.reviewing import set_replacement


def _finding(db: Session, reach: Reach, finding_id: UUID) -> PiiSpan:
    span = db.get(PiiSpan, finding_id)
    if span is None or span.transcript_id != reach.transcript.id:
        raise NotFound
    return span


def levels_for(db: Session, reach: Reach, finding_id: UUID) -> tuple[tuple[Level, str], ...]:
    """Levels of a finding with what each writes, in the language of its turn, from the least to the most telling.

    The caller has recorded that the original is opened. A place with an entry has the entry's levels; what the
    classifier of today adds comes with the next search.
    """
    found, language = _choices(db, reach, _finding(db, reach, finding_id))
    return tuple((one.level, one.in_language(language)) for one in found)


def _choices(db: Session, reach: Reach, span: PiiSpan) -> tuple[tuple[Choice, ...], str]:
    rows = turns_of(db, raw_version(db, reach.transcript).id)
    row = next(row for row in rows if row.start <= span.start < row.start + max(1, row.length))
    if span.entity_id is not None and (held := levels_of(db, db.get_one(Entity, span.entity_id))):
        return held, row.language
    (turn,) = open_turns(db, reach.key, [row])
    surface = turn.body[span.start - turn.start : span.end - turn.start]
    places = places_of_study(db, span.study_id)
    return levels_of_mention(db, span.label, surface, turn.language, places), turn.language


def choose_level(db: Session, reach: Reach, finding_id: UUID, level: Level) -> None:
    """Tell this much of a finding; of a place with an entry wherever the entry stands and is not released yet."""
    span = _finding(db, reach, finding_id)
    if span.entity_id is not None:
        entity = db.get_one(Entity, span.entity_id)
        registry.choose_level(db, reach.access, entity.id, level, entity.version)
    else:
        found, language = _choices(db, reach, span)
        chosen = next((one for one in found if one.level is level), None)
        if chosen is None:
            message = N_("This level is not known for the entry.")
            raise Invalid(message, fields={"level": message})
        set_replacement(db, span, chosen.in_language(language))
        study_id = span.study_id
        chain.record(db, reach.me.id, "finding.level_set", "transcript", reach.transcript.id, study_id=study_id)
    reach.transcript.review_revision += 1
