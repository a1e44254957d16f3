"""Until when a piece is valid, and how months and birthdays are counted."""

from __future__ import annotations

import calendar
from datetime import date
from typing import TYPE_CHECKING

from dombes_office.rules.french import office_day

if TYPE_CHECKING:
    from dombes_office.rules.requests import PieceRow

_MONTHS_A_YEAR = 12


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it is shorter; never past the last year."""
    years, month = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    year = day.year + years
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def birthday(born: date, years: int) -> date:
    """The day on which somebody completes `years`; born on 29 February, it is 1 March in common years."""
    year = born.year + years
    if year > date.max.year:
        return date.max
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return born.replace(year=year)


def valid_until(piece: PieceRow) -> date | None:
    """The last day on which a piece is valid; None where it is missing or nothing limits it.

    It is the day kept with the piece, or else its validity in months counted from its signature, or from the day it was
    given. Both ends count: signed on 16/11/2026 for 12 months, it is still valid on 16/11/2027.
    """
    if piece.valid_until is not None or not piece.given:
        return piece.valid_until
    begun = piece.signed_on or (office_day(piece.given_at) if piece.given_at else None)
    if begun is None or piece.validity_months is None:
        return None
    return add_months(begun, piece.validity_months)
