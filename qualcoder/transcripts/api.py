"""JSON: transcripts of a study, sending one in, who speaks, the released text, who codes it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query

from qualcoder.accounts.access import study_named
from qualcoder.accounts.people import members_named
from qualcoder.accounts.permissions import Act
from qualcoder.core.ids import PersonId, TranscriptId
from qualcoder.core.models import Job, JobState
from qualcoder.transcripts import publishing, queries, reading, reviewing, service
from qualcoder.transcripts.access import Reach, reach
from qualcoder.transcripts.api_forms import (
    CodersIn,
    Speakers,
    SpeakersIn,
    UploadFields,
    new_transcript,
    upload_of,
    upload_schema,
)
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.queries import OpenTurn, TranscriptLine
from qualcoder.transcripts.service import Speaker
from qualcoder.web.bearer import ApiDb, ApiMe, ApiRead, ApiWrite
from qualcoder.web.forms import Upload
from qualcoder.web.replies import Listed, Paging, Reply, json_of, paging, takes

router = APIRouter(tags=["transcripts"])


class TranscriptRef(Reply):
    """A transcript, its interview, and where it stands. `version` is the row's, for acts that name what they saw."""

    id: UUID
    interview_id: UUID
    serial: str
    state: TranscriptState
    version: int


class Received(TranscriptRef):
    """A file that was taken in. `notices` say what of the file was left out or put in order."""

    notices: tuple[str, ...]


class TranscriptOut(TranscriptRef):
    """A transcript in a list. `title` is empty for those who only code: it may name somebody."""

    title: str
    language: str
    n_turns: int
    n_chars: int
    is_mine: bool
    created_at: datetime


class TurnOut(Reply):
    """One speaker's turn: `[start, end)` in code points of the text, `bounds` are sentence starts within the turn.

    `hidden` are stretches of the text that flags hide; in `body` marks of the same length stand there.
    """

    n: int
    start: int
    end: int
    bounds: tuple[int, ...]
    language: str
    is_interviewer: bool
    speaker: str
    body: str
    hidden: tuple[tuple[int, int], ...]


class Progress(Reply):
    """The newest background work on a transcript."""

    state: JobState
    done: int
    total: int
    error_code: str | None


class TranscriptText(TranscriptRef):
    """A transcript with its released text; before the release `text` is null and there are no turns.

    `text_version` is what codings name; offsets count in `text`, which is the turns joined by one line feed.
    """

    language: str
    text_version: int
    text: str | None
    turns: tuple[TurnOut, ...]
    progress: Progress | None


class SpeakerOut(Reply):
    """A speaker label of the raw text; `is_interviewer` is a first guess."""

    number: int
    label: str
    turns: int
    is_interviewer: bool


class SpeakersOut(TranscriptRef):
    """The speakers found in a raw text."""

    speakers: tuple[SpeakerOut, ...]


class Assigned(Reply):
    """Who may code a transcript."""

    transcript_id: UUID
    coders: tuple[UUID, ...]


def reference(transcript: Transcript) -> TranscriptRef:
    return TranscriptRef(
        id=transcript.id,
        interview_id=transcript.interview_id,
        serial=transcript.serial,
        state=transcript.state,
        version=transcript.version,
    )


def turn_out(turn: OpenTurn) -> TurnOut:
    return TurnOut(
        n=turn.n,
        start=turn.start,
        end=turn.end,
        bounds=turn.bounds,
        language=turn.language,
        is_interviewer=turn.is_interviewer,
        speaker=turn.speaker,
        body=turn.body,
        hidden=tuple((turn.start + span.start, turn.start + span.end) for span in turn.hidden),
    )


def _line(line: TranscriptLine) -> TranscriptOut:
    return TranscriptOut(
        id=line.id,
        interview_id=line.interview_id,
        serial=line.serial,
        state=line.state,
        version=line.version,
        title=line.title,
        language=line.language,
        n_turns=line.n_turns,
        n_chars=line.n_chars,
        is_mine=line.is_mine,
        created_at=line.created_at,
    )


def _progress(job: Job | None) -> Progress | None:
    if job is None:
        return None
    return Progress(state=job.state, done=job.done, total=job.total, error_code=job.error_code)


def _text(found: Reach, turns: list[OpenTurn], job: Job | None) -> TranscriptText:
    transcript = found.transcript
    return TranscriptText(
        **reference(transcript).model_dump(),
        language=transcript.language,
        text_version=transcript.text_number,
        text="\n".join(turn.body for turn in turns) if transcript.is_codable else None,
        turns=tuple(turn_out(turn) for turn in turns),
        progress=_progress(job),
    )


