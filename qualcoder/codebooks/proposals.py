"""Codes that somebody proposes while coding, and what the PI makes of them.

A proposal can be given to passages by the one who made it, at once and also while the codebook is frozen. Others see
it once the PI has accepted it; it stands in no matrix and no file before that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from qualcoder.accounts.access import Access
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks import changes
from qualcoder.codebooks.book import CodeEntry, Localised, Texture
from qualcoder.codebooks.changes import NewChange
from qualcoder.codebooks.models import ChangeKind, Code, CodeStatus
from qualcoder.codebooks.names import names_in
from qualcoder.codebooks.naming import key_for, stata_for
from qualcoder.codebooks.queries import OpenCode, every_code, head_of
from qualcoder.codebooks.writing import add_row, begun, code_in, next_position, open_to_change
from qualcoder.core.errors import Conflict, Invalid, NotFound
from qualcoder.core.ids import CodeId
from qualcoder.core.messages import N_

LONGEST_NAME = 80
LONGEST_DEFINITION = 2000
TEXTURES = tuple(Texture)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Proposal:
    """A code as a coder words it: a name in the language of the page, and what else came to mind.

    `id` is the client's, if it makes one: the same proposal sent again is the same code.
    """

    name: str
    language: str
    definition: str = ""
    parent_id: CodeId | None = None
    id: CodeId | None = None


def propose(db: Session, access: Access, new: Proposal) -> CodeId:
    """Put a proposed code into the book; it can be given to passages by its proposer at once.

    The same name proposed again by the same person is the same code. Conflict when a code in use is called so,
    NamesInCodebook when the name or the definition holds the name of a known person of the study.
    """
    access.require(Act.PROPOSE_CODE)
    name = " ".join(new.name.split())
    if not name or len(name) > LONGEST_NAME:
        message = N_("Give the code a name of at most 80 characters.")
        raise Invalid(message, fields={"name": message})
    codebook = begun(db, access)
    every = every_code(db, access.study.id)
    if (known := _known(access, every, new, name)) is not None:
        return known
    parent = next((code for code in every if code.id == new.parent_id and code.status is CodeStatus.ACTIVE), None)
    if new.parent_id is not None and parent is None:
        message = N_("The codebook has no such code to put this one below.")
        raise Invalid(message, fields={"parent": message})
    used_up = [code.key for code in every] + [old.code for old in head_of(db, codebook).retired]
    key = key_for(name, used_up)
    entry = CodeEntry(
        code=key,
        parent=parent.key if parent else None,
        stata=stata_for(key, [code.stata for code in every]),
        label=_in(new.language, name),
        definition=_in(new.language, " ".join(new.definition.split())[:LONGEST_DEFINITION]),
        colour=parent.colour if parent else len(every) % 12 + 1,
        texture=TEXTURES[len(every) % len(TEXTURES)],
    )
    names_in(db, access, [entry], keeps_names=False)
    code = add_row(db, access, codebook, entry, next_position(db, access.study.id), new.id)
    code.parent_id = parent.id if parent else None
    code.status = CodeStatus.PROPOSED
    code.proposed_by = access.person.id
    changes.write(db, access, NewChange(kind=ChangeKind.PROPOSED, code_id=code.id))
    return code.id


def _in(language: str, words: str) -> Localised:
    return Localised(**{language if language in {"ru", "kk"} else "en": words})


def _known(access: Access, every: Sequence[OpenCode], new: Proposal, name: str) -> CodeId | None:
    """The code that this proposal made before; Conflict when the codebook has one called so."""
    for code in every:
        is_mine = code.proposed_by == access.person.id
        if new.id == code.id:
            if code.status is CodeStatus.RETIRED and is_mine:
                raise Conflict(N_("This proposal has been decided on already."))
            # Once it is accepted it is everybody's, and its proposer may not have heard that it arrived.
            if not is_mine and code.status is not CodeStatus.ACTIVE:
                raise NotFound
            return code.id
        if name.casefold() not in {said.casefold() for said in (code.label.en, code.label.ru, code.label.kk)}:
            continue
        if code.status is CodeStatus.ACTIVE:
            raise Conflict(N_("The codebook has a code with this name already."))
        if code.status is CodeStatus.PROPOSED and is_mine:
            return code.id
    return None


def accept(db: Session, access: Access, code_id: CodeId, seen: int | None = None) -> None:
    """Make a proposal a code of the book, for everybody. Passages that have it already count from now on."""
    _decide(db, access, code_id, seen, is_accepted=True)


def reject(db: Session, access: Access, code_id: CodeId, seen: int | None = None) -> None:
    """Decline a proposal. Passages keep it, uncounted, until it is brought back or merged into another code."""
    _decide(db, access, code_id, seen, is_accepted=False)


def _decide(db: Session, access: Access, code_id: CodeId, seen: int | None, *, is_accepted: bool) -> Code:
    access.require(Act.EDIT_CODEBOOK)
    open_to_change(db, access)
    code = code_in(db, access, code_id, seen)
    if code.status is not CodeStatus.PROPOSED:
        raise Conflict(N_("This proposal has been decided on already."))
    code.status = CodeStatus.ACTIVE if is_accepted else CodeStatus.RETIRED
    kind = ChangeKind.ACCEPTED if is_accepted else ChangeKind.REJECTED
    undo = {"proposed_by": str(code.proposed_by)}
    if is_accepted:
        code.proposed_by = None
    changes.write(db, access, NewChange(kind=kind, code_id=code.id, undo=undo))
    return code
