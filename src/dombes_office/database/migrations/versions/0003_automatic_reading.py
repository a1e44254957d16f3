"""A reading by the checks that a desk runs by itself has a kind of its own."""

from __future__ import annotations

from alembic import op

from dombes_office.database.migrations.words import OFFICE

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables from 0002 to 0003."""
    op.drop_constraint(op.f("ck_reading_what"), "reading", **OFFICE)
    rule = "what in ('opened', 'received', 'revealed', 'checked')"
    op.create_check_constraint(op.f("ck_reading_what"), "reading", rule, **OFFICE)
