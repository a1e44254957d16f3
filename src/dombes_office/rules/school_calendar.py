"""The school calendar that is proposed for a year, to be changed by the office: holidays of a zone and public holidays.

The dates are those of `vacances-scolaires-france` and `jours-feries-france`, imported when first needed. What they do
not know is not made up: a year that is not published yet gives public holidays alone, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONE = "A"
"""Ain belongs to the academy of Lyon, which is in zone A."""

_DAY = timedelta(days=1)
_AFTER_ASCENSION = timedelta(days=1)
_ASCENSION = "Ascension"
_BRIDGE = "Pont de l’Ascension"
_SEPTEMBER, _AUGUST = 9, 8


class PeriodKind(StrEnum):
    """Why an authority's services do not run as usual."""

    SCHOOL_HOLIDAY = "school_holiday"
    PUBLIC_HOLIDAY = "public_holiday"
    BRIDGE = "bridge"
    CLOSURE = "closure"


KIND_WORDS = {
    PeriodKind.SCHOOL_HOLIDAY: "Vacances scolaires",
    PeriodKind.PUBLIC_HOLIDAY: "Jour férié",
    PeriodKind.BRIDGE: "Pont",
    PeriodKind.CLOSURE: "Fermeture",
}


@dataclass(frozen=True, slots=True)
class ProposedPeriod:
    """Days in a row, both ends included."""

    kind: PeriodKind
    name: str
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class ProposedCalendar:
    """The periods of one school year in order; `published` tells whether the holidays are known."""

    periods: tuple[ProposedPeriod, ...]
    published: bool


def propose(school_year: int, zone: str = ZONE) -> ProposedCalendar:
    """What the school year beginning in September of `school_year` looks like in a zone."""
    first, last = date(school_year, _SEPTEMBER, 1), date(school_year + 1, _AUGUST, 31)
    holidays = _holidays(first, last, zone)
    # The year is published when its last holidays, those of summer, are: before, days are silently "no holiday".
    published = bool(holidays) and holidays[-1].last_on >= date(school_year + 1, _AUGUST, 1)
    public = _public(first, last)
    bridge = (
        [] if any(period.kind is PeriodKind.BRIDGE for period in holidays) else _bridge(public, published=published)
    )
    periods = [*(holidays if published else ()), *bridge, *public]
    return ProposedCalendar(tuple(sorted(periods, key=lambda period: (period.first_on, period.kind))), published)


def _holidays(first: date, last: date, zone: str) -> list[ProposedPeriod]:
    # Imported here: only the planner who fills a calendar needs them.
    from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException  # noqa: PLC0415

    known = SchoolHolidayDates()
    days: dict[date, str] = {}
    for year in (first.year, last.year):
        try:
            found = known.holidays_for_year_and_zone(year, zone)
        except UnsupportedYearException:
            continue
        days |= {day: _name(told["nom_vacances"]) for day, told in found.items() if first <= day <= last}
    return [
        ProposedPeriod(PeriodKind.BRIDGE if name == _BRIDGE else PeriodKind.SCHOOL_HOLIDAY, name, start, end)
        for name, start, end in _runs(days)
    ]


def _name(told: str) -> str:
    return told.replace("'", "’")


def _runs(days: dict[date, str]) -> Iterator[tuple[str, date, date]]:
    """(name, first, last) of days in a row under one name."""
    order = sorted(days)
    origin = date.min.toordinal()
    for (name, _), run in groupby(enumerate(order), key=lambda at: (days[at[1]], at[1].toordinal() - origin - at[0])):
        found = [day for _, day in run]
        yield name, found[0], found[-1]


def _public(first: date, last: date) -> list[ProposedPeriod]:
    from jours_feries_france.compute import JoursFeries  # noqa: PLC0415 - see above.

    return [
        ProposedPeriod(PeriodKind.PUBLIC_HOLIDAY, _name(name), day, day)
        for year in (first.year, last.year)
        for name, day in JoursFeries.for_year(year).items()
        if first <= day <= last
    ]


def _bridge(public: list[ProposedPeriod], *, published: bool) -> list[ProposedPeriod]:
    """The Friday after Ascension, without class every year, which the library leaves out of some."""
    ascension = next((period.first_on for period in public if period.name == _ASCENSION), None)
    if ascension is None or not published:
        return []
    friday = ascension + _AFTER_ASCENSION
    return [ProposedPeriod(PeriodKind.BRIDGE, _BRIDGE, friday, friday + _DAY)]
