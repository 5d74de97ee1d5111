"""What merging two codes would do, counted before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy import select as sql
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from qualcoder.accounts.access import Access
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks.editing import tree_of
from qualcoder.codebooks.models import CodeStatus
from qualcoder.codebooks.queries import OpenCode, every_code
from qualcoder.coding.models import Coding
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import CodeId, CodingId, PersonId
from qualcoder.core.messages import N_


@dataclass(frozen=True, slots=True, repr=False)
class Share:
    """How many codings one coder has in what moves."""

    coder_id: PersonId
    codings: int


@dataclass(frozen=True, slots=True, repr=False)
class Preview:
    """What a merge would do. Names of variables are those of the exported matrices."""

    gone: OpenCode
    kept: OpenCode
    codings: int
    shares: tuple[Share, ...]
    transcripts: int
    joined: int
    apart: int
    children: int
    goes: str
    grows: tuple[str, ...]
    shrinks: tuple[str, ...]

    @property
    def basis(self) -> str:
        """What must not have changed when the merge is done."""
        parts = (self.gone.version, self.kept.version, self.codings, self.joined, self.apart)
        return ".".join(map(str, parts))


@dataclass(frozen=True, slots=True)
class Pair:
    """Codings of one stretch by one coder: the one that moves, and the one that stands there already."""

    moving: Coding
    standing: Coding

    @property
    def agrees(self) -> bool:
        """Whether the two claim nothing that speaks against each other."""
        claims = ((self.moving.valence, self.standing.valence), (self.moving.weight, self.standing.weight))
        return all(a == b or a is None or b is None for a, b in claims)


def living(code_id: CodeId) -> list[ColumnElement[bool]]:
    """Codings of a code that were not removed."""
    return [col(Coding.code_id) == code_id, col(Coding.deleted_at).is_(None)]


def pairs(db: Session, code_id: CodeId, target_id: CodeId, chosen: Sequence[CodingId] | None = None) -> list[Pair]:
    """Where a coder has given both codes to the same stretch; each coding stands in one pair at most."""
    moving, standing = aliased(Coding), aliased(Coding)
    same = and_(
        standing.text_version_id == moving.text_version_id,  # type: ignore[arg-type]  # columns, not values
        standing.start == moving.start,  # type: ignore[arg-type]
        standing.end == moving.end,  # type: ignore[arg-type]
        standing.coder_id == moving.coder_id,  # type: ignore[arg-type]
    )
    query = (
        sql(moving, standing)
        .join(standing, same)
        .where(
            col(moving.code_id) == code_id,
            col(standing.code_id) == target_id,
            col(moving.deleted_at).is_(None),
            col(standing.deleted_at).is_(None),
        )
        .order_by(col(moving.created_at), col(moving.id), col(standing.created_at), col(standing.id))
    )
    wanted = None if chosen is None else set(chosen)
    found: list[Pair] = []
    taken: set[UUID] = set()
    for one, other in db.execute(query):
        if one.id in taken or other.id in taken or (wanted is not None and one.id not in wanted):
            continue
        taken |= {one.id, other.id}
        found.append(Pair(one, other))
    return found


def shares_of(db: Session, code_id: CodeId) -> tuple[Share, ...]:
    """How many living codings of a code each coder has; of texts in every state."""
    rows = db.execute(sql(col(Coding.coder_id), func.count()).where(*living(code_id)).group_by(col(Coding.coder_id)))
    return tuple(Share(PersonId(coder_id), n) for coder_id, n in rows)


def both(db: Session, access: Access, code_id: CodeId, target_id: CodeId) -> tuple[OpenCode, OpenCode, list[OpenCode]]:
    """A code, the one that its codings may go to, and every code."""
    every = every_code(db, access.study.id)
    known = {code.id: code for code in every}
    if code_id not in known or target_id not in known:
        raise NotFound
    gone, kept = known[code_id], known[target_id]
    if gone.merged_into_id is not None:
        raise Conflict(N_("This code was merged into another already."))
    if code_id == target_id or kept.status is not CodeStatus.ACTIVE or not kept.is_codable:
        message = N_("Choose another code, one that is in use and can be given to passages.")
        raise Invalid(message, fields={"into": message})
    return gone, kept, every


def preview(db: Session, access: Access, code_id: CodeId, target_id: CodeId) -> Preview:
    """What merging a code into another would do, in numbers; nothing is changed."""
    access.require(Act.EDIT_CODEBOOK)
    gone, kept, every = both(db, access, code_id, target_id)
    shares = shares_of(db, code_id)
    transcripts = db.execute(
        sql(func.count(func.distinct(col(Coding.transcript_id)))).where(*living(code_id))
    ).scalar_one()
    met = pairs(db, code_id, target_id)
    stata = {code.id: code.stata for code in every}
    tree = tree_of(every)
    above = tree.ancestors(code_id) if code_id in tree.parents else []
    below = [target_id, *tree.ancestors(target_id)]
    return Preview(
        gone,
        kept,
        sum(share.codings for share in shares),
        shares,
        transcripts,
        sum(pair.agrees for pair in met),
        sum(not pair.agrees for pair in met),
        sum(code.parent_id == code_id for code in every if code.status is not CodeStatus.RETIRED),
        gone.stata,
        tuple(stata[one] for one in below if one not in above),
        tuple(stata[one] for one in above if one not in below),
    )
