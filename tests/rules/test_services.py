"""Classes in their order, and what may stand between a child and a service."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dombes_office.rules.schooling import (
    LEVELS,
    level_admitted,
    next_level,
    school_year,
    usual_level,
    vaccinations_needed,
)
from dombes_office.rules.services import AskedPiece, OfferedService, obstacles

TODAY = date(2026, 11, 25)
SPORTS = OfferedService(1, "MERCREDIS SPORTIFS", 1, "CC", "", 6, 11, None, None, None, None, "anyone", ())


def test_the_school_year_turns_in_september() -> None:
    assert [school_year(day) for day in (date(2026, 8, 31), date(2026, 9, 1), date(2027, 1, 1))] == [2025, 2026, 2026]


def test_usual_levels_and_what_follows() -> None:
    assert [usual_level(date(year, 6, 1), 2026) for year in (2025, 2023, 2020, 2015, 2012, 2011)] == [
        "", "PS", "CP", "6e", "3e", "",
    ]  # fmt: skip
    assert [next_level("MS"), next_level("MS", years=0), next_level("MS", years=2)] == ["GS", "MS", "CP"]
    assert [next_level("3e"), next_level("ULIS"), next_level("")] == ["", "ULIS", ""]
    assert next_level(LEVELS[0], years=len(LEVELS)) == ""


@pytest.mark.parametrize(
    ("level", "lowest", "highest", "answer"),
    [("CP", "CP", "CM2", True), ("CM2", "CP", "CM2", True), ("GS", "CP", None, False), ("6e", None, "CM2", False),
     ("ULIS", "CP", None, None), ("ULIS", None, None, True), ("", None, None, True)],
)  # fmt: skip
def test_levels_within_limits(level: str, lowest: str | None, highest: str | None, *, answer: bool | None) -> None:
    assert level_admitted(level, lowest, highest) is answer


def test_vaccinations_by_birth_date() -> None:
    assert "onze" not in vaccinations_needed(date(2017, 12, 31))
    assert "onze" in vaccinations_needed(date(2018, 1, 1))


def test_what_is_needed_of_whom() -> None:
    always, debit, optional = (
        AskedPiece(1, "x", "X", "file", needed, 12, None) for needed in ("always", "direct_debit", "optional")
    )
    assert [piece.is_needed(by_debit=False) for piece in (always, debit, optional)] == [True, False, False]
    assert [piece.is_needed(by_debit=True) for piece in (always, debit, optional)] == [True, True, False]
    assert [piece.concerns(by_debit=False) for piece in (always, debit, optional)] == [True, False, True]


def told(service: OfferedService, born_on: date | None = date(2019, 3, 12), level: str = "CE1") -> tuple[str, ...]:
    return obstacles(service, born_on=born_on, school_level=level, town="Baneins", today=TODAY)


def test_what_stands_between_a_child_and_a_service() -> None:
    assert told(SPORTS) == told(SPORTS, None, "") == ()
    assert told(SPORTS, date(2021, 1, 1)) == ("L’enfant a 5\u00a0ans\u00a0: le service commence à 6\u00a0ans.",)
    assert told(SPORTS, date(2014, 1, 1)) == ("L’enfant a 12\u00a0ans\u00a0: le service finit à 11\u00a0ans.",)
    assert len(told(replace(SPORTS, requests_from=date(2026, 12, 1)))) == 1
    assert told(replace(SPORTS, requests_from=TODAY, requests_until=TODAY)) == ()
    assert len(told(replace(SPORTS, requests_until=date(2026, 11, 24)))) == 1
    assert told(replace(SPORTS, min_level="CM1", max_level="CM2")) == ("Le service va de la classe CM1 à CM2.",)
    assert told(replace(SPORTS, residence="residents_only", authority_name="Baneins")) == ()
    assert len(told(replace(SPORTS, residence="residents_only", authority_name="Marlanges"))) == 1
    assert told(replace(SPORTS, residence="residents_first", authority_name="Marlanges")) == ()
