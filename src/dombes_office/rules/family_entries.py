"""What is typed about a family: account, child, health, contact; cleaned field by field, all faults told at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from dombes_office.errors import InvalidEntry
from dombes_office.rules.entries import clean_email, clean_name, clean_phone, clean_postcode, clean_words, refuse

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """The person behind an account, as typed."""

    email: str = ""
    last_name: str = ""
    first_name: str = ""
    phone: str = ""
    other_phone: str = ""
    address: str = ""
    postcode: str = ""
    town: str = ""


@dataclass(frozen=True, slots=True)
class ChildEntry:
    """A child, as typed."""

    last_name: str = ""
    first_name: str = ""
    born_on: date | None = None
    relationship: str = ""
    school_level: str = ""
    school_class_id: int | None = None
    customer_group_id: int | None = None
    leaves_alone: bool = False
    leaves_alone_signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class HealthEntry:
    """What is typed of a child's health."""

    care_note: str = ""
    care_plan_from: date | None = None
    care_plan_until: date | None = None
    vaccinated_seen_on: date | None = None


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """Somebody around the children, as typed; `barred_by` "" where no court decision is known or may be typed."""

    last_name: str = ""
    first_name: str = ""
    relationship: str = ""
    phone: str = ""
    email: str = ""
    guardian: bool = False
    may_pick_up: bool = False
    emergency_rank: int | None = None
    barred_by: str = ""
    beneficiary_id: int | None = None


class Faults:
    """Collects what is wrong with an entry, field by field, so that a form can tell it all at once."""

    def __init__(self) -> None:
        self.found: list[InvalidEntry] = []

    def take(self, clean: Callable[[], T], kept: T) -> T:
        """What `clean` answers, or `kept` where it refuses; the refusal is kept."""
        try:
            return clean()
        except InvalidEntry as fault:
            self.found.append(fault)
            return kept

    def add(self, fault: InvalidEntry) -> None:
        """One more."""
        self.found.append(fault)


def clean_account(typed: AccountEntry) -> tuple[AccountEntry, tuple[InvalidEntry, ...]]:
    """The entry as it is kept, and what is wrong with it; where something is, that field is as typed."""
    faults = Faults()
    cleaned = AccountEntry(
        email=faults.take(lambda: clean_email(typed.email), typed.email),
        last_name=faults.take(lambda: clean_name(typed.last_name, "last_name"), typed.last_name),
        first_name=faults.take(lambda: clean_name(typed.first_name, "first_name", "Le prénom"), typed.first_name),
        phone=faults.take(lambda: clean_phone(typed.phone), typed.phone),
        other_phone=faults.take(lambda: clean_phone(typed.other_phone, "other_phone"), typed.other_phone),
        address=clean_words(typed.address),
        postcode=faults.take(lambda: clean_postcode(typed.postcode), typed.postcode),
        town=clean_words(typed.town),
    )
    return cleaned, tuple(faults.found)


def clean_child(typed: ChildEntry) -> tuple[ChildEntry, tuple[InvalidEntry, ...]]:
    """The entry as it is kept, and what is wrong with it. The day of birth is read by `entries.birth_day` before."""
    faults = Faults()
    cleaned = replace(
        typed,
        last_name=faults.take(lambda: clean_name(typed.last_name, "last_name"), typed.last_name),
        first_name=faults.take(lambda: clean_name(typed.first_name, "first_name", "Le prénom"), typed.first_name),
        relationship=clean_words(typed.relationship),
    )
    if typed.leaves_alone and typed.leaves_alone_signed_on is None:
        faults.add(
            refuse(
                "leaves_alone_signed_on",
                "Partir seul demande la date de l’autorisation signée.",
                "Saisissez cette date.",
            )
        )
    return cleaned, tuple(faults.found)


def clean_contact(typed: ContactEntry) -> tuple[ContactEntry, tuple[InvalidEntry, ...]]:
    """The entry as it is kept, and what is wrong with it."""
    faults = Faults()
    needs_phone = typed.emergency_rank is not None
    cleaned = replace(
        typed,
        last_name=faults.take(lambda: clean_name(typed.last_name, "last_name"), typed.last_name),
        first_name=faults.take(lambda: clean_name(typed.first_name, "first_name", "Le prénom"), typed.first_name),
        relationship=clean_words(typed.relationship),
        phone=faults.take(lambda: clean_phone(typed.phone, needed=needs_phone), typed.phone),
        email=faults.take(lambda: clean_email(typed.email), typed.email) if clean_words(typed.email) else "",
        barred_by=clean_words(typed.barred_by),
    )
    if cleaned.barred_by and typed.may_pick_up:
        faults.add(
            refuse(
                "may_pick_up",
                "Une décision de justice interdit de confier l’enfant à cette personne.",
                "Retirez-lui le droit de venir le chercher.",
            )
        )
    return cleaned, tuple(faults.found)
