"""BICs: well formed, and of the IBAN's bank."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schwifty import IBAN

from dombes_office.rules.banks import bank_name, check_bic
from dombes_office.rules.requests import Outcome


def account(bank: str) -> str:
    """A valid French IBAN at a bank, by its code."""
    return str(IBAN.generate("FR", bank, "12345678901", "00001"))


@pytest.mark.parametrize(
    ("bic", "bank", "outcome", "why"),
    [
        ("AGRIFRPP", "30006", Outcome.PASS, ""),
        ("agri fr pp xxx", "30006", Outcome.PASS, ""),
        ("AGRIFRPP878", "30006", Outcome.PASS, ""),
        ("AGRIFRPP", "17806", Outcome.PASS, ""),
        ("AGRIFRPP878", "17806", Outcome.PASS, ""),
        ("AGRIFRPP844", "17806", Outcome.VERIFY, "autre caisse"),
        ("PSSTFRPPLYO", "20041", Outcome.PASS, ""),
        ("PSSTFRPP", "20041", Outcome.PASS, ""),
        ("CMCIFRPA", "10278", Outcome.PASS, ""),
        ("CMCIFRPP", "10278", Outcome.VERIFY, "autre établissement"),
        ("CEPAFRPP", "30006", Outcome.FAIL, "autre banque"),
        ("AGRIFRPP", "99999", Outcome.VERIFY, "inconnu"),
        ("NOTPROVIDED", "30006", Outcome.FAIL, "NOTPROVIDED"),
        ("AGRIFR", "30006", Outcome.FAIL, "8 ou 11"),
        ("", "30006", Outcome.FAIL, "8 ou 11"),
        ("AGRI1RPP", "30006", Outcome.FAIL, "quatre signes"),
        ("AGRIZZPP", "30006", Outcome.FAIL, "ZZ"),
    ],
)
def test_bic_beside_iban(bic: str, bank: str, outcome: Outcome, why: str) -> None:
    answer = check_bic(bic, account(bank))
    assert answer.outcome is outcome, answer
    assert why in answer.why
    assert bool(answer.why) is (outcome is not Outcome.PASS)


def test_a_wrong_iban_leaves_the_bic_to_human_eyes() -> None:
    assert check_bic("AGRIFRPP", "FR76").outcome is Outcome.VERIFY


@pytest.mark.parametrize(
    ("iban", "name"),
    [
        (account("30006"), "Crédit Agricole"),
        (account("20041"), "La Banque Postale"),
        (account("30003"), "Société Générale"),
        (account("10278"), "Crédit Mutuel"),
        (account("99999"), ""),
        ("DE89370400440532013000", "Commerzbank"),
    ],
)
def test_bank_names_are_those_people_use(iban: str, name: str) -> None:
    assert bank_name(iban) == name


@given(st.text(), st.text())
def test_any_text_gets_an_answer(bic: str, iban: str) -> None:
    assert check_bic(bic, iban).outcome in Outcome


def test_the_register_of_banks_is_not_read_at_start() -> None:
    code = "import sys, dombes_office.rules.checks; sys.exit('schwifty' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
