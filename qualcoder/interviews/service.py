"""Acts on interviews: recording one, tying it to races, opening what is sealed about it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import regex
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, col, select

from qualcoder.accounts.access import Access, study_by_id
from qualcoder.accounts.models import Person, Role, Study
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import InterviewId, RespondentId, StudyId, new_id
from qualcoder.core.messages import N_
from qualcoder.interviews import queries
from qualcoder.interviews.models import (
    Category,
    Consent,
    Interview,
    InterviewKind,
    InterviewState,
    Link,
    LinkType,
    Mode,
    Participation,
    Respondent,
)
from qualcoder.interviews.targets import (
    ConsentScope,
    InterviewDetails,
    LinkKind,
    LinkTarget,
    ParticipationTarget,
    RespondentAttributes,
)
from qualcoder.races import queries as races
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef, Shredded

MAX_LINKS = 100
MAX_RESPONDENTS = 30
_KNOWN: dict[LinkKind, Callable[[Session, StudyId, Collection[UUID]], Mapping[UUID, str]]] = {
    LinkKind.ROUND: races.keys_of_rounds,
    LinkKind.CONTEST: races.keys_of_contests,
    LinkKind.PLACE: races.paths_of_places,
}
# The Cyrillic letter stands on the same key for many who type it.
_SERIAL = regex.compile(r"[RrРр]-?0*(?P<number>[1-9]\d{0,8})", regex.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class NewLink:
    """A link to a race by the key that people type."""

    race_key: str
    type: LinkType


@dataclass(frozen=True, slots=True, repr=False)
class NewRespondent:
    """Somebody who took part. A serial says that it is a respondent who is known already."""

    category: Category
    serial: str | None = None
    note: str = ""
    speaker_labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class NewInterview:
    """What is recorded about an interview before its text is read. There is none without consent."""

    details: InterviewDetails
    consent: ConsentScope
    respondents: tuple[NewRespondent, ...]
    links: tuple[NewLink | LinkTarget, ...] = ()
    kind: InterviewKind = InterviewKind.INDIVIDUAL
    mode: Mode = Mode.IN_PERSON


@dataclass(frozen=True, slots=True, repr=False)
class RespondentLine:
    """A respondent of an interview, opened."""

    id: RespondentId
    serial: str
    category: Category
    note: str
    speaker_labels: tuple[str, ...] = field(default=())


def interview_for(db: Session, me: Person, interview_id: InterviewId, act: Act) -> tuple[Access, Interview]:
    """An interview for an act: NotFound for strangers and for a researcher who did not bring it in; Refused by role."""
    interview = db.get(Interview, interview_id)
    if interview is None:
        raise NotFound
    access = study_by_id(db, me, interview.study_id, act)
    _require_own(access, interview)
    if interview.state is InterviewState.WITHDRAWN:
        raise Shredded
    return access, interview


def _require_own(access: Access, interview: Interview) -> None:
    is_own = access.role is not Role.RESEARCHER or interview.created_by == access.person.id
    if interview.study_id != access.study.id or not is_own:
        raise NotFound


# Recording --------------------------------------------------------------------------------


def create_interview(db: Session, access: Access, new: NewInterview) -> Interview:
    """Record an interview with its respondents, consent and links. Keys are durable before any row."""
    access.require(Act.UPLOAD)
    study_id = access.study.id
    _check_respondents(new)
    targets = _resolve(db, study_id, new.links)
    # Numbers are given one at a time on PostgreSQL too.
    db.exec(select(Study.id).where(col(Study.id) == study_id).with_for_update()).one()
    known = [_find_known(db, access, respondent) for respondent in new.respondents]
    if len({row.id for row in known if row}) < sum(row is not None for row in known):
        raise _refused("respondent", N_("The same respondent is named twice."))
    interview = _store_interview(db, access, new)
    ref = KeyRef.interview(interview.id, study_id)
    for respondent, row in zip(new.respondents, known, strict=True):
        who = row or _store_respondent(db, study_id, respondent)
        target = ParticipationTarget(RespondentId(who.id), respondent.speaker_labels)
        key = sealing.RowKey(new_id())
        sealed = sealing.seal_json(db, ref, f.PARTICIPATION_TARGET, key, target.to_json())
        db.add(Participation(id=key.id, interview_id=interview.id, target_ct=sealed))
    key = sealing.RowKey(new_id())
    sealed = sealing.seal_json(db, ref, f.CONSENT_SCOPE, key, new.consent.to_json())
    db.add(Consent(id=key.id, interview_id=interview.id, scope_ct=sealed, created_at=now()))
    for link in targets:
        _store_link(db, ref, interview, link)
    db.flush()
    chain.record(
        db,
        access.person.id,
        "interview.created",
        "interview",
        interview.id,
        study_id=study_id,
        respondents=len(new.respondents),
        links=len(targets),
    )
    return interview


def _check_respondents(new: NewInterview) -> None:
    if not new.respondents or len(new.respondents) > MAX_RESPONDENTS:
        raise _refused("respondent", N_("An interview has 1 to 30 respondents."))
    if new.kind is InterviewKind.INDIVIDUAL and len(new.respondents) > 1:
        raise _refused("respondent", N_("An individual interview has one respondent. Choose focus group for more."))
    for respondent in new.respondents:
        RespondentAttributes(respondent.category, respondent.note)


def _refused(name: str, why: str) -> Invalid:
    return Invalid(why, fields={name: why})


def _find_known(db: Session, access: Access, new: NewRespondent) -> Respondent | None:
    """The respondent that a serial names. A researcher may name only those of own interviews: others are not there."""
    if not new.serial or not new.serial.strip():
        return None
    typed = _SERIAL.fullmatch(new.serial.strip())
    row = queries.find_respondent(db, access.study.id, int(typed["number"])) if typed else None
    if row is not None and access.role is Role.RESEARCHER:
        own = respondents_of(db, access.study.id, queries.interviews_by(db, access.study.id, access.person.id))
        row = row if any(row.id == line.id for lines in own.values() for line in lines) else None
    if row is None:
        raise _refused("respondent", N_("There is no such respondent. Leave the number empty for a new one."))
    if categories_of(db, access.study.id, [RespondentId(row.id)])[RespondentId(row.id)] is not new.category:
        raise _refused("category", N_("This respondent is on record with another category."))
    return row


def _store_interview(db: Session, access: Access, new: NewInterview) -> Interview:
    study_id = access.study.id
    number = queries.next_number(db, Interview, study_id)
    key = sealing.RowKey(new_id())
    ref = KeyRef.interview(key.id, study_id)
    sealing.keyring_of(db).create(ref)
    interview = Interview(
        id=InterviewId(key.id),
        study_id=study_id,
        number=number,
        kind=new.kind,
        mode=new.mode,
        details_ct=sealing.seal_json(db, ref, f.INTERVIEW_DETAILS, key, new.details.to_json()),
        created_by=access.person.id,
    )
    db.add(interview)
    db.flush()
    return interview


def _store_respondent(db: Session, study_id: StudyId, new: NewRespondent) -> Respondent:
    number = queries.next_number(db, Respondent, study_id)
    key = sealing.RowKey(new_id())
    ref = KeyRef.respondent(key.id, study_id)
    sealing.keyring_of(db).create(ref)
    attributes = RespondentAttributes(new.category, new.note)
    respondent = Respondent(
        id=RespondentId(key.id),
        study_id=study_id,
        number=number,
        attributes_ct=sealing.seal_json(db, ref, f.RESPONDENT_ATTRIBUTES, key, attributes.to_json()),
    )
    db.add(respondent)
    db.flush()
    return respondent


# Links ------------------------------------------------------------------------------------


def set_links(
    db: Session, access: Access, interview: Interview, links: Sequence[NewLink | LinkTarget], seen_version: int
) -> Interview:
    """Make these the links of an interview; Conflict when it changed since `seen_version`.

    The record of the act holds counts only: which race it is can name a person.
    """
    access.require(Act.LINK)
    _require_own(access, interview)
    if interview.version != seen_version:
        raise Conflict(
            N_("The links were changed meanwhile (you saw version %(seen)s, now it is %(now)s). Reload the page."),
            seen=seen_version,
            now=interview.version,
        )
    wanted = dict.fromkeys(_resolve(db, access.study.id, links))
    ref = KeyRef.interview(interview.id, access.study.id)
    rows = queries.links_in(db, access.study.id, [interview.id]).get(interview.id, [])
    held = {_open_link(db, access.study.id, row): row for row in rows}
    added = [target for target in wanted if target not in held]
    removed = [row for target, row in held.items() if target not in wanted]
    for row in removed:
        db.delete(row)
    for target in added:
        _store_link(db, ref, interview, target)
    # The links are part of the interview, so its version grows though none of its own columns changes.
    flag_modified(interview, "state")
    db.flush()
    chain.record(
        db,
        access.person.id,
        "interview.linked",
        "interview",
        interview.id,
        study_id=access.study.id,
        links=len(wanted),
        added=len(added),
        removed=len(removed),
    )
    return interview


def _store_link(db: Session, ref: KeyRef, interview: Interview, target: LinkTarget) -> None:
    key = sealing.RowKey(new_id())
    sealed = sealing.seal_json(db, ref, f.LINK_TARGET, key, target.to_json())
    db.add(Link(id=key.id, interview_id=interview.id, target_ct=sealed))


def _open_link(db: Session, study_id: StudyId, row: Link) -> LinkTarget:
    ref = KeyRef.interview(row.interview_id, study_id)
    return LinkTarget.from_json(sealing.open_json(db, ref, f.LINK_TARGET, row, row.target_ct))


def _resolve(db: Session, study_id: StudyId, links: Sequence[NewLink | LinkTarget]) -> list[LinkTarget]:
    """Keys to ids, each link once; Invalid when the study's record has no such race, contest or place."""
    if len(links) > MAX_LINKS:
        raise _refused("key", N_("An interview has at most 100 links."))
    by_key = races.round_ids(db, study_id, {link.race_key.strip() for link in links if isinstance(link, NewLink)})
    targets: dict[LinkTarget, None] = {}
    for link in links:
        if isinstance(link, NewLink):
            if link.race_key.strip() not in by_key:
                raise _refused("key", N_("No race has this key. Choose one from the list."))
            link = LinkTarget(LinkKind.ROUND, by_key[link.race_key.strip()], link.type)
        targets[link] = None
    for kind, find in _KNOWN.items():
        wanted = {target.id for target in targets if target.kind is kind}
        if wanted and wanted != set(find(db, study_id, wanted)):
            raise _refused("key", N_("The race record has no such entry. Reload the page and choose again."))
    return list(targets)


