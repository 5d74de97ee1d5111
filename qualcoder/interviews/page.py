"""The page of one interview: opening it as an act that is recorded, and its links one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.ids import InterviewId, StudyId
from qualcoder.core.messages import N_
from qualcoder.interviews import consents
from qualcoder.interviews import service as interviews
from qualcoder.interviews.consents import ConsentLine
from qualcoder.interviews.models import Interview, InterviewKind, Mode
from qualcoder.interviews.service import NewLink, RespondentLine
from qualcoder.interviews.targets import ConsentScope, InterviewDetails, LinkKind, LinkTarget, names_a_person
from qualcoder.races import queries as races


@dataclass(frozen=True, slots=True, repr=False)
class LinkLine:
    """A link with the words by which people know its target."""

    target: LinkTarget
    key: str
    where: str = ""
    held_on: date | None = None
    contest_id: UUID | None = None


@dataclass(frozen=True, slots=True, repr=False)
class RaceOption:
    """A race that an interview may be tied to."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, repr=False)
class InterviewPage:
    """Everything about an interview but its text, opened."""

    id: InterviewId
    serial: str
    version: int
    kind: InterviewKind
    mode: Mode
    details: InterviewDetails
    consents: tuple[ConsentLine, ...]
    respondents: tuple[RespondentLine, ...]
    links: tuple[LinkLine, ...]
    races: tuple[RaceOption, ...]
    names_a_person: bool

    @property
    def consent(self) -> ConsentScope:
        """The one that counts."""
        return self.consents[0].scope


def read_interview(db: Session, me: Person, interview_id: InterviewId) -> tuple[Access, InterviewPage]:
    """An interview for its page. That it was opened is on record before anything of it is."""
    access, _interview = interviews.interview_for(db, me, interview_id, Act.SEE_INTERVIEW)
    study_id = access.study.id
    chain.disclose(
        db,
        lambda own: chain.record(own, me.id, "interview.opened", "interview", interview_id, study_id=study_id),
    )
    access, interview = interviews.interview_for(db, me, interview_id, Act.SEE_INTERVIEW)
    return access, _opened(db, access, interview)


def _opened(db: Session, access: Access, interview: Interview) -> InterviewPage:
    study_id, interview_id = access.study.id, InterviewId(interview.id)
    lines = races.rounds_of(db, study_id)
    respondents = interviews.respondents_of(db, study_id, [interview_id])[interview_id]
    links = _link_lines(db, study_id, interviews.links_of(db, access, [interview_id])[interview_id], lines)
    contests = [link.contest_id for link in links if link.contest_id]
    return InterviewPage(
        id=interview_id,
        serial=interview.serial,
        version=interview.version,
        kind=interview.kind,
        mode=interview.mode,
        details=interviews.details_of(db, interview),
        consents=consents.consents_of(db, interview),
        respondents=respondents,
        links=links,
        races=tuple(RaceOption(line.key, _label(line.where, line.held_on)) for line in lines),
        names_a_person=names_a_person((respondent.category for respondent in respondents), contests),
    )


def _label(where: str, held_on: date | None) -> str:
    return f"{where}, {held_on.isoformat()}" if held_on else where


def _link_lines(
    db: Session, study_id: StudyId, targets: Iterable[LinkTarget], lines: Iterable[races.RaceLine]
) -> tuple[LinkLine, ...]:
    targets = list(targets)
    ids = {kind: {target.id for target in targets if target.kind is kind} for kind in LinkKind}
    rounds: dict[UUID, races.RaceLine] = {line.id: line for line in lines}
    contests = races.keys_of_contests(db, study_id, ids[LinkKind.CONTEST])
    places = races.paths_of_places(db, study_id, ids[LinkKind.PLACE])
    found: list[LinkLine] = []
    for target in targets:
        if target.kind is LinkKind.ROUND:
            line = rounds[target.id]
            found.append(LinkLine(target, line.key, line.where, line.held_on, line.contest_id))
        elif target.kind is LinkKind.CONTEST:
            found.append(LinkLine(target, contests[target.id], contest_id=target.id))
        else:
            found.append(LinkLine(target, places[target.id]))
    return tuple(sorted(found, key=lambda line: (line.target.kind, line.key, line.target.type)))


def problems_with(db: Session, me: Person, interview_id: InterviewId, link: NewLink) -> dict[str, str]:
    """What keeps a typed link from being added, by field; nothing when it can be."""
    access, _interview = interviews.interview_for(db, me, interview_id, Act.LINK)
    if races.find_round_by_key(db, access.study.id, link.race_key) is None:
        return {"key": N_("No race has this key. Choose one from the list.")}
    return {}


def add_link(db: Session, me: Person, interview_id: InterviewId, link: NewLink, seen_version: int) -> Interview:
    """Tie an interview to one race more. A link that is there already stays one link."""
    access, interview = interviews.interview_for(db, me, interview_id, Act.LINK)
    held = interviews.links_of(db, access, [interview_id])[interview_id]
    return interviews.set_links(db, access, interview, [*held, link], seen_version)


def restore_link(db: Session, me: Person, interview_id: InterviewId, link: LinkTarget, seen_version: int) -> Interview:
    """Put back a link that was just removed."""
    access, interview = interviews.interview_for(db, me, interview_id, Act.LINK)
    held = interviews.links_of(db, access, [interview_id])[interview_id]
    return interviews.set_links(db, access, interview, [*held, link], seen_version)


def remove_link(db: Session, me: Person, interview_id: InterviewId, link: LinkTarget, seen_version: int) -> Interview:
    """Untie an interview from one thing; Conflict when the page was out of date."""
    access, interview = interviews.interview_for(db, me, interview_id, Act.LINK)
    held = interviews.links_of(db, access, [interview_id])[interview_id]
    return interviews.set_links(db, access, interview, [other for other in held if other != link], seen_version)
