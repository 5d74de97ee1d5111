"""The keys database."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "k001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "copy_serial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy_serial")),
    )
    op.create_table(
        "identity_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("wrapped_private", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_key")),
    )
    with op.batch_alter_table("identity_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_key_study_id"), ["study_id"], unique=False)

    op.create_table(
        "interview_key",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_interview_key")),
        sa.UniqueConstraint("id", "generation", name=op.f("uq_interview_key_id_generation")),
    )
    with op.batch_alter_table("interview_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interview_key_id"), ["id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interview_key_study_id"), ["study_id"], unique=False)

    op.create_table(
        "respondent_key",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_respondent_key")),
        sa.UniqueConstraint("id", "generation", name=op.f("uq_respondent_key_id_generation")),
    )
    with op.batch_alter_table("respondent_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_respondent_key_id"), ["id"], unique=False)
        batch_op.create_index(batch_op.f("ix_respondent_key_study_id"), ["study_id"], unique=False)

    op.create_table(
        "root_slot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "passphrase",
                "keyfile",
                "recovery",
                name="slot_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("check", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_root_slot")),
    )
    op.create_table(
        "study_key",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_study_key")),
        sa.UniqueConstraint("id", "generation", name=op.f("uq_study_key_id_generation")),
    )
    with op.batch_alter_table("study_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_study_key_id"), ["id"], unique=False)

    op.create_table(
        "system_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_key")),
    )


def downgrade() -> None:
    op.drop_table("system_key")
    with op.batch_alter_table("study_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_key_id"))

    op.drop_table("study_key")
    op.drop_table("root_slot")
    with op.batch_alter_table("respondent_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_respondent_key_study_id"))
        batch_op.drop_index(batch_op.f("ix_respondent_key_id"))

    op.drop_table("respondent_key")
    with op.batch_alter_table("interview_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interview_key_study_id"))
        batch_op.drop_index(batch_op.f("ix_interview_key_id"))

    op.drop_table("interview_key")
    with op.batch_alter_table("identity_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_key_study_id"))

    op.drop_table("identity_key")
    op.drop_table("copy_serial")
