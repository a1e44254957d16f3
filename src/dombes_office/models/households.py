"""Families: the account, the household (cellule familiale), its children, and the words under which it is found."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dombes_office.models.base import Base, Id, Login, Now, Number, Version, is_address, says_something

NAMES_SAY_SOMETHING = f"{says_something('last_name', 80)} and {says_something('first_name', 80)}"


class Account(Base):
    """A compte usager: the person who signs in on the portal. One that was merged points at the one that stays."""

    __tablename__ = "account"
    __table_args__ = (
        Index("uq_account_email", text("lower(email)"), unique=True),
        CheckConstraint(is_address("email"), name="email"),
        CheckConstraint(NAMES_SAY_SOMETHING, name="names"),
        CheckConstraint(
            "length(email) <= 254 and length(phone) <= 30 and length(other_phone) <= 30 and length(address) <= 300"
            " and length(postcode) <= 10 and length(town) <= 120",
            name="lengths",
        ),
        CheckConstraint("merged_into_id <> id", name="merged"),
    )

    id: Mapped[Id]
    email: Mapped[str]
    last_name: Mapped[str]
    first_name: Mapped[str]
    phone: Mapped[str] = mapped_column(server_default=text("''"))
    other_phone: Mapped[str] = mapped_column(server_default=text("''"))
    address: Mapped[str] = mapped_column(server_default=text("''"))
    postcode: Mapped[str] = mapped_column(server_default=text("''"))
    town: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[Now]
    version: Mapped[Version]
    merged_into_id: Mapped[Number | None] = mapped_column(ForeignKey("office.account.id"), index=True)


class Household(Base):
    """A cellule familiale, named as the office calls it."""

    __tablename__ = "household"
    __table_args__ = (
        CheckConstraint(says_something("name", 120), name="name"),
        CheckConstraint("merged_into_id <> id", name="merged"),
    )

    id: Mapped[Id]
    account_id: Mapped[Number] = mapped_column(ForeignKey("office.account.id"), unique=True)
    name: Mapped[str]
    created_at: Mapped[Now]
    version: Mapped[Version]
    merged_into_id: Mapped[Number | None] = mapped_column(ForeignKey("office.household.id"), index=True)


class HouseholdAuthority(Base):
    """Which authorities know a family: written by the database with the first request or at the counter.

    `family_key` is the folded name, kept by triggers: the order of the list of families.
    """

    __tablename__ = "household_authority"
    __table_args__ = (Index("ix_household_authority_key", "authority_id", "family_key", "household_id"),)

    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), primary_key=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), primary_key=True, index=True)
    family_key: Mapped[str] = mapped_column(Text(collation="C"), server_default=text("''"))


class HouseholdToken(Base):
    """What a family is found under, once for each authority that knows it; kept by triggers.

    Folded words of names; the digits of a telephone; an e-mail and a mandate's reference whole, in lower case.
    """

    __tablename__ = "household_token"
    __table_args__ = (Index("ix_household_token_search", "authority_id", "token", "household_id"),)

    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), primary_key=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), primary_key=True)
    token: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)


class HouseholdVariant(Base):
    """A folded word of a name, whole and less each of its letters: two words one error apart share one of them."""

    __tablename__ = "household_variant"
    __table_args__ = (Index("ix_household_variant_search", "authority_id", "variant", "household_id"),)

    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), primary_key=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), primary_key=True)
    variant: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)


class CustomerGroup(Base):
    """A groupe (Client…), for tariffs."""

    __tablename__ = "customer_group"
    __table_args__ = (CheckConstraint(says_something("name", 60), name="name"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    closed_at: Mapped[datetime | None]


class Beneficiary(Base):
    """A filiation: a child, or another person who uses the services.

    `household_id` is the home that entered it; a child of separated parents has a second one in `household_child`.
    `care_note` holds the complementary information and the PAI, `care_plan_from` and `care_plan_until` the PAI's days,
    `vaccinated_seen_on` when somebody saw the compulsory vaccinations: health data, granted to nobody.
    `office.read_health` gives it to those who need it; a query that names the table does not ask for it.
    """

    __tablename__ = "beneficiary"
    __table_args__ = (
        CheckConstraint("octet_length(photo_sha256) = 32", name="photo_sha256"),
        CheckConstraint(NAMES_SAY_SOMETHING, name="names"),
        CheckConstraint("born_on >= date '1900-01-01'", name="born_on"),
        CheckConstraint("length(care_note) <= 2000", name="care_note"),
        CheckConstraint("care_plan_from <= care_plan_until", name="care_plan"),
        CheckConstraint("not leaves_alone or leaves_alone_signed_on is not null", name="leaves_alone"),
        CheckConstraint("merged_into_id <> id", name="merged"),
    )

    id: Mapped[Id]
    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), index=True)
    last_name: Mapped[str]
    first_name: Mapped[str]
    born_on: Mapped[date | None]
    relationship: Mapped[str] = mapped_column(server_default=text("''"))
    school_level: Mapped[str] = mapped_column(server_default=text("''"))
    school_class_id: Mapped[Number | None] = mapped_column(ForeignKey("office.school_class.id"), index=True)
    customer_group_id: Mapped[Number | None] = mapped_column(ForeignKey("office.customer_group.id"))
    care_note: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    care_plan_from: Mapped[date | None] = mapped_column(deferred=True, deferred_raiseload=True)
    care_plan_until: Mapped[date | None] = mapped_column(deferred=True, deferred_raiseload=True)
    vaccinated_seen_on: Mapped[date | None] = mapped_column(deferred=True, deferred_raiseload=True)
    leaves_alone: Mapped[bool] = mapped_column(server_default=text("false"))
    leaves_alone_signed_on: Mapped[date | None]
    photo_sha256: Mapped[bytes | None] = mapped_column(
        LargeBinary, ForeignKey("office.file_content.sha256"), index=True
    )
    created_at: Mapped[Now]
    version: Mapped[Version]
    merged_into_id: Mapped[Number | None] = mapped_column(ForeignKey("office.beneficiary.id"), index=True)


class HouseholdChild(Base):
    """A child's home: one, or two with separated parents; `share_percent` is the part of the bills that it pays."""

    __tablename__ = "household_child"
    __table_args__ = (CheckConstraint("share_percent between 0 and 100", name="share_percent"),)

    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), primary_key=True)
    beneficiary_id: Mapped[Number] = mapped_column(ForeignKey("office.beneficiary.id"), primary_key=True, index=True)
    share_percent: Mapped[int] = mapped_column(SmallInteger, server_default=text("100"))
    since: Mapped[Now]


