"""The counter: families with contacts and two homes, mandates, the catalogue's rules, schools and the calendar."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dombes_office.database.migrations.words import AWARE, OFFICE, check, column, identity, refers, says_something

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_LEVELS = "'TPS', 'PS', 'MS', 'GS', 'CP', 'CE1', 'CE2', 'CM1', 'CM2', '6e', '5e', '4e', '3e', 'ULIS'"


def upgrade() -> None:
    """Bring the tables from 0003 to 0004."""
    _schools()
    _catalogue()
    _families()
    _search()
    _mandates()


def _schools() -> None:
    op.create_table(
        "school",
        identity(),
        column("authority_id", sa.BigInteger()),
        column("name", sa.Text()),
        column("town", sa.Text(), default="''"),
        column("closed_at", AWARE, null=True),
        check("ck_school_name", says_something("name", 120)),
        refers("fk_school_authority_id", "authority_id", "authority.id"),
        sa.PrimaryKeyConstraint("id", name="pk_school"),
        sa.UniqueConstraint("authority_id", "name", name="uq_school_authority_id_name"),
        **OFFICE,
    )
    op.create_index("ix_school_authority_id", "school", ["authority_id"], **OFFICE)
    op.create_table(
        "school_class",
        identity(),
        column("school_id", sa.BigInteger()),
        column("authority_id", sa.BigInteger()),
        column("school_year", sa.Integer()),
        column("name", sa.Text()),
        column("closed_at", AWARE, null=True),
        check("ck_school_class_name", says_something("name", 120)),
        check("ck_school_class_school_year", "school_year between 2000 and 2200"),
        refers("fk_school_class_authority_id", "authority_id", "authority.id"),
        refers("fk_school_class_school_id", "school_id", "school.id"),
        sa.PrimaryKeyConstraint("id", name="pk_school_class"),
        sa.UniqueConstraint("school_id", "school_year", "name", name="uq_school_class_school_id_school_year_name"),
        **OFFICE,
    )
    op.create_index("ix_school_class_authority_id", "school_class", ["authority_id"], **OFFICE)
    op.create_table(
        "calendar_period",
        identity(),
        column("authority_id", sa.BigInteger()),
        column("kind", sa.Text()),
        column("name", sa.Text()),
        column("first_on", sa.Date()),
        column("last_on", sa.Date()),
        column("closed_at", AWARE, null=True),
        check("ck_calendar_period_kind", "kind in ('school_holiday', 'public_holiday', 'bridge', 'closure')"),
        check("ck_calendar_period_name", says_something("name", 120)),
        check("ck_calendar_period_days", "first_on <= last_on and last_on - first_on <= 120"),
        refers("fk_calendar_period_authority_id", "authority_id", "authority.id"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_period"),
        **OFFICE,
    )
    op.create_index("ix_calendar_period_authority_id", "calendar_period", ["authority_id", "first_on"], **OFFICE)


def _catalogue() -> None:
    for more in (
        column("description", sa.Text(), default="''"),
        column("min_level", sa.Text(), null=True),
        column("max_level", sa.Text(), null=True),
        column("requests_from", sa.Date(), null=True),
        column("requests_until", sa.Date(), null=True),
        column("bookings_from", AWARE, null=True),
        column("residence", sa.Text(), default="'anyone'"),
        column("version", sa.Integer(), default="1"),
    ):
        op.add_column("service", more, **OFFICE)
    op.create_check_constraint(op.f("ck_service_name"), "service", says_something("name", 120), **OFFICE)
    op.create_check_constraint(op.f("ck_service_description"), "service", "length(description) <= 2000", **OFFICE)
    op.create_check_constraint(
        op.f("ck_service_levels"), "service", f"min_level in ({_LEVELS}) and max_level in ({_LEVELS})", **OFFICE
    )
    op.create_check_constraint(op.f("ck_service_requests"), "service", "requests_from <= requests_until", **OFFICE)
    op.create_check_constraint(
        op.f("ck_service_residence"),
        "service",
        "residence in ('anyone', 'residents_first', 'residents_only')",
        **OFFICE,
    )
    op.drop_constraint("ck_document_requirement_needed", "document_requirement", **OFFICE)
    op.create_check_constraint(
        op.f("ck_document_requirement_needed"),
        "document_requirement",
        "needed in ('always', 'direct_debit', 'optional')",
        **OFFICE,
    )
    for more in (
        column("form_sha256", sa.LargeBinary(), null=True),
        column("form_name", sa.Text(), null=True),
        column("version", sa.Integer(), default="1"),
    ):
        op.add_column("document_requirement", more, **OFFICE)
    op.create_check_constraint(
        op.f("ck_document_requirement_label"), "document_requirement", says_something("label", 120), **OFFICE
    )
    op.create_check_constraint(
        op.f("ck_document_requirement_code"), "document_requirement", "code ~ '^[a-z][a-z0-9_]{0,39}$'", **OFFICE
    )
    op.create_check_constraint(
        op.f("ck_document_requirement_form"),
        "document_requirement",
        "(form_sha256 is null) = (form_name is null)",
        **OFFICE,
    )
    op.create_foreign_key(
        op.f("fk_document_requirement_form_sha256"),
        "document_requirement",
        "file_content",
        ["form_sha256"],
        ["sha256"],
        source_schema="office",
        referent_schema="office",
    )
    op.create_index("ix_document_requirement_form_sha256", "document_requirement", ["form_sha256"], **OFFICE)
    op.add_column("customer_group", column("closed_at", AWARE, null=True), **OFFICE)
    op.create_check_constraint(op.f("ck_customer_group_name"), "customer_group", says_something("name", 60), **OFFICE)
    op.create_table(
        "diet_need",
        identity(),
        column("name", sa.Text()),
        column("closed_at", AWARE, null=True),
        check("ck_diet_need_name", says_something("name", 60)),
        # A diet says what the child does not eat, never why (CNIL: "halal" and "casher" must not be kept).
        check(
            "ck_diet_need_no_religion",
            "name !~* '(halal|hallal|cas?c?h?er|kosher|ramadan|relig|musulm|juif|chr[eé]ti)'",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_diet_need"),
        sa.UniqueConstraint("name", name="uq_diet_need_name"),
        **OFFICE,
    )


def _families() -> None:
    for more in (
        column("other_phone", sa.Text(), default="''"),
        column("version", sa.Integer(), default="1"),
        column("merged_into_id", sa.BigInteger(), null=True),
    ):
        op.add_column("account", more, **OFFICE)
    op.create_check_constraint(
        op.f("ck_account_names"),
        "account",
        f"{says_something('last_name', 80)} and {says_something('first_name', 80)}",
        **OFFICE,
    )
    op.create_check_constraint(
        op.f("ck_account_lengths"),
        "account",
        "length(email) <= 254 and length(phone) <= 30 and length(other_phone) <= 30 and length(address) <= 300"
        " and length(postcode) <= 10 and length(town) <= 120",
        **OFFICE,
    )
    _self_reference("account")
    for more in (column("version", sa.Integer(), default="1"), column("merged_into_id", sa.BigInteger(), null=True)):
        op.add_column("household", more, **OFFICE)
    op.create_check_constraint(op.f("ck_household_name"), "household", says_something("name", 120), **OFFICE)
    _self_reference("household")
    for more in (
        column("leaves_alone", sa.Boolean(), default="false"),
        column("leaves_alone_signed_on", sa.Date(), null=True),
        column("care_plan_from", sa.Date(), null=True),
        column("care_plan_until", sa.Date(), null=True),
        column("vaccinated_seen_on", sa.Date(), null=True),
        column("school_class_id", sa.BigInteger(), null=True),
        column("version", sa.Integer(), default="1"),
        column("merged_into_id", sa.BigInteger(), null=True),
    ):
        op.add_column("beneficiary", more, **OFFICE)
    op.create_check_constraint(
        op.f("ck_beneficiary_names"),
        "beneficiary",
        f"{says_something('last_name', 80)} and {says_something('first_name', 80)}",
        **OFFICE,
    )
    op.create_check_constraint(op.f("ck_beneficiary_born_on"), "beneficiary", "born_on >= date '1900-01-01'", **OFFICE)
    op.create_check_constraint(op.f("ck_beneficiary_care_note"), "beneficiary", "length(care_note) <= 2000", **OFFICE)
    op.create_check_constraint(
        op.f("ck_beneficiary_care_plan"), "beneficiary", "care_plan_from <= care_plan_until", **OFFICE
    )
    op.create_check_constraint(
        op.f("ck_beneficiary_leaves_alone"),
        "beneficiary",
        "not leaves_alone or leaves_alone_signed_on is not null",
        **OFFICE,
    )
    op.create_foreign_key(
        op.f("fk_beneficiary_school_class_id"),
        "beneficiary",
        "school_class",
        ["school_class_id"],
        ["id"],
        source_schema="office",
        referent_schema="office",
    )
    op.create_index("ix_beneficiary_school_class_id", "beneficiary", ["school_class_id"], **OFFICE)
    _self_reference("beneficiary")
    op.create_table(
        "household_child",
        column("household_id", sa.BigInteger()),
        column("beneficiary_id", sa.BigInteger()),
        column("share_percent", sa.SmallInteger(), default="100"),
        column("since", AWARE, default="now()"),
        check("ck_household_child_share_percent", "share_percent between 0 and 100"),
        refers("fk_household_child_beneficiary_id", "beneficiary_id", "beneficiary.id"),
        refers("fk_household_child_household_id", "household_id", "household.id"),
        sa.PrimaryKeyConstraint("household_id", "beneficiary_id", name="pk_household_child"),
        **OFFICE,
    )
    op.create_index("ix_household_child_beneficiary_id", "household_child", ["beneficiary_id"], **OFFICE)
    op.execute(
        "insert into office.household_child (household_id, beneficiary_id, since)"
        " select household_id, id, created_at from office.beneficiary"
    )
    op.create_table(
        "contact",
        identity(),
        column("household_id", sa.BigInteger()),
        column("beneficiary_id", sa.BigInteger(), null=True),
        column("last_name", sa.Text()),
        column("first_name", sa.Text()),
        column("relationship", sa.Text(), default="''"),
        column("phone", sa.Text(), default="''"),
        column("email", sa.Text(), default="''"),
        column("guardian", sa.Boolean(), default="false"),
        column("may_pick_up", sa.Boolean(), default="false"),
        column("emergency_rank", sa.SmallInteger(), null=True),
        column("barred_by", sa.Text(), null=True),
        sa.Column("barred", sa.Boolean(), sa.Computed("barred_by is not null", persisted=True), nullable=False),
        column("created_at", AWARE, default="now()"),
        column("removed_at", AWARE, null=True),
        column("version", sa.Integer(), default="1"),
        check("ck_contact_names", f"{says_something('last_name', 80)} and {says_something('first_name', 80)}"),
        check("ck_contact_lengths", "length(relationship) <= 40 and length(phone) <= 30 and length(email) <= 254"),
        check("ck_contact_emergency", "emergency_rank between 1 and 9 and (emergency_rank is null or phone <> '')"),
        # Only a court decision bars somebody: it is named, and whom it bars may not pick up.
        check("ck_contact_barred", "not may_pick_up or barred_by is null"),
        check("ck_contact_barred_by", says_something("barred_by", 300)),
        refers("fk_contact_beneficiary_id", "beneficiary_id", "beneficiary.id"),
        refers("fk_contact_household_id", "household_id", "household.id"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        **OFFICE,
    )
    op.create_index("ix_contact_household_id", "contact", ["household_id"], **OFFICE)
    op.create_index("ix_contact_beneficiary_id", "contact", ["beneficiary_id"], **OFFICE)
    op.create_table(
        "beneficiary_diet",
        column("beneficiary_id", sa.BigInteger()),
        column("diet_need_id", sa.BigInteger()),
        column("removed_at", AWARE, null=True),
        refers("fk_beneficiary_diet_beneficiary_id", "beneficiary_id", "beneficiary.id"),
        refers("fk_beneficiary_diet_diet_need_id", "diet_need_id", "diet_need.id"),
        sa.PrimaryKeyConstraint("beneficiary_id", "diet_need_id", name="pk_beneficiary_diet"),
        **OFFICE,
    )
    op.create_index("ix_beneficiary_diet_diet_need_id", "beneficiary_diet", ["diet_need_id"], **OFFICE)
    op.create_table(
        "household_note",
        identity(),
        column("household_id", sa.BigInteger()),
        column("words", sa.Text()),
        column("written_by", sa.Text(), default="session_user"),
        column("written_at", AWARE, default="now()"),
        column("removed_at", AWARE, null=True),
        check("ck_household_note_words", says_something("words", 2000)),
        refers("fk_household_note_household_id", "household_id", "household.id"),
        sa.PrimaryKeyConstraint("id", name="pk_household_note"),
        **OFFICE,
    )
    op.create_index("ix_household_note_household_id", "household_note", ["household_id"], **OFFICE)
    op.create_table(
        "household_merge",
        identity(),
        column("kept_id", sa.BigInteger()),
        column("merged_id", sa.BigInteger()),
        column("moved", JSONB()),
        column("reason", sa.Text()),
        column("merged_by", sa.Text(), default="session_user"),
        column("merged_at", AWARE, default="now()"),
        check("ck_household_merge_reason", says_something("reason", 500)),
        check("ck_household_merge_two", "kept_id <> merged_id"),
        refers("fk_household_merge_kept_id", "kept_id", "household.id"),
        refers("fk_household_merge_merged_id", "merged_id", "household.id"),
        sa.PrimaryKeyConstraint("id", name="pk_household_merge"),
        sa.UniqueConstraint("merged_id", name="uq_household_merge_merged_id"),
        **OFFICE,
    )
    op.create_index("ix_household_merge_kept_id", "household_merge", ["kept_id"], **OFFICE)


def _self_reference(table: str) -> None:
    op.create_foreign_key(
        op.f(f"fk_{table}_merged_into_id"),
        table,
        table,
        ["merged_into_id"],
        ["id"],
        source_schema="office",
        referent_schema="office",
    )
    op.create_check_constraint(op.f(f"ck_{table}_merged"), table, "merged_into_id <> id", **OFFICE)
    op.create_index(f"ix_{table}_merged_into_id", table, ["merged_into_id"], **OFFICE)


def _search() -> None:
    # The order of the list of families, one index scan for each authority.
    op.add_column("household_authority", column("family_key", sa.Text(collation="C"), default="''"), **OFFICE)
    op.create_index(
        "ix_household_authority_key", "household_authority", ["authority_id", "family_key", "household_id"], **OFFICE
    )
    op.create_table(
        "household_variant",
        column("household_id", sa.BigInteger()),
        column("authority_id", sa.BigInteger()),
        column("variant", sa.Text(collation="C")),
        refers("fk_household_variant_authority_id", "authority_id", "authority.id"),
        refers("fk_household_variant_household_id", "household_id", "household.id"),
        sa.PrimaryKeyConstraint("household_id", "authority_id", "variant", name="pk_household_variant"),
        **OFFICE,
    )
    op.create_index(
        "ix_household_variant_search", "household_variant", ["authority_id", "variant", "household_id"], **OFFICE
    )


def _mandates() -> None:
    op.create_table(
        "mandate",
        identity(),
        column("reference", sa.Text()),
        column("household_id", sa.BigInteger()),
        column("authority_id", sa.BigInteger()),
        column("created_by", sa.Text(), default="session_user"),
        column("created_at", AWARE, default="now()"),
        column("signed_on", sa.Date(), null=True),
        column("closed_at", AWARE, null=True),
        # The signs that a RUM may hold (EPC rulebook, AT-01): 35 at most, no blank at either end.
        check("ck_mandate_reference", r"reference ~ '^[A-Za-z0-9+?/:().,''-]{1,35}$'"),
        refers("fk_mandate_authority_id", "authority_id", "authority.id"),
        refers("fk_mandate_household_id", "household_id", "household.id"),
        sa.PrimaryKeyConstraint("id", name="pk_mandate"),
        **OFFICE,
    )
    op.create_index(
        "uq_mandate_reference",
        "mandate",
        ["authority_id", sa.literal_column("upper(reference)")],
        unique=True,
        **OFFICE,
    )
    op.create_index("ix_mandate_household_id", "mandate", ["household_id"], **OFFICE)
    op.create_index(
        "uq_access_request_open",
        "access_request",
        ["beneficiary_id", "service_id", "household_id"],
        unique=True,
        **OFFICE,
        postgresql_where=sa.text("status in ('pending', 'complement_received', 'awaiting_family')"),
    )
