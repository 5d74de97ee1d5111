"""What a route asks of a person, and the status that follows from the permission table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from qualcoder.accounts.models import Role
from qualcoder.accounts.permissions import TABLE, Act
from tests.house.roles_stage import Stage

Sent = Callable[[Stage], Mapping[str, Any]]


class Reach(StrEnum):
    """What a route asks beside the role."""

    OPEN = "open"
    SIGNED_IN = "signed in"
    HOUSE = "administrators of the house"
    STUDY = "members of the study"
    INTERVIEW = "members; a researcher only who brought it in"
    TRANSCRIPT = "members; own and assigned transcripts"
    CODING = "as for the transcript, and only the coder of the coding"


@dataclass(frozen=True, slots=True)
class Entry:
    """How one route is asked for, and how it answers those who may."""

    reach: Reach
    ok: int
    act: Act | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    send: Sent = lambda stage: {}
    query: Sent = lambda stage: {}
    shows: str = ""
    instead: Mapping[str, int] = field(default_factory=dict)


def expected(entry: Entry, stage: Stage, who: str, method: str) -> int:
    """The status that a principal gets."""
    if who in entry.instead:
        return entry.instead[who]
    if entry.reach is Reach.OPEN:
        return entry.ok
    if who == "signed_out":
        return 303 if method == "GET" else 401
    if entry.reach is Reach.SIGNED_IN:
        return entry.ok
    if entry.reach is Reach.HOUSE:
        return entry.ok if who == "admin" else 403
    role = stage.role_of(who)
    if role is None:
        return 404
    assert entry.act is not None
    if role not in TABLE[entry.act]:
        return 403
    return entry.ok if _reaches(entry.reach, role, who) else 404


def _reaches(reach: Reach, role: Role, who: str) -> bool:
    if reach is Reach.STUDY or role is Role.PI:
        return reach is not Reach.CODING
    if reach is Reach.INTERVIEW:
        return role is not Role.RESEARCHER or who == "researcher"
    if reach is Reach.TRANSCRIPT:
        return who in {"researcher", "coder"}
    return who == "coder"
