"""A coder's newest codings in a study are found without reading all of them."""

from __future__ import annotations

from alembic import op

revision = "d005"
down_revision = "d004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("coding", schema=None) as batch_op:
        batch_op.create_index("ix_coding_recent", ["coder_id", "study_id", "created_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("coding", schema=None) as batch_op:
        batch_op.drop_index("ix_coding_recent")
