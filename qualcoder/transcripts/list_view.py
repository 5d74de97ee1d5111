"""What the list of transcripts is given."""

from __future__ import annotations

from dataclasses import dataclass

from qualcoder.accounts.people import Member
from qualcoder.core.ids import PersonId, TranscriptId
from qualcoder.transcripts.bulk import Done
from qualcoder.transcripts.models import TranscriptState
from qualcoder.transcripts.queries import Narrowing, TranscriptLine


@dataclass(frozen=True, slots=True)
class BulkResult:
    """An act on many transcripts that was just done."""

    act: str
    done: Done

    @property
    def pairs(self) -> tuple[str, ...]:
        """What to send to take it back."""
        return tuple(f"{transcript_id}:{person_id}" for transcript_id, person_id in self.done.pairs)


@dataclass(frozen=True, slots=True)
class ListView:
    """Transcripts that a person may see, who codes them for those who assign, and how many flags wait for deciders."""

    lines: tuple[TranscriptLine, ...]
    states: tuple[TranscriptState, ...]
    narrowing: Narrowing
    may_upload: bool
    languages: dict[str, str]
    next: str
    coders: tuple[Member, ...]
    assigned: dict[TranscriptId, list[PersonId]]
    done: BulkResult | None
    flags: int | None = None

    def coders_on(self, line: TranscriptLine) -> str:
        """Names of those who may code a transcript."""
        names = {member.id: member.name for member in self.coders}
        return ", ".join(names[one] for one in self.assigned.get(line.id, ()) if one in names)
