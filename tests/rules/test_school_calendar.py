"""The school calendar that is proposed: zone A of the years that are known, and silence about those that are not."""

from __future__ import annotations

from datetime import date

import pytest

from dombes_office.rules.school_calendar import PeriodKind, propose


def told(school_year: int) -> dict[str, tuple[date, date]]:
    return {period.name: (period.first_on, period.last_on) for period in propose(school_year).periods}


def test_the_year_2026_in_zone_a() -> None:
    calendar = propose(2026)
    assert calendar.published
    names = told(2026)
    assert names["Vacances de la Toussaint"] == (date(2026, 10, 17), date(2026, 11, 1))
    assert names["Vacances de Noël"] == (date(2026, 12, 19), date(2027, 1, 3))
    assert names["Vacances d’hiver"] == (date(2027, 2, 13), date(2027, 2, 28))
    assert names["Vacances de printemps"] == (date(2027, 4, 10), date(2027, 4, 25))
    assert names["Vacances d’été"][0] == date(2027, 7, 3)
    assert names["Lundi de Pâques"] == (date(2027, 3, 29), date(2027, 3, 29))
    assert sum(period.kind is PeriodKind.PUBLIC_HOLIDAY for period in calendar.periods) == 11
    assert [period.first_on for period in calendar.periods] == sorted(p.first_on for p in calendar.periods)


@pytest.mark.parametrize(("school_year", "friday"), [(2024, date(2025, 5, 30)), (2025, date(2026, 5, 15))])
def test_the_bridge_of_ascension_is_never_forgotten(school_year: int, friday: date) -> None:
    bridges = [p for p in propose(school_year).periods if p.kind is PeriodKind.BRIDGE]
    assert len(bridges) == 1
    assert bridges[0].first_on <= friday <= bridges[0].last_on


def test_a_year_that_is_not_published_is_not_made_up() -> None:
    calendar = propose(2028)
    assert not calendar.published
    assert {period.kind for period in calendar.periods} == {PeriodKind.PUBLIC_HOLIDAY}
    assert len(calendar.periods) == 11
    assert not propose(2045).published
