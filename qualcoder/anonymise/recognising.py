"""Names of people who are known in the study, found again in a new text without any cue: lower case, endings, Latin.

Only people whom a reviewer confirmed are looked for. The names themselves are not at hand: each word's stems are tested
against the HMACs of the registry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from sqlmodel import Session, col, select

from qualcoder.anonymise.entity_index import is_no_name
from qualcoder.anonymise.findings import Finding, Label, Tier, union
from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.models import Decision, Entity, PiiSpan, SurfaceIndex
from qualcoder.anonymise.propagation import uncovered
from qualcoder.anonymise.surfaces import sought
from qualcoder.core.ids import StudyId
from qualcoder.core.messages import N_
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef

SOURCE = "registry"
REASON = N_("The name of somebody who is known in this study")
# Latin letters may carry a Cyrillic ending: Oydantapтың.
_WORD = re.compile(r"(?<!\w)[^\W\d_]{3,40}(?!\w)")
# Three letters prove nothing, but for a whole name with a capital: Дана must not take every "дан".
_MIN_STEM = 4
_SENTENCE_START = re.compile(r"(?:\A|[.!?…:;][\"»)]*)[\s\"«(—-]*\Z")


def confirmed_macs(db: Session, study_id: StudyId) -> frozenset[bytes]:
    """What the people of the study whom a reviewer confirmed are written down under."""
    confirmed = (
        select(PiiSpan.entity_id)
        .where(col(PiiSpan.study_id) == study_id, col(PiiSpan.decision) == Decision.ACCEPT)
        .distinct()
    )
    rows = db.exec(
        select(SurfaceIndex.mac)
        .join(Entity, col(Entity.id) == col(SurfaceIndex.entity_id))
        .where(
            col(Entity.study_id) == study_id,
            col(Entity.kind) == Label.PERSON,
            col(Entity.id).in_(confirmed),
        )
    )
    return frozenset(rows)


def guesses(db: Session, study_id: StudyId) -> Callable[[str], bytes]:
    """The HMAC of a stem as the registry keeps it."""
    return sealing.bulk_lookup(db, KeyRef.study(study_id), "surface")


def known_again(
    turns: Sequence[tuple[int, str, str]], macs: Collection[bytes], mac: Callable[[str], bytes]
) -> list[Finding]:
    """Words of the turns, each (absolute start, text, language), that name a known person; tier A, absolute offsets."""
    if not macs:
        return []
    seen: dict[tuple[str, str, bool], bool] = {}
    return [finding for turn in turns for finding in _in_turn(*turn, macs, mac, seen)]


def _in_turn(
    start: int,
    text: str,
    language: str,
    macs: Collection[bytes],
    mac: Callable[[str], bytes],
    seen: dict[tuple[str, str, bool], bool],
) -> Iterator[Finding]:
    shadow = shadow_of(text)
    for match in _WORD.finditer(shadow.text):
        word = match.group()
        # Any word begins a sentence with a capital.
        is_name_like = word[0].isupper() and not _SENTENCE_START.search(
            shadow.text, max(0, match.start() - 8), match.start()
        )
        if (not is_name_like and len(word) < _MIN_STEM) or is_no_name(word):
            continue
        # The original spelling: the shadow has folded Oydantapтың into one alphabet.
        span = shadow.span(match.start(), match.end())
        written = text[span.start : span.end].casefold()
        key = (written, language, is_name_like)
        if key not in seen:
            seen[key] = any(
                mac(form) in macs
                for form in sought(written, language)
                if len(form.rpartition(":")[2]) >= _MIN_STEM or (is_name_like and len(written) == len(form))
            )
        if seen[key]:
            score = 0.85 if is_name_like else 0.6
            yield Finding(span.start + start, span.end + start, Label.PERSON, Tier.A, score, (SOURCE,), REASON)


def with_known(found: Sequence[Finding], again: Sequence[Finding]) -> list[Finding]:
    """The findings of detection with those of the registry that no direct finding covers."""
    by_start = sorted(found)
    return union([*by_start, *uncovered(sorted(again), by_start)])
