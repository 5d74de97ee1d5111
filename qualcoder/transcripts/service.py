"""Receiving a transcript and confirming who speaks. The raw text is sealed from the first row on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, func, select

from qualcoder.accounts import repetition
from qualcoder.accounts.access import Access, study_named
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.clock import now
from qualcoder.core.db import Database
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import InterviewId, TextVersionId, TranscriptId, TurnId, new_id
from qualcoder.core.messages import N_
from qualcoder.core.models import Job, JobKind
from qualcoder.core.queue import UNFINISHED, add_job
from qualcoder.interviews import service as interviews
from qualcoder.interviews.models import Interview
from qualcoder.interviews.service import NewInterview
from qualcoder.transcripts import parsing
from qualcoder.transcripts.access import Reach, reach
from qualcoder.transcripts.languages import guess
from qualcoder.transcripts.models import TextKind, TextVersion, Transcript, TranscriptState, Turn
from qualcoder.transcripts.parsing.parsed import Parsed
from qualcoder.transcripts.queries import open_turns, speakers_of, turns_of
from qualcoder.transcripts.sentences import bounds
from qualcoder.transcripts.titles import notices_about
from qualcoder.vault import blobs, hashing, sealing
from qualcoder.vault import fields as f
from qualcoder.vault.keys import KeyRef

UPLOAD = "transcripts.upload"
LANGUAGES = frozenset({"auto", "ru", "kk", "en", "mixed"})


class Speaker(StrEnum):
    """What a speaker label stands for."""

    INTERVIEWER = "interviewer"
    RESPONDENT = "respondent"


@dataclass(frozen=True, slots=True, repr=False)
class NewTranscript:
    """A file with what the researcher says of it; an interview that is on record already is named by its id."""

    file_name: str
    raw: bytes
    interview: NewInterview | InterviewId
    title: str = ""
    language: str = "auto"
    warnings: tuple[str, ...] = field(default_factory=tuple)


class SameFile(Conflict):
    """The very same file is in the study already."""

    def __init__(self, serial: str) -> None:
        super().__init__(N_("This file is in the study already, as %(serial)s. Nothing was stored."), serial=serial)


class OtherFile(Conflict):
    """A key that was sent before, with another file."""

    def __init__(self) -> None:
        super().__init__(N_("This Idempotency-Key was sent before with another file. Nothing was stored."))


def receive(database: Database, me: Person, study: str, new: NewTranscript, key: str = "") -> Transcript:
    """Store an uploaded file: sealed source, raw turns, interview with consent and respondents.

    The file is read outside any transaction. Bad input raises Invalid and nothing is stored. With a `key` of the
    client's, a repetition of the request gets the transcript that the first one made.
    """
    with database.read() as db:
        study_named(db, me, study, Act.UPLOAD)
    repetition.check_key(key)
    if new.language not in LANGUAGES:
        message = N_("Choose one of the offered values.")
        raise Invalid(message, fields={"language": message})
    parsed = parsing.parse(new.file_name, new.raw)
    with database.transaction() as db:
        access = study_named(db, me, study, Act.UPLOAD)
        repetition.wait_for_turn(db, access)
        mac = sealing.lookup(db, access.key, "content", parsed.text)
        if key and (made := repetition.find_made(db, access, UPLOAD, key)):
            return _made_before(db, made, mac)
        transcript = _store(db, access, new, parsed, mac)
        if key:
            repetition.remember(db, access, UPLOAD, key, transcript.id)
        return transcript


def _made_before(db: Session, made: UUID, mac: bytes) -> Transcript:
    known = db.get_one(Transcript, made)
    if not hashing.same(known.content_mac, mac):
        raise OtherFile
    return known


def _interview(db: Session, access: Access, named: NewInterview | InterviewId) -> Interview:
    if isinstance(named, NewInterview):
        return interviews.create_interview(db, access, named)
    try:
        _access, interview = interviews.interview_for(db, access.person, named, Act.UPLOAD)
    except NotFound:
        interview = None
    if interview is None or interview.study_id != access.study.id:
        message = N_("There is no such interview in this study.")
        raise Invalid(message, fields={"interview_id": message})
    return interview


def _store(db: Session, access: Access, new: NewTranscript, parsed: Parsed, mac: bytes) -> Transcript:
    study = access.study
    known = db.exec(
        select(Transcript.number).where(col(Transcript.study_id) == study.id, col(Transcript.content_mac) == mac)
    ).first()
    if known is not None:
        raise SameFile(f"T-{known:03d}")
    interview = _interview(db, access, new.interview)
    key = KeyRef.interview(interview.id, study.id)
    blob = blobs.store(db, key, new.raw)
    number = db.exec(select(func.max(Transcript.number)).where(col(Transcript.study_id) == study.id)).one() or 0
    row = sealing.RowKey(new_id())
    language = guess(parsed.text[:20_000]) if new.language == "auto" else new.language
    transcript = Transcript(
        id=TranscriptId(row.id),
        study_id=study.id,
        interview_id=interview.id,
        number=number + 1,
        state=TranscriptState.RECEIVED,
        language=language,
        title_ct=sealing.seal(db, key, f.TRANSCRIPT_TITLE, row, new.title.strip()[:300]),
        file_name_ct=sealing.seal(db, key, f.TRANSCRIPT_FILE_NAME, row, new.file_name[-300:]),
        content_mac=mac,
        source_blob_id=blob.id,
        n_chars=len(parsed.text),
        n_turns=len(parsed.turns),
        notices=[notice.value for notice in (*parsed.notices, *notices_about(db, study.id, new.title, new.file_name))],
        uploaded_by=access.person.id,
        created_at=now(),
    )
    db.add(transcript)
    db.flush()
    version = TextVersion(
        id=TextVersionId(new_id()),
        transcript_id=transcript.id,
        number=0,
        kind=TextKind.RAW,
        n_chars=len(parsed.text),
        created_by=access.person.id,
        created_at=now(),
    )
    db.add(version)
    db.flush()
    transcript.text_version_id = version.id
    db.add_all(_raw_turns(db, key, version, parsed, language))
    chain.record(
        db,
        access.person.id,
        "transcript.received",
        "transcript",
        transcript.id,
        study_id=study.id,
        turns=len(parsed.turns),
        characters=len(parsed.text),
    )
    return transcript


def _raw_turns(db: Session, key: KeyRef, version: TextVersion, parsed: Parsed, language: str) -> list[Turn]:
    turns = []
    start = 0
    for n, turn in enumerate(parsed.turns, start=1):
        spoken = guess(turn.body) if language == "mixed" or len(turn.body) > 40 else language
        row = sealing.RowKey(new_id())
        turns.append(
            Turn(
                id=TurnId(row.id),
                text_version_id=version.id,
                n=n,
                start=start,
                length=len(turn.body),
                bounds=list(bounds(turn.body, spoken)),
                language=spoken,
                speaker_ct=sealing.seal(db, key, f.TURN_SPEAKER, row, turn.speaker or ""),
                body_ct=sealing.seal(db, key, f.TURN_BODY, row, turn.body),
            )
        )
        start += len(turn.body) + 1
    return turns


def take_as_found(db: Session, me: Person, transcript_id: TranscriptId) -> Transcript:
    """Take the speakers as found, unless they are confirmed already; of several at once one does it."""
    db.exec(select(Transcript.id).where(col(Transcript.id) == transcript_id).with_for_update()).first()
    found = reach(db, me, transcript_id, Act.REVIEW)
    if found.transcript.state is TranscriptState.RECEIVED:
        confirm_as_found(db, found)
        db.flush()
    return found.transcript


def require_received(found: Reach, seen_version: int) -> None:
    """Conflict when the speakers were confirmed since `seen_version`."""
    transcript = found.transcript
    if transcript.state is not TranscriptState.RECEIVED or transcript.version != seen_version:
        message = N_("The speakers of this transcript were confirmed meanwhile.")
        raise Conflict(message, seen=seen_version, now=transcript.version)


def confirm_as_found(db: Session, found: Reach) -> None:
    """Take the speakers as they were found; where everybody seems to ask, everybody answers."""
    turns = open_turns(db, found.key, turns_of(db, found.transcript.text_version_id))
    asking = {str(line.number) for line in speakers_of(turns) if line.is_interviewer}
    if len(asking) == len({turn.speaker for turn in turns}):
        asking = set()
    confirm_speakers(db, found, dict.fromkeys(asking, Speaker.INTERVIEWER), found.transcript.version)


def confirm_speakers(db: Session, reach: Reach, roles: Mapping[str, Speaker], seen_version: int) -> None:
    """Say which labels are interviewers; detection starts once this is durable.

    `roles` is keyed by the speaker's number in order of first appearance, so no label travels in a form's name.
    """
    transcript = reach.transcript
    reach.access.require(Act.REVIEW)
    require_received(reach, seen_version)
    turns = db.exec(
        select(Turn).where(col(Turn.text_version_id) == transcript.text_version_id).order_by(col(Turn.n))
    ).all()
    numbers: dict[str, str] = {}
    for turn in turns:
        label = sealing.open_(db, reach.key, f.TURN_SPEAKER, turn, turn.speaker_ct)
        number = numbers.setdefault(label, str(len(numbers)))
        turn.is_interviewer = roles.get(number) is Speaker.INTERVIEWER
    if all(turn.is_interviewer for turn in turns):
        raise Invalid(N_("At least one speaker must be a respondent."))
    transcript.state = TranscriptState.DETECTING
    add_job(db, JobKind.DETECT, transcript.id, study_id=transcript.study_id, actor_id=reach.me.id)
    chain.record(
        db,
        reach.me.id,
        "transcript.speakers_confirmed",
        "transcript",
        transcript.id,
        study_id=transcript.study_id,
        speakers=len(numbers),
    )


def retry_detection(db: Session, reach: Reach) -> None:
    """Start the search for names again after a failure."""
    transcript = reach.transcript
    reach.access.require(Act.REVIEW)
    if not (transcript.state is TranscriptState.FAILED or search_is_lost(db, transcript)):
        raise Conflict(N_("This work has ended already."))
    transcript.state = TranscriptState.DETECTING
    transcript.error_code = None
    add_job(db, JobKind.DETECT, transcript.id, study_id=transcript.study_id, actor_id=reach.me.id)


def give_up_search(db: Session, transcript_id: TranscriptId) -> None:
    """Leave a transcript as one whose search did not come to an end, so that it can be begun again."""
    transcript = db.get_one(Transcript, transcript_id, with_for_update=True)
    if transcript.state is TranscriptState.DETECTING:
        transcript.state, transcript.error_code = TranscriptState.FAILED, "Cancelled"


def search_is_lost(db: Session, transcript: Transcript) -> bool:
    """Whether a search failed for good without leaving word: each try ended by a fault, or took its worker with it."""
    if transcript.state is not TranscriptState.DETECTING:
        return False
    states = list(db.exec(select(Job.state).where(col(Job.object_id) == transcript.id)))
    return bool(states) and not set(states) & set(UNFINISHED)


def interview_of(db: Session, transcript: Transcript) -> Interview:
    return db.get_one(Interview, transcript.interview_id)
