"""What is asked for when a passage is coded, what comes of it, and why it can be refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from qualcoder.codebooks.models import Code, CodeVersion
from qualcoder.coding import log
from qualcoder.coding.models import Coding, Valence
from qualcoder.core.errors import Conflict, Refused
from qualcoder.core.ids import CodeId, CodingId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.queries import OpenTurn


class TextChanged(Conflict):
    """The transcript was published anew while someone was coding it."""

    def __init__(self, transcript: Transcript, seen: int) -> None:
        super().__init__(
            N_("The text has a newer version (%(now)s; you saw %(seen)s). Reload the page; your codings are kept."),
            now=transcript.text_number,
            seen=seen,
        )


class NotYours(Refused):
    """Somebody else's coding."""

    def __init__(self) -> None:
        super().__init__(N_("Only the person who made a coding removes it."))


class TakenId(Conflict):
    """An id under which something else was done."""

    def __init__(self) -> None:
        super().__init__(N_("This coding exists already with other contents."))


@dataclass(frozen=True, slots=True)
class NewCoding:
    """A coding as the client asks for it; the id is the client's, so that a repetition is recognised."""

    id: CodingId
    transcript_id: TranscriptId
    text_number: int
    span: Span
    code_id: CodeId
    valence: Valence | None = None
    weight: int | None = None
    is_unsure: bool = False
    memo: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Touched:
    """What an act did: the coding it is about, the turns to draw anew, and what can be undone and redone now.

    `spans` are the stretches that changed, before and after; `ends` is None where nothing was done; `code` is the
    code where it is at hand, `others` are the codes of an act on several codings.
    """

    coding: Coding
    reach: Reach
    turns: tuple[OpenTurn, ...]
    spans: tuple[Span, ...]
    ends: log.Ends | None = None
    code: tuple[Code, CodeVersion] | None = None
    others: tuple[CodeId, ...] = ()
