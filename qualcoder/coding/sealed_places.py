"""Where the values of one interview lie that its key seals: what must be sealed anew when the key is."""

from __future__ import annotations

from sqlmodel import col, select

from qualcoder.coding.models import Command, Memo, Translation
from qualcoder.core.ids import InterviewId
from qualcoder.interviews.models import Consent, Interview, Link, Participation
from qualcoder.transcripts.flag_models import Flag
from qualcoder.transcripts.models import SealedTo, TextVersion, Transcript, Turn
from qualcoder.vault import fields as f
from qualcoder.vault.renewal import Sheet


def sheets_of(interview_id: InterviewId) -> tuple[Sheet, ...]:
    """Every table with values of the interview. Blobs know their interview by themselves; a test compares."""
    mine = select(Transcript.id).where(col(Transcript.interview_id) == interview_id)
    versions = select(TextVersion.id).where(col(TextVersion.transcript_id).in_(mine))
    turns = col(Turn.text_version_id).in_(versions) & (col(Turn.sealed_to) == SealedTo.INTERVIEW)
    return (
        Sheet(Interview, (f.INTERVIEW_DETAILS,), col(Interview.id) == interview_id),
        Sheet(Participation, (f.PARTICIPATION_TARGET,), col(Participation.interview_id) == interview_id),
        Sheet(Consent, (f.CONSENT_SCOPE,), col(Consent.interview_id) == interview_id),
        Sheet(Link, (f.LINK_TARGET,), col(Link.interview_id) == interview_id),
        Sheet(
            Transcript,
            (f.TRANSCRIPT_TITLE, f.TRANSCRIPT_FILE_NAME),
            col(Transcript.interview_id) == interview_id,
        ),
        Sheet(Turn, (f.TURN_SPEAKER, f.TURN_BODY), turns),
        Sheet(Flag, (f.FLAG_NOTE, f.FLAG_REASON), col(Flag.transcript_id).in_(mine)),
        Sheet(Memo, (f.MEMO_BODY,), col(Memo.interview_id) == interview_id),
        Sheet(Translation, (f.TRANSLATION_BODY,), col(Translation.interview_id) == interview_id),
        Sheet(Command, (f.COMMAND_PAYLOAD,), col(Command.transcript_id).in_(mine)),
    )
