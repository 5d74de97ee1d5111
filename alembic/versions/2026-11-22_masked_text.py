"""Versions of a text that a masked name was in, and flags whose words were masked."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "d010"
down_revision = "d009"
branch_labels = None
depends_on = None

NAME = "ck_flag_flag_standing"


def upgrade() -> None:
    op.add_column("text_version", sa.Column("masked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("text_version", sa.Column("masked_into", sa.Uuid(), nullable=True))
    op.add_column("text_version", sa.Column("mask", sa.JSON(), nullable=True))
    _allow("'waiting', 'name', 'no_name', 'masked'")


def downgrade() -> None:
    # Such a flag hides nothing any more, like one that was shown again.
    op.execute("UPDATE flag SET standing = 'no_name' WHERE standing = 'masked'")
    _allow("'waiting', 'name', 'no_name'")
    for column in ("mask", "masked_into", "masked_at"):
        op.drop_column("text_version", column)


def _allow(standings: str) -> None:
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="check")
        batch_op.create_check_constraint(op.f(NAME), f"standing IN ({standings})")
