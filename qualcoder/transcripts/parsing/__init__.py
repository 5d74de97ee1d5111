"""Files to turns, one module per format; nothing here stores anything or touches a disk."""

from __future__ import annotations

from qualcoder.transcripts.parsing.formats import ACCEPTED, Format, format_of
from qualcoder.transcripts.parsing.parsed import Notice, Parsed, ParsedTurn, notice_messages
from qualcoder.transcripts.parsing.sandbox import parse

__all__ = ["ACCEPTED", "Format", "Notice", "Parsed", "ParsedTurn", "format_of", "notice_messages", "parse"]
