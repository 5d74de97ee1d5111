"""What the reader of a file left out is said to whoever confirms the speakers."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "d002"
down_revision = "d001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("transcript") as table:
        table.add_column(sa.Column("notices", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("transcript") as table:
        table.drop_column("notices")
