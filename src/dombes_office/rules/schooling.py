"""Classes in the order of the years, what comes after one, and the vaccinations that a birth date makes compulsory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LEVELS = ("TPS", "PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2", "6e", "5e", "4e", "3e")
"""One level a school year, from the year of the second birthday on."""

BESIDE = ("ULIS",)
"""Levels outside of that order: whoever is there is asked for each year."""

_FIRST_YEAR = 2
_SEPTEMBER = 9
_ELEVEN_VACCINES_FROM = date(2018, 1, 1)


def school_year(day: date) -> int:
    """The year in whose September the school year of `day` begins."""
    return day.year if day.month >= _SEPTEMBER else day.year - 1


def usual_level(born: date, year: int) -> str:
    """The level of a child of that birth year in the school year that begins in `year`; "" outside of school age."""
    place = year - born.year - _FIRST_YEAR
    return LEVELS[place] if 0 <= place < len(LEVELS) else ""


def next_level(level: str, *, years: int = 1) -> str:
    """The level so many years later (2: one skipped, 0: kept); "" after the last, the same where it has no order."""
    if level not in LEVELS:
        return level
    place = LEVELS.index(level) + years
    return LEVELS[place] if place < len(LEVELS) else ""


def level_admitted(level: str, lowest: str | None, highest: str | None) -> bool | None:
    """Whether a level lies within a service's limits, both included; None where it has no place in the order."""
    if level not in LEVELS:
        return None if lowest or highest else True
    place = LEVELS.index(level)
    low = LEVELS.index(lowest) if lowest in LEVELS else 0
    high = LEVELS.index(highest) if highest in LEVELS else len(LEVELS) - 1
    return low <= place <= high


def vaccinations_needed(born: date) -> str:
    """What has to have been given, in words (Code de la santé publique, L3111-2; decree 2018-42 of 25/01/2018).

    Three vaccines for who was born before 2018, eleven from 1 January 2018 on.
    """
    if born < _ELEVEN_VACCINES_FROM:
        return "diphtérie, tétanos, poliomyélite"
    return "les onze vaccins obligatoires"


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A child before the passage to the next class, and the level that usually follows ("" after the last one)."""

    beneficiary_id: int
    last_name: str
    first_name: str
    born_on: date | None
    level: str
    school_class: str
    version: int
    proposed: str


@dataclass(frozen=True, slots=True)
class Passage:
    """What was chosen for a child: the level of the new year, the same where she stays down."""

    beneficiary_id: int
    version: int
    level: str
