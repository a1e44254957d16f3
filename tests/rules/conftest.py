"""Invented dossiers for the tests of the rules: a complete one, and the means to change parts of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from dombes_office.rules.checks import PieceReading
from dombes_office.rules.requests import (
    ChildRow,
    FamilyRow,
    PieceRow,
    RequestDossier,
    RequestRow,
    RequestStatus,
    ServiceRow,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# A first example reads schwifty's registers, and the machine may be busy: time is not what these properties measure.
settings.register_profile("rules", deadline=None)
settings.load_profile("rules")

TODAY = date(2026, 11, 23)
GIVEN = datetime(2026, 11, 17, 17, 4, tzinfo=UTC)
IBAN = "FR76 3000 6000 0112 3456 7890 189"
OTHER_IBAN = "FR76 3000 6000 0112 3456 7980 108"
MANDATE = (
    "MANDAT DE PRÉLÈVEMENT SEPA",
    "En signant ce formulaire, vous autorisez le créancier à envoyer des instructions à votre banque pour débiter",
    "votre compte, et votre banque à débiter votre compte conformément aux instructions du créancier.",
    "Référence unique du mandat (RUM)",
    "DOMBES-MS-2026-01187",
    "Créancier et identifiant (ICS)",
    "CC de la Dombes – FR53ZZZ999999",
    "Nom et prénom du débiteur",
    "BERTHOLLET Claire",
    "Adresse",
    "14, chemin des Étangs, 01990 Baneins",
    "IBAN – numéro international de compte",
    IBAN,
    "BIC – code international de la banque",
    "AGRIFRPP",
    "Type de paiement",
    "☒ récurrent ☐ ponctuel",
    "Fait à, le Signature",
    "Baneins, le 16/11/2026",
)


def _piece(requirement_id: int, code: str, label: str, kind: str, **values: object) -> PieceRow:
    sensitivity = "health" if code == "health_form" else "bank"
    piece = PieceRow(requirement_id, code, label, kind, sensitivity, needed=True, validity_months=12)
    return replace(piece, document_id=requirement_id + 100, given_at=GIVEN, **values)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Example:
    """A dossier in which every check passes, its readings, and copies with one thing changed."""

    today: date
    dossier: RequestDossier
    readings: Mapping[int, PieceReading]

    def with_piece(self, code: str, **changes: object) -> RequestDossier:
        """The dossier with one piece changed."""
        pieces = tuple(
            replace(p, **changes) if p.code == code else p  # type: ignore[arg-type]
            for p in self.dossier.pieces
        )
        return replace(self.dossier, pieces=pieces)

    def without_piece(self, code: str) -> RequestDossier:
        """The dossier with one piece not given."""
        nothing = dict.fromkeys(("document_id", "sha256", "text_value", "given_at", "signed_on", "file_name"))
        return self.with_piece(code, **nothing)

    def with_child(self, **changes: object) -> RequestDossier:
        """The dossier with another child."""
        return replace(self.dossier, child=replace(self.dossier.child, **changes))  # type: ignore[arg-type]

    def with_lines(self, *lines: str) -> dict[int, PieceReading]:
        """The readings with another text on the mandate."""
        return {**self.readings, 104: PieceReading("PDF", 1, lines=lines)}

    def with_line(self, old: str, new: str) -> dict[int, PieceReading]:
        """The readings with one line of the mandate changed."""
        assert old in MANDATE
        return self.with_lines(*(new if line == old else line for line in MANDATE))


@pytest.fixture(scope="session")
def example() -> Example:
    """BERTHOLLET Manon, who asks for the Mercredis sportifs and pays by monthly debit."""
    born = date(2019, 3, 12)
    request = RequestRow(
        1187, "2026-1187", RequestStatus.PENDING, 3, GIVEN, 7, "BERTHOLLET", "BERTHOLLET", "Manon", born, "CE1",
        1, "Mercredis sportifs", 1, "CC de la Dombes", True, 4, 4, None, None, None,
    )  # fmt: skip
    pieces = (
        _piece(1, "health_form", "Fiche santé", "file", sha256="a" * 64, file_name="fiche.pdf"),
        _piece(2, "iban", "IBAN", "iban", text_value=IBAN),
        _piece(3, "bic", "BIC", "bic", text_value="AGRIFRPP"),
        _piece(4, "mandate", "Mandat de prélèvement", "file", sha256="b" * 64, signed_on=date(2026, 11, 16)),
    )
    child = ChildRow(1, "BERTHOLLET", "Manon", born, "mère", "CE1", "client", "Asthme d’effort, inhalateur", None)
    family = FamilyRow(
        7, "BERTHOLLET", "BERTHOLLET", "Claire", "claire@example.org", "0639984127", "14, chemin des Étangs",
        "01990", "Baneins", 3,
    )  # fmt: skip
    service = ServiceRow(1, "Mercredis sportifs", 1, "CC de la Dombes", "0639980101", "sports@example.org", 6, 11)
    readings = {101: PieceReading("PDF", 2), 104: PieceReading("PDF", 1, lines=MANDATE)}
    return Example(TODAY, RequestDossier(request, pieces, child, family, service, ()), readings)


@pytest.fixture(scope="session")
def other_iban() -> str:
    """A valid IBAN of the same bank which is not the one typed."""
    return OTHER_IBAN
