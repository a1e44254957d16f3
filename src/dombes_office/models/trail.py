"""The trail: what was changed by whom, sealed in a chain; and what the house did to itself (guards, backups)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dombes_office.models.base import Base, Id, Login, Now, Xid8


class AuditEvent(Base):
    """One change of one row. Written by a trigger only; nobody, not even the owner, changes or deletes it.

    `digest` covers the event; `position` and `chain` are set once, later, by `office.seal_audit()`, because ids are
    not in the order of commits and a lock for each event would stop the house.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        CheckConstraint("verb in ('insert', 'update', 'delete')", name="verb"),
        CheckConstraint("(position is null) = (chain is null)", name="sealed"),
        Index("ix_audit_event_unsealed", "id", postgresql_where=text("position is null")),
        Index("ix_audit_event_row", "table_name", "row_key", "id"),
    )

    id: Mapped[Id]
    xid: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    login: Mapped[Login]
    authority_id: Mapped[int | None] = mapped_column(BigInteger)
    """Copied from the row where it has one: administrators read the trail of their authorities."""
    table_name: Mapped[str]
    row_key: Mapped[str]
    verb: Mapped[str]
    old: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    new: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    chain: Mapped[bytes | None] = mapped_column(LargeBinary)


class InstalledGuard(Base):
    """The guard files as they were applied last; `db status` compares them with those of the application."""

    __tablename__ = "installed_guard"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    sha256: Mapped[str]
    applied_at: Mapped[Now]


class BackupRun(Base):
    """A backup that was made and read back."""

    __tablename__ = "backup_run"

    id: Mapped[Id]
    finished_at: Mapped[Now]
    made_by: Mapped[Login]
    byte_count: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]


audit_secret = Table(
    "audit_secret",
    Base.metadata,
    Column("only", Text, primary_key=True, server_default=text("'row'")),
    Column("secret", LargeBinary, nullable=False),
    CheckConstraint("\"only\" = 'row'", name="only"),
)
"""The key of the digests of masked values: one row, the owner's alone. A bare digest of an IBAN can be guessed."""
