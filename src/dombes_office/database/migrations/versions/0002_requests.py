"""Requests, pieces, decisions and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dombes_office.database.migrations.words import (
    AWARE,
    OFFICE,
    Xid8,
    check,
    column,
    identity,
    is_address,
    refers,
    says_something,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables from 0001 to 0002."""
    op.create_table(
        "access_request",
        identity(),
        column("number", sa.Text()),
        column("household_id", sa.BigInteger()),
        column("beneficiary_id", sa.BigInteger()),
        column("service_id", sa.BigInteger()),
        column("authority_id", sa.BigInteger()),
        column("status", sa.Text(), default="'pending'"),
        column("version", sa.Integer(), default="1"),
        column("by_debit", sa.Boolean(), default="false"),
        column("submitted_at", AWARE, default="now()"),
        column("answered_at", AWARE, null=True),
        column("family_key", sa.Text(collation="C"), default="''"),
        column("pieces_given", sa.SmallInteger(), default="0"),
        column("pieces_needed", sa.SmallInteger(), default="0"),
        column("checked_version", sa.Integer(), null=True),
        column("check_failures", sa.SmallInteger(), null=True),
        column("check_warnings", sa.SmallInteger(), null=True),
        column("check_rank", sa.SmallInteger(), default="3"),
        check(
            "ck_access_request_status",
            "status in ('pending', 'complement_received', 'awaiting_family', 'validated', 'refused')",
        ),
        check("ck_access_request_version", "version > 0"),
        refers("fk_access_request_authority_id", "authority_id", "authority.id"),
        refers("fk_access_request_beneficiary_id", "beneficiary_id", "beneficiary.id"),
        refers("fk_access_request_household_id", "household_id", "household.id"),
        refers("fk_access_request_service_id", "service_id", "service.id"),
        sa.PrimaryKeyConstraint("id", name="pk_access_request"),
        sa.UniqueConstraint("number", name="uq_access_request_number"),
        **OFFICE,
    )
    op.create_index("ix_access_request_beneficiary_id", "access_request", ["beneficiary_id"], **OFFICE)
    op.create_index(
        "ix_access_request_checks",
        "access_request",
        ["status", "authority_id", "check_rank", "submitted_at", "id"],
        **OFFICE,
    )
    op.create_index("ix_access_request_everything", "access_request", ["authority_id", "submitted_at", "id"], **OFFICE)
    op.create_index(
        "ix_access_request_family", "access_request", ["status", "authority_id", "family_key", "id"], **OFFICE
    )
    op.create_index("ix_access_request_household_id", "access_request", ["household_id"], **OFFICE)
    op.create_index(
        "ix_access_request_queue", "access_request", ["status", "authority_id", "submitted_at", "id"], **OFFICE
    )
    op.create_index("ix_access_request_queue_all", "access_request", ["status", "submitted_at", "id"], **OFFICE)
    op.create_index("ix_access_request_service_id", "access_request", ["service_id"], **OFFICE)
    op.create_index("ix_access_request_submitted", "access_request", ["submitted_at", "id"], **OFFICE)
    op.create_table(
        "decision",
        identity(),
        column("request_id", sa.BigInteger()),
        column("authority_id", sa.BigInteger()),
        column("kind", sa.Text()),
        column("reason_code", sa.Text(), null=True),
        column("words", sa.Text(), default="''"),
        column("seen_version", sa.Integer()),
        column("previous_status", sa.Text()),
        column("decided_by", sa.Text(), default="session_user"),
        column("decided_at", AWARE, default="now()"),
        column("undone_at", AWARE, null=True),
        column("undone_by", sa.Text(), null=True),
        column("xid", Xid8(), null=True),
        check(
            "ck_decision_refusal_has_reason",
            "(kind <> 'refuse' or reason_code is not null) and (reason_code is null or reason_code in"
            " ('age_out_of_range', 'outside_area', 'incomplete_file', 'duplicate_request', 'service_full', 'other'))",
        ),
        check("ck_decision_kind", "kind in ('validate', 'refuse', 'complement')"),
        check(
            "ck_decision_other_reason_has_words",
            f"reason_code is distinct from 'other' or ({says_something('words', 2000)})",
        ),
        check("ck_decision_words", "length(words) <= 2000"),
        check("ck_decision_undone", "(undone_at is null) = (undone_by is null)"),
        refers("fk_decision_authority_id", "authority_id", "authority.id"),
        refers("fk_decision_request_id", "request_id", "access_request.id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        **OFFICE,
    )
    op.create_index("ix_decision_authority_id", "decision", ["authority_id"], **OFFICE)
    op.create_index("ix_decision_request_id", "decision", ["request_id"], **OFFICE)
    op.create_index(
        "uq_decision_standing",
        "decision",
        ["request_id"],
        unique=True,
        **OFFICE,
        postgresql_where=sa.text("undone_at is null and kind <> 'complement'"),
    )
    op.create_table(
        "request_check",
        column("request_id", sa.BigInteger()),
        column("authority_id", sa.BigInteger()),
        column("version", sa.Integer()),
        column("failures", sa.SmallInteger()),
        column("warnings", sa.SmallInteger()),
        column("results", JSONB()),
        column("checked_by", sa.Text(), default="session_user"),
        column("checked_at", AWARE, default="now()"),
        check("ck_request_check_counts", "failures >= 0 and warnings >= 0"),
        check("ck_request_check_results", "jsonb_typeof(results) = 'array' and length(results::text) <= 30000"),
        refers("fk_request_check_authority_id", "authority_id", "authority.id"),
        refers("fk_request_check_request_id", "request_id", "access_request.id"),
        sa.PrimaryKeyConstraint("request_id", name="pk_request_check"),
        **OFFICE,
    )
    op.create_index("ix_request_check_authority_id", "request_check", ["authority_id"], **OFFICE)
    op.create_table(
        "request_opening",
        column("request_id", sa.BigInteger()),
        column("login", sa.Text(), default="session_user"),
        column("authority_id", sa.BigInteger()),
        column("opened_at", AWARE, default="now()"),
        column("seen_at", AWARE, default="now()"),
        refers("fk_request_opening_authority_id", "authority_id", "authority.id"),
        refers("fk_request_opening_request_id", "request_id", "access_request.id"),
        sa.PrimaryKeyConstraint("request_id", "login", name="pk_request_opening"),
        **OFFICE,
    )
    op.create_index("ix_request_opening_authority_id", "request_opening", ["authority_id"], **OFFICE)
    op.create_table(
        "supporting_document",
        identity(),
        column("request_id", sa.BigInteger()),
        column("requirement_id", sa.BigInteger()),
        column("authority_id", sa.BigInteger()),
        column("sensitivity", sa.Text()),
        column("file_sha256", sa.LargeBinary(), null=True),
        column("file_name", sa.Text(), null=True),
        column("byte_count", sa.Integer(), null=True),
        column("text_value", sa.Text(), null=True),
        column("signed_on", sa.Date(), null=True),
        column("valid_until", sa.Date(), null=True),
        column("given_at", AWARE, default="now()"),
        column("replaced_at", AWARE, null=True),
        check("ck_supporting_document_one_content", "(file_sha256 is null) <> (text_value is null)"),
        check("ck_supporting_document_file_name", "(file_sha256 is null) = (file_name is null)"),
        refers("fk_supporting_document_authority_id", "authority_id", "authority.id"),
        refers("fk_supporting_document_file_sha256", "file_sha256", "file_content.sha256"),
        refers("fk_supporting_document_request_id", "request_id", "access_request.id"),
        refers("fk_supporting_document_requirement_id", "requirement_id", "document_requirement.id"),
        sa.PrimaryKeyConstraint("id", name="pk_supporting_document"),
        **OFFICE,
    )
    op.create_index("ix_supporting_document_authority_id", "supporting_document", ["authority_id"], **OFFICE)
    op.create_index("ix_supporting_document_file_sha256", "supporting_document", ["file_sha256"], **OFFICE)
    op.create_index("ix_supporting_document_requirement_id", "supporting_document", ["requirement_id"], **OFFICE)
    op.create_index(
        "uq_supporting_document_current",
        "supporting_document",
        ["request_id", "requirement_id"],
        unique=True,
        **OFFICE,
        postgresql_where=sa.text("replaced_at is null"),
    )
    op.create_table(
        "document_verdict",
        identity(),
        column("decision_id", sa.BigInteger()),
        column("requirement_id", sa.BigInteger()),
        column("document_id", sa.BigInteger(), null=True),
        column("authority_id", sa.BigInteger()),
        column("kind", sa.Text()),
        column("reason_code", sa.Text(), null=True),
        column("words", sa.Text(), default="''"),
        column("seen_sha256", sa.LargeBinary(), null=True),
        check(
            "ck_document_verdict_reason",
            "(kind = 'compliant' or reason_code is not null) and (reason_code is null or reason_code in"
            " ('missing', 'unreadable', 'expired', 'page_missing', 'not_signed', 'incomplete', 'wrong_document',"
            " 'name_different', 'iban_different', 'date_wrong', 'iban_invalid', 'bic_invalid', 'bic_different',"
            " 'wrong_value', 'other'))",
        ),
        check("ck_document_verdict_missing_is_not_compliant", "kind = 'non_compliant' or document_id is not null"),
        check("ck_document_verdict_kind", "kind in ('compliant', 'non_compliant')"),
        check(
            "ck_document_verdict_other_reason_has_words",
            f"reason_code is distinct from 'other' or ({says_something('words', 2000)})",
        ),
        check("ck_document_verdict_words", "length(words) <= 2000"),
        refers("fk_document_verdict_authority_id", "authority_id", "authority.id"),
        refers("fk_document_verdict_decision_id", "decision_id", "decision.id"),
        refers("fk_document_verdict_document_id", "document_id", "supporting_document.id"),
        refers("fk_document_verdict_requirement_id", "requirement_id", "document_requirement.id"),
        sa.PrimaryKeyConstraint("id", name="pk_document_verdict"),
        sa.UniqueConstraint("decision_id", "requirement_id", name="uq_document_verdict_decision_id_requirement_id"),
        **OFFICE,
    )
    op.create_index("ix_document_verdict_authority_id", "document_verdict", ["authority_id"], **OFFICE)
    op.create_index("ix_document_verdict_document_id", "document_verdict", ["document_id"], **OFFICE)
    op.create_index("ix_document_verdict_requirement_id", "document_verdict", ["requirement_id"], **OFFICE)
    op.create_table(
        "outbox_mail",
        identity(),
        column("authority_id", sa.BigInteger()),
        column("household_id", sa.BigInteger()),
        column("decision_id", sa.BigInteger(), null=True),
        column("to_address", sa.Text()),
        column("reply_to", sa.Text(), default="''"),
        column("subject", sa.Text()),
        column("body", sa.Text()),
        column("dedupe_key", sa.Text()),
        column("message_id", sa.Text()),
        column("state", sa.Text(), default="'queued'"),
        column("send_after", AWARE),
        column("attempts", sa.SmallInteger(), default="0"),
        column("leased_by", sa.Text(), null=True),
        column("leased_until", AWARE, null=True),
        column("sent_at", AWARE, null=True),
        column("last_error", sa.Text(), null=True),
        column("created_by", sa.Text(), default="session_user"),
        column("created_at", AWARE, default="now()"),
        check("ck_outbox_mail_state", "state in ('queued', 'sending', 'sent', 'failed', 'cancelled')"),
        check(
            "ck_outbox_mail_subject",
            f"subject !~ '[[:cntrl:]]' and {says_something('subject', 300)}",
        ),
        check(
            "ck_outbox_mail_body",
            says_something("body", 20000),
        ),
        check("ck_outbox_mail_to_address", is_address("to_address")),
        check("ck_outbox_mail_reply_to", f"reply_to = '' or {is_address('reply_to')}"),
        refers("fk_outbox_mail_authority_id", "authority_id", "authority.id"),
        refers("fk_outbox_mail_decision_id", "decision_id", "decision.id"),
        refers("fk_outbox_mail_household_id", "household_id", "household.id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_mail"),
        sa.UniqueConstraint("decision_id", name="uq_outbox_mail_decision_id"),
        sa.UniqueConstraint("dedupe_key", name="uq_outbox_mail_dedupe_key"),
        sa.UniqueConstraint("message_id", name="uq_outbox_mail_message_id"),
        **OFFICE,
    )
    op.create_index("ix_outbox_mail_authority_id", "outbox_mail", ["authority_id"], **OFFICE)
    op.create_index(
        "ix_outbox_mail_failed", "outbox_mail", ["authority_id"], **OFFICE, postgresql_where=sa.text("state = 'failed'")
    )
    op.create_index("ix_outbox_mail_household_id", "outbox_mail", ["household_id"], **OFFICE)
    op.create_index(
        "ix_outbox_mail_waiting",
        "outbox_mail",
        ["send_after", "id"],
        **OFFICE,
        postgresql_where=sa.text("state in ('queued', 'sending')"),
    )
    op.create_table(
        "reading",
        identity(),
        column("request_id", sa.BigInteger()),
        column("document_id", sa.BigInteger(), null=True),
        column("authority_id", sa.BigInteger()),
        column("what", sa.Text()),
        column("login", sa.Text(), default="session_user"),
        column("at", AWARE, default="now()"),
        check("ck_reading_what", "what in ('opened', 'received', 'revealed')"),
        refers("fk_reading_authority_id", "authority_id", "authority.id"),
        refers("fk_reading_document_id", "document_id", "supporting_document.id"),
        refers("fk_reading_request_id", "request_id", "access_request.id"),
        sa.PrimaryKeyConstraint("id", name="pk_reading"),
        **OFFICE,
    )
    op.create_index("ix_reading_authority_id", "reading", ["authority_id"], **OFFICE)
    op.create_index("ix_reading_document_id", "reading", ["document_id"], **OFFICE)
    op.create_index("ix_reading_request_id_at", "reading", ["request_id", "at"], **OFFICE)
