"""What stands beside a text about its interview: as much of it as the reader's role may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session

from qualcoder.accounts.models import Person, Role
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.ids import InterviewId, TranscriptId
from qualcoder.interviews import consents
from qualcoder.interviews import service as interviews
from qualcoder.interviews.models import Category, Interview
from qualcoder.interviews.targets import LinkKind
from qualcoder.races import queries as races
from qualcoder.transcripts.access import Reach, reach_codable


@dataclass(frozen=True, slots=True)
class RaceMark:
    """A race, a contest or a place that the interview is tied to. Only a race has a page of its own."""

    key: str
    round_id: UUID | None


@dataclass(frozen=True, slots=True)
class Strip:
    """An interview in a line; `sees_more` is whether the reader may open its page, else the sealed part is empty."""

    transcript: str
    interview: str
    interview_id: UUID
    may_quote: bool
    sees_more: bool
    categories: tuple[Category, ...] = field(default=(), repr=False)
    races: tuple[RaceMark, ...] = field(default=(), repr=False)


def read_strip(db: Session, me: Person, transcript_id: TranscriptId) -> tuple[Reach, Strip]:
    """The strip of a released transcript. Where it shows category and races, the opening is recorded first."""
    found = reach_codable(db, me, transcript_id, Act.READ_TEXT)
    if _sees_more(found, db.get_one(Interview, found.transcript.interview_id)):
        interview_id, study_id = found.transcript.interview_id, found.transcript.study_id
        chain.disclose(
            db,
            lambda own: chain.record(own, me.id, "interview.opened", "interview", interview_id, study_id=study_id),
        )
        found = reach_codable(db, me, transcript_id, Act.READ_TEXT)
    interview = db.get_one(Interview, found.transcript.interview_id)
    sees_more = _sees_more(found, interview)
    return found, Strip(
        transcript=found.transcript.serial,
        interview=interview.serial,
        interview_id=interview.id,
        may_quote=consents.may_quote(db, interview),
        sees_more=sees_more,
        categories=_categories(db, found, interview) if sees_more else (),
        races=_races(db, found, interview) if sees_more else (),
    )


def _sees_more(found: Reach, interview: Interview) -> bool:
    """As for the page of the interview: a PI, and the researcher who brought it in."""
    is_own = found.access.role is not Role.RESEARCHER or interview.created_by == found.me.id
    return found.access.may(Act.SEE_INTERVIEW) and is_own


def _categories(db: Session, found: Reach, interview: Interview) -> tuple[Category, ...]:
    interview_id = InterviewId(interview.id)
    people = interviews.respondents_of(db, found.transcript.study_id, [interview_id])[interview_id]
    return tuple(dict.fromkeys(one.category for one in people))


def _races(db: Session, found: Reach, interview: Interview) -> tuple[RaceMark, ...]:
    study_id, interview_id = found.transcript.study_id, InterviewId(interview.id)
    targets = interviews.links_of(db, found.access, [interview_id])[interview_id]
    ids = {kind: {target.id for target in targets if target.kind is kind} for kind in LinkKind}
    keys = races.keys_of_rounds(db, study_id, ids[LinkKind.ROUND]) if ids[LinkKind.ROUND] else {}
    others = races.keys_of_contests(db, study_id, ids[LinkKind.CONTEST]) if ids[LinkKind.CONTEST] else {}
    others |= races.paths_of_places(db, study_id, ids[LinkKind.PLACE]) if ids[LinkKind.PLACE] else {}
    shown = {RaceMark(key, round_id) for round_id, key in keys.items()}
    shown |= {RaceMark(key, None) for key in others.values()}
    return tuple(sorted(shown, key=lambda one: one.key))
