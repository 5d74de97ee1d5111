"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "d001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("chain_id", "seq", name=op.f("uq_audit_entry_chain_id_seq")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_chain_id"), ["chain_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_object_id"), ["object_id"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key_mac", sa.LargeBinary(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("person_id", "key_mac", name=op.f("uq_idempotency_key_person_id_key_mac")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_key_object_id"), ["object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_idempotency_key_person_id"), ["person_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("detect", "export", name="job_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                "cancelled",
                name="job_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("study_id", sa.Uuid(), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("is_cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_object_id"), ["object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_study_id"), ["study_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email_lookup", sa.LargeBinary(), nullable=False),
        sa.Column("email_ct", sa.LargeBinary(), nullable=False),
        sa.Column("name_ct", sa.LargeBinary(), nullable=False),
        sa.Column("totp_ct", sa.LargeBinary(), nullable=True),
        sa.Column("password_hash", sa.String(length=300), nullable=True),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column(
            "language",
            sa.Enum("en", "ru", "kk", name="person_language", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("theme", sa.String(length=10), nullable=False),
        sa.Column("density", sa.String(length=20), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email_lookup", name=op.f("uq_person_email_lookup")),
    )
    op.create_table(
        "rate_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.LargeBinary(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_limit")),
        sa.UniqueConstraint("bucket", name=op.f("uq_rate_limit_bucket")),
    )
    op.create_table(
        "study",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("title_ct", sa.LargeBinary(), nullable=False),
        sa.Column("needs_second_reader", sa.Boolean(), nullable=False),
        sa.Column("may_accept_all", sa.Boolean(), nullable=False),
        sa.Column(
            "originals",
            sa.Enum("vault", "destroy", name="study_originals", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("min_cell", sa.Integer(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study")),
        sa.UniqueConstraint("slug", name=op.f("uq_study_slug")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_api_token_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_api_token_study_id"), ["study_id"], unique=False)

    op.create_table(
        "blob",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("in_vault", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dies_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_blob_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob")),
    )
    with op.batch_alter_table("blob", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blob_interview_id"), ["interview_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_blob_study_id"), ["study_id"], unique=False)

    op.create_table(
        "codebook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("name_ct", sa.LargeBinary(), nullable=False),
        sa.Column("is_frozen", sa.Boolean(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_codebook_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codebook")),
    )
    with op.batch_alter_table("codebook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_codebook_study_id"), ["study_id"], unique=False)

    op.create_table(
        "entity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "PERSON",
                "PLACE_FINE",
                "PLACE_COARSE",
                "ORG",
                "ROLE",
                "CONTACT",
                "ID",
                "DATE",
                "AGE",
                "PRECINCT",
                "RESULT",
                "CLAN",
                name="entity_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "tier",
            sa.Enum("A", "B", "C", name="entity_tier", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("pseudonym_ct", sa.LargeBinary(), nullable=False),
        sa.Column("name_ct", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_entity_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_entity_study_id_number")),
    )
    with op.batch_alter_table("entity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entity_study_id"), ["study_id"], unique=False)

    op.create_table(
        "instrument",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body_ct", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_instrument_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument")),
    )
    with op.batch_alter_table("instrument", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_instrument_study_id"), ["study_id"], unique=False)

    op.create_table(
        "interview",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active", "withdrawn", name="interview_state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "individual", "focus_group", name="interview_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "in_person",
                "phone",
                "online",
                "written",
                name="interview_mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("details_ct", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_interview_created_by")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_interview_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_interview_study_id_number")),
    )
    with op.batch_alter_table("interview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interview_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_interview_study_id"), ["study_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "list_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("allow", "deny", name="list_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("form_ct", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_list_entry_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_entry")),
    )
    with op.batch_alter_table("list_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_list_entry_mac"), ["mac"], unique=False)
        batch_op.create_index(batch_op.f("ix_list_entry_study_id"), ["study_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "pi",
                "researcher",
                "coder",
                "observer",
                name="membership_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_membership_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("person_id", "study_id", name=op.f("uq_membership_person_id_study_id")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_study_id"), ["study_id"], unique=False)

    op.create_table(
        "party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_party_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("study_id", "code", name=op.f("uq_party_study_id_code")),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_study_id"), ["study_id"], unique=False)

    op.create_table(
        "place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=600), nullable=False),
        sa.Column("iso", sa.String(length=10), nullable=True),
        sa.Column("kato", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["place.id"], name=op.f("fk_place_parent_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_place_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("study_id", "path", name=op.f("uq_place_study_id_path")),
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_place_study_id"), ["study_id"], unique=False)

    op.create_table(
        "respondent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attributes_ct", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_respondent_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respondent")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_respondent_study_id_number")),
    )
    with op.batch_alter_table("respondent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_respondent_study_id"), ["study_id"], unique=False)

    op.create_table(
        "round_of_coding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name_ct", sa.LargeBinary(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_round_of_coding_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_of_coding")),
    )
    with op.batch_alter_table("round_of_coding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_of_coding_study_id"), ["study_id"], unique=False)

    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("spec_ct", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_saved_view_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_view_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_view_study_id"), ["study_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "snapshot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("spec_ct", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_snapshot_person_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_snapshot_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_snapshot_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_snapshot_study_id"), ["study_id"], unique=False)

    op.create_table(
        "variable",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_variable_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variable")),
        sa.UniqueConstraint("study_id", "name", name=op.f("uq_variable_study_id_name")),
    )
    with op.batch_alter_table("variable", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_variable_study_id"), ["study_id"], unique=False)

    op.create_table(
        "blob_chunk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("blob_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("last", sa.Boolean(), nullable=False),
        sa.Column("body_ct", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_blob_chunk_blob_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob_chunk")),
        sa.UniqueConstraint("blob_id", "n", name=op.f("uq_blob_chunk_blob_id_n")),
    )
    with op.batch_alter_table("blob_chunk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blob_chunk_blob_id"), ["blob_id"], unique=False)

    op.create_table(
        "code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("codebook_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("code_version_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("colour", sa.Integer(), nullable=False),
        sa.Column("texture", sa.String(length=20), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "proposed",
                "retired",
                name="code_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_codable", sa.Boolean(), nullable=False),
        sa.Column("is_risk", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["codebook_id"], ["codebook.id"], name=op.f("fk_code_codebook_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["code.id"], name=op.f("fk_code_parent_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_code_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code")),
        sa.UniqueConstraint("study_id", "position", name=op.f("uq_code_study_id_position")),
    )
    with op.batch_alter_table("code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_code_code_version_id"), ["code_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_code_codebook_id"), ["codebook_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_code_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_code_study_id"), ["study_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("scope_ct", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name=op.f("fk_consent_interview_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_interview_id"), ["interview_id"], unique=False)

    op.create_table(
        "contest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("unit_type", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_contest_place_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_contest_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
        sa.UniqueConstraint("study_id", "key", name=op.f("uq_contest_study_id_key")),
    )
    with op.batch_alter_table("contest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contest_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contest_study_id"), ["study_id"], unique=False)

    op.create_table(
        "export_ledger",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "format",
            sa.Enum("csv", "dta", name="export_format", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "profile",
            sa.Enum(
                "internal",
                "team",
                "public",
                name="export_profile",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("spec_ct", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("blob_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_export_ledger_blob_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_export_ledger_person_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_export_ledger_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_ledger")),
    )
    with op.batch_alter_table("export_ledger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_export_ledger_blob_id"), ["blob_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_export_ledger_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_export_ledger_study_id"), ["study_id"], unique=False)

    op.create_table(
        "link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("target_ct", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name=op.f("fk_link_interview_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_interview_id"), ["interview_id"], unique=False)

    op.create_table(
        "memo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=True),
        sa.Column("about_kind", sa.String(length=20), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body_ct", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_memo_author_id")),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name=op.f("fk_memo_interview_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_memo_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memo")),
    )
    with op.batch_alter_table("memo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memo_about_id"), ["about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_memo_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_memo_interview_id"), ["interview_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_memo_study_id"), ["study_id"], unique=False)

    op.create_table(
        "participation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("target_ct", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name=op.f("fk_participation_interview_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
    )
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participation_interview_id"), ["interview_id"], unique=False)

    op.create_table(
        "pii_span",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("text_version_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column(
            "label",
            sa.Enum(
                "PERSON",
                "PLACE_FINE",
                "PLACE_COARSE",
                "ORG",
                "ROLE",
                "CONTACT",
                "ID",
                "DATE",
                "AGE",
                "PRECINCT",
                "RESULT",
                "CLAN",
                name="pii_label",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "tier",
            sa.Enum("A", "B", "C", name="pii_tier", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "undecided", "accept", "keep", name="pii_decision", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("replacement_ct", sa.LargeBinary(), nullable=True),
        sa.Column("keep_reason_ct", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_pii_span_decided_by")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_pii_span_entity_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_pii_span_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pii_span")),
    )
    with op.batch_alter_table("pii_span", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pii_span_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_pii_span_entity_id"), ["entity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pii_span_study_id"), ["study_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pii_span_text_version_id"), ["text_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pii_span_transcript_id"), ["transcript_id"], unique=False)

    op.create_table(
        "surface_index",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("form_ct", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_surface_index_entity_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_surface_index_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surface_index")),
        sa.UniqueConstraint("study_id", "mac", "entity_id", name=op.f("uq_surface_index_study_id_mac_entity_id")),
    )
    with op.batch_alter_table("surface_index", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_surface_index_entity_id"), ["entity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_surface_index_mac"), ["mac"], unique=False)
        batch_op.create_index(batch_op.f("ix_surface_index_study_id"), ["study_id"], unique=False)

    op.create_table(
        "transcript",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "detecting",
                "review",
                "second_read",
                "codable",
                "failed",
                "withdrawn",
                name="transcript_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("title_ct", sa.LargeBinary(), nullable=False),
        sa.Column("file_name_ct", sa.LargeBinary(), nullable=False),
        sa.Column("content_mac", sa.LargeBinary(), nullable=False),
        sa.Column("source_blob_id", sa.Uuid(), nullable=True),
        sa.Column("text_version_id", sa.Uuid(), nullable=True),
        sa.Column("text_number", sa.Integer(), nullable=False),
        sa.Column("n_chars", sa.Integer(), nullable=False),
        sa.Column("n_turns", sa.Integer(), nullable=False),
        sa.Column("review_revision", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("first_reader", sa.Uuid(), nullable=True),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["first_reader"], ["person.id"], name=op.f("fk_transcript_first_reader")),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name=op.f("fk_transcript_interview_id")),
        sa.ForeignKeyConstraint(["source_blob_id"], ["blob.id"], name=op.f("fk_transcript_source_blob_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_transcript_study_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_transcript_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript")),
        sa.UniqueConstraint("study_id", "content_mac", name=op.f("uq_transcript_study_id_content_mac")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_transcript_study_id_number")),
    )
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transcript_first_reader"), ["first_reader"], unique=False)
        batch_op.create_index(batch_op.f("ix_transcript_interview_id"), ["interview_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transcript_source_blob_id"), ["source_blob_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transcript_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_transcript_study_id"), ["study_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transcript_text_version_id"), ["text_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transcript_uploaded_by"), ["uploaded_by"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_assignment_created_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id")),
        sa.ForeignKeyConstraint(["transcript_id"], ["transcript.id"], name=op.f("fk_assignment_transcript_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("transcript_id", "person_id", name=op.f("uq_assignment_transcript_id_person_id")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_transcript_id"), ["transcript_id"], unique=False)

    op.create_table(
        "code_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name_ct", sa.LargeBinary(), nullable=False),
        sa.Column("definition_ct", sa.LargeBinary(), nullable=False),
        sa.Column("fields_ct", sa.LargeBinary(), nullable=False),
        sa.Column("aliases_ct", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name=op.f("fk_code_version_code_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_code_version_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_version")),
        sa.UniqueConstraint("code_id", "number", name=op.f("uq_code_version_code_id_number")),
    )
    with op.batch_alter_table("code_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_code_version_code_id"), ["code_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_code_version_created_by"), ["created_by"], unique=False)

    op.create_table(
        "command",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload_ct", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_command_person_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_command_study_id")),
        sa.ForeignKeyConstraint(["transcript_id"], ["transcript.id"], name=op.f("fk_command_transcript_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
        sa.UniqueConstraint("person_id", "transcript_id", "seq", name=op.f("uq_command_person_id_transcript_id_seq")),
    )
    with op.batch_alter_table("command", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_command_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_command_study_id"), ["study_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_command_transcript_id"), ["transcript_id"], unique=False)

    op.create_table(
        "round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("source", sa.String(length=2000), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_round_contest_id")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_round_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("study_id", "key", name=op.f("uq_round_study_id_key")),
    )
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_contest_id"), ["contest_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_round_study_id"), ["study_id"], unique=False)

    op.create_table(
        "text_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("raw", "anonymised", name="text_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("n_chars", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_text_version_created_by")),
        sa.ForeignKeyConstraint(["transcript_id"], ["transcript.id"], name=op.f("fk_text_version_transcript_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_version")),
        sa.UniqueConstraint("transcript_id", "number", name=op.f("uq_text_version_transcript_id_number")),
    )
    with op.batch_alter_table("text_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_text_version_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_text_version_transcript_id"), ["transcript_id"], unique=False)

    op.create_table(
        "candidacy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("residence", sa.String(length=200), nullable=True),
        sa.Column("votes", sa.Integer(), nullable=True),
        sa.Column("is_elected", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_candidacy_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidacy")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_candidacy_round_id_number")),
    )
    with op.batch_alter_table("candidacy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidacy_round_id"), ["round_id"], unique=False)

    op.create_table(
        "coding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("text_version_id", sa.Uuid(), nullable=False),
        sa.Column("text_number", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("code_version_id", sa.Uuid(), nullable=False),
        sa.Column("coder_id", sa.Uuid(), nullable=False),
        sa.Column(
            "valence",
            sa.Enum(
                "helps",
                "hinders",
                "denies",
                name="coding_valence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("weight", sa.Integer(), nullable=True),
        sa.Column("is_unsure", sa.Boolean(), nullable=False),
        sa.Column("quote_mac", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name=op.f("fk_coding_code_id")),
        sa.ForeignKeyConstraint(["code_version_id"], ["code_version.id"], name=op.f("fk_coding_code_version_id")),
        sa.ForeignKeyConstraint(["coder_id"], ["person.id"], name=op.f("fk_coding_coder_id")),
        sa.ForeignKeyConstraint(["deleted_by"], ["person.id"], name=op.f("fk_coding_deleted_by")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_coding_study_id")),
        sa.ForeignKeyConstraint(["text_version_id"], ["text_version.id"], name=op.f("fk_coding_text_version_id")),
        sa.ForeignKeyConstraint(["transcript_id"], ["transcript.id"], name=op.f("fk_coding_transcript_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding")),
    )
    with op.batch_alter_table("coding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coding_code_id"), ["code_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coding_coder_id"), ["coder_id"], unique=False)
        batch_op.create_index("ix_coding_place", ["text_version_id", "start", "end"], unique=False)
        batch_op.create_index(batch_op.f("ix_coding_study_id"), ["study_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coding_transcript_id"), ["transcript_id"], unique=False)

    op.create_table(
        "race_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("variable_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_race_value_round_id")),
        sa.ForeignKeyConstraint(["variable_id"], ["variable.id"], name=op.f("fk_race_value_variable_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_race_value")),
        sa.UniqueConstraint("round_id", "variable_id", name=op.f("uq_race_value_round_id_variable_id")),
    )
    with op.batch_alter_table("race_value", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_race_value_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_race_value_variable_id"), ["variable_id"], unique=False)

    op.create_table(
        "round_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_event_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_event")),
    )
    with op.batch_alter_table("round_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_event_round_id"), ["round_id"], unique=False)

    op.create_table(
        "source_doc",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_source_doc_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_doc")),
    )
    with op.batch_alter_table("source_doc", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_source_doc_round_id"), ["round_id"], unique=False)

    op.create_table(
        "turn",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text_version_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("bounds", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("is_interviewer", sa.Boolean(), nullable=False),
        sa.Column(
            "sealed_to",
            sa.Enum("interview", "vault", name="turn_sealed_to", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("speaker_ct", sa.LargeBinary(), nullable=False),
        sa.Column("body_ct", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_rev", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["text_version_id"], ["text_version.id"], name=op.f("fk_turn_text_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn")),
        sa.UniqueConstraint("text_version_id", "n", name=op.f("uq_turn_text_version_id_n")),
        sa.UniqueConstraint("text_version_id", "start", name=op.f("uq_turn_text_version_id_start")),
    )
    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_turn_text_version_id"), ["text_version_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_turn_text_version_id"))

    op.drop_table("turn")
    with op.batch_alter_table("source_doc", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_doc_round_id"))

    op.drop_table("source_doc")
    with op.batch_alter_table("round_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_event_round_id"))

    op.drop_table("round_event")
    with op.batch_alter_table("race_value", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_race_value_variable_id"))
        batch_op.drop_index(batch_op.f("ix_race_value_round_id"))

    op.drop_table("race_value")
    with op.batch_alter_table("coding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coding_transcript_id"))
        batch_op.drop_index(batch_op.f("ix_coding_study_id"))
        batch_op.drop_index("ix_coding_place")
        batch_op.drop_index(batch_op.f("ix_coding_coder_id"))
        batch_op.drop_index(batch_op.f("ix_coding_code_id"))

    op.drop_table("coding")
    with op.batch_alter_table("candidacy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidacy_round_id"))

    op.drop_table("candidacy")
    with op.batch_alter_table("text_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_text_version_transcript_id"))
        batch_op.drop_index(batch_op.f("ix_text_version_created_by"))

    op.drop_table("text_version")
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_study_id"))
        batch_op.drop_index(batch_op.f("ix_round_contest_id"))

    op.drop_table("round")
    with op.batch_alter_table("command", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_command_transcript_id"))
        batch_op.drop_index(batch_op.f("ix_command_study_id"))
        batch_op.drop_index(batch_op.f("ix_command_person_id"))

    op.drop_table("command")
    with op.batch_alter_table("code_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_code_version_created_by"))
        batch_op.drop_index(batch_op.f("ix_code_version_code_id"))

    op.drop_table("code_version")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_transcript_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_person_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transcript_uploaded_by"))
        batch_op.drop_index(batch_op.f("ix_transcript_text_version_id"))
        batch_op.drop_index(batch_op.f("ix_transcript_study_id"))
        batch_op.drop_index(batch_op.f("ix_transcript_state"))
        batch_op.drop_index(batch_op.f("ix_transcript_source_blob_id"))
        batch_op.drop_index(batch_op.f("ix_transcript_interview_id"))
        batch_op.drop_index(batch_op.f("ix_transcript_first_reader"))

    op.drop_table("transcript")
    with op.batch_alter_table("surface_index", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_surface_index_study_id"))
        batch_op.drop_index(batch_op.f("ix_surface_index_mac"))
        batch_op.drop_index(batch_op.f("ix_surface_index_entity_id"))

    op.drop_table("surface_index")
    with op.batch_alter_table("pii_span", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pii_span_transcript_id"))
        batch_op.drop_index(batch_op.f("ix_pii_span_text_version_id"))
        batch_op.drop_index(batch_op.f("ix_pii_span_study_id"))
        batch_op.drop_index(batch_op.f("ix_pii_span_entity_id"))
        batch_op.drop_index(batch_op.f("ix_pii_span_decided_by"))

    op.drop_table("pii_span")
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participation_interview_id"))

    op.drop_table("participation")
    with op.batch_alter_table("memo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memo_study_id"))
        batch_op.drop_index(batch_op.f("ix_memo_interview_id"))
        batch_op.drop_index(batch_op.f("ix_memo_author_id"))
        batch_op.drop_index(batch_op.f("ix_memo_about_id"))

    op.drop_table("memo")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_interview_id"))

    op.drop_table("link")
    with op.batch_alter_table("export_ledger", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_export_ledger_study_id"))
        batch_op.drop_index(batch_op.f("ix_export_ledger_person_id"))
        batch_op.drop_index(batch_op.f("ix_export_ledger_blob_id"))

    op.drop_table("export_ledger")
    with op.batch_alter_table("contest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contest_study_id"))
        batch_op.drop_index(batch_op.f("ix_contest_place_id"))

    op.drop_table("contest")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_interview_id"))

    op.drop_table("consent")
    with op.batch_alter_table("code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_code_study_id"))
        batch_op.drop_index(batch_op.f("ix_code_parent_id"))
        batch_op.drop_index(batch_op.f("ix_code_codebook_id"))
        batch_op.drop_index(batch_op.f("ix_code_code_version_id"))

    op.drop_table("code")
    with op.batch_alter_table("blob_chunk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blob_chunk_blob_id"))

    op.drop_table("blob_chunk")
    with op.batch_alter_table("variable", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_variable_study_id"))

    op.drop_table("variable")
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_snapshot_study_id"))
        batch_op.drop_index(batch_op.f("ix_snapshot_person_id"))

    op.drop_table("snapshot")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_person_id"))

    op.drop_table("session")
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_view_study_id"))
        batch_op.drop_index(batch_op.f("ix_saved_view_person_id"))

    op.drop_table("saved_view")
    with op.batch_alter_table("round_of_coding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_of_coding_study_id"))

    op.drop_table("round_of_coding")
    with op.batch_alter_table("respondent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_respondent_study_id"))

    op.drop_table("respondent")
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_study_id"))
        batch_op.drop_index(batch_op.f("ix_place_parent_id"))

    op.drop_table("place")
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_party_study_id"))

    op.drop_table("party")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_study_id"))
        batch_op.drop_index(batch_op.f("ix_membership_person_id"))

    op.drop_table("membership")
    with op.batch_alter_table("list_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_list_entry_study_id"))
        batch_op.drop_index(batch_op.f("ix_list_entry_mac"))

    op.drop_table("list_entry")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_person_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("interview", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interview_study_id"))
        batch_op.drop_index(batch_op.f("ix_interview_created_by"))

    op.drop_table("interview")
    with op.batch_alter_table("instrument", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instrument_study_id"))

    op.drop_table("instrument")
    with op.batch_alter_table("entity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entity_study_id"))

    op.drop_table("entity")
    with op.batch_alter_table("codebook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_codebook_study_id"))

    op.drop_table("codebook")
    with op.batch_alter_table("blob", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blob_study_id"))
        batch_op.drop_index(batch_op.f("ix_blob_interview_id"))

    op.drop_table("blob")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_study_id"))
        batch_op.drop_index(batch_op.f("ix_api_token_person_id"))

    op.drop_table("api_token")
    op.drop_table("study")
    op.drop_table("rate_limit")
    op.drop_table("person")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_study_id"))
        batch_op.drop_index(batch_op.f("ix_job_state"))
        batch_op.drop_index(batch_op.f("ix_job_object_id"))

    op.drop_table("job")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_person_id"))
        batch_op.drop_index(batch_op.f("ix_idempotency_key_object_id"))

    op.drop_table("idempotency_key")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_object_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_chain_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))

    op.drop_table("audit_entry")
