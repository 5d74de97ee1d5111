"""QR codes as a path for an inline SVG: the page's style sheet gives the colours, so nothing is styled here."""

from __future__ import annotations

from dataclasses import dataclass

import segno

# Light modules around the code that scanners need (ISO/IEC 18004).
QUIET = 4


@dataclass(frozen=True, slots=True, repr=False)
class Drawing:
    """A square of `size` units and the path of its dark modules."""

    size: int
    path: str


def draw(text: str) -> Drawing:
    """The QR code of a text: one unit per module, a run of dark modules per stroke."""
    rows = segno.make(text, error="m", micro=False).matrix
    strokes = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                strokes.append(f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z")
            x += length or 1
    return Drawing(len(rows) + 2 * QUIET, "".join(strokes))
