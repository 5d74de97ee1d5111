"""Marking of messages that the pages translate."""

from __future__ import annotations


def N_(message: str) -> str:
    """Mark an English message for the catalogues; it is translated where it is shown."""
    return message
