"""Destroying keys of interviews and respondents: what they sealed can't be opened any more, by anybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, delete, func, select

from qualcoder.vault.fields import KeyKind
from qualcoder.vault.keys import KeyRef, Keyring, count_change
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


def with_older_keys(keyring: Keyring) -> list[KeyRef]:
    """Interviews that have a newer key beside an older one: somebody masks a name there, or was interrupted."""
    with keyring.database.read() as db:
        rows = db.exec(
            select(InterviewKey.id, InterviewKey.study_id)
            .group_by(col(InterviewKey.id), col(InterviewKey.study_id))
            .having(func.count() > 1)
        )
        return [KeyRef.interview(owner, study_id) for owner, study_id in rows]


def destroy_older(keyring: Keyring, kept: Mapping[KeyRef, int]) -> None:
    """Destroy the keys of these interviews that are older than the generation that is kept.

    The caller has sealed anew whatever they had sealed. A still newer one may be there by now, and nothing is sealed
    with it yet: so which to keep is not asked here.
    """
    with keyring.database.transaction() as db:
        for ref, generation in kept.items():
            older = col(InterviewKey.generation) < generation
            db.exec(delete(InterviewKey).where(col(InterviewKey.id) == ref.id, older))
        count_change(db)
    keyring.forget()
    keyring.database.empty_journal()
