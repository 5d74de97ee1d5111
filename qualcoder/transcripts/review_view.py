"""The review page's values: things with their places, and parts of the text cut at what is marked (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.generalising import Level
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.core.messages import N_
from qualcoder.transcripts.groups import SHOWN_TOGETHER, Group, is_agreed
from qualcoder.transcripts.levels import Telling
from qualcoder.transcripts.opinions import Words, is_by_hand, seen_as
from qualcoder.transcripts.parts import Part
from qualcoder.transcripts.queries import OpenTurn
from qualcoder.transcripts.reading_rest import seen_of

CONTEXT = 60

LABELS = {
    Label.PERSON: N_("Person"),
    Label.PLACE_FINE: N_("Village or address"),
    Label.PLACE_COARSE: N_("District or oblast"),
    Label.ORG: N_("Organisation"),
    Label.ROLE: N_("Position"),
    Label.CONTACT: N_("Phone, e-mail or account"),
    Label.ID: N_("Number of a document"),
    Label.DATE: N_("Date"),
    Label.AGE: N_("Age"),
    Label.PRECINCT: N_("Precinct"),
    Label.RESULT: N_("Result of a vote"),
    Label.CLAN: N_("Clan"),
}

# None tells nothing at all.
LEVELS: dict[Level | None, str] = {
    Level.CODE: N_("a code"),
    Level.KIND: N_("only what kind"),
    Level.OBLAST: N_("the oblast it lies in"),
    Level.DISTRICT: N_("the district it lies in"),
    Level.YEAR: N_("the year"),
    Level.MONTH: N_("the month and year"),
    Level.DECADE: N_("ten years of age"),
    Level.HALF_DECADE: N_("five years of age"),
    None: N_("nothing"),
}


class Pass(StrEnum):
    """A way through the text: the three tiers, then everything that nobody marked."""

    A = "a"
    B = "b"
    C = "c"
    REST = "rest"


TIER_OF = {Pass.A: Tier.A, Pass.B: Tier.B, Pass.C: Tier.C}
PASS_LABELS = {
    Pass.A: N_("Direct"),
    Pass.B: N_("Indirect"),
    Pass.C: N_("Themes"),
    Pass.REST: N_("Read the rest"),
}


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """A stretch of a turn: plain when `finding` is None."""

    text: str
    finding: UUID | None = None
    tier: str = ""
    decision: str = ""
    replacement: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ReviewTurn:
    """A turn of the raw text or a stretch of it, cut at the findings; `start` counts in the whole text."""

    n: int
    start: int
    speaker: str
    language: str
    is_interviewer: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, repr=False)
class PartView:
    """A part of the text to be read."""

    number: int
    turns: tuple[ReviewTurn, ...]
    seen: str
    is_read: bool


@dataclass(frozen=True, slots=True, repr=False)
class Mention:
    """A place of a thing with its surroundings, what would stand instead, and what readers said of it."""

    id: UUID
    words: str
    before: str
    after: str
    language: str
    replacement: str
    decision: Decision
    reason: str
    is_agreed: bool
    seen: str
    is_by_hand: bool
    decided_by: str
    first_decision: Decision | None
    first_by: str
    first_words: str

    @property
    def is_decided(self) -> bool:
        return self.decision is not Decision.UNDECIDED


@dataclass(frozen=True, slots=True, repr=False)
class GroupView:
    """A person, place or phrase with its places in this transcript."""

    id: UUID
    tier: str
    label: str
    forms: tuple[str, ...]
    n: int
    waiting: int
    mentions: tuple[Mention, ...]
    replacement: str
    tellings: tuple[Telling, ...]
    is_done: bool
    kept: int
    seen: str

    @property
    def more(self) -> int:
        return self.n - len(self.mentions)


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """What the page shows of findings: words around them, what would stand instead, what was typed, and names."""

    turns: Sequence[OpenTurn]
    surfaces: Mapping[UUID, str]
    shown: Mapping[UUID, str]
    typed: Mapping[UUID, Words]
    names: Mapping[UUID, str]
    tellings: Mapping[UUID, tuple[Telling, ...]]


def pieces(
    turn: OpenTurn, spans: Sequence[PiiSpan], shown: Mapping[UUID, str], start: int, end: int
) -> tuple[Piece, ...]:
    """Cut [start, end) of a turn; the pieces joined are its text. Spans don't overlap and are in reading order."""
    found: list[Piece] = []
    at = start
    for span in spans:
        begin, stop = max(span.start, at), min(span.end, end)
        if begin >= stop:
            continue
        if begin > at:
            found.append(Piece(turn.body[at - turn.start : begin - turn.start]))
        words = turn.body[begin - turn.start : stop - turn.start]
        tier = span.tier.value.lower()
        found.append(Piece(words, span.id, tier, span.decision.value, shown.get(span.id, "")))
        at = stop
    if at < end:
        found.append(Piece(turn.body[at - turn.start : end - turn.start]))
    return tuple(found)


