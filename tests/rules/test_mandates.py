"""Mandates: what is read in their text, however poor it is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dombes_office.rules.mandates import debtor_named, read_mandate, same_account

GOOD = "FR7630006000011234567890189"
FILLER = "Mandat de prélèvement SEPA de la Communauté de communes de la Dombes"


def test_a_form_with_values_under_their_labels() -> None:
    reading = read_mandate(
        [
            FILLER,
            "Référence unique du mandat (RUM)",
            "DOMBES-MS-2026-01187",
            "Créancier et identifiant (ICS)",
            "CC de la Dombes – FR53ZZZ999999",
            "Nom et prénom du débiteur",
            "BERTHOLLET Claire",
            "Adresse",
            "14, chemin des Étangs, 01990 Baneins",
            "IBAN – numéro international de compte",
            "FR76 3000 6000 0112 3456 7890 189",
            "BIC – code international de la banque",
            "AGRIFRPP",
            "Fait à, le Signature",
            "Baneins, le 16/11/2026",
        ]
    )
    assert reading.has_text
    assert [found.iban for found in reading.ibans] == [GOOD]
    assert (reading.bic, reading.rum, reading.ics) == ("AGRIFRPP", "DOMBES-MS-2026-01187", "FR53ZZZ999999")
    assert reading.names == ("BERTHOLLET Claire",)
    assert reading.signed_on == date(2026, 11, 16)


def test_a_form_with_values_beside_their_labels() -> None:
    reading = read_mandate(
        [
            FILLER,
            "RUM : ABC-1234 ICS : FR53ZZZ999999",
            "Nom du créancier : Régie Dupont Martin",
            "Votre\u00a0nom\u202f: M. DE LA SALLE Jean-Marc",
            "IBAN : FR76\u00a03OOO\u00a06OOO\u00a0O112 3456",
            "7890 189",
            "Code BIC : AGRIFRPPXXX",
            "Né le 12/03/1986",
            "Fait à Baneins, le 1er décembre 2026",
        ]
    )
    assert [(found.iban, found.valid) for found in reading.ibans] == [(GOOD, True)]
    assert (reading.bic, reading.rum, reading.ics) == ("AGRIFRPPXXX", "ABC-1234", "FR53ZZZ999999")
    assert reading.names == ("M. DE LA SALLE Jean-Marc",)
    assert debtor_named(reading, "de la Salle", "Jean-Marc")
    assert not debtor_named(reading, "de la Salle", "Apolline")
    assert reading.signed_on == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Fait à Baneins, le 16/11/2026", date(2026, 11, 16)),
        ("Fait à : Baneins  Le : 16 / 11 / 2026", date(2026, 11, 16)),
        ("Date : 16.11.26", date(2026, 11, 16)),
        ("Date : 16/11/26", date(2026, 11, 16)),
        ("Date : 16/11/26 Téléphone 06 12 26 41 27", date(2026, 11, 16)),
        ("Date et signature : 16-11-2026", date(2026, 11, 16)),
        ("Baneins, le 16 novembre 2026", date(2026, 11, 16)),
        ("À Baneins, le lundi 1ER AOÛT 2026", date(2026, 8, 1)),
        ("Signé le 3 fevrier 2026", date(2026, 2, 3)),
        ("Fait le 16 11 2026", date(2026, 11, 16)),
        ("Fait le 31/02/2026", None),
        ("Fait à Baneins", None),
        ("Téléphone 06 12 26 41 27", None),
        ("Né le 16/11/1986", None),
        ("Fait à Baneins, le 99/99/2026", None),
    ],
)
def test_the_day_of_the_signature(line: str, day: date | None) -> None:
    assert read_mandate([FILLER, line]).signed_on == day


def test_two_days_without_a_label_are_no_signature() -> None:
    assert read_mandate([FILLER, "12/01/2026", "13/02/2026"]).signed_on is None
    assert read_mandate([FILLER, "12/01/2026", "12/01/2026"]).signed_on == date(2026, 1, 12)


@pytest.mark.parametrize("lines", [[], [""], ["CamScanner 3.1"], ["   ", "· · ·"]])
def test_a_scan_has_no_text(lines: list[str]) -> None:
    assert not read_mandate(lines).has_text


@pytest.mark.parametrize(
    "lines",
    [
        ["Nom et prénom du débiteur", "Adresse"],
        ["Nom :", "14, chemin des Étangs"],
        ["Nom du créancier : CC Dombes Régie"],
        ["Nom de l’enfant : BERTHOLLET Manon"],
        ["Nom : BERTHOLLET"],
    ],
)
def test_what_is_not_a_debtor(lines: list[str]) -> None:
    assert read_mandate([FILLER, *lines]).names == ()


def test_an_iban_with_a_wrong_key_is_kept_and_told() -> None:
    (found,) = read_mandate([FILLER, "FR76 3000 6000 0112 3456 7890 188"]).ibans
    assert not found.valid
    assert not same_account(found, GOOD)
    assert found.text == "FR76 3000 6000 0112 3456 7890 188"


def test_the_same_account_written_twice_counts_once() -> None:
    reading = read_mandate([FILLER, GOOD, "IBAN FR76 3000 6000 0112 3456 7890 189"])
    assert [found.iban for found in reading.ibans] == [GOOD]


@given(st.integers(1, 8), st.sampled_from([" ", "\u00a0", "\u202f", "  ", "."]))
def test_groups_and_blanks_do_not_matter(size: int, gap: str) -> None:
    written = gap.join(GOOD[i : i + size] for i in range(0, len(GOOD), size))
    assert [found.iban for found in read_mandate([FILLER, f"IBAN {written}", "BIC AGRIFRPP"]).ibans] == [GOOD]


WORDS = st.sampled_from(
    ["Nom", "débiteur :", "IBAN", "FR76", "3000", "RUM", "BIC", "Fait à", "le", "31/02/2026", "(", "FR53ZZZ999999"]
)


@given(st.lists(st.one_of(st.text(), st.lists(WORDS).map(" ".join))))
def test_any_text_can_be_read(lines: list[str]) -> None:
    read_mandate(lines)


def test_a_hostile_text_is_read_no_further_than_a_mandate() -> None:
    reading = read_mandate([FILLER, *["FR76 " * 4_000] * 50, GOOD])
    assert reading.has_text
    assert reading.ibans == ()
