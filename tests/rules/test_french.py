"""French typography: the exact signs and spaces that people read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dombes_office.rules import french

NB, NN = "\u00a0", "\u202f"
MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (french.long_date(MONDAY), f"lundi 23{NB}novembre{NB}2026"),
        (french.full_date(date(2026, 12, 1)), f"1er{NB}décembre{NB}2026"),
        (french.short_date(date(2026, 12, 7)), f"lun.{NB}7{NB}déc."),
        (french.numeric_date(date(2026, 3, 1)), "01/03/2026"),
        (french.hour(datetime(2026, 11, 23, 8, 42, tzinfo=UTC)), f"9{NB}h{NB}42"),
        (french.hour(datetime(2026, 7, 1, 22, 5, tzinfo=UTC)), f"0{NB}h{NB}05"),
        (french.moment(datetime(2026, 11, 17, 17, 4, tzinfo=UTC)), f"mar.{NB}17{NB}nov. à 18{NB}h{NB}04"),
        (french.moment(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)), f"ven.{NB}1er{NB}janv. à 0{NB}h{NB}30"),
        (french.amount(123450), f"1{NN}234,50{NB}€"),
        (french.amount(-5), f"−0,05{NB}€"),
        (french.amount(0), f"0,00{NB}€"),
        (french.number(1234567), f"1{NN}234{NN}567"),
        (french.counted(1, "échec"), f"1{NB}échec"),
        (french.counted(2, "échec"), f"2{NB}échecs"),
        (french.counted(0, "pièce"), f"0{NB}pièce"),
        (french.counted(3, "mois", "mois"), f"3{NB}mois"),
        (french.listed(("IBAN", "BIC", "mandat")), "IBAN, BIC et mandat"),
        (french.listed(()), ""),
        (french.file_size(812), f"812{NB}octets"),
        (french.file_size(184_320), f"184{NB}ko"),
        (french.file_size(2_412_000), f"2,4{NB}Mo"),
        (french.file_size(999_999), f"1{NB}Mo"),
        (french.file_size(15_000_000), f"15{NB}Mo"),
        (french.mask_iban("FR76 3000 6000 0112 3456 7980 108"), f"FR76{NB}••••{NB}0108"),
        (french.mask_iban("FR76 30"), "••••"),
        (french.group_iban("fr7630006000011234567980108"), "FR76 3000 6000 0112 3456 7980 108".replace(" ", NB)),
        (french.phone("+33 6 39 98 41 27"), "06 39 98 41 27".replace(" ", NB)),
        (french.phone("+33 (0)6.39.98.41.27"), "06 39 98 41 27".replace(" ", NB)),
        (french.phone("0639984127"), "06 39 98 41 27".replace(" ", NB)),
        (french.phone(" +41 22 555 01 01"), "+41 22 555 01 01"),
        (french.upper_name("Lefèvre-Élie"), "LEFÈVRE-ÉLIE"),
        (french.person("Ștefan", "Ana"), "ȘTEFAN Ana"),
        (french.caller("Œillet", "Zoé"), "Zoé ŒILLET"),
        (french.possessive("Manon"), "de Manon"),
        (french.possessive("Ana"), "d’Ana"),
        (french.possessive("Éliott"), "d’Éliott"),
        (french.possessive("Hélène"), "d’Hélène"),
        (french.possessive("Yves"), "d’Yves"),
        (french.possessive("Yanis"), "de Yanis"),
        (french.age_text(date(2019, 3, 12), MONDAY), f"7{NB}ans"),
        (french.age_text(date(2025, 11, 23), MONDAY), f"1{NB}an"),
        (french.age_text(date(2026, 3, 24), MONDAY), f"7{NB}mois"),
        (french.typeset("Une question ? « Oui » : l'IBAN n°12 ; 5 % !"),
         f"Une question{NN}? «{NB}Oui{NB}»{NB}: l’IBAN n°{NB}12{NN}; 5{NB}%{NN}!"),
        (french.typeset("https://dombesconnect.fr"), "https://dombesconnect.fr"),
    ],
)  # fmt: skip
def test_written_as_printed(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize(
    ("hours", "short", "told"),
    [
        (0, "auj.", "aujourd’hui"),
        (15, f"1{NB}j", "hier"),
        (144, f"6{NB}j", f"il y a 6{NB}jours"),
        (-48, "auj.", "aujourd’hui"),
    ],
)
def test_waiting_counts_days_of_the_office(hours: int, short: str, told: str) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert french.waiting(now - timedelta(hours=hours), now) == short
    assert french.ago(now - timedelta(hours=hours), now) == told


def test_the_day_turns_at_midnight_in_paris() -> None:
    before, after = datetime(2026, 11, 22, 22, 59, tzinfo=UTC), datetime(2026, 11, 22, 23, 1, tzinfo=UTC)
    assert french.waiting(before, after) == f"1{NB}j"


def test_a_time_without_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        french.local(datetime(2026, 11, 23))  # noqa: DTZ001 - that is what is refused.


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2019, 3, 12), date(2026, 3, 11), 6),
        (date(2019, 3, 12), date(2026, 3, 12), 7),
        (date(2020, 2, 29), date(2027, 2, 28), 6),
        (date(2020, 2, 29), date(2027, 3, 1), 7),
        (date(2030, 1, 1), date(2026, 1, 1), 0),
    ],
)
def test_completed_years(born: date, day: date, age: int) -> None:
    assert french.age_on(born, day) == age


@given(st.text())
def test_a_masked_iban_shows_four_and_four(typed: str) -> None:
    shown = french.mask_iban(typed).replace(NB, "").replace("•", "")
    compact = "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())
    assert shown in {"", compact[:4] + compact[-4:]}
    assert len(shown) <= 8


@given(st.text(alphabet="aB1 .,;:!?%€«»'’/n°\u00a0\u202f"))
def test_typesetting_twice_changes_nothing(text: str) -> None:
    assert french.typeset(french.typeset(text)) == french.typeset(text)


@given(st.integers(-(10**12), 10**12))
def test_an_amount_reads_back(cents: int) -> None:
    digits = re.sub(f"[{NN}{NB}€,]", "", french.amount(cents)).replace("−", "-")
    assert int(digits) == cents


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("GARDERIE - 2 PARENTS TRAVAILLENT", "Garderie – 2 parents travaillent"),
        (
            "GARDERIE - PARENT(S) TRAVAILLE(N)T EN HORAIRES DÉCALÉS",
            "Garderie – parent(s) travaille(n)t en horaires décalés",
        ),
        ("MERCREDIS SPORTIFS", "Mercredis sportifs"),
        ("Club ados de l’ALSH", "Club ados de l’ALSH"),
        ("", ""),
    ],
)
def test_a_service_is_not_shouted(name: str, shown: str) -> None:
    assert french.service_title(name) == shown


@pytest.mark.parametrize(
    ("at", "now", "told"),
    [
        ((23, 2, 30), (23, 9, 0), f"cette nuit à 2{NB}h{NB}30"),
        ((22, 22, 15), (23, 9, 0), f"cette nuit à 22{NB}h{NB}15"),
        ((22, 20, 0), (23, 0, 10), f"cette nuit à 20{NB}h{NB}00"),
        ((23, 6, 59), (23, 19, 59), f"cette nuit à 6{NB}h{NB}59"),
        ((23, 7, 0), (23, 9, 0), f"aujourd’hui à 7{NB}h{NB}00"),
        ((23, 14, 30), (23, 16, 0), f"aujourd’hui à 14{NB}h{NB}30"),
        ((23, 2, 30), (23, 21, 0), f"aujourd’hui à 2{NB}h{NB}30"),
        ((23, 20, 30), (23, 21, 0), f"aujourd’hui à 20{NB}h{NB}30"),
        ((22, 19, 59), (23, 9, 0), f"hier à 19{NB}h{NB}59"),
        ((22, 2, 30), (23, 9, 0), f"hier à 2{NB}h{NB}30"),
        ((21, 22, 0), (23, 9, 0), f"sam.{NB}21{NB}nov. à 22{NB}h{NB}00"),
    ],
)
def test_a_moment_is_named_as_one_speaks_of_it(at: tuple[int, int, int], now: tuple[int, int, int], told: str) -> None:
    def office(day: int, hour: int, minute: int) -> datetime:
        return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Paris"))

    assert french.near_moment(office(*at), office(*now)) == told
