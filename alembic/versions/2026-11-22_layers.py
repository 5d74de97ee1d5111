"""Whether coders of a transcript see each other's codings, and where a reader was last."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "d014"
down_revision = "d013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    layers = sa.Enum("blind", "shared", name="study_layers", native_enum=False, create_constraint=True, length=40)
    with op.batch_alter_table("study", schema=None) as batch_op:
        batch_op.add_column(sa.Column("layers", layers, nullable=False, server_default="blind"))
    op.create_table(
        "last_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_last_place_person_id")),
        sa.ForeignKeyConstraint(["transcript_id"], ["transcript.id"], name=op.f("fk_last_place_transcript_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_last_place")),
        sa.UniqueConstraint("person_id", "transcript_id", name=op.f("uq_last_place_person_id_transcript_id")),
    )
    with op.batch_alter_table("last_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_last_place_transcript_id"), ["transcript_id"], unique=False)


def downgrade() -> None:
    op.drop_table("last_place")
    with op.batch_alter_table("study", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_study_study_layers"), type_="check")
        batch_op.drop_column("layers")
