"""Gathering what the page of one code shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from qualcoder.accounts.access import Access
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks import changes
from qualcoder.codebooks.changes import LogLine
from qualcoder.codebooks.comparing import entry_of, values
from qualcoder.codebooks.models import ChangeKind, CodeStatus
from qualcoder.codebooks.names import NamesInCodebook
from qualcoder.codebooks.queries import OpenCode, codes_of, every_code, find_codebook
from qualcoder.codebooks.views import CodebookView, CodeView, Freeze
from qualcoder.core.errors import DomainError, NotFound
from qualcoder.core.ids import CodeId

UNDOABLE = {ChangeKind.MOVED, ChangeKind.MERGED, ChangeKind.SPLIT}
# Whose proposal it was, and that it was declined, is for the PI.
OPEN_KINDS = {ChangeKind.ADDED, ChangeKind.EDITED, ChangeKind.ACCEPTED, ChangeKind.RETIRED, ChangeKind.RESTORED}


def visible_codes(db: Session, access: Access) -> list[OpenCode]:
    """The codes that the person may open: all for the PI, else those of the book and own proposals."""
    if access.may(Act.EDIT_CODEBOOK):
        return every_code(db, access.study.id)
    return codes_of(db, access.study.id, with_retired=True, proposals_of=access.person.id)


def code_view(db: Session, access: Access, code_id: CodeId) -> CodeView:
    """One code with its log, as far as the person may see."""
    every = visible_codes(db, access)
    code = next((one for one in every if one.id == code_id), None)
    if code is None:
        raise NotFound
    may_edit = access.may(Act.EDIT_CODEBOOK)
    keys = {one.id: one.key for one in every}
    lines = changes.log_of(db, access, code_id) if access.may(Act.PROPOSE_CODE) else []
    if not may_edit:
        lines = [line for line in lines if line.kind in OPEN_KINDS and line.code_id == code_id]
    in_use = tuple(one for one in every if one.status is CodeStatus.ACTIVE)
    return CodeView(
        code=code,
        values=dict(values(entry_of(code, keys))),
        may_edit=may_edit,
        is_frozen=frozen_for(db, access) is not None,
        log=tuple(lines),
        keys=keys,
        merged_into=next((one for one in every if one.id == code.merged_into_id), None),
        version=code.version,
        shows_people=may_edit,
        cant_undo=reasons_against(db, access, lines) if may_edit else {},
        places=tuple(one for one in in_use if one.id != code_id),
    )


def reasons_against(db: Session, access: Access, lines: Sequence[LogLine]) -> dict[UUID, str]:
    """Of the changes that have an inverse, those already undone; the act itself says what else stands against it."""
    return {line.id: "" for line in lines if line.kind not in UNDOABLE or line.undone_at is not None}


def frozen_for(db: Session, access: Access) -> Freeze | None:
    """The round for which the codebook stands still."""
    codebook = find_codebook(db, access.study.id)
    if codebook is None or not codebook.is_frozen:
        return None
    name = ""
    for line in changes.log_of(db, access, kinds=(ChangeKind.FROZEN,), limit=1):
        name = line.note
    return Freeze(name, codebook.frozen_at)


def tree_view(db: Session, access: Access, gone: UUID | None = None, moved: UUID | None = None) -> CodebookView:
    """The codebook as a tree; `gone` is a code just taken out of use, `moved` a move just made."""
    may_edit = access.may(Act.EDIT_CODEBOOK)
    if may_edit:
        every = every_code(db, access.study.id)
    else:
        every = codes_of(db, access.study.id, proposals_of=access.person.id)
    shown = [code for code in every if code.status is not CodeStatus.RETIRED]
    if may_edit and len(shown) < len(every):
        # Anew, because what stands below a code out of use stands at the top.
        shown = codes_of(db, access.study.id, with_proposals=True)
    retired = tuple(code for code in every if code.status is CodeStatus.RETIRED)
    change = changes.find_change(db, access, moved) if moved is not None and may_edit else None
    movable = change is not None and change.kind is ChangeKind.MOVED and change.undone_at is None
    was_moved = next((code for code in shown if change is not None and movable and code.id == change.code_id), None)
    return CodebookView(
        tuple(shown),
        may_edit,
        retired,
        next((code for code in retired if code.id == gone), None),
        (change.id, was_moved) if change is not None and was_moved is not None else None,
        proposals=sum(code.status is CodeStatus.PROPOSED for code in shown),
        may_propose=access.may(Act.PROPOSE_CODE),
        frozen=frozen_for(db, access),
        is_empty=not every,
    )


def refused_view(db: Session, access: Access, problem: DomainError, name: str = "") -> CodebookView:
    """The same with what was wrong; `name` is what was typed as the name of a new code."""
    return replace(
        tree_view(db, access),
        problem=problem.message,
        problem_params=dict(problem.params),
        may_keep_names=isinstance(problem, NamesInCodebook),
        values={"name": name},
    )
