"""Whose codings somebody sees: the one rule, which every page, list, count, event and file asks.

A PI sees everybody's. The others see their own while the study codes blind, which it does unless its PI says
otherwise; in a shared study those who are assigned to a transcript see everybody's codings on it, but for codes that
somebody else proposed and the PI has not accepted. What may be done with a coding does not follow from this: only its
coder changes it.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Layers
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks.models import Code
from qualcoder.coding.models import Coding
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.models import Assignment


def sees_study(access: Access) -> bool:
    """Whether a person sees everybody's codings in the whole study, and settles them: a PI."""
    return access.may(Act.SEE_MATRIX)


def may_see_others(access: Access) -> bool:
    """Whether there can be anybody else's codings among those that a person sees."""
    return sees_study(access) or access.study.layers is Layers.SHARED


def sees_all(found: Reach) -> bool:
    """Whether a person sees everybody's codings on this transcript."""
    return sees_study(found.access) or (found.access.study.layers is Layers.SHARED and found.is_assigned)


class Sight(Enum):
    """How much of the codings on a transcript a person sees."""

    ALL = "all"
    AGREED = "agreed"
    OWN = "own"


def sight_of(found: Reach) -> Sight:
    """All for a PI, all but others' proposals in a shared study for who is assigned, else one's own."""
    if sees_study(found.access):
        return Sight.ALL
    return Sight.AGREED if sees_all(found) else Sight.OWN


def seen_by(sight: Sight, transcript: Any, me: Any, study: Any) -> list[ColumnElement[bool]]:
    """Conditions on `coding` for those that are seen on a transcript, removed ones too. The ids may be parameters of
    a statement that is made once.
    """
    here = [col(Coding.transcript_id) == transcript]
    if sight is Sight.ALL:
        return here
    mine = col(Coding.coder_id) == me
    return [*here, or_(mine, _is_agreed(study)) if sight is Sight.AGREED else mine]


def seen_on(found: Reach) -> list[ColumnElement[bool]]:
    """The same for a person on a transcript."""
    return seen_by(sight_of(found), found.transcript.id, found.me.id, found.access.study.id)


def seen_in(access: Access) -> list[ColumnElement[bool]]:
    """The same in a whole study; which transcripts are within reach is for the caller to ask as well."""
    here = [col(Coding.study_id) == access.study.id]
    if sees_study(access):
        return here
    mine = col(Coding.coder_id) == access.person.id
    if access.study.layers is not Layers.SHARED:
        return [*here, mine]
    assigned = select(Assignment.transcript_id).where(col(Assignment.person_id) == access.person.id)
    return [*here, or_(mine, and_(col(Coding.transcript_id).in_(assigned), _is_agreed(access.study.id)))]


def _is_agreed(study: Any) -> ColumnElement[bool]:
    # Whom a proposal is from is forgotten when it is accepted; a declined one stays between its coder and the PI.
    proposed = select(Code.id).where(col(Code.study_id) == study, col(Code.proposed_by).is_not(None))
    return col(Coding.code_id).not_in(proposed)


def settled_by(access: Access) -> list[ColumnElement[bool]]:
    """Conditions on `coding` for those that a person decides about: one's own, and everybody's for a PI."""
    here = [col(Coding.study_id) == access.study.id]
    return here if sees_study(access) else [*here, col(Coding.coder_id) == access.person.id]
