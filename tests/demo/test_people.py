"""The invented families: reproducible, plausible, and reachable by nobody."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from random import Random

import pytest
from schwifty import IBAN

from dombes_office.demo.accounts import BankAccount, french_iban, invented_account, mistyped
from dombes_office.demo.people import Family, Parent, families, school_level
from dombes_office.demo.places import COMMUNES, COMMUNITY, CREDITOR_ID, PLACES
from dombes_office.rules.banks import bank_name, check_bic
from dombes_office.rules.french import age_on
from dombes_office.rules.iban import check_iban, mod_97_right
from dombes_office.rules.requests import Outcome

TODAY = date(2026, 11, 24)
RESERVED = re.compile(r"[a-z0-9.-]+@(?:[a-z-]+\.)*example\.(?:org|net)")


@pytest.fixture(scope="module")
def everybody() -> tuple[Family, ...]:
    return families(7, 2000, TODAY)


def parents(everybody: tuple[Family, ...]) -> list[Parent]:
    return [parent for family in everybody for parent in (family.holder, family.other) if parent is not None]


def accounts(everybody: tuple[Family, ...]) -> list[BankAccount]:
    return [family.account for family in everybody if family.account is not None]


def test_same_seed_same_families_however_many(everybody: tuple[Family, ...]) -> None:
    assert families(7, 50, TODAY) == everybody[:50]
    assert families(8, 50, TODAY) != everybody[:50]


def test_mail_only_to_reserved_domains(everybody: tuple[Family, ...]) -> None:
    assert all(RESERVED.fullmatch(parent.email) for parent in parents(everybody))
    assert all(RESERVED.fullmatch(place.email) for place in PLACES)


def test_no_two_mailboxes_alike(everybody: tuple[Family, ...]) -> None:
    mailboxes = [parent.email for parent in parents(everybody)]
    assert len(set(mailboxes)) == len(mailboxes)


def test_phones_are_kept_for_fiction(everybody: tuple[Family, ...]) -> None:
    assert all(re.fullmatch(r"063998[0-9]{4}", parent.phone) for parent in parents(everybody))
    assert all(re.fullmatch(r"046571[0-9]{4}", place.phone) for place in PLACES)


@pytest.mark.parametrize(
    "today", [TODAY, date(2026, 8, 31), date(2026, 9, 1), date(2027, 1, 1), date(2028, 2, 29)], ids=str
)
def test_children_are_of_school_age(today: date) -> None:
    for family in families(3, 400, today):
        assert family.children
        for child in family.children:
            assert 3 <= age_on(child.born_on, today) <= 12
            assert child.school_level == school_level(child.born_on, today) != ""


@pytest.mark.parametrize(
    ("born_on", "level"),
    [
        (date(2023, 12, 31), "PS"),
        (date(2023, 1, 1), "PS"),
        (date(2020, 6, 1), "CP"),
        (date(2019, 3, 12), "CE1"),
        (date(2015, 5, 5), "6e"),
        (date(2014, 5, 5), ""),
        (date(2024, 1, 1), ""),
    ],
)
def test_school_level_follows_the_year_of_birth(born_on: date, level: str) -> None:
    assert school_level(born_on, TODAY) == level


def test_brothers_and_sisters_are_twins_or_months_apart(everybody: tuple[Family, ...]) -> None:
    for family in everybody:
        births = [child.born_on for child in family.children]
        assert all(later == earlier or (later - earlier).days >= 280 for earlier, later in pairwise(births))
        assert len({child.first_name for child in family.children}) == len(births)


def test_about_one_child_in_twelve_needs_care(everybody: tuple[Family, ...]) -> None:
    notes = [child.care_note for family in everybody for child in family.children]
    assert 0.05 < sum(note is not None for note in notes) / len(notes) < 0.11


def test_accounts_are_valid_and_of_a_known_bank(everybody: tuple[Family, ...]) -> None:
    assert len(accounts(everybody)) > 1000
    for account in accounts(everybody)[:400]:
        IBAN(account.iban, validate_bban=True)
        assert check_iban(account.iban).outcome is Outcome.PASS
        assert check_bic(account.bic, account.iban).outcome is Outcome.PASS
        assert bank_name(account.iban)


def test_the_example_of_the_banks() -> None:
    assert french_iban(30006, 1, 12345678901) == "FR7630006000011234567890189"


def test_a_typing_error_breaks_the_check_digits() -> None:
    dice = Random(5)  # noqa: S311 - reproducible on purpose.
    for _ in range(200):
        wrong = mistyped(invented_account(dice).iban, dice)
        assert check_iban(wrong).outcome is Outcome.FAIL
        assert not mod_97_right(wrong)


def test_names_of_everywhere(everybody: tuple[Family, ...]) -> None:
    found = {parent.last_name for parent in parents(everybody)}
    assert found >= {"Ștefan", "Łukasik", "Nguyen-Roche", "El Amrani", "De la Salle-Virieu", "O’Connelly"}


def test_thirty_six_communes_and_the_community() -> None:
    assert len(COMMUNES) == 36
    assert len({place.name for place in PLACES}) == len({place.email for place in PLACES}) == 37
    assert all(re.fullmatch("01[0-9]{3}", place.postcode) for place in PLACES)


def test_services_bear_the_names_of_the_guide() -> None:
    offered = {place.portal_name: [service.name for service in place.services] for place in PLACES}
    assert offered["BANEINS"] == [
        "GARDERIE - 1 SEUL PARENT TRAVAILLE",
        "GARDERIE - 2 PARENTS TRAVAILLENT",
        "GARDERIE - FAMILLE MONOPARENTALE",
        "GARDERIE - PARENT(S) TRAVAILLE(N)T EN HORAIRES DÉCALÉS",
        "SERVICE CANTINE",
        "SERVICE CANTINE - PERSONNE EXTÉRIEURE",
    ]
    assert offered["SAINTE-MARIE-LE-DESERT"] == ["SERVICE CANTINE - ENFANTS"]
    assert offered["COMMUNAUTÉ DE COMMUNES DE LA DOMBES"] == ["MERCREDIS SPORTIFS"]


def test_the_creditor_is_invented_with_right_check_digits() -> None:
    # The business code (ZZZ) takes no part in the check digits (EPC262-08).
    assert COMMUNITY.creditor_id == CREDITOR_ID
    assert mod_97_right(CREDITOR_ID[:4] + CREDITOR_ID[7:])


def test_families_live_in_their_commune(everybody: tuple[Family, ...]) -> None:
    for family in everybody:
        commune = COMMUNES[family.commune]
        assert (family.postcode, family.town) == (commune.postcode, commune.name)
        assert family.full_address == f"{family.address}, {commune.postcode} {commune.name}"
