"""How vaguely a thing may be named instead of being shown: the choices beside a finding (pure).

The first is what is proposed. `wordings_of` is the one place that decides which there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qualcoder.core.messages import N_

GONE = "[…]"
_NUMBER = re.compile(r" \d+(?=\]$)")


@dataclass(frozen=True, slots=True, repr=False)
class Wording:
    """A way to replace something: its name as a message, and the words that would stand there."""

    name: str
    words: str


def wordings_of(proposed: str) -> tuple[Wording, ...]:
    """From the closest to the vaguest; each of other words."""
    kind = _NUMBER.sub("", proposed)
    every = (
        Wording(N_("as proposed"), proposed),
        Wording(N_("only what kind"), kind),
        Wording(N_("nothing"), GONE),
    )
    return tuple({one.words: one for one in reversed(every)}.values())[::-1]
