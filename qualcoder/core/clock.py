"""The one place that asks for the time."""

from __future__ import annotations

from datetime import UTC, datetime


def at_second(moment: int) -> datetime:
    """A moment by its seconds since 1970, in UTC."""
    return datetime.fromtimestamp(moment, UTC)


def now() -> datetime:
    """The present moment in UTC, to the second: finer times would tell who typed when."""
    return datetime.now(UTC).replace(microsecond=0)
