"""Requests for access: the request itself, what its checks said, and who has it open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dombes_office.models.base import Base, Id, Login, Now, Number, one_of

STATUSES = ("pending", "complement_received", "awaiting_family", "validated", "refused")


MAX_RESULTS = 30_000
"""The longest results of the checks of one request, in characters of JSON: about ten times what ours say."""


class AccessRequest(Base):
    """A demande d'accès. Nobody updates it by hand: its state follows decisions and pieces, by triggers.

    `version` grows with every change that a decision must have seen. `family_key`, `pieces_given`, `pieces_needed`,
    `authority_id` and the three check columns are copies kept by triggers, so that the queue is one index scan.
    """

    __tablename__ = "access_request"
    __table_args__ = (
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint("version > 0", name="version"),
        Index("ix_access_request_queue", "status", "authority_id", "submitted_at", "id"),
        Index("ix_access_request_queue_all", "status", "submitted_at", "id"),
        Index("ix_access_request_family", "status", "authority_id", "family_key", "id"),
        Index("ix_access_request_checks", "status", "authority_id", "check_rank", "submitted_at", "id"),
        Index("ix_access_request_everything", "authority_id", "submitted_at", "id"),
        Index("ix_access_request_submitted", "submitted_at", "id"),
        Index(
            "uq_access_request_open",
            "beneficiary_id",
            "service_id",
            "household_id",
            unique=True,
            postgresql_where=text("status in ('pending', 'complement_received', 'awaiting_family')"),
        ),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), index=True)
    beneficiary_id: Mapped[Number] = mapped_column(ForeignKey("office.beneficiary.id"), index=True)
    service_id: Mapped[Number] = mapped_column(ForeignKey("office.service.id"), index=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"))
    status: Mapped[str] = mapped_column(server_default=text("'pending'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    by_debit: Mapped[bool] = mapped_column(server_default=text("false"))
    submitted_at: Mapped[Now]
    answered_at: Mapped[datetime | None]
    """When the family last answered a demand for a complement."""
    family_key: Mapped[str] = mapped_column(Text(collation="C"), server_default=text("''"))
    pieces_given: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    pieces_needed: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    checked_version: Mapped[int | None]
    check_failures: Mapped[int | None] = mapped_column(SmallInteger)
    check_warnings: Mapped[int | None] = mapped_column(SmallInteger)
    check_rank: Mapped[int] = mapped_column(SmallInteger, server_default=text("3"))
    """0 a failure, 1 something to look at, 2 all well, 3 not checked in this version."""


class RequestCheck(Base):
    """What the checks said of one version of a request, as the desk computed them: advice, never a condition."""

    __tablename__ = "request_check"
    __table_args__ = (
        CheckConstraint("failures >= 0 and warnings >= 0", name="counts"),
        CheckConstraint(f"jsonb_typeof(results) = 'array' and length(results::text) <= {MAX_RESULTS}", name="results"),
    )

    request_id: Mapped[Number] = mapped_column(ForeignKey("office.access_request.id"), primary_key=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), index=True)
    version: Mapped[int]
    failures: Mapped[int] = mapped_column(SmallInteger)
    warnings: Mapped[int] = mapped_column(SmallInteger)
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    checked_by: Mapped[Login]
    checked_at: Mapped[Now]


class RequestOpening(Base):
    """Who has a request open now: advice for colleagues, not a lock. A row is stale when `seen_at` is old."""

    __tablename__ = "request_opening"

    request_id: Mapped[Number] = mapped_column(ForeignKey("office.access_request.id"), primary_key=True)
    login: Mapped[str] = mapped_column(Text, primary_key=True, server_default=text("session_user"))
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), index=True)
    opened_at: Mapped[Now]
    seen_at: Mapped[Now]
