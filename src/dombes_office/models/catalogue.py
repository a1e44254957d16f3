"""The catalogue: authorities, the services that they offer, the pieces that a service requires, the diet needs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dombes_office.models.base import Base, Id, Number, Version, is_address, one_of, says_something

LEVELS = ("TPS", "PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2", "6e", "5e", "4e", "3e", "ULIS")
RESIDENCES = ("anyone", "residents_first", "residents_only")


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
    """A service to which a family may ask for access. Ages are completed years, inclusive; NULL means no limit.

    Requests are taken from `requests_from` to `requests_until`, both inclusive; the portal offers bookings from
    `bookings_from` on. Levels are classes, inclusive, in the order of school years.
    """

    __tablename__ = "service"
    __table_args__ = (
        UniqueConstraint("authority_id", "name"),
        CheckConstraint(says_something("name", 120), name="name"),
        CheckConstraint("length(description) <= 2000", name="description"),
        CheckConstraint(f"{one_of('min_level', LEVELS)} and {one_of('max_level', LEVELS)}", name="levels"),
        CheckConstraint("requests_from <= requests_until", name="requests"),
        CheckConstraint(one_of("residence", RESIDENCES), name="residence"),
        CheckConstraint("min_age is null or max_age is null or min_age <= max_age", name="ages"),
        CheckConstraint("min_age >= 0 and max_age <= 120", name="age_range"),
    )

    id: Mapped[Id]
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), index=True)
    name: Mapped[str]
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    description: Mapped[str] = mapped_column(server_default=text("''"))
    min_level: Mapped[str | None]
    max_level: Mapped[str | None]
    requests_from: Mapped[date | None]
    requests_until: Mapped[date | None]
    bookings_from: Mapped[datetime | None]
    residence: Mapped[str] = mapped_column(server_default=text("'anyone'"))
    version: Mapped[Version]


class DocumentRequirement(Base):
    """A piece that a service requires: always, only from those who pay by monthly direct debit, or at will.

    `form_sha256` is the blank form that families download, under the name `form_name`.
    """

    __tablename__ = "document_requirement"
    __table_args__ = (
        UniqueConstraint("service_id", "code"),
        CheckConstraint(one_of("kind", ("file", "iban", "bic", "text", "date")), name="kind"),
        CheckConstraint(one_of("needed", ("always", "direct_debit", "optional")), name="needed"),
        CheckConstraint(one_of("sensitivity", ("health", "bank", "plain")), name="sensitivity"),
        CheckConstraint("validity_months between 1 and 120", name="validity_months"),
        CheckConstraint(says_something("label", 120), name="label"),
        CheckConstraint("code ~ '^[a-z][a-z0-9_]{0,39}$'", name="code"),
        CheckConstraint("(form_sha256 is null) = (form_name is null)", name="form"),
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
    form_sha256: Mapped[bytes | None] = mapped_column(LargeBinary, ForeignKey("office.file_content.sha256"), index=True)
    form_name: Mapped[str | None]
    version: Mapped[Version]


class DietNeed(Base):
    """Something that a child does not eat ("sans porc", "sans gluten"), never the reason why."""

    __tablename__ = "diet_need"
    __table_args__ = (
        CheckConstraint(says_something("name", 60), name="name"),
        CheckConstraint(
            "name !~* '(halal|hallal|cas?c?h?er|kosher|ramadan|relig|musulm|juif|chr[eé]ti)'", name="no_religion"
        ),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    closed_at: Mapped[datetime | None]
