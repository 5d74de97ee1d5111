"""Statements of the coding page and of its acts, made once: putting one together takes longer than its answer.

What a person sees is asked with the one rule of `layers`, by sight; ids are parameters.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    union_all,
)
from sqlalchemy import select as sql
from sqlmodel import col

from qualcoder.accounts.models import Person
from qualcoder.codebooks.models import Code, CodeVersion
from qualcoder.coding import last_places, layers, log
from qualcoder.coding.layers import Sight
from qualcoder.coding.marked import is_noted, is_translated
from qualcoder.coding.models import Coding, Command
from qualcoder.transcripts.access import Reach

RECENT = 9
# Where they are looked for, so that opening a page does not grow with what a coder has coded.
LAST_CODINGS = 200
SHOWN = (
    Coding.id,
    Coding.start,
    Coding.end,
    Coding.code_id,
    Coding.coder_id,
    Coding.valence,
    Coding.weight,
    Coding.is_unsure,
    Coding.version,
)


@cache
def _placed(sight: Sight) -> tuple[ColumnElement[bool], ...]:
    """Conditions on `coding` for the living ones that the person sees in the text in use."""
    seen = layers.seen_by(sight, bindparam("transcript"), bindparam("me"), bindparam("study"))
    return (*seen, col(Coding.text_version_id) == bindparam("version"), col(Coding.deleted_at).is_(None))


def asked_on(found: Reach) -> dict[str, Any]:
    """What those statements are asked with."""
    transcript = found.transcript
    ids = {"transcript": transcript.id, "me": found.me.id, "study": transcript.study_id}
    return {**ids, "version": transcript.text_version_id}


@cache
def marks(sight: Sight) -> Any:
    columns = (col(one) for one in SHOWN)
    query = sql(*columns, is_noted(), is_translated()).where(*_placed(sight))
    return query.order_by(col(Coding.start), col(Coding.end))


@cache
def stretched(sight: Sight, n_codes: int) -> Any:
    ofs = [
        func.coalesce(func.sum(case((col(Coding.code_id) == bindparam(f"code_{n}", type_=Uuid()), 1), else_=0)), 0)
        for n in range(n_codes)
    ]
    counted = sql(func.count().label("total"), *ofs).select_from(Coding).where(*_placed(sight)).subquery()
    low, high = bindparam("low", type_=Integer), bindparam("high", type_=Integer)
    here = and_(*_placed(sight), col(Coding.start) < high, col(Coding.end) > low)
    return (
        sql(counted, *(col(one) for one in SHOWN), is_noted(), is_translated(), Code, CodeVersion, Person)
        .select_from(counted)
        .join(Coding, here, isouter=True)
        .join(Code, col(Code.id) == col(Coding.code_id), isouter=True)
        .join(CodeVersion, col(CodeVersion.id) == col(Code.code_version_id), isouter=True)
        .join(Person, col(Person.id) == col(Coding.coder_id), isouter=True)
        .order_by(col(Coding.start), col(Coding.end))
    )


GIVEN = (
    sql(Code, CodeVersion)
    .join(CodeVersion, col(CodeVersion.id) == col(Code.code_version_id))
    .where(col(Code.id).in_(bindparam("codes", expanding=True)))
)


@cache
def counted_by_code(sight: Sight) -> Any:
    me: Any = bindparam("me")
    is_placed = (col(Coding.text_version_id) == bindparam("version")).label("is_placed")
    query = (
        sql(col(Coding.code_id), is_placed, func.count())
        .where(
            *layers.seen_by(sight, bindparam("transcript"), me, bindparam("study")), col(Coding.deleted_at).is_(None)
        )
        .group_by(col(Coding.code_id), is_placed)
    )
    # Those that wait are placed by their coder, and by a PI.
    return query if sight is Sight.ALL else query.where(or_(is_placed, col(Coding.coder_id) == me))


def _lately() -> Any:
    me = bindparam("me", type_=Uuid())
    last = (
        sql(col(Coding.code_id), col(Coding.created_at))
        .where(col(Coding.coder_id) == me, col(Coding.study_id) == bindparam("study"))
        .order_by(col(Coding.created_at).desc())
        .limit(LAST_CODINGS)
        .subquery()
    )
    newest = func.max(last.c.created_at).label("at")
    codes = sql(last.c.code_id, newest).group_by(last.c.code_id).order_by(newest.desc()).limit(RECENT).subquery()
    # The steps come first: a union has the types of its first part.
    steps = log.ENDS.add_columns(literal(None, Uuid()).label("code_id"), col(Command.at), cast(null(), Integer))
    place = last_places.place_query(me, bindparam("transcript")).subquery()
    blank = [null() for _ in range(5)]
    parts = (
        steps,
        sql(*blank, codes.c.code_id, codes.c.at, null()),
        sql(*blank, null(), null(), place.c.turn),
    )
    return union_all(*parts)


LATELY = _lately()


def _looking() -> Any:
    me: Any = bindparam("me")
    transcript: Any = bindparam("transcript")
    code = bindparam("code", type_=Uuid())
    near = sql(col(Coding.id)).where(
        col(Coding.text_version_id) == bindparam("version"),
        col(Coding.start) <= bindparam("before", type_=Integer),
        col(Coding.end) >= bindparam("after", type_=Integer),
        col(Coding.coder_id) == me,
        col(Coding.code_id) == code,
        col(Coding.deleted_at).is_(None),
    )
    wanted: Any = union_all(sql(bindparam("id", type_=Uuid())), near)
    return (
        sql(Code, CodeVersion, Coding, Command, log.is_cut_due(me, transcript))
        .join(CodeVersion, col(CodeVersion.id) == col(Code.code_version_id))
        .join(Coding, col(Coding.id).in_(wanted), isouter=True)
        .join(Command, col(Command.id) == bindparam("id", type_=Uuid()), isouter=True)
        .where(col(Code.id) == code, col(Code.study_id) == bindparam("study"))
        # A merge that is under way is waited for, and then refused: its code is out of use.
        .with_for_update(read=True, of=Code)
    )


LOOKING = _looking()