@router.get("/studies/{s}/transcripts", name="api:transcripts")
def transcripts(
    db: ApiRead,
    me: ApiMe,
    s: str,
    page: Annotated[Paging, Depends(paging)],
    state: Annotated[TranscriptState | None, Query(description="Only those that stand here")] = None,
) -> Listed[TranscriptOut]:
    """The transcripts that the person may see, by serial."""
    access = study_named(db, me, s, Act.LIST_TRANSCRIPTS)
    narrowing = queries.Narrowing(state=state)
    lines = queries.transcripts_of(db, access, narrowing, after=page.after_number, limit=page.limit + 1)
    listed = page.page(lines, lambda line: int(line.serial.removeprefix("T-")))
    return Listed(items=tuple(_line(line) for line in listed.items), next=listed.next)


@router.post("/studies/{s}/transcripts", name="api:upload", status_code=202, openapi_extra=upload_schema())
def upload(
    db: ApiDb,
    me: ApiMe,
    s: str,
    sent: Annotated[tuple[UploadFields, Upload], Depends(upload_of)],
    key: Annotated[
        str, Header(alias="Idempotency-Key", description="The same key again gets the same transcript")
    ] = "",
) -> Received:
    """Store a file sealed and search it for names; with `speakers=ask` only after the speakers are confirmed."""
    fields, file = sent
    transcript = service.receive(db, me, s, new_transcript(fields, file), key)
    if fields.speakers is Speakers.AS_FOUND and transcript.state is TranscriptState.RECEIVED:
        with db.transaction() as writing:
            transcript = service.take_as_found(writing, me, transcript.id)
    return Received(**reference(transcript).model_dump(), notices=tuple(transcript.notices))


@router.get("/transcripts/{transcript_id}", name="api:transcript")
def transcript(db: ApiRead, me: ApiMe, transcript_id: TranscriptId) -> TranscriptText:
    """Where a transcript stands, and its text once it is released. Opening the text is recorded."""
    found, turns = reading.read_released(db, me, transcript_id)
    return _text(found, turns, queries.latest_job(db, found.transcript))


@router.get("/transcripts/{transcript_id}/speakers", name="api:speakers")
def speakers(db: ApiRead, me: ApiMe, transcript_id: TranscriptId) -> SpeakersOut:
    """Who speaks in a raw text that waits for its speakers, or is in review. Opening it is recorded."""
    found, turns = reviewing.read_original(db, me, transcript_id)
    lines = tuple(
        SpeakerOut(number=line.number, label=line.label, turns=line.turns, is_interviewer=line.is_interviewer)
        for line in queries.speakers_of(turns)
    )
    return SpeakersOut(**reference(found.transcript).model_dump(), speakers=lines)


@router.post("/transcripts/{transcript_id}/speakers", name="api:confirm_speakers", status_code=202, **takes(SpeakersIn))
def confirm_speakers(
    db: ApiWrite, me: ApiMe, transcript_id: TranscriptId, sent: Annotated[SpeakersIn, Depends(json_of(SpeakersIn))]
) -> TranscriptRef:
    """Say who asks; the search for names starts."""
    found = reach(db, me, transcript_id, Act.REVIEW)
    numbers = sent.interviewers
    if numbers is None:
        service.require_received(found, sent.version)
        service.confirm_as_found(db, found)
    else:
        roles = {str(number): Speaker.INTERVIEWER for number in numbers}
        service.confirm_speakers(db, found, roles, sent.version)
    db.flush()
    return reference(found.transcript)


@router.post("/transcripts/{transcript_id}/retry", name="api:retry", status_code=202)
def retry(db: ApiWrite, me: ApiMe, transcript_id: TranscriptId) -> TranscriptRef:
    """Start the search for names again after a failure."""
    found = reach(db, me, transcript_id, Act.REVIEW)
    service.retry_detection(db, found)
    db.flush()
    return reference(found.transcript)


@router.put("/transcripts/{transcript_id}/assignments", name="api:assign", **takes(CodersIn))
def assign(
    db: ApiWrite, me: ApiMe, transcript_id: TranscriptId, sent: Annotated[CodersIn, Depends(json_of(CodersIn))]
) -> Assigned:
    """Make these the people who may code a released transcript."""
    found = reach(db, me, transcript_id, Act.ASSIGN)
    coders = members_named(db, found.transcript.study_id, sent.coders)
    publishing.set_coders(db, me, transcript_id, coders)
    return Assigned(transcript_id=transcript_id, coders=tuple(sorted(PersonId(coder) for coder in coders)))