def part_view(
    part: Part, turns: Sequence[OpenTurn], spans: Sequence[PiiSpan], shown: Mapping[UUID, str], *, is_read: bool
) -> PartView:
    """A part with everything that lies in it; what lies outside may be given too."""
    mine = sorted((span for span in spans if span.start < part.end and part.shown_from < span.end), key=_start)
    found = []
    for turn in turns:
        start, end = max(turn.start, part.shown_from), min(turn.end, part.end)
        if start < end:
            cut = pieces(turn, mine, shown, start, end)
            found.append(ReviewTurn(turn.n, start, turn.speaker, turn.language, turn.is_interviewer, cut))
    return PartView(part.number, tuple(found), seen_of(part, spans, shown), is_read)


def _start(span: PiiSpan) -> int:
    return span.start


def group_view(group: Group, opened: Opened, reader: UUID | None, spans: Sequence[PiiSpan] = ()) -> GroupView:
    """A thing with those of its places that are shown; `reader` is one of two, None reads alone."""
    shown = spans or group.spans[:SHOWN_TOGETHER]
    forms = dict.fromkeys(opened.surfaces[span.id] for span in shown)
    proposed = opened.shown[group.spans[0].id]
    is_done = not group.waiting and (reader is None or all(is_agreed(span, reader) for span in group.spans))
    return GroupView(
        id=group.id,
        tier=group.tier.value.lower(),
        label=LABELS[group.spans[0].label],
        forms=tuple(forms)[:4],
        n=len(group.spans),
        waiting=group.waiting,
        mentions=_mentions(shown, opened, reader),
        replacement=proposed,
        tellings=opened.tellings.get(group.id, ()),
        is_done=is_done,
        kept=sum(span.decision is Decision.KEEP for span in group.spans),
        seen=seen_as(group.spans, proposed),
    )


def _mentions(spans: Sequence[PiiSpan], opened: Opened, reader: UUID | None) -> tuple[Mention, ...]:
    found = []
    at = 0
    for span in spans:
        while at + 1 < len(opened.turns) and span.start >= opened.turns[at].end:
            at += 1
        turn = opened.turns[at]
        start, end = span.start - turn.start, span.end - turn.start
        typed = opened.typed[span.id]
        found.append(
            Mention(
                id=span.id,
                words=opened.surfaces[span.id],
                before=("…" if start > CONTEXT else "") + turn.body[max(0, start - CONTEXT) : start],
                after=turn.body[end : end + CONTEXT] + ("…" if end + CONTEXT < len(turn.body) else ""),
                language=turn.language,
                replacement=opened.shown[span.id],
                decision=span.decision,
                reason=typed.reason,
                is_agreed=reader is not None and is_agreed(span, reader),
                seen=seen_as([span], opened.shown[span.id]),
                is_by_hand=is_by_hand(span),
                decided_by=opened.names.get(span.decided_by, "") if span.decided_by else "",
                first_decision=span.first_decision,
                first_by=opened.names.get(span.first_by, "") if span.first_by else "",
                first_words=typed.first,
            )
        )
    return tuple(found)
