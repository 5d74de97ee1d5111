"""Names of people who are known in the study, found again in a new text without any cue: lower case, endings, Latin.

Only people whom a reader confirmed are looked for (`known_names` says whom, and what fits them).
"""

from __future__ import annotations

from collections.abc import Sequence

from qualcoder.anonymise.findings import Finding, Label, Tier, union
from qualcoder.anonymise.known_names import KnownNames
from qualcoder.anonymise.propagation import uncovered
from qualcoder.core.messages import N_

SOURCE = "registry"
REASON = N_("The name of somebody who is known in this study")
_SURE, _UNSURE = 0.85, 0.6


def known_again(turns: Sequence[tuple[int, str, str]], known: KnownNames) -> list[Finding]:
    """Words of the turns, each (absolute start, text, language), that name a known person; tier A, absolute offsets."""
    found: list[Finding] = []
    for (start, _, _), hits in zip(turns, known.hits([text for _, text, _ in turns]), strict=True):
        for hit in hits:
            score = _SURE if hit.is_sure else _UNSURE
            at = start + hit.span.start, start + hit.span.end
            found.append(Finding(*at, Label.PERSON, Tier.A, score, (SOURCE,), REASON))
    return found


def with_known(found: Sequence[Finding], again: Sequence[Finding]) -> list[Finding]:
    """The findings of detection with those of the registry that no direct finding covers."""
    by_start = sorted(found)
    return union([*by_start, *uncovered(sorted(again), by_start)])
