"""Searching a raw text for what identifies somebody. Runs in the worker, which alone loads spaCy.

Computes outside any transaction and writes in short steps; each leaves the transcript in a legal state,
so a killed worker begins again from the start and nothing is written twice.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

from sqlmodel import Session, col, delete

from qualcoder.anonymise import recognising
from qualcoder.anonymise.findings import Finding
from qualcoder.anonymise.known_names import known_names
from qualcoder.anonymise.models import PiiSpan
from qualcoder.anonymise.pipeline import find_in_turns
from qualcoder.anonymise.places import StudyPlaces
from qualcoder.anonymise.service import InText, Known, Mention, finding_of, groups_of, resolve
from qualcoder.core.db import Database
from qualcoder.core.errors import DomainError
from qualcoder.core.ids import JobId, TextVersionId, TranscriptId
from qualcoder.core.models import Job
from qualcoder.core.queue import Cancelled, progress, require_mine
from qualcoder.races.study_places import places_of_study
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.queries import OpenTurn, open_turns, raw_version, turns_of
from qualcoder.transcripts.service import give_up_search
from qualcoder.vault.keys import KeyRef

STEP = 40
# People and places whose entities are sought or made in one step.
RESOLVED = 5
PAUSE_SECONDS = 0.1
TOLD_EVERY_SECONDS = 1.0


def detect(database: Database, job_id: JobId) -> None:
    """Propose what to anonymise in one transcript, then hand it to review."""
    with database.read() as db:
        job = db.get_one(Job, job_id)
        attempt = job.attempts
        transcript = db.get_one(Transcript, job.object_id)
        if transcript.state is not TranscriptState.DETECTING:
            return
        key = KeyRef.interview(transcript.interview_id, transcript.study_id)
        version_id = raw_version(db, transcript).id
        turns = open_turns(db, key, turns_of(db, version_id))
        known = known_names(db, transcript.study_id)
        places = places_of_study(db, transcript.study_id)
    try:
        found = _found(database, job_id, turns)
        again = recognising.known_again([(turn.start, turn.body, turn.language) for turn in turns], known)
        mentions = _mentions(turns, recognising.with_known(found, again))
        _write(database, job_id, attempt, transcript, version_id, mentions, places, n_turns=len(turns))
    except Cancelled:
        _give_up_if_asked(database, job_id, attempt, transcript.id)
        raise
    except DomainError as error:
        _fail(database, transcript.id, type(error).__name__)
        raise


def _give_up_if_asked(database: Database, job_id: JobId, attempt: int, transcript_id: TranscriptId) -> None:
    """Leave the transcript ready for another search, unless a later run has this one's place."""
    with database.transaction() as db:
        job = db.get_one(Job, job_id, with_for_update=True)
        if job.is_cancel_asked and job.attempts == attempt:
            give_up_search(db, transcript_id)


def _teller(database: Database, job_id: JobId, total: int) -> Callable[[int], None]:
    """Writes how far the reading is, once a second; raises Cancelled if somebody asked to stop."""
    told = time.monotonic()

    def tell(n: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TOLD_EVERY_SECONDS:
            told = time.monotonic()
            progress(database, job_id, n, total)

    return tell


def _found(database: Database, job_id: JobId, turns: Sequence[OpenTurn]) -> list[Finding]:
    # Reading is the first half of the way, writing the second.
    progress(database, job_id, 0, 2 * len(turns))
    read = _teller(database, job_id, 2 * len(turns))
    return find_in_turns([(turn.start, turn.body, turn.language) for turn in turns], read)


_WORD_BEFORE = re.compile(r"(\w+)\W{1,3}\Z")


def _word_before(text: str) -> str:
    match = _WORD_BEFORE.search(text[-40:])
    return match[1] if match else ""


def _mentions(turns: Sequence[OpenTurn], found: Sequence[Finding]) -> list[Mention]:
    mentions: list[Mention] = []
    at = 0
    for finding in sorted(found):
        while finding.start >= turns[at].end and at + 1 < len(turns):
            at += 1
        turn = turns[at]
        surface = turn.body[finding.start - turn.start : finding.end - turn.start]
        if not surface.strip():
            continue
        mentions.append(
            Mention(
                start=finding.start,
                end=min(finding.end, turn.end),
                label=finding.label,
                tier=finding.tier,
                score=finding.score,
                sources=finding.sources,
                surface=surface,
                language=turn.language,
                before=_word_before(turn.body[: finding.start - turn.start]),
            )
        )
    return mentions


def _still_searched(db: Session, job_id: JobId, attempt: int, transcript_id: TranscriptId) -> Transcript:
    """The row, if this run is still the one that searches; a late one must not touch what people decided meanwhile."""
    require_mine(db, job_id, attempt)
    transcript = db.get_one(Transcript, transcript_id, with_for_update=True)
    if transcript.state is not TranscriptState.DETECTING:
        raise Cancelled
    return transcript


def _write(
    database: Database,
    job_id: JobId,
    attempt: int,
    transcript: Transcript,
    version_id: TextVersionId,
    mentions: Sequence[Mention],
    places: StudyPlaces,
    *,
    n_turns: int,
) -> None:
    with database.transaction() as db:
        _still_searched(db, job_id, attempt, transcript.id)
        db.execute(delete(PiiSpan).where(col(PiiSpan.text_version_id) == version_id))
    known = _known(database, job_id, attempt, transcript, mentions, places)
    place = InText(transcript.study_id, transcript.id, version_id)
    for first in range(0, len(mentions), STEP):
        with database.transaction() as db:
            _still_searched(db, job_id, attempt, transcript.id)
            for mention, behind in zip(mentions[first : first + STEP], known[first : first + STEP], strict=True):
                db.add(finding_of(db, place, mention, behind))
        written = min(first + STEP, len(mentions))
        progress(database, job_id, n_turns + n_turns * written // len(mentions), 2 * n_turns)
        time.sleep(PAUSE_SECONDS)
    with database.transaction() as db:
        _still_searched(db, job_id, attempt, transcript.id).state = TranscriptState.REVIEW
        job = db.get_one(Job, job_id)
        job.done, job.total = 2 * n_turns, 2 * n_turns


def _known(
    database: Database,
    job_id: JobId,
    attempt: int,
    transcript: Transcript,
    mentions: Sequence[Mention],
    places: StudyPlaces,
) -> list[Known]:
    """Who is meant by each mention, some people at a time. Killed on the way, it leaves entries without mentions."""
    numbers = groups_of(mentions)
    found: dict[int, Known] = {}
    order = list(dict.fromkeys(numbers))
    for first in range(0, len(order), RESOLVED):
        some = set(order[first : first + RESOLVED])
        at = [n for n, number in enumerate(numbers) if number in some]
        with database.transaction() as db:
            _still_searched(db, job_id, attempt, transcript.id)
            known = resolve(
                db,
                transcript.study_id,
                [mentions[n] for n in at],
                places=places,
                with_russian=True,
                numbers=[numbers[n] for n in at],
            )
        found.update(zip(at, known, strict=True))
        time.sleep(PAUSE_SECONDS)
    return [found[n] for n in range(len(mentions))]


def _fail(database: Database, transcript_id: TranscriptId, code: str) -> None:
    with database.transaction() as db:
        transcript = db.get_one(Transcript, transcript_id)
        if transcript.state is TranscriptState.DETECTING:
            transcript.state = TranscriptState.FAILED
            transcript.error_code = code
