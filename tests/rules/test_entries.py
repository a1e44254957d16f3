"""What people type about people: what is kept of it, and the sentence where it cannot be."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dombes_office.errors import InvalidEntry
from dombes_office.rules import entries
from dombes_office.rules.family_entries import (
    AccountEntry,
    ChildEntry,
    ContactEntry,
    clean_account,
    clean_child,
    clean_contact,
)
from dombes_office.rules.french import MONTHS

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Berthollet ", "Berthollet"),
        ("d'Aubigné", "d’Aubigné"),
        ("de La\u00a0 Salle", "de La Salle"),
        ("E\u0301lan", "Élan"),
        ("Y", "Y"),
        ("Ștefan", "Ștefan"),
        ("Łukasik-O`Neill", "Łukasik-O’Neill"),
        ("N’Guyen (Roche)", "N’Guyen (Roche)"),
        ("李", "李"),
        ("x" * 80, "x" * 80),
    ],
)
def test_names_that_are_kept(typed: str, kept: str) -> None:
    assert entries.clean_name(typed, "last_name") == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "manque"),
        (" \u00a0\u200b", "manque"),
        ("x" * 81, "trop long"),
        ("Manon2", "contient «\u00a02\u00a0»"),
        ("Léa 🌻", "contient"),
        ("Léa\u200dB", "contient"),
        ("--", "aucune lettre"),
        ("Robert'); drop table", "contient «"),
    ],
)
def test_names_that_are_not(typed: str, said: str) -> None:
    with pytest.raises(InvalidEntry, match=said) as refused:
        entries.clean_name(typed, "last_name")
    assert refused.value.field == "last_name"
    assert refused.value.way_out


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Claire.Berthollet@Example.ORG ", "Claire.Berthollet@example.org"),
        ("a+b_c@x-y.example.fr", "a+b_c@x-y.example.fr"),
        ("o'neill@example.org", "o'neill@example.org"),
    ],
)
def test_addresses_that_are_kept(typed: str, kept: str) -> None:
    assert entries.clean_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "claire", "@x.fr", "a@", "a@x", "a b@x.fr", "a@x..fr", "a..b@x.fr", ".a@x.fr", "é@x.fr", "a@-x.fr", "a,b@x.fr",
     "a@x.fr;b@x.fr", f"{'a' * 65}@x.fr", f"a@{'x' * 64}.fr", "a@b@c d.fr", "<a@x.fr>"],
)  # fmt: skip
def test_addresses_that_are_not(typed: str) -> None:
    with pytest.raises(InvalidEntry) as refused:
        entries.clean_email(typed)
    assert refused.value.field == "email"


def test_an_address_one_slip_away_is_proposed_right() -> None:
    assert entries.meant_email("claire@gmial.com") == "claire@gmail.com"
    assert entries.meant_email("claire@example.org") == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("06 39 98 41 27", "0639984127"),
        ("06.39.98.41.27", "0639984127"),
        ("+33 6 39 98 41 27", "0639984127"),
        ("+33 (0)6 39 98 41 27", "0639984127"),
        ("0033639984127", "0639984127"),
        ("+41 79 123 45 67", "+41791234567"),
        ("0041791234567", "+41791234567"),
    ],
)
def test_telephones_that_are_kept(typed: str, kept: str) -> None:
    assert entries.clean_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("639984127", "06 39 98 41 27"),
        ("06 39 98 41", "dix chiffres"),
        ("06 39 98 41 27 12", "dix chiffres"),
        ("06 39 98 41 2O", "autre chose"),
        ("0039", "dix chiffres"),
        ("+", "dix chiffres"),
    ],
)
def test_telephones_that_are_not(typed: str, said: str) -> None:
    with pytest.raises(InvalidEntry) as refused:
        entries.clean_phone(typed)
    assert said in str(refused.value)


def test_postcodes_keep_their_first_zero() -> None:
    assert [entries.clean_postcode(typed) for typed in ("", "01990", " 01 990 ")] == ["", "01990", "01990"]
    with pytest.raises(InvalidEntry, match="premier zéro") as refused:
        entries.clean_postcode("1990")
    assert "01990" in refused.value.way_out
    for typed in ("199", "019900", "O1990", "٠١٩٩٠"):
        with pytest.raises(InvalidEntry):
            entries.clean_postcode(typed)


@pytest.mark.parametrize(
    "typed",
    ["12/03/2019", "12.3.2019", "12-03-19", "12 03 2019", "12032019", "2019-03-12", "12 mars 2019", "12 MARS 2019"],
)
def test_days_as_people_write_them(typed: str) -> None:
    assert entries.parse_day(typed, "born_on") == date(2019, 3, 12)


def test_days_of_every_month_are_read() -> None:
    for number, name in enumerate(MONTHS, 1):
        assert entries.parse_day(f"1er {name} 2026", "x") == date(2026, number, 1)
    assert entries.parse_day(" ", "x") is None
    assert entries.parse_day("1/1/49", "x") == date(2049, 1, 1)
    assert entries.parse_day("1/1/50", "x") == date(1950, 1, 1)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("31/02/2019", "31 février 2019 n’existe pas"),
        ("29/02/2019", "n’existe pas"),
        ("12/13/2019", "pas de mois 13"),
        ("0/1/2019", "n’existe pas"),
        ("hier", "ne se lit pas"),
        ("12/03", "ne se lit pas"),
        ("١٢/٠٣/٢٠١٩", "ne se lit pas"),
        ("12/03/0000", "n’existe pas"),
    ],
)
def test_days_that_are_none(typed: str, said: str) -> None:
    with pytest.raises(InvalidEntry, match=said):
        entries.parse_day(typed, "born_on")


def test_nobody_is_born_tomorrow_nor_before_1900() -> None:
    assert entries.birth_day("25/11/2026", TODAY) == TODAY
    assert entries.birth_day("", TODAY) is None
    for typed in ("26/11/2026", "31/12/1899", "12/03/3019"):
        with pytest.raises(InvalidEntry):
            entries.birth_day(typed, TODAY)


@given(st.text(max_size=100))
def test_whatever_is_typed_is_kept_or_refused_and_kept_the_same_again(typed: str) -> None:
    for clean in (
        lambda words: entries.clean_name(words, "last_name"),
        entries.clean_email,
        entries.clean_phone,
        entries.clean_postcode,
    ):
        try:
            kept = clean(typed)
        except InvalidEntry as refused:
            assert refused.sentence.endswith(".")  # noqa: PT017 - a refusal is one of the two right answers.
        else:
            assert clean(kept) == kept


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_written_in_figures_is_read_again(day: date) -> None:
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d%m%Y"):
        assert entries.parse_day(day.strftime(form), "x") == day


def test_a_form_tells_all_its_faults_at_once() -> None:
    typed = AccountEntry("claire", "", "Claire", "123", "", " 14,  chemin ", "1990", "Baneins")
    cleaned, faults = clean_account(typed)
    assert [fault.field for fault in faults] == ["email", "last_name", "phone", "postcode"]
    assert (cleaned.email, cleaned.postcode, cleaned.address) == ("claire", "1990", "14, chemin")
    _, faults = clean_child(ChildEntry("B", "", leaves_alone=True))
    assert [fault.field for fault in faults] == ["first_name", "leaves_alone_signed_on"]
    _, faults = clean_contact(ContactEntry("B", "A", may_pick_up=True, emergency_rank=1, barred_by="JAF"))
    assert [fault.field for fault in faults] == ["phone", "may_pick_up"]
    assert clean_contact(ContactEntry("B", "A", email=" "))[1] == ()
