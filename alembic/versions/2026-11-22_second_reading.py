"""What a reader has read of a text, and how two readers of it agree."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "d008"
down_revision = "d007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "part_read",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_part_read_person_id")),
        sa.ForeignKeyConstraint(["transcript_id"], ["transcript.id"], name=op.f("fk_part_read_transcript_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_read")),
        sa.UniqueConstraint(
            "transcript_id", "person_id", "start", "end", name=op.f("uq_part_read_transcript_id_person_id_start_end")
        ),
    )
    with op.batch_alter_table("part_read", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_part_read_transcript_id"), ["transcript_id"], unique=False)
    said = sa.Enum(
        "undecided",
        "accept",
        "keep",
        name="pii_first_decision",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    with op.batch_alter_table("pii_span", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_decision", said, nullable=True))
        batch_op.add_column(sa.Column("first_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("first_words_ct", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("agreed_by", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_pii_span_first_by"), "person", ["first_by"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_pii_span_agreed_by"), "person", ["agreed_by"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("pii_span", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_pii_span_agreed_by"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_pii_span_first_by"), type_="foreignkey")
        batch_op.drop_column("agreed_by")
        batch_op.drop_column("first_words_ct")
        batch_op.drop_column("first_by")
        batch_op.drop_constraint(batch_op.f("ck_pii_span_pii_first_decision"), type_="check")
        batch_op.drop_column("first_decision")
    with op.batch_alter_table("part_read", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_part_read_transcript_id"))
    op.drop_table("part_read")
