"""The catalogue: authorities, the services that they offer, and the pieces that a service requires."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dombes_office.models.base import Base, Id, Number, is_address, one_of


class Authority(Base):
    """A collectivité: the communauté de communes or one of its communes. Rights are given by authority."""

    __tablename__ = "authority"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("community", "commune")), name="kind"),
        CheckConstraint(f"email = '' or {is_address('email')}", name="email"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(unique=True)
    short_name: Mapped[str]
    postcode: Mapped[str] = mapped_column(server_default=text("''"))
    email: Mapped[str] = mapped_column(server_default=text("''"))
    phone: Mapped[str] = mapped_column(server_default=text("''"))
    creditor_id: Mapped[str | None]
    """ICS of the SEPA creditor, None where the authority does not debit."""


class Service(Base):
    """A service to which a family may ask for access. Ages are completed years, inclusive; NULL means no limit."""

    __tablename__ = "service"
    __table_args__ = (
        UniqueConstraint("authority_id", "name"),
        CheckConstraint("min_age is null or max_age is null or min_age <= max_age", name="ages"),
        CheckConstraint("min_age >= 0 and max_age <= 120", name="age_range"),
    )

    id: Mapped[Id]
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), index=True)
    name: Mapped[str]
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    closed_at: Mapped[datetime | None]


class DocumentRequirement(Base):
    """A piece that a service requires, always or only from those who pay by monthly direct debit."""

    __tablename__ = "document_requirement"
    __table_args__ = (
        UniqueConstraint("service_id", "code"),
        CheckConstraint(one_of("kind", ("file", "iban", "bic", "text", "date")), name="kind"),
        CheckConstraint(one_of("needed", ("always", "direct_debit")), name="needed"),
        CheckConstraint(one_of("sensitivity", ("health", "bank", "plain")), name="sensitivity"),
        CheckConstraint("validity_months between 1 and 120", name="validity_months"),
    )

    id: Mapped[Id]
    service_id: Mapped[Number] = mapped_column(ForeignKey("office.service.id"))
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), index=True)
    """Copied from the service by a trigger, for the row policy."""
    code: Mapped[str]
    label: Mapped[str]
    kind: Mapped[str]
    needed: Mapped[str]
    sensitivity: Mapped[str]
    validity_months: Mapped[int | None]
    position: Mapped[int]
    closed_at: Mapped[datetime | None]
