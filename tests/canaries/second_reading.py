"""Findings of the story, and a second reading of them."""

from __future__ import annotations

import unicodedata
from uuid import UUID, uuid4

import httpx
from sqlmodel import col, select

from qualcoder.accounts import people
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
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
