"""What a service offers and asks for, and whether it suits a child: advice in words, never a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dombes_office.rules.french import age_on, counted, full_date, typeset
from dombes_office.rules.names import fold
from dombes_office.rules.schooling import level_admitted

if TYPE_CHECKING:
    from datetime import date

RESIDENCE_WORDS = {
    "anyone": "ouvert à tous",
    "residents_first": "aux habitants d’abord",
    "residents_only": "aux habitants seulement",
}


@dataclass(frozen=True, slots=True)
class AskedPiece:
    """A piece that a service asks for: always, from those who pay by direct debit, or at will."""

    requirement_id: int
    code: str
    label: str
    kind: str
    needed: str
    validity_months: int | None
    form_name: str | None

    def is_needed(self, *, by_debit: bool) -> bool:
        """Whether the request is complete only with it."""
        return self.needed == "always" or (by_debit and self.needed == "direct_debit")

    def concerns(self, *, by_debit: bool) -> bool:
        """Whether the family may give it at all."""
        return by_debit or self.needed != "direct_debit"


@dataclass(frozen=True, slots=True)
class OfferedService:
    """A service that a family may ask for. Ages, levels and days are inclusive limits, None without one."""

    service_id: int
    name: str
    authority_id: int
    authority_name: str
    description: str
    min_age: int | None
    max_age: int | None
    min_level: str | None
    max_level: str | None
    requests_from: date | None
    requests_until: date | None
    residence: str
    pieces: tuple[AskedPiece, ...]

    @property
    def takes_debit(self) -> bool:
        """Whether the service asks anything of those who pay by monthly direct debit."""
        return any(piece.needed == "direct_debit" for piece in self.pieces)


def obstacles(
    service: OfferedService, *, born_on: date | None, school_level: str, town: str, today: date
) -> tuple[str, ...]:
    """Why the service may not suit the child, one French sentence each; the agent decides what to do with them."""
    found: list[str] = []
    if service.requests_from is not None and today < service.requests_from:
        found.append(f"Les demandes ouvrent le {full_date(service.requests_from)}.")
    if service.requests_until is not None and today > service.requests_until:
        found.append(f"Les demandes sont closes depuis le {full_date(service.requests_until)}.")
    if born_on is not None:
        found += _age_obstacle(service, age_on(born_on, today))
    if school_level and level_admitted(school_level, service.min_level, service.max_level) is False:
        found.append(f"Le service va de la classe {service.min_level or 'TPS'} à {service.max_level or '3e'}.")
    if service.residence == "residents_only" and town and fold(town) not in fold(service.authority_name):
        found.append(f"Le service est réservé aux habitants : la famille habite {town}.")
    return tuple(typeset(sentence) for sentence in found)


def _age_obstacle(service: OfferedService, age: int) -> list[str]:
    if service.min_age is not None and age < service.min_age:
        return [f"L’enfant a {counted(age, 'an')} : le service commence à {counted(service.min_age, 'an')}."]
    if service.max_age is not None and age > service.max_age:
        return [f"L’enfant a {counted(age, 'an')} : le service finit à {counted(service.max_age, 'an')}."]
    return []
