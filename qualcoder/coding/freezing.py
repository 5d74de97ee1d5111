"""The codebook stands still for a round of coding: while it does, codes are proposed only. The PI thaws it."""

from __future__ import annotations

from sqlmodel import Session, col, func, select

from qualcoder.accounts.access import Access
from qualcoder.accounts.models import Layers
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks import changes
from qualcoder.codebooks.changes import NewChange
from qualcoder.codebooks.models import ChangeKind
from qualcoder.codebooks.writing import begun as codebook_of
from qualcoder.codebooks.writing import open_to_change
from qualcoder.coding.models import RoundOfCoding
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid
from qualcoder.core.ids import new_id
from qualcoder.core.messages import N_
from qualcoder.vault import fields as f
from qualcoder.vault import sealing

LONGEST_NAME = 80


def freeze(db: Session, access: Access, name: str) -> RoundOfCoding:
    """Begin a round of coding with this name, for which the codebook stays as it is."""
    access.require(Act.EDIT_CODEBOOK)
    named = " ".join(name.split())
    if not named or len(named) > LONGEST_NAME:
        message = N_("Give the round a name of at most 80 characters.")
        raise Invalid(message, fields={"round": message})
    codebook = open_to_change(db, access)
    last = db.exec(select(func.max(RoundOfCoding.number)).where(col(RoundOfCoding.study_id) == access.study.id)).first()
    row = sealing.RowKey(new_id())
    started = RoundOfCoding(
        id=row.id,
        study_id=access.study.id,
        number=(last or 0) + 1,
        is_blind=access.study.layers is Layers.BLIND,
        name_ct=sealing.seal(db, access.key, f.ROUND_NAME, row, named),
        created_at=now(),
    )
    db.add(started)
    codebook.is_frozen, codebook.frozen_for_id = True, started.id
    codebook.frozen_by, codebook.frozen_at = access.person.id, now()
    counts = {"round": started.number}
    changes.write(db, access, NewChange(kind=ChangeKind.FROZEN, code_id=None, note=named, counts=counts))
    return started


def thaw(db: Session, access: Access) -> None:
    """Let the codebook be changed again; the round stays on record."""
    access.require(Act.EDIT_CODEBOOK)
    codebook = codebook_of(db, access)
    if not codebook.is_frozen:
        raise Conflict(N_("The codebook is not frozen."))
    codebook.is_frozen, codebook.frozen_for_id, codebook.frozen_by, codebook.frozen_at = False, None, None, None
    changes.write(db, access, NewChange(kind=ChangeKind.THAWED, code_id=None))
