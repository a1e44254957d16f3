"""IBANs: right ones pass, wrong ones say why, and none stays readable in a text."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from schwifty import IBAN, registry
from schwifty.exceptions import SchwiftyException

from dombes_office.rules.iban import (
    IBAN_LENGTHS,
    check_iban,
    compact,
    find_ibans,
    is_valid,
    masked_in,
    without_confusion,
)
from dombes_office.rules.requests import Outcome

GOOD = "FR7630006000011234567890189"
ACCOUNTS = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=11, max_size=11)
LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")


@st.composite
def french_ibans(draw: st.DrawFn) -> str:
    bank, desk = draw(st.integers(0, 99999)), draw(st.integers(0, 99999))
    account = draw(ACCOUNTS)
    key = 97 - (89 * bank + 15 * desk + 3 * int(account.translate(LETTERS))) % 97
    return str(IBAN.from_bban("FR", f"{bank:05}{desk:05}{account}{key:02}", validate_bban=True))


@st.composite
def european_ibans(draw: st.DrawFn) -> str:
    country = draw(st.sampled_from(["DE", "ES", "IT", "BE", "CH", "GB", "PT", "LU", "NL", "MA", "TN"]))
    return str(IBAN.random(country, random=draw(st.randoms(use_true_random=False)), use_registry=False))


@given(french_ibans())
def test_any_french_iban_passes(iban: str) -> None:
    answer = check_iban(iban)
    assert (answer.outcome, answer.iban, answer.why) == (Outcome.PASS, iban, "")


@given(french_ibans(), st.integers(2, 26), st.sampled_from("0123456789"))
def test_any_changed_digit_fails(iban: str, place: int, digit: str) -> None:
    assume(iban[place].isdigit() and iban[place] != digit)
    answer = check_iban(iban[:place] + digit + iban[place + 1 :])
    assert answer.outcome is Outcome.FAIL
    assert answer.why


@given(european_ibans())
def test_other_countries_are_judged_like_schwifty(iban: str) -> None:
    assert is_valid(iban)


@given(st.from_regex(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{10,26}", fullmatch=True))
def test_what_schwifty_refuses_is_refused(typed: str) -> None:
    try:
        IBAN(typed)
    except SchwiftyException:
        assert not is_valid(typed)


def test_the_lengths_are_those_of_the_registry() -> None:
    for country, length in IBAN_LENGTHS.items():
        assert registry.get_iban_spec(country).iban_length == length


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "Aucun IBAN"),
        ("FR76 3000 6000 0112 3456 7890", r"24\W+caractères au lieu de 27 pour FR\W+: il en manque 3"),
        ("FR76 3000 6000 0112 3456 7890 1890", r"28\W+caractères au lieu de 27 pour FR\W+: 1 de trop"),
        ("FR76 3000 6000 0112 3456 7890 198", "Clé de contrôle fausse"),
        ("FR76 3OOO 6000 0112 3456 7890 189", r"O pour le chiffre 0"),
        ("FR76 3000 6000 01I2 3456 7890 I89", r"I pour le chiffre 1"),
        ("FR76 3000 6000 X112 3456 7890 189", "Clé de contrôle fausse|Une lettre se trouve"),
        ("FR76 A000 6000 0112 3456 7890 189", "Une lettre se trouve"),
        ("XX76 3000", "Aucun pays"),
        ("7630006000011234567890189", "commence par les deux lettres"),
        ("FR76 3000 6000 0112 3456 7890 18é", "que des lettres et des chiffres"),
        ("TN59 1000 6035 1835 9847 8831", "hors de la zone SEPA"),
    ],
)
def test_a_wrong_iban_says_why(typed: str, why: str) -> None:
    answer = check_iban(typed)
    assert answer.outcome is Outcome.FAIL
    assert re.search(why, answer.why), answer.why
    assert answer.way_out


def test_a_wrong_rib_key_is_named() -> None:
    iban = str(IBAN.from_bban("FR", "30006000011234567890188"))
    assert "Clé RIB fausse" in check_iban(iban).why


@pytest.mark.parametrize(
    "typed", ["fr76 3000 6000 0112 3456 7890 189", "FR76.3000-6000\u00a00112 3456\u202f7890 189", GOOD]
)
def test_spelling_does_not_matter(typed: str) -> None:
    assert check_iban(typed).iban == GOOD
    assert check_iban(typed).outcome is Outcome.PASS


@given(french_ibans(), st.sampled_from(["O0", "I1", "L1"]))
def test_a_letter_for_a_digit_is_corrected_with_certainty(iban: str, swap: str) -> None:
    letter, digit = swap[0], swap[1]
    assume(digit in iban[4:14] and not set(iban[14:25]) & set("OIL"))
    wrong = iban[:4] + iban[4:14].replace(digit, letter) + iban[14:]
    assert without_confusion(wrong) == iban
    assert check_iban(wrong).corrected == iban
    assert iban not in compact(check_iban(wrong).why + check_iban(wrong).way_out)


@pytest.mark.parametrize(
    "written",
    [
        "FR76 3000 6000 0112 3456 7890 189",
        "FR763000600001\n1234567890189",
        "F R 7 6 3 0 0 0 6 0 0 0 0 1 1 2 3 4 5 6 7 8 9 0 1 8 9",
        "IBANFR7630006000011234567890189",
        "fr76-3000-6000-0112-3456-7890-189",
        "FR76 3OOO 6OOO OII2 3456 789O I89",
        "IBAN : FR76|3000|6000|0112|3456|7890|189 BIC : AGRIFRPP",
        "ICS FR53ZZZ999999 FR7630006000011234567890189",
        "le 06 39 98 41 27 et be 12 FR7630006000011234567890189",
    ],
)
def test_an_iban_is_found_as_written(written: str) -> None:
    assert [found.iban for found in find_ibans(written)] == [GOOD]


@pytest.mark.parametrize("text", ["FR53ZZZ999999", "Le 16/11/2026 à Baneins", "06 39 98 41 27", "de 7 ans", ""])
def test_other_numbers_are_not_ibans(text: str) -> None:
    assert find_ibans(text) == ()
    assert masked_in(text) == text


@given(
    iban=st.one_of(french_ibans(), european_ibans()),
    gap=st.sampled_from(["", " ", "\u00a0", "-", "."]),
    size=st.integers(1, 6),
    lower=st.booleans(),
)
def test_no_iban_stays_readable(iban: str, gap: str, size: int, *, lower: bool) -> None:
    written = gap.join(iban[i : i + size] for i in range(0, len(iban), size))
    masked = masked_in(f"Voir {written.lower() if lower else written}, merci.")
    assert masked.startswith(f"Voir {iban[:4]}\u00a0••••\u00a0{iban[-4:]}")
    assert iban[4:-4] not in compact(masked)


def test_an_iban_with_a_digit_missing_is_masked_too() -> None:
    assert masked_in("FR76 3000 6000 0112 3456 7890 18 merci") == "FR76\u00a0••••\u00a09018 merci"


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    check_iban(text)
    masked_in(text)
