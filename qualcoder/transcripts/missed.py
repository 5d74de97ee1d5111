"""Names that the search missed: where else the words stand, in other letters and with other endings, before marking."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex
from sqlmodel import Session

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.anonymise.propagation import name_stems, repeated
from qualcoder.anonymise.surfaces import stems
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.marking import NewMark, add_marks, mark_in
from qualcoder.transcripts.queries import OpenTurn, open_turns, raw_version, turns_to_read
from qualcoder.transcripts.reading_rest import hold
from qualcoder.transcripts.reviewing import findings_of, turns_about

# More are not shown at once: mark these, then look again.
MOST = 400
CONTEXT = 60
# Forms of a name begin alike; turns in which no word begins so need no closer look.
_BEGINNING = 3
_RUSSIAN_SPELLING = str.maketrans("әіңғүұқөһё", "аингуукохе")


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """A place where the words, or a form of them, stand unmarked."""

    span: Span
    words: str
    before: str
    after: str
    language: str
    is_same_words: bool
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in a turn: the words as they are, a form of them, or a longer word that only begins so."""

    span: Span
    is_same: bool = False
    is_form: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class Looked:
    """What was found unmarked, how many more there are, and what stands inside marks already."""

    candidates: tuple[Candidate, ...]
    more: int
    marked: int
    kept: int


def look_for(db: Session, reach: Reach, words: str, label: Label) -> Looked:
    """Every place of the words, whatever the case; of a person's name and of single words other endings too."""
    sought = " ".join(words.split())
    if len(sought) < 2:
        message = N_("Type the words as they stand in the text.")
        raise Invalid(message, fields={"words": message})
    turns = open_turns(db, reach.key, turns_to_read(db, raw_version(db, reach.transcript).id))
    spans = findings_of(db, reach.transcript)
    ends = [one.end for one in spans]
    found: list[Candidate] = []
    inside: dict[int, PiiSpan] = {}
    for turn in turns:
        for hit in hits_in(turn, sought, label):
            span = hit.span.shifted(turn.start)
            # Findings don't overlap and stand in reading order, so those that end behind a place lie side by side.
            first = bisect_right(ends, span.start)
            touching = [one for one in spans[first : first + MOST] if one.start < span.end]
            if not touching:
                found.append(_candidate(turn, hit))
            inside.update({one.start: one for one in touching})
    kept = sum(one.decision is Decision.KEEP for one in inside.values())
    return Looked(tuple(found[:MOST]), max(0, len(found) - MOST), len(inside), kept)


def hits_in(turn: OpenTurn, sought: str, label: Label) -> Iterator[Hit]:
    """The words, with whatever ending the last one has; then forms of them elsewhere. In reading order."""
    loose = regex.escape(sought, literal_spaces=True).replace(" ", r"\s+")
    mine = frozenset(stems(sought, turn.language))
    found: list[Hit] = []
    for match in regex.finditer(rf"(?<!\w){loose}(\w*)", turn.body, regex.IGNORECASE):
        is_same = not match[1]
        is_form = is_same or not mine.isdisjoint(stems(match[0], turn.language))
        found.append(Hit(Span(match.start(), match.end()), is_same=is_same, is_form=is_form))
    if label is Label.PERSON or " " not in sought:
        names = name_stems(sought, turn.language)
        if names and _may_hold(turn.body, names):
            forms = repeated(shadow_of(turn.body), turn.language, names)
            taken = [hit.span for hit in found]
            found += [Hit(one.span) for one in forms if not any(one.span.overlaps(span) for span in taken)]
    return iter(sorted(found, key=lambda hit: hit.span))


def _may_hold(body: str, names: frozenset[str]) -> bool:
    folded = body.casefold().translate(_RUSSIAN_SPELLING)
    return any(re.search(rf"(?<!\w){re.escape(stem[:_BEGINNING])}", folded) for stem in names)


def _candidate(turn: OpenTurn, hit: Hit) -> Candidate:
    start, end = hit.span.start, hit.span.end
    return Candidate(
        span=hit.span.shifted(turn.start),
        words=turn.body[start:end],
        before=turn.body[max(0, start - CONTEXT) : start],
        after=turn.body[end : end + CONTEXT],
        language=turn.language,
        is_same_words=hit.is_same,
        is_ticked=hit.is_form,
    )


def mark_places(db: Session, reach: Reach, places: Sequence[Span], label: Label) -> list[PiiSpan]:
    """Mark exactly these stretches of the raw text; Invalid when one is blank, marked already or in no single turn."""
    hold(db, reach)
    turns = turns_about(db, reach, places)
    spans = findings_of(db, reach.transcript)
    wrong = N_("One of these places is marked already or is not a stretch of one turn. Look for the words again.")
    new: list[NewMark] = []
    for place in sorted(set(places)):
        turn = next((one for one in turns if one.start <= place.start and place.end <= one.end), None)
        taken = [*(Span(one.start, one.end) for one in spans), *(mark.span for mark in new)]
        if turn is None or any(place.overlaps(other) for other in taken):
            raise Invalid(wrong, fields={"words": wrong})
        mark = mark_in(turn, place)
        if not mark.words.strip():
            raise Invalid(wrong, fields={"words": wrong})
        new.append(mark)
    if not new:
        message = N_("Tick at least one place.")
        raise Invalid(message, fields={"words": message})
    return add_marks(db, reach, raw_version(db, reach.transcript).id, new, label)
