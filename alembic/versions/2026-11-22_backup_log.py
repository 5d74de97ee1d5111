"""When backups were made, and whom they are encrypted to."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "d004"
down_revision = "d003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backup_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("data", "keys", name="backup_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_log")),
    )
    with op.batch_alter_table("backup_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_backup_log_kind"), ["kind"], unique=False)

    op.create_table(
        "backup_recipient",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_recipient")),
        sa.UniqueConstraint("recipient", name=op.f("uq_backup_recipient_recipient")),
    )


def downgrade() -> None:
    op.drop_table("backup_recipient")
    with op.batch_alter_table("backup_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_backup_log_kind"))
    op.drop_table("backup_log")
