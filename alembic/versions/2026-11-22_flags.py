"""Flags on released texts, and on each turn the stretches that they hide."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "d009"
down_revision = "d008"
branch_labels = None
depends_on = None

STANDINGS = ("waiting", "name", "no_name")


def upgrade() -> None:
    standing = sa.Enum(*STANDINGS, name="flag_standing", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("text_version_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("standing", standing, nullable=False),
        sa.Column("note_ct", sa.LargeBinary(), nullable=False),
        sa.Column("reason_ct", sa.LargeBinary(), nullable=False),
        sa.Column("flagged_by", sa.Uuid(), nullable=False),
        sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_flag_study_id")),
        sa.ForeignKeyConstraint(["transcript_id"], ["transcript.id"], name=op.f("fk_flag_transcript_id")),
        sa.ForeignKeyConstraint(["text_version_id"], ["text_version.id"], name=op.f("fk_flag_text_version_id")),
        sa.ForeignKeyConstraint(["flagged_by"], ["person.id"], name=op.f("fk_flag_flagged_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_flag_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index("ix_flag_place", ["text_version_id", "start", "end"], unique=False)
        batch_op.create_index("ix_flag_queue", ["study_id", "standing", "flagged_at"], unique=False)
        for column in ("transcript_id", "flagged_by"):
            batch_op.create_index(batch_op.f(f"ix_flag_{column}"), [column], unique=False)
    # No batch: a copy of every turn would be made to add an empty column.
    op.add_column("turn", sa.Column("hidden", sa.JSON(), nullable=True))
    op.add_column("transcript", sa.Column("hidden_revision", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("transcript", "hidden_revision")
    op.drop_column("turn", "hidden")
    op.drop_table("flag")
