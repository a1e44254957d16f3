"""The catalogue as it is read and written: authorities, services, pieces, schools, classes, periods, shared lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dombes_office.rules.names import fold

if TYPE_CHECKING:
    from datetime import date, datetime

NEEDED_WORDS = {"always": "toujours", "direct_debit": "si prélèvement", "optional": "facultative"}
KIND_WORDS = {"file": "Fichier", "iban": "IBAN", "bic": "BIC", "text": "Texte", "date": "Date"}
SENSITIVITY_WORDS = {"plain": "ordinaire", "health": "santé", "bank": "banque"}


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """A collectivité; `creditor_id` (ICS) is "" where it does not debit."""

    authority_id: int
    kind: str
    name: str
    short_name: str
    postcode: str
    email: str
    phone: str
    creditor_id: str


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """A service as it is typed; limits are inclusive, None without one."""

    name: str = ""
    description: str = ""
    min_age: int | None = None
    max_age: int | None = None
    min_level: str | None = None
    max_level: str | None = None
    requests_from: date | None = None
    requests_until: date | None = None
    bookings_from: datetime | None = None
    residence: str = "anyone"


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service of the catalogue; `in_use` counts the requests for it."""

    service_id: int
    authority_id: int
    authority_name: str
    entry: ServiceEntry
    closed_at: datetime | None
    in_use: int
    version: int


@dataclass(frozen=True, slots=True)
class RequirementEntry:
    """A piece that a service asks for, as it is typed."""

    label: str = ""
    kind: str = "file"
    needed: str = "always"
    sensitivity: str = "plain"
    validity_months: int | None = 12
    position: int = 0


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """A piece of the catalogue; `form_name` is the blank form's file name, "" without one."""

    requirement_id: int
    service_id: int
    code: str
    entry: RequirementEntry
    form_name: str
    closed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school."""

    school_id: int
    authority_id: int
    authority_name: str
    name: str
    town: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class of one school year; `children` counts who is in it."""

    class_id: int
    school_id: int
    school_name: str
    school_year: int
    name: str
    closed_at: datetime | None
    children: int


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period of an authority's calendar, both ends included."""

    period_id: int
    authority_id: int
    authority_name: str
    kind: str
    name: str
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A line of a short list that every authority shares: a customer group, a diet need."""

    row_id: int
    name: str
    closed_at: datetime | None
    in_use: int


def code_of(label: str, kind: str, taken: frozenset[str] = frozenset()) -> str:
    """The code of a new piece, from its label ("Fiche santé" gives "fiche_sante"), different from those taken."""
    base = kind if kind in {"iban", "bic"} else re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[:34] or "piece"
    if not base[0].isalpha():
        base = f"piece_{base}"[:34]
    code, number = base, 1
    while code in taken:
        number += 1
        code = f"{base}_{number}"
    return code