# Opening: the caller has checked the permission and records the act ---------------------------


def links_of(
    db: Session, access: Access, interview_ids: Collection[InterviewId]
) -> dict[InterviewId, tuple[LinkTarget, ...]]:
    """The links of many interviews, opened; an interview without any, or a withdrawn one, has none."""
    study_id = access.study.id
    rows = queries.links_in(db, study_id, interview_ids)
    sealing.preload(db, [KeyRef.interview(interview_id, study_id) for interview_id in rows])
    return {
        interview_id: tuple(_open_link(db, study_id, row) for row in rows.get(interview_id, ()))
        for interview_id in interview_ids
    }


def respondents_of(
    db: Session, study_id: StudyId, interview_ids: Collection[InterviewId]
) -> dict[InterviewId, tuple[RespondentLine, ...]]:
    """Who took part in many interviews, opened, by serial; a withdrawn interview has nobody."""
    rows = queries.participations_in(db, study_id, interview_ids)
    sealing.preload(db, [KeyRef.interview(interview_id, study_id) for interview_id in rows])
    targets = {
        interview_id: [_open_participation(db, study_id, row) for row in held] for interview_id, held in rows.items()
    }
    wanted = {target.respondent_id for held in targets.values() for target in held}
    people = queries.respondents_by_id(db, study_id, wanted)
    attributes = _attributes(db, study_id, people)
    lines = {
        interview_id: [
            _line(people[target.respondent_id], attributes[target.respondent_id], target)
            for target in sorted(held, key=lambda target: people[target.respondent_id].number)
        ]
        for interview_id, held in targets.items()
    }
    return {interview_id: tuple(lines.get(interview_id, ())) for interview_id in interview_ids}


