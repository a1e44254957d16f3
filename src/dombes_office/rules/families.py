"""Families as the office reads and writes them: the rows of the list and of the sheet, and what is typed about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from dombes_office.errors import InvalidEntry
from dombes_office.rules.entries import clean_email, clean_name, clean_phone, clean_postcode, clean_words, refuse

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from dombes_office.rules.requests import RequestStatus, VerdictKind

T = TypeVar("T")

LONGEST_NOTE = 2000
RELATIONSHIPS = (
    "mère", "père", "grand-mère", "grand-père", "belle-mère", "beau-père", "tante", "oncle", "sœur", "frère",
    "tutrice", "tuteur", "assistante maternelle", "voisine", "voisin", "amie", "ami",
)  # fmt: skip
"""What a person is to a child, as the lists propose it; anything else may be typed."""


# The list ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FamilyFilter:
    """What the list of families is narrowed to; empty means all. `words` are names, a telephone or an e-mail."""

    words: str = ""
    authority_ids: tuple[int, ...] = ()
    descending: bool = False


@dataclass(frozen=True, slots=True)
class FamilyCursor:
    """Where the next page of the list begins."""

    family_key: str
    household_id: int


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One line of the list. `children` are first names, the eldest first; `waiting` counts requests to examine."""

    household_id: int
    name: str
    holder_last_name: str
    holder_first_name: str
    phone: str
    email: str
    town: str
    children: tuple[str, ...]
    waiting: int
    family_key: str


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """Some rows in order; `next_cursor` is None on the last page."""

    rows: tuple[FamilyRow, ...]
    next_cursor: FamilyCursor | None


# The sheet --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountRow:
    """The person behind the account, and how she is reached."""

    account_id: int
    email: str
    last_name: str
    first_name: str
    phone: str
    other_phone: str
    address: str
    postcode: str
    town: str
    version: int


@dataclass(frozen=True, slots=True)
class HomeRow:
    """A home of a child that the agent may see: `share_percent` is the part of the bills that it pays."""

    household_id: int
    name: str
    share_percent: int


@dataclass(frozen=True, slots=True)
class ChildSheet:
    """A child on the family's sheet, without what concerns health (see `HealthRow`)."""

    beneficiary_id: int
    last_name: str
    first_name: str
    born_on: date | None
    relationship: str
    school_level: str
    school_class_id: int | None
    school_class: str
    customer_group_id: int | None
    customer_group: str
    leaves_alone: bool
    leaves_alone_signed_on: date | None
    has_photo: bool
    version: int
    homes: tuple[HomeRow, ...]
    diets: tuple[tuple[int, str], ...]
    """(id, name) of what the child does not eat."""


@dataclass(frozen=True, slots=True)
class HealthRow:
    """What concerns a child's health, for those who may read it."""

    beneficiary_id: int
    care_note: str
    care_plan_from: date | None
    care_plan_until: date | None
    vaccinated_seen_on: date | None

    def has_plan(self, today: date) -> bool:
        """Whether a PAI is in force."""
        return self.care_plan_until is not None and self.care_plan_until >= today


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Somebody around the children. `barred_by` is None without the right to read the court decision."""

    contact_id: int
    beneficiary_id: int | None
    last_name: str
    first_name: str
    relationship: str
    phone: str
    email: str
    guardian: bool
    may_pick_up: bool
    emergency_rank: int | None
    barred: bool
    barred_by: str | None
    version: int


@dataclass(frozen=True, slots=True)
class AccessRow:
    """A child's access to a service, by its latest request; `valid_until` is the first day on which a piece lapses."""

    request_id: int
    number: str
    beneficiary_id: int
    service_id: int
    service_name: str
    authority_id: int
    authority_name: str
    status: RequestStatus
    submitted_at: datetime
    by_debit: bool
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class PieceLine:
    """A piece that the family gave; names and verdicts only for those who may read it."""

    document_id: int
    request_id: int
    beneficiary_id: int
    service_name: str
    label: str
    kind: str
    sensitivity: str
    given_at: datetime
    valid_until: date | None
    file_name: str | None = None
    verdict: VerdictKind | None = None


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note of the counter."""

    note_id: int
    words: str
    written_by: str
    author: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class MailLine:
    """An e-mail to the family."""

    mail_id: int
    subject: str
    state: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class FamilySheet:
    """All that the counter knows of a family, as far as the agent may read it."""

    household_id: int
    name: str
    version: int
    account: AccountRow
    authorities: tuple[tuple[int, str], ...]
    children: tuple[ChildSheet, ...]
    contacts: tuple[ContactRow, ...]
    access: tuple[AccessRow, ...]
    pieces: tuple[PieceLine, ...]
    notes: tuple[NoteRow, ...]
    mails: tuple[MailLine, ...]

    def child(self, beneficiary_id: int) -> ChildSheet | None:
        """A child of this home."""
        return next((child for child in self.children if child.beneficiary_id == beneficiary_id), None)


# What is typed ----------------------------------------------------------------------------------------------------


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
                "« Peut partir seul » demande la date de l’autorisation signée.",
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
                "Retirez « peut venir chercher ».",
            )
        )
    return cleaned, tuple(faults.found)


# Whether two are one ------------------------------------------------------------------------------------------------


class Likeness(StrEnum):
    """Why a family on record may be the one at the counter."""

    CHILD = "child"
    PHONE = "phone"
    HOLDER = "holder"


@dataclass(frozen=True, slots=True)
class SimilarFamily:
    """A family on record that may be the same, and why: the words name what is alike."""

    household_id: int
    name: str
    town: str
    likeness: Likeness
    words: str
