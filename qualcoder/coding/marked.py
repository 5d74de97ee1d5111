"""What hangs on a coding beside its code, as parts of statements."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy import select as sql
from sqlmodel import col

from qualcoder.coding.models import Coding, Memo, Translation


def is_noted() -> ColumnElement[bool]:
    """Whether there is a note about a coding."""
    return sql(col(Memo.id)).where(col(Memo.about_id) == col(Coding.id), col(Memo.about_kind) == "coding").exists()


def is_translated() -> ColumnElement[bool]:
    """Whether a coding carries a translation."""
    here = (col(Translation.coding_id) == col(Coding.id), col(Translation.deleted_at).is_(None))
    return sql(col(Translation.id)).where(*here).exists()