def categories_of(
    db: Session, study_id: StudyId, respondent_ids: Collection[RespondentId]
) -> dict[RespondentId, Category]:
    """What many respondents were in the race, opened."""
    people = queries.respondents_by_id(db, study_id, respondent_ids)
    return {found: record.category for found, record in _attributes(db, study_id, people).items()}


def _open_participation(db: Session, study_id: StudyId, row: Participation) -> ParticipationTarget:
    ref = KeyRef.interview(row.interview_id, study_id)
    return ParticipationTarget.from_json(sealing.open_json(db, ref, f.PARTICIPATION_TARGET, row, row.target_ct))


def _attributes(
    db: Session, study_id: StudyId, people: dict[RespondentId, Respondent]
) -> dict[RespondentId, RespondentAttributes]:
    refs = {found: KeyRef.respondent(found, study_id) for found in people}
    sealing.preload(db, refs.values())
    return {
        found: RespondentAttributes.from_json(
            sealing.open_json(db, refs[found], f.RESPONDENT_ATTRIBUTES, row, row.attributes_ct)
        )
        for found, row in people.items()
    }


def _line(row: Respondent, attributes: RespondentAttributes, target: ParticipationTarget) -> RespondentLine:
    return RespondentLine(target.respondent_id, row.serial, attributes.category, attributes.note, target.speaker_labels)


def details_of(db: Session, interview: Interview) -> InterviewDetails:
    """When, where and in which language, opened."""
    ref = KeyRef.interview(interview.id, interview.study_id)
    return InterviewDetails.from_json(sealing.open_json(db, ref, f.INTERVIEW_DETAILS, interview, interview.details_ct))
