"""Makes an office with believable rows, by plain SQL as the superuser: the part that the portal plays."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.postgres import Raw

TYPED_IBAN = "FR7630006000011234567890189"
"""The IBAN that every French bank prints as its example: valid, and nobody's."""
TYPED_BIC = "AGRIFRPP"
SUBMITTED_AT = datetime(2026, 11, 17, 17, 4, tzinfo=UTC)


@dataclass(frozen=True)
class GivenRequest:
    """A request and the ids of what belongs to it; `documents` by requirement code."""

    request_id: int
    household_id: int
    beneficiary_id: int
    account_id: int
    documents: dict[str, int]


@dataclass
class Office:
    """One authority with one service that asks for the four pieces of the families' guide."""

    raw: Raw
    authority_id: int = 0
    service_id: int = 0
    requirements: dict[str, int] = field(default_factory=dict)
    _families: int = 0

    def one(self, statement: str, *values: Any) -> Any:  # noqa: ANN401 - whatever the column holds.
        """The first column of the first row."""
        row = self.raw.execute(statement.encode(), values).fetchone()
        assert row is not None
        return row[0]

    def add_service(self, name: str, authority_id: int | None = None, ages: tuple[int, int] = (6, 11)) -> int:
        """A service with its four requirements."""
        service_id = int(
            self.one(
                "insert into office.service (authority_id, name, min_age, max_age)"
                " values (%s, %s, %s, %s) returning id",
                authority_id or self.authority_id,
                name,
                *ages,
            )
        )
        for position, (code, label, kind, needed, sensitivity) in enumerate(
            (
                ("health_form", "Fiche santé", "file", "always", "health"),
                ("iban", "IBAN", "iban", "direct_debit", "bank"),
                ("bic", "BIC", "bic", "direct_debit", "bank"),
                ("mandate", "Mandat SEPA", "file", "direct_debit", "bank"),
            )
        ):
            requirement = self.one(
                "insert into office.document_requirement (service_id, code, label, kind, needed, sensitivity,"
                " validity_months, position) values (%s, %s, %s, %s, %s, %s, 12, %s) returning id",
                service_id,
                code,
                label,
                kind,
                needed,
                sensitivity,
                position,
            )
            if service_id == self.service_id or not self.requirements:
                self.requirements[code] = int(requirement)
        return service_id

    def add_authority(self, name: str, kind: str = "commune") -> int:
        """Another authority."""
        return int(
            self.one(
                "insert into office.authority (kind, name, short_name, email, phone)"
                " values (%s, %s, %s, 'accueil@example.org', '0465710040') returning id",
                kind,
                name,
                name,
            )
        )

    def add_file(self, content: bytes) -> bytes:
        """Keep a file; its SHA-256."""
        sha256 = hashlib.sha256(content).digest()
        self.raw.execute(
            "insert into office.file_content (sha256, content) values (%s, %s) on conflict do nothing",
            (sha256, content),
        )
        return sha256

    def requirement(self, service_id: int, code: str) -> int:
        """The requirement of that code."""
        return int(
            self.one("select id from office.document_requirement where service_id = %s and code = %s", service_id, code)
        )

    def give(self, request_id: int, code: str, value: bytes | str, *, file_name: str | None = None) -> int:
        """The family gives a piece: bytes for a file, text for a typed value; an older one is replaced."""
        service_id = self.one("select service_id from office.access_request where id = %s", request_id)
        requirement = self.requirement(service_id, code)
        self.raw.execute(
            "update office.supporting_document set replaced_at = now()"
            " where request_id = %s and requirement_id = %s and replaced_at is null",
            (request_id, requirement),
        )
        is_file = isinstance(value, bytes)
        return int(
            self.one(
                "insert into office.supporting_document"
                " (request_id, requirement_id, file_sha256, file_name, text_value)"
                " values (%s, %s, %s, %s, %s) returning id",
                request_id,
                requirement,
                self.add_file(value) if isinstance(value, bytes) else None,
                (file_name or f"{code}.pdf") if is_file else None,
                None if is_file else value,
            )
        )

    def add_request(
        self,
        family: str = "Berthollet",
        first_name: str = "Manon",
        *,
        service_id: int | None = None,
        by_debit: bool = True,
        submitted_at: datetime = SUBMITTED_AT,
        born_on: date = date(2019, 3, 12),
        files: dict[str, bytes] | None = None,
        give: bool = True,
    ) -> GivenRequest:
        """A family with one child and one request, its pieces given; bank pieces where it pays by debit.

        Without `give` no piece is given.
        """
        self._families += 1
        account_id = self.one(
            "insert into office.account (email, last_name, first_name, phone, address, postcode, town)"
            " values (%s, %s, 'Claire', '0639984127', '14, chemin des Étangs', '01990', 'Baneins') returning id",
            f"famille{self._families}@example.org",
            family,
        )
        household_id = self.one(
            "insert into office.household (account_id, name) values (%s, %s) returning id", account_id, family
        )
        beneficiary_id = self.one(
            "insert into office.beneficiary (household_id, last_name, first_name, born_on, relationship, school_level,"
            " care_note) values (%s, %s, %s, %s, 'mère', 'CE1', 'Asthme d’effort, inhalateur dans le sac')"
            " returning id",
            household_id,
            family,
            first_name,
            born_on,
        )
        request_id = self.one(
            "insert into office.access_request (household_id, beneficiary_id, service_id, by_debit, submitted_at)"
            " values (%s, %s, %s, %s, %s) returning id",
            household_id,
            beneficiary_id,
            service_id or self.service_id,
            by_debit,
            submitted_at,
        )
        values: dict[str, bytes | str] = {"health_form": f"fiche {self._families}".encode()}
        if by_debit:
            values |= {"iban": TYPED_IBAN, "bic": TYPED_BIC, "mandate": f"mandat {self._families}".encode()}
        values |= files or {}
        documents = {code: self.give(request_id, code, value) for code, value in values.items() if give}
        return GivenRequest(request_id, household_id, beneficiary_id, account_id, documents)


def build_office(raw: Raw) -> Office:
    """The communauté de communes and its "MERCREDIS SPORTIFS"."""
    office = Office(raw)
    office.authority_id = office.add_authority("Communauté de communes de la Dombes", "community")
    office.service_id = office.add_service("MERCREDIS SPORTIFS")
    return office
