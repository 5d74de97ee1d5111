"""Plain text to turns."""

from __future__ import annotations

from qualcoder.core.decoding import MAX_BYTES, decode
from qualcoder.transcripts.parsing.parsed import Parsed
from qualcoder.transcripts.parsing.turns import MAX_TURN, Source, turns_from_text

__all__ = ["MAX_BYTES", "MAX_TURN", "parse"]


def parse(raw: bytes) -> Parsed:
    """Turns of a plain text, cleaned; refuses with Invalid what is empty, too large or not text."""
    decoded = decode(raw)
    return turns_from_text(decoded.text, Source(decoded.encoding))
