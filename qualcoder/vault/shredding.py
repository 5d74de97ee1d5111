"""Destroying keys of interviews and respondents: what they sealed can't be opened any more, by anybody."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, delete, select

from qualcoder.vault.fields import KeyKind
from qualcoder.vault.keys import Keyring, count_change
from qualcoder.vault.models import InterviewKey, RespondentKey

# Two tables of one shape, so they are asked alike.
_TABLES: dict[KeyKind, Any] = {KeyKind.INTERVIEW: InterviewKey, KeyKind.RESPONDENT: RespondentKey}


def owners_in(db: Session, kind: KeyKind, study_ids: Collection[UUID]) -> set[UUID]:
    """Whose keys of this kind a keys database holds for these studies."""
    table = _TABLES[kind]
    return set(db.exec(select(table.id).where(col(table.study_id).in_(set(study_ids))).distinct()))


def destroy(keyring: Keyring, kind: KeyKind, owner_ids: Collection[UUID]) -> None:
    """Destroy every generation of these keys; every process forgets them within a second. There is no way back."""
    table = _TABLES[kind]
    with keyring.database.transaction() as db:
        db.exec(delete(table).where(col(table.id).in_(set(owner_ids))))
        count_change(db)
    # The journal still holds what was deleted.
    keyring.database.empty_journal()
