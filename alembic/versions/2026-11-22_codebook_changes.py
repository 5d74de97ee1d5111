"""The codebook's log, who proposed a code, what a code was merged into, and for which round the codebook is frozen."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "d012"
down_revision = "d010"
branch_labels = None
depends_on = None

KINDS = (
    *("added", "edited", "moved", "retired", "restored", "proposed", "accepted", "rejected"),
    *("merged", "split", "frozen", "thawed"),
)


def upgrade() -> None:
    kind = sa.Enum(*KINDS, name="code_change_kind", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "code_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=True),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("kind", kind, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload_ct", sa.LargeBinary(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_code_change_study_id")),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name=op.f("fk_code_change_code_id")),
        sa.ForeignKeyConstraint(["other_id"], ["code.id"], name=op.f("fk_code_change_other_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_code_change_by")),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"], name=op.f("fk_code_change_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_change")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_code_change_study_id_number")),
    )
    with op.batch_alter_table("code_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_code_change_code_id"), ["code_id"], unique=False)
    with op.batch_alter_table("codebook", schema=None) as batch_op:
        batch_op.add_column(sa.Column("frozen_for_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("frozen_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_codebook_frozen_by"), "person", ["frozen_by"], ["id"])
    with op.batch_alter_table("code", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proposed_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_code_proposed_by"), "person", ["proposed_by"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_code_merged_into_id"), "code", ["merged_into_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("code", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_code_merged_into_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_code_proposed_by"), type_="foreignkey")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("proposed_by")
    with op.batch_alter_table("codebook", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_codebook_frozen_by"), type_="foreignkey")
        batch_op.drop_column("frozen_at")
        batch_op.drop_column("frozen_by")
        batch_op.drop_column("frozen_for_id")
    op.drop_table("code_change")
