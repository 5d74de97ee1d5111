"""Findings of the story, and a second reading of them."""

from __future__ import annotations

import unicodedata
from uuid import UUID, uuid4

import httpx
from sqlmodel import col, select

from qualcoder.accounts import people
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.anonymise.service import WITH_ENTITY
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.queries import open_turns, raw_version, turns_of
from qualcoder.vault.keys import KeyRef
from tests.canaries.asking import done


def finding(home: Home, transcript_id: UUID, label: str) -> UUID:
    """An undecided finding of a kind."""
    with home.data.read() as db:
        return (
            db.exec(
                select(PiiSpan.id).where(
                    col(PiiSpan.transcript_id) == transcript_id,
                    col(PiiSpan.label) == label,
                    col(PiiSpan.decision) == Decision.UNDECIDED,
                )
            ).first()
            or uuid4()
        )


def settle(home: Home, browser: httpx.Client, transcript_id: UUID, *names: str) -> set[str]:
    """Keep every word that was taken for a name and is none; returns those of `names` that were found."""
    with home.data.read() as db:
        transcript = db.get_one(Transcript, transcript_id)
        key = KeyRef.interview(transcript.interview_id, transcript.study_id)
        turns = open_turns(db, key, turns_of(db, raw_version(db, transcript).id))
        text = "\n".join(turn.body for turn in turns)
        spans = db.exec(select(PiiSpan).where(col(PiiSpan.transcript_id) == transcript_id)).all()
    found = {name for name in names for span in spans if name in text[span.start : span.end]}
    for span in spans:
        words = text[span.start : span.end]
        is_open = span.decision is Decision.UNDECIDED and span.label in WITH_ENTITY
        if is_open and not any(name in words for name in names):
            kept = {"decision": "keep", "reason": "Қарапайым сөз"}
            done(browser.post(f"/transcripts/{transcript_id}/findings/{span.id}", data=kept))
    return found


def read_by_two(home: Home, browser: httpx.Client, transcript_id: UUID, why: str, first: str) -> None:
    """As if somebody else had read first and kept something for a reason: the PI decides otherwise."""
    path = f"/transcripts/{transcript_id}"
    kept = finding(home, transcript_id, "CONTACT")
    reason = {"decision": "keep", "reason": why}
    done(browser.post(f"{path}/findings/{kept}", data=reason))
    done(browser.post(f"{path}/accept-all"))
    done(browser.post(f"{path}/first-reading"))
    with home.data.transaction() as db:
        other = people.find_by_email(db, unicodedata.normalize("NFC", first))
        assert other is not None
        db.get_one(Transcript, transcript_id).first_reader = other.id
        db.get_one(PiiSpan, kept).decided_by = other.id
    done(browser.post(f"{path}/findings/{kept}", data={"decision": "accept"}))
