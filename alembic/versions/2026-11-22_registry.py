"""The registry: levels, merged entities, grammar of findings, the log of replacements, the classifier of places."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "d007"
down_revision = "d006"
branch_labels = None
depends_on = None

LEVELS = ("code", "kind", "oblast", "district", "year", "month", "decade", "half_decade")
PLACES = ("oblast", "district", "sub_district", "settlement")


def _words(*words: str, name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "classifier_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("level", _words(*PLACES, name="classifier_level"), nullable=False),
        sa.Column("name_ru", sa.String(length=200), nullable=False),
        sa.Column("name_kk", sa.String(length=200), nullable=False),
        sa.Column("key_ru", sa.String(length=200), nullable=False),
        sa.Column("key_kk", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classifier_place")),
        sa.UniqueConstraint("code", name=op.f("uq_classifier_place_code")),
    )
    op.create_table(
        "replacement_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("text_version_id", sa.Uuid(), nullable=False),
        sa.Column("pii_span_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("shown_rev", sa.Integer(), nullable=False),
        sa.Column("shown_ct", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_replacement_log_study_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_replacement_log_entity_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_replacement_log_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement_log")),
    )
    for table, columns in (
        ("classifier_place", ("key_ru", "key_kk")),
        ("replacement_log", ("study_id", "transcript_id", "text_version_id", "entity_id")),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)
    _add(
        "study",
        sa.Column(
            "pseudonyms", _words("codes", "names", name="study_pseudonyms"), nullable=False, server_default="codes"
        ),
    )
    _add("entity", sa.Column("level", _words(*LEVELS, name="entity_level"), nullable=False, server_default="code"))
    _add("entity", sa.Column("shown_rev", sa.Integer(), nullable=False, server_default="0"))
    _add("entity", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    _add("pii_span", sa.Column("grammar", sa.String(length=60), nullable=False, server_default=""))
    with op.batch_alter_table("entity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("levels_ct", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("merged_into", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_entity_merged_into"), "entity", ["merged_into"], ["id"])
        batch_op.create_index(batch_op.f("ix_entity_merged_into"), ["merged_into"], unique=False)


def _add(table: str, column: sa.Column[object]) -> None:
    """A column with a value for the rows that are there, and none for those to come."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(column)
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.alter_column(column.name, existing_type=column.type, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("entity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entity_merged_into"))
        batch_op.drop_constraint(batch_op.f("fk_entity_merged_into"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_entity_entity_level"), type_="check")
        for column in ("merged_into", "levels_ct", "revision", "shown_rev", "level"):
            batch_op.drop_column(column)
    with op.batch_alter_table("pii_span", schema=None) as batch_op:
        batch_op.drop_column("grammar")
    with op.batch_alter_table("study", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_study_study_pseudonyms"), type_="check")
        batch_op.drop_column("pseudonyms")
    for table, columns in (
        ("replacement_log", ("study_id", "transcript_id", "text_version_id", "entity_id")),
        ("classifier_place", ("key_ru", "key_kk")),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_index(batch_op.f(f"ix_{table}_{column}"))
        op.drop_table(table)
