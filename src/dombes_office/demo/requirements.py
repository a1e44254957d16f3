"""The pieces that every service of the families' guide asks for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """One piece, valid twelve months; `needed` is "always" or "direct_debit"."""

    code: str
    label: str
    kind: str
    needed: str
    sensitivity: str


REQUIREMENTS = (
    Requirement("health_form", "Fiche santé", "file", "always", "health"),
    Requirement("iban", "IBAN", "iban", "direct_debit", "bank"),
    Requirement("bic", "BIC", "bic", "direct_debit", "bank"),
    Requirement("mandate", "Mandat SEPA", "file", "direct_debit", "bank"),
)


def applies(requirement: Requirement, *, by_debit: bool) -> bool:
    """Whether the piece is asked from this family."""
    return by_debit or requirement.needed == "always"
