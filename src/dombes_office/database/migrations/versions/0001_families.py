"""Authorities, services, families, agents and the trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dombes_office.database.migrations.words import AWARE, OFFICE, Xid8, check, column, identity, is_address, refers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables from nothing to 0001."""
    op.create_table(
        "account",
        identity(),
        column("email", sa.Text()),
        column("last_name", sa.Text()),
        column("first_name", sa.Text()),
        column("phone", sa.Text(), default="''"),
        column("address", sa.Text(), default="''"),
        column("postcode", sa.Text(), default="''"),
        column("town", sa.Text(), default="''"),
        column("created_at", AWARE, default="now()"),
        check("ck_account_email", is_address("email")),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        **OFFICE,
    )
    op.create_index("uq_account_email", "account", [sa.literal_column("lower(email)")], unique=True, **OFFICE)
    op.create_table(
        "assignable_group",
        column("name", sa.Text()),
        column("label", sa.Text()),
        sa.PrimaryKeyConstraint("name", name="pk_assignable_group"),
        **OFFICE,
    )
    op.create_table(
        "audit_event",
        identity(),
        column("xid", Xid8(), default="pg_current_xact_id()"),
        column("at", AWARE, default="clock_timestamp()"),
        column("login", sa.Text(), default="session_user"),
        column("authority_id", sa.BigInteger(), null=True),
        column("table_name", sa.Text()),
        column("row_key", sa.Text()),
        column("verb", sa.Text()),
        column("old", JSONB(), null=True),
        column("new", JSONB(), null=True),
        column("reason", sa.Text(), default="''"),
        column("digest", sa.LargeBinary()),
        column("position", sa.BigInteger(), null=True),
        column("chain", sa.LargeBinary(), null=True),
        check("ck_audit_event_verb", "verb in ('insert', 'update', 'delete')"),
        check("ck_audit_event_sealed", "(position is null) = (chain is null)"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
        sa.UniqueConstraint("position", name="uq_audit_event_position"),
        **OFFICE,
    )
    op.create_index("ix_audit_event_row", "audit_event", ["table_name", "row_key", "id"], **OFFICE)
    op.create_index(
        "ix_audit_event_unsealed", "audit_event", ["id"], **OFFICE, postgresql_where=sa.text("position is null")
    )
    op.create_table(
        "audit_secret",
        column("only", sa.Text(), default="'row'"),
        column("secret", sa.LargeBinary()),
        check("ck_audit_secret_only", "\"only\" = 'row'"),
        sa.PrimaryKeyConstraint("only", name="pk_audit_secret"),
        **OFFICE,
    )
    op.create_table(
        "authority",
        identity(),
        column("kind", sa.Text()),
        column("name", sa.Text()),
        column("short_name", sa.Text()),
        column("postcode", sa.Text(), default="''"),
        column("email", sa.Text(), default="''"),
        column("phone", sa.Text(), default="''"),
        column("creditor_id", sa.Text(), null=True),
        check("ck_authority_email", f"email = '' or {is_address('email')}"),
        check("ck_authority_kind", "kind in ('community', 'commune')"),
        sa.PrimaryKeyConstraint("id", name="pk_authority"),
        sa.UniqueConstraint("name", name="uq_authority_name"),
        **OFFICE,
    )
    op.create_table(
        "backup_run",
        identity(),
        column("finished_at", AWARE, default="now()"),
        column("made_by", sa.Text(), default="session_user"),
        column("byte_count", sa.BigInteger()),
        column("sha256", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_backup_run"),
        **OFFICE,
    )
    op.create_table(
        "customer_group",
        identity(),
        column("name", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_customer_group"),
        sa.UniqueConstraint("name", name="uq_customer_group_name"),
        **OFFICE,
    )
    op.create_table(
        "file_content",
        column("sha256", sa.LargeBinary()),
        column("content", sa.LargeBinary()),
        column("created_at", AWARE, default="now()"),
        check("ck_file_content_size", "octet_length(content) <= 15728640"),
        check("ck_file_content_sha256", "sha256 = pg_catalog.sha256(content)"),
        sa.PrimaryKeyConstraint("sha256", name="pk_file_content"),
        **OFFICE,
    )
    op.create_table(
        "installed_guard",
        column("name", sa.Text()),
        column("sha256", sa.Text()),
        column("applied_at", AWARE, default="now()"),
        sa.PrimaryKeyConstraint("name", name="pk_installed_guard"),
        **OFFICE,
    )
    op.create_table(
        "staff_member",
        column("login", sa.Text()),
        column("display_name", sa.Text()),
        column("email", sa.Text(), default="''"),
        column("suspended_at", AWARE, null=True),
        column("created_at", AWARE, default="now()"),
        check("ck_staff_member_login", "login ~ '^[a-z][a-z0-9_.]{1,39}$'"),
        sa.PrimaryKeyConstraint("login", name="pk_staff_member"),
        **OFFICE,
    )
    op.create_table(
        "agent_scope",
        column("login", sa.Text()),
        column("authority_id", sa.BigInteger()),
        refers("fk_agent_scope_authority_id", "authority_id", "authority.id"),
        refers("fk_agent_scope_login", "login", "staff_member.login"),
        sa.PrimaryKeyConstraint("login", "authority_id", name="pk_agent_scope"),
        **OFFICE,
    )
    op.create_index("ix_agent_scope_authority_id", "agent_scope", ["authority_id"], **OFFICE)
    op.create_table(
        "household",
        identity(),
        column("account_id", sa.BigInteger()),
        column("name", sa.Text()),
        column("created_at", AWARE, default="now()"),
        refers("fk_household_account_id", "account_id", "account.id"),
        sa.PrimaryKeyConstraint("id", name="pk_household"),
        sa.UniqueConstraint("account_id", name="uq_household_account_id"),
        **OFFICE,
    )
    op.create_table(
        "service",
        identity(),
        column("authority_id", sa.BigInteger()),
        column("name", sa.Text()),
        column("min_age", sa.Integer(), null=True),
        column("max_age", sa.Integer(), null=True),
        column("closed_at", AWARE, null=True),
        check("ck_service_age_range", "min_age >= 0 and max_age <= 120"),
        check("ck_service_ages", "min_age is null or max_age is null or min_age <= max_age"),
        refers("fk_service_authority_id", "authority_id", "authority.id"),
        sa.PrimaryKeyConstraint("id", name="pk_service"),
        sa.UniqueConstraint("authority_id", "name", name="uq_service_authority_id_name"),
        **OFFICE,
    )
    op.create_index("ix_service_authority_id", "service", ["authority_id"], **OFFICE)
    op.create_table(
        "beneficiary",
        identity(),
        column("household_id", sa.BigInteger()),
        column("last_name", sa.Text()),
        column("first_name", sa.Text()),
        column("born_on", sa.Date(), null=True),
        column("relationship", sa.Text(), default="''"),
        column("school_level", sa.Text(), default="''"),
        column("customer_group_id", sa.BigInteger(), null=True),
        column("care_note", sa.Text(), null=True),
        column("photo_sha256", sa.LargeBinary(), null=True),
        column("created_at", AWARE, default="now()"),
        check("ck_beneficiary_photo_sha256", "octet_length(photo_sha256) = 32"),
        refers("fk_beneficiary_customer_group_id", "customer_group_id", "customer_group.id"),
        refers("fk_beneficiary_household_id", "household_id", "household.id"),
        refers("fk_beneficiary_photo_sha256", "photo_sha256", "file_content.sha256"),
        sa.PrimaryKeyConstraint("id", name="pk_beneficiary"),
        **OFFICE,
    )
    op.create_index("ix_beneficiary_household_id", "beneficiary", ["household_id"], **OFFICE)
    op.create_index("ix_beneficiary_photo_sha256", "beneficiary", ["photo_sha256"], **OFFICE)
    op.create_table(
        "document_requirement",
        identity(),
        column("service_id", sa.BigInteger()),
        column("authority_id", sa.BigInteger()),
        column("code", sa.Text()),
        column("label", sa.Text()),
        column("kind", sa.Text()),
        column("needed", sa.Text()),
        column("sensitivity", sa.Text()),
        column("validity_months", sa.Integer(), null=True),
        column("position", sa.Integer()),
        column("closed_at", AWARE, null=True),
        check("ck_document_requirement_kind", "kind in ('file', 'iban', 'bic', 'text', 'date')"),
        check("ck_document_requirement_needed", "needed in ('always', 'direct_debit')"),
        check("ck_document_requirement_sensitivity", "sensitivity in ('health', 'bank', 'plain')"),
        check("ck_document_requirement_validity_months", "validity_months between 1 and 120"),
        refers("fk_document_requirement_authority_id", "authority_id", "authority.id"),
        refers("fk_document_requirement_service_id", "service_id", "service.id"),
        sa.PrimaryKeyConstraint("id", name="pk_document_requirement"),
        sa.UniqueConstraint("service_id", "code", name="uq_document_requirement_service_id_code"),
        **OFFICE,
    )
    op.create_index("ix_document_requirement_authority_id", "document_requirement", ["authority_id"], **OFFICE)
    op.create_table(
        "household_authority",
        column("household_id", sa.BigInteger()),
        column("authority_id", sa.BigInteger()),
        refers("fk_household_authority_authority_id", "authority_id", "authority.id"),
        refers("fk_household_authority_household_id", "household_id", "household.id"),
        sa.PrimaryKeyConstraint("household_id", "authority_id", name="pk_household_authority"),
        **OFFICE,
    )
    op.create_index("ix_household_authority_authority_id", "household_authority", ["authority_id"], **OFFICE)
    op.create_table(
        "household_token",
        column("household_id", sa.BigInteger()),
        column("authority_id", sa.BigInteger()),
        column("token", sa.Text(collation="C")),
        refers("fk_household_token_authority_id", "authority_id", "authority.id"),
        refers("fk_household_token_household_id", "household_id", "household.id"),
        sa.PrimaryKeyConstraint("household_id", "authority_id", "token", name="pk_household_token"),
        **OFFICE,
    )
    op.create_index("ix_household_token_search", "household_token", ["authority_id", "token", "household_id"], **OFFICE)
