"""Passages of one code: to choose from when a code is split, and those coded under an older definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, update
from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.people import names_of
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.codebooks.models import Code, CodeVersion
from qualcoder.codebooks.queries import OpenCode, codes_of, every_code
from qualcoder.coding import layers
from qualcoder.coding.models import Coding, Valence
from qualcoder.coding.passages import turns_at
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import CodeId, CodingId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.queries import within_reach

ON_A_PAGE = 30


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """A coded passage; `coder` is empty on one's own. `under` is the number of the definition it was coded under.

    `came_from` is the code that it had before a merge, else None.
    """

    id: CodingId
    transcript_id: TranscriptId
    serial: str
    turn: int
    words: str
    language: str
    coder: str
    valence: Valence | None
    under: int
    came_from: CodeId | None


@dataclass(frozen=True, slots=True, repr=False)
class Listed:
    """A page of passages with how many there are in all."""

    code: OpenCode
    passages: tuple[Passage, ...]
    total: int
    page: int

    @property
    def has_next(self) -> bool:
        return self.page * ON_A_PAGE < self.total


def _living(access: Access) -> list[ColumnElement[bool]]:
    """Living codings of released texts within reach; whose is for the caller to ask."""
    return [
        col(Coding.deleted_at).is_(None),
        col(Coding.text_number) == col(Transcript.text_number),
        col(Transcript.state) == TranscriptState.CODABLE,
        *within_reach(access),
    ]


def _is_older() -> ColumnElement[bool]:
    return col(Coding.code_version_id) != col(Code.code_version_id)


def _code(db: Session, access: Access, code_id: CodeId) -> OpenCode:
    if access.may(Act.EDIT_CODEBOOK):
        known = every_code(db, access.study.id)
    else:
        known = codes_of(db, access.study.id, with_retired=True, proposals_of=access.person.id)
    found = next((code for code in known if code.id == code_id), None)
    if found is None:
        raise NotFound
    return found


def listed(
    db: Session, me: Person, slug: str, code_id: CodeId, act: Act, *, only_older: bool, page: int = 1
) -> tuple[Access, Listed]:
    """A page of the passages of a code, opened. The opening is recorded before the first byte."""
    study_id = study_by_slug(db, me, slug, act).study.id
    _code(db, study_by_slug(db, me, slug, act), code_id)
    acted = "code.passages_opened"
    chain.disclose(db, lambda own: chain.record(own, me.id, acted, "code", code_id, study_id=study_id))
    access = study_by_slug(db, me, slug, act)
    code = _code(db, access, code_id)
    # Those under an older definition are listed to be confirmed.
    whose = [*layers.settled_by(access), _is_older()] if only_older else layers.seen_in(access)
    conditions = [*whose, *_living(access), col(Coding.code_id) == code_id]
    base = (
        sql(Coding, Transcript, CodeVersion)
        .join(Transcript, col(Transcript.id) == col(Coding.transcript_id))
        .join(Code, col(Code.id) == col(Coding.code_id))
        .join(CodeVersion, col(CodeVersion.id) == col(Coding.code_version_id))
        .where(*conditions)
    )
    total = db.execute(sql(func.count()).select_from(base.subquery())).scalar_one()
    order = (col(Transcript.number), col(Coding.start), col(Coding.id))
    rows = db.execute(base.order_by(*order).offset((page - 1) * ON_A_PAGE).limit(ON_A_PAGE)).all()
    names = names_of(db, {coding.coder_id for coding, *_ in rows} - {me.id})
    shown = tuple(_passage(db, access, code_id, (c, t, v), names.get(c.coder_id, "")) for c, t, v in rows)
    return access, Listed(code, shown, total, page)


def _passage(
    db: Session, access: Access, code_id: CodeId, found: tuple[Coding, Transcript, CodeVersion], coder: str
) -> Passage:
    coding, transcript, version = found
    span = Span(coding.start, coding.end)
    turns = turns_at(db, Reach(access, transcript), span)
    text = "\n".join(turn.body for turn in turns)
    first = next(turn for turn in turns if turn.end >= coding.start and turn.start <= coding.start)
    return Passage(
        id=coding.id,
        transcript_id=transcript.id,
        serial=transcript.serial,
        turn=first.n,
        words=span.shifted(-turns[0].start).of(text),
        language=first.language if first.language != "mixed" else "ru",
        coder=coder,
        valence=coding.valence,
        under=version.number,
        came_from=version.code_id if version.code_id != code_id else None,
    )


def older_counts(db: Session, access: Access) -> dict[CodeId, int]:
    """How many codings of each code were made under a definition that is not the present one. One statement."""
    access.require(Act.CODE)
    rows = db.execute(
        sql(col(Coding.code_id), func.count())
        .join(Transcript, col(Transcript.id) == col(Coding.transcript_id))
        .join(Code, col(Code.id) == col(Coding.code_id))
        .where(*layers.settled_by(access), *_living(access), _is_older())
        .group_by(col(Coding.code_id))
    )
    return {CodeId(code_id): n for code_id, n in rows}


def confirm(db: Session, access: Access, code_id: CodeId, chosen: Sequence[CodingId], seen_version: UUID) -> int:
    """Say that these passages fit the code as it is defined now; returns how many were confirmed.

    Conflict when the definition changed since it was read.
    """
    access.require(Act.CODE)
    if not chosen:
        raise Invalid(N_("Choose the passages that fit."))
    code = _code(db, access, code_id)
    if code.version_id != seen_version:
        raise Conflict(N_("The definition changed while you were reading. Look at it again before you confirm."))
    mine = (
        sql(col(Coding.id))
        .join(Transcript, col(Transcript.id) == col(Coding.transcript_id))
        .where(*layers.settled_by(access), *_living(access), col(Coding.code_id) == code_id, col(Coding.id).in_(chosen))
    )
    ids = [row[0] for row in db.execute(mine)]
    if not ids:
        raise NotFound
    db.execute(
        update(Coding)
        .where(col(Coding.id).in_(ids), col(Coding.code_id) == code_id)
        .values(code_version_id=seen_version, version=col(Coding.version) + 1)
        .execution_options(synchronize_session=False)
    )
    chain.record(
        db, access.person.id, "code.codings_confirmed", "code", code_id, study_id=access.study.id, confirmed=len(ids)
    )
    return len(ids)