class Contact(Base):
    """Somebody around the children of a home: a parent, who may be called in an emergency, who may come for them.

    For one child where `beneficiary_id` says so, else for all. `emergency_rank` is the order in which to call.
    `barred_by` names the court decision that forbids handing the child over; `barred` is all that most roles read.
    """

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint(NAMES_SAY_SOMETHING, name="names"),
        CheckConstraint("length(relationship) <= 40 and length(phone) <= 30 and length(email) <= 254", name="lengths"),
        CheckConstraint("emergency_rank between 1 and 9 and (emergency_rank is null or phone <> '')", name="emergency"),
        CheckConstraint("not may_pick_up or barred_by is null", name="barred"),
        CheckConstraint(says_something("barred_by", 300), name="barred_by"),
    )

    id: Mapped[Id]
    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), index=True)
    beneficiary_id: Mapped[Number | None] = mapped_column(ForeignKey("office.beneficiary.id"), index=True)
    last_name: Mapped[str]
    first_name: Mapped[str]
    relationship: Mapped[str] = mapped_column(server_default=text("''"))
    phone: Mapped[str] = mapped_column(server_default=text("''"))
    email: Mapped[str] = mapped_column(server_default=text("''"))
    guardian: Mapped[bool] = mapped_column(server_default=text("false"))
    may_pick_up: Mapped[bool] = mapped_column(server_default=text("false"))
    emergency_rank: Mapped[int | None] = mapped_column(SmallInteger)
    barred_by: Mapped[str | None]
    barred: Mapped[bool] = mapped_column(Computed("barred_by is not null", persisted=True))
    created_at: Mapped[Now]
    removed_at: Mapped[datetime | None]
    version: Mapped[Version]


class BeneficiaryDiet(Base):
    """What a child does not eat. A need that is over keeps its row, with the moment when it was removed."""

    __tablename__ = "beneficiary_diet"

    beneficiary_id: Mapped[Number] = mapped_column(ForeignKey("office.beneficiary.id"), primary_key=True)
    diet_need_id: Mapped[Number] = mapped_column(ForeignKey("office.diet_need.id"), primary_key=True, index=True)
    removed_at: Mapped[datetime | None]


class HouseholdNote(Base):
    """A note of the counter about a family: never changed, only removed by whoever wrote it."""

    __tablename__ = "household_note"
    __table_args__ = (CheckConstraint(says_something("words", 2000), name="words"),)

    id: Mapped[Id]
    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), index=True)
    words: Mapped[str]
    written_by: Mapped[Login]
    written_at: Mapped[Now]
    removed_at: Mapped[datetime | None]


class HouseholdMerge(Base):
    """Two families that were one: which one stays, what came over from the other (ids by table), and why."""

    __tablename__ = "household_merge"
    __table_args__ = (
        CheckConstraint(says_something("reason", 500), name="reason"),
        CheckConstraint("kept_id <> merged_id", name="two"),
    )

    id: Mapped[Id]
    kept_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), index=True)
    merged_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), unique=True)
    moved: Mapped[dict[str, object]] = mapped_column(JSONB)
    reason: Mapped[str]
    merged_by: Mapped[Login]
    merged_at: Mapped[Now]


class Mandate(Base):
    """A SEPA mandate of a family towards one creditor, known by its reference (RUM), signed or still to be signed."""

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint(r"reference ~ '^[A-Za-z0-9+?/:().,''-]{1,35}$'", name="reference"),
        Index("uq_mandate_reference", "authority_id", text("upper(reference)"), unique=True),
    )

    id: Mapped[Id]
    reference: Mapped[str]
    household_id: Mapped[Number] = mapped_column(ForeignKey("office.household.id"), index=True)
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"))
    created_by: Mapped[Login]
    created_at: Mapped[Now]
    signed_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
