"""Files to turns, one module per format; nothing here stores anything or touches a disk."""

from __future__ import annotations

from qualcoder.transcripts.parsing import plain
from qualcoder.transcripts.parsing.parsed import Parsed, ParsedTurn

__all__ = ["Parsed", "ParsedTurn", "parse"]


def parse(file_name: str, raw: bytes) -> Parsed:
    """Turns of a file, read as what its content is; refuses with Invalid (413, 415, 422) what can't be read.

    The name is a hint for formats that look like plain text, and never a reason to believe in one.
    """
    return plain.parse(raw)
