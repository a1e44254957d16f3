"""Families as the office reads them: the rows of the list and of the sheet, and which families look like one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from dombes_office.rules.requests import RequestStatus, VerdictKind

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
