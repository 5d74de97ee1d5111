"""The last check before a release: what the text that would be released still says of people.

The full detectors read the raw text before the review, and every finding of theirs has a decision. Here stands what
can differ since then: people who became known meanwhile, in any case, ending or script; and, where words were
replaced, the new words and their surroundings, read by the rules. All this needs no spaCy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.known_names import KnownNames
from qualcoder.anonymise.leaks import rules_around
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.anonymise.redact import Redacted
from qualcoder.anonymise.service import InText, Mention, finding_of, resolve
from qualcoder.audit import chain
from qualcoder.core.errors import Conflict
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.races.study_places import places_of_study
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.queries import OpenTurn, raw_version

SOURCE = "leak_check"
_SURE, _UNSURE = 0.8, 0.5
_READ_AS = frozenset({"ru", "kk", "en"})


class StillNames(Conflict):
    """The text would name somebody. The places are findings now, and nothing was released."""

    def __init__(self, n: int, turn: int) -> None:
        super().__init__(
            N_(
                "The last check found places that may still name somebody: %(n)s, the first in turn %(turn)s. They wait"
                " for a decision now; nothing was released."
            ),
            n=n,
            turn=turn,
        )


@dataclass(frozen=True, slots=True, repr=False)
class Replaced:
    """A stretch of the new body of a turn, and the finding whose words it stands for."""

    place: Span
    finding: PiiSpan

    @property
    def is_typed(self) -> bool:
        """Whether somebody may have typed it: what stands for a known person or place was proposed."""
        return self.finding.replacement_ct is not None


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """A turn as it would be released."""

    raw: OpenTurn
    redacted: Redacted
    replaced: tuple[Replaced, ...]

    @property
    def body(self) -> str:
        return self.redacted.text

    def in_raw(self, place: Span) -> Span:
        """The stretch of the raw version that a stretch of the new body came from."""
        start, last = self.redacted.map.to_old(place.start), self.redacted.map.to_old(place.end - 1)
        return Span(self.raw.start + start, self.raw.start + last + 1)


@dataclass(slots=True, repr=False)
class Leaks:
    """What to decide before the release: words nobody marked, and decided findings that need another look."""

    missed: list[Mention] = field(default_factory=list)
    again: list[PiiSpan] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.missed) + len(self.again)

    def first_turn(self, drafts: Sequence[Draft]) -> int:
        start = min([mention.start for mention in self.missed] + [span.start for span in self.again])
        return next(draft.raw.n for draft in drafts if start < draft.raw.end)


def leaks_in(known: KnownNames, drafts: Sequence[Draft], spans: Sequence[PiiSpan]) -> Leaks:
    """Look through a text as it would be released. `spans` are all its findings, decided."""
    leaks = Leaks()
    ordered = sorted(spans, key=lambda span: span.start)
    for draft, hits in zip(drafts, known.hits([draft.body for draft in drafts]), strict=True):
        mine = [span for span in ordered if span.start < draft.raw.end and draft.raw.start < span.end]
        for hit in hits:
            _weigh_name(leaks, draft, mine, hit.span, _SURE if hit.is_sure else _UNSURE)
        _weigh_rules(leaks, draft, mine)
    leaks.again = list({span.id: span for span in leaks.again}.values())
    return leaks


def _weigh_name(leaks: Leaks, draft: Draft, mine: Sequence[PiiSpan], place: Span, score: float) -> None:
    covering = [replaced for replaced in draft.replaced if replaced.place.overlaps(place)]
    if covering:
        leaks.again += [replaced.finding for replaced in covering if replaced.is_typed]
        return
    raw = draft.in_raw(place)
    decided = [span for span in mine if Span(span.start, span.end).overlaps(raw)]
    if not decided:
        leaks.missed.append(_mention(draft, raw, Label.PERSON, Tier.A, score))
    # A reader gave a reason why these words may stay: that holds. "Keep" of a place or a theme alone does not.
    leaks.again += [span for span in decided if span.keep_reason_ct is None]


def _weigh_rules(leaks: Leaks, draft: Draft, mine: Sequence[PiiSpan]) -> None:
    changed = [replaced.place for replaced in draft.replaced]
    language = draft.raw.language if draft.raw.language in _READ_AS else "mixed"
    for finding in rules_around(draft.body, language, changed):
        covering = [replaced for replaced in draft.replaced if replaced.place.overlaps(finding.span)]
        if covering and finding.tier is Tier.A:
            leaks.again += [one.finding for one in covering if one.is_typed and one.place.contains(finding.span)]
        if covering or finding.tier is Tier.C:
            continue
        raw = draft.in_raw(finding.span)
        taken = [Span(span.start, span.end) for span in mine]
        taken += [Span(mention.start, mention.end) for mention in leaks.missed]
        if not any(span.overlaps(raw) for span in taken):
            leaks.missed.append(_mention(draft, raw, finding.label, finding.tier, finding.score))


def _mention(draft: Draft, raw: Span, label: Label, tier: Tier, score: float) -> Mention:
    turn = draft.raw
    surface = turn.body[raw.start - turn.start : raw.end - turn.start]
    return Mention(raw.start, raw.end, label, tier, score, (SOURCE,), surface, turn.language)


def reopen(db: Session, reach: Reach, leaks: Leaks) -> None:
    """Put what was found before the readers as findings to decide; the release is locked until then."""
    transcript = reach.transcript
    for span in leaks.again:
        row = db.merge(span, load=False)
        row.tier, row.decision = Tier.A, Decision.UNDECIDED
        row.decided_by = row.decided_at = row.agreed_by = None
    place = InText(transcript.study_id, transcript.id, raw_version(db, transcript).id)
    known = resolve(db, transcript.study_id, leaks.missed, places=places_of_study(db, transcript.study_id))
    for mention, behind in zip(leaks.missed, known, strict=True):
        db.add(finding_of(db, place, mention, behind))
    transcript.review_revision += 1
    chain.record(
        db,
        reach.me.id,
        "review.leaks_found",
        "transcript",
        transcript.id,
        study_id=transcript.study_id,
        findings=leaks.count,
    )
