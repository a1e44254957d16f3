"""Families: the account, the household (cellule familiale), its children, and the words under which it is found."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dombes_office.models.base import Base, Id, Now, Number, is_address


class Account(Base):
    """A compte usager: the person who signs in on the portal."""

    __tablename__ = "account"
    __table_args__ = (
        Index("uq_account_email", text("lower(email)"), unique=True),
        CheckConstraint(is_address("email"), name="email"),
    )

    id: Mapped[Id]
    email: Mapped[str]
    last_name: Mapped[str]
    first_name: Mapped[str]
    phone: Mapped[str] = mapped_column(server_default=text("''"))
    address: Mapped[str] = mapped_column(server_default=text("''"))
    postcode: Mapped[str] = mapped_column(server_default=text("''"))
    town: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[Now]


class Household(Base):
    """A cellule familiale, named as the office calls it."""

    __tablename__ = "household"

    id: Mapped[Id]
    account_id: Mapped[Number] = mapped_column(ForeignKey("office.account.id"), unique=True)
    name: Mapped[str]
    created_at: Mapped[Now]


class HouseholdAuthority(Base):
    """Which authorities know a family: written by a trigger with the first request, read by the row policies."""

    __tablename__ = "household_authority"

    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), primary_key=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), primary_key=True, index=True)


class HouseholdToken(Base):
    """A folded word under which a family is found, once for each authority that knows it; kept by triggers."""

    __tablename__ = "household_token"
    __table_args__ = (Index("ix_household_token_search", "authority_id", "token", "household_id"),)

    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), primary_key=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), primary_key=True)
    token: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)


class CustomerGroup(Base):
    """A groupe (Client…), for tariffs."""

    __tablename__ = "customer_group"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)


class Beneficiary(Base):
    """A filiation: a child, or another person who uses the services.

    `care_note` holds the complementary information and the PAI: health data, granted to nobody. `office.read_care_note`
    gives it to those who examine a request of the child; a query that names the table does not ask for it.
    """

    __tablename__ = "beneficiary"
    __table_args__ = (CheckConstraint("octet_length(photo_sha256) = 32", name="photo_sha256"),)

    id: Mapped[Id]
    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), index=True)
    last_name: Mapped[str]
    first_name: Mapped[str]
    born_on: Mapped[date | None]
    relationship: Mapped[str] = mapped_column(server_default=text("''"))
    school_level: Mapped[str] = mapped_column(server_default=text("''"))
    customer_group_id: Mapped[Number | None] = mapped_column(ForeignKey("office.customer_group.id"))
    care_note: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    photo_sha256: Mapped[bytes | None] = mapped_column(
        LargeBinary, ForeignKey("office.file_content.sha256"), index=True
    )
    created_at: Mapped[Now]
