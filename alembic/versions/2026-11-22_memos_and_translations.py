"""Memos on anything, with a way back and one act for each editing; translations of coded passages."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "d013"
down_revision = "d012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def closed(name: str, *words: str) -> sa.Enum:
        return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)

    op.create_table(
        "translation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("coding_id", sa.Uuid(), nullable=False),
        sa.Column("language", closed("translation_language", "en", "ru", "kk"), nullable=False),
        sa.Column("status", closed("translation_status", "draft", "checked"), nullable=False),
        sa.Column("translator_id", sa.Uuid(), nullable=False),
        sa.Column("checker_id", sa.Uuid(), nullable=True),
        sa.Column("body_ct", sa.LargeBinary(), nullable=False),
        sa.Column("quote_mac", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edit_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_translation_study_id")),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name=op.f("fk_translation_interview_id")),
        sa.ForeignKeyConstraint(["coding_id"], ["coding.id"], name=op.f("fk_translation_coding_id")),
        sa.ForeignKeyConstraint(["translator_id"], ["person.id"], name=op.f("fk_translation_translator_id")),
        sa.ForeignKeyConstraint(["checker_id"], ["person.id"], name=op.f("fk_translation_checker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation")),
        sa.UniqueConstraint("coding_id", "language", name=op.f("uq_translation_coding_id_language")),
    )
    with op.batch_alter_table("translation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_translation_study_id"), ["study_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_translation_interview_id"), ["interview_id"], unique=False)
    with op.batch_alter_table("memo", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("edit_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("memo", schema=None) as batch_op:
        batch_op.drop_column("edit_id")
        batch_op.drop_column("deleted_at")
        batch_op.drop_column("changed_at")
    op.drop_table("translation")
