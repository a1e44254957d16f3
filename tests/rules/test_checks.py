"""The checks of a request: each outcome, its words, and their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dombes_office.rules.checks import PieceReading, run_checks, summary, summary_text
from dombes_office.rules.requests import CheckResult, Outcome, PieceRow, RequestDossier
from dombes_office.rules.validity import add_months, birthday, valid_until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.rules.conftest import Example

NB = "\u00a0"
PASS, FAIL, VERIFY = Outcome.PASS, Outcome.FAIL, Outcome.VERIFY


def by_code(
    example: Example, dossier: RequestDossier | None = None, readings: Mapping[int, PieceReading] | None = None
) -> dict[str, CheckResult]:
    """The results by code; where a code comes several times, its worst."""
    results = run_checks(dossier or example.dossier, example.readings if readings is None else readings, example.today)
    return {result.code: result for result in reversed(results)}


def test_all_is_well(example: Example) -> None:
    results = run_checks(example.dossier, example.readings, example.today)
    assert [(r.outcome, r.title) for r in results] == [
        (PASS, "IBAN saisi valide, clé RIB juste"),
        (PASS, f"BIC et IBAN{NB}: même banque (Crédit Agricole)"),
        (PASS, f"IBAN du mandat{NB}: celui qui est saisi"),
        (PASS, f"Nom du mandat{NB}: celui du compte usager"),
        (PASS, "Mandat signé le 16/11/2026"),
        (PASS, f"7{NB}ans{NB}: service ouvert de 6 à 11{NB}ans"),
        (PASS, "Fichiers jamais envoyés ailleurs"),
        (PASS, "Pièces en cours de validité"),
    ]
    assert summary(results) == (0, 0)


def test_the_mandate_of_another_account(example: Example, other_iban: str) -> None:
    readings = example.with_line("FR76 3000 6000 0112 3456 7890 189", other_iban)
    result = run_checks(example.dossier, readings, example.today)[0]
    assert (result.code, result.outcome, result.title) == ("mandate_iban", FAIL, "IBAN du mandat ≠ IBAN saisi")
    assert (result.spoken, result.found) == ("FR7630006000011234567890189", other_iban)
    assert result.requirement_code == "mandate"


@pytest.mark.parametrize(
    ("old", "new", "code", "outcome", "title"),
    [
        ("FR76 3000 6000 0112 3456 7890 189", "illisible", "mandate_iban", VERIFY, "IBAN du mandat : à lire à l’œil"),
        ("BERTHOLLET Claire", "", "mandate_name", VERIFY, "Signature lue, nom à vérifier à l’œil"),
        ("BERTHOLLET Claire", "BERTHOLLET Marc", "mandate_name", VERIFY, "Nom du mandat ≠ nom du compte usager"),
        ("Baneins, le 16/11/2026", "Baneins, le 24/11/2026", "mandate_signed", FAIL, "Mandat signé à une date à venir"),
        ("Baneins, le 16/11/2026", "Baneins, le 22/11/2023", "mandate_signed", FAIL, "Mandat caduc"),
        ("Baneins, le 16/11/2026", "Baneins, le 23/11/2023", "mandate_signed", VERIFY, "Mandat signé le 23/11/2023"),
        ("Baneins, le 16/11/2026", "Baneins, le 22/11/2025", "mandate_signed", VERIFY, "Mandat signé le 22/11/2025"),
        ("Baneins, le 16/11/2026", "Baneins, le 15/11/2026", "mandate_signed", VERIFY, "Mandat signé le 15/11/2026"),
    ],
)
def test_what_the_mandate_says(example: Example, old: str, new: str, code: str, outcome: Outcome, title: str) -> None:
    result = by_code(example, readings=example.with_line(old, new))[code]
    assert (result.outcome, result.title.replace(NB, " ")) == (outcome, title)


def test_a_mandate_without_date(example: Example) -> None:
    dossier = example.with_piece("mandate", signed_on=None)
    result = by_code(example, dossier, example.with_line("Baneins, le 16/11/2026", "Baneins"))["mandate_signed"]
    assert (result.outcome, result.title) == (VERIFY, "Date de signature à lire à l’œil")


def test_two_accounts_on_one_mandate(example: Example, other_iban: str) -> None:
    readings = example.with_line("AGRIFRPP", f"AGRIFRPP ancien compte {other_iban}")
    assert by_code(example, readings=readings)["mandate_iban"].outcome is VERIFY


def test_a_scanned_mandate_is_for_the_eyes(example: Example) -> None:
    found = by_code(example, readings=example.with_lines())
    assert found["mandate_no_text"].outcome is VERIFY
    assert found["mandate_no_text"].title == f"Mandat scanné{NB}: à lire à l’œil"
    assert "mandate_iban" not in found
    assert "mandate_name" not in found
    assert found["mandate_signed"].outcome is PASS


def test_typed_bank_pieces(example: Example) -> None:
    wrong = by_code(example, example.with_piece("iban", text_value="FR76 3OOO 6000 0112 3456 7890 189"))
    assert (wrong["iban_valid"].outcome, wrong["iban_valid"].title) == (FAIL, "IBAN saisi faux")
    assert wrong["iban_valid"].found == "FR7630006000011234567890189"
    assert wrong["bic_matches"].outcome is VERIFY
    other = by_code(example, example.with_piece("bic", text_value="CEPAFRPP"))["bic_matches"]
    assert (other.outcome, other.title) == (FAIL, f"BIC et IBAN{NB}: banques différentes (Crédit Agricole)")
    assert (other.spoken, other.found) == ("CEPAFRPP", "AGRIFRPPXXX")
    assert by_code(example, example.with_piece("bic", text_value="CEPA"))["bic_matches"].title == "BIC saisi mal formé"


def test_who_does_not_pay_by_debit_has_no_bank_check(example: Example) -> None:
    dossier = replace(
        example.dossier, pieces=tuple(replace(p, needed=p.code == "health_form") for p in example.dossier.pieces)
    )
    assert set(by_code(example, dossier)) == {"age", "duplicate_file", "validity"}


def test_missing_unreadable_unread_and_hazardous_files(example: Example) -> None:
    result = by_code(example, example.without_piece("mandate"))["piece_missing"]
    assert (result.outcome, result.title) == (FAIL, f"Pièce manquante{NB}: Mandat de prélèvement")
    assert result.requirement_code == "mandate"
    refused = PieceReading("EXE", 0, refusal="Ce fichier est un programme, pas un document.")
    found = by_code(example, readings={**example.readings, 104: refused})
    assert (found["file_unreadable"].outcome, found["file_unreadable"].why) == (FAIL, refused.refusal)
    assert not any(code.startswith("mandate") for code in found)
    hazard = PieceReading("PDF", 1, hazards=("Ce PDF contient un script, qui n’est pas exécuté.",))
    assert by_code(example, readings={**example.readings, 101: hazard})["file_hazard"].outcome is VERIFY
    assert by_code(example, readings={})["file_unread"].outcome is VERIFY


@pytest.mark.parametrize(
    ("born", "outcome", "title", "why"),
    [
        (date(2020, 11, 23), PASS, "6 ans : service ouvert de 6 à 11 ans", ""),
        (date(2020, 11, 24), FAIL, "5 ans : service ouvert de 6 à 11 ans", "Aura 6 ans le 24/11/2026."),
        (date(2014, 11, 24), PASS, "11 ans : service ouvert de 6 à 11 ans", ""),
        (date(2014, 11, 23), FAIL, "12 ans : service ouvert de 6 à 11 ans", "A eu 12 ans le 23/11/2026."),
        (None, VERIFY, "Âge à vérifier : date de naissance absente", "Service ouvert de 6 à 11 ans."),
        (date(2027, 1, 1), FAIL, "Date de naissance à venir", "Service ouvert de 6 à 11 ans."),
    ],
)
def test_age(example: Example, born: date | None, outcome: Outcome, title: str, why: str) -> None:
    result = by_code(example, example.with_child(born_on=born))["age"]
    assert (result.outcome, result.title.replace(NB, " "), result.why.replace(NB, " ")) == (outcome, title, why)


@pytest.mark.parametrize(
    ("low", "high", "title"),
    [
        (3, None, "7 ans : service ouvert à partir de 3 ans"),
        (None, 11, "7 ans : service ouvert jusqu’à 11 ans"),
        (None, None, None),
    ],
)
def test_open_limits(example: Example, low: int | None, high: int | None, title: str | None) -> None:
    service = replace(example.dossier.service, min_age=low, max_age=high)
    result = by_code(example, replace(example.dossier, service=service)).get("age")
    assert (result.title.replace(NB, " ") if result else None) == title


def test_a_file_sent_elsewhere(example: Example) -> None:
    dossier = replace(example.dossier, duplicates=((101, "2026-1102"), (101, "2026-1102"), (101, "2026-0007")))
    result = by_code(example, dossier)["duplicate_file"]
    assert (result.outcome, result.title) == (VERIFY, f"Fichier déjà envoyé{NB}: Fiche santé")
    assert result.why == f"Même fichier dans les demandes n°{NB}2026-1102 et n°{NB}2026-0007."


@pytest.mark.parametrize(
    ("until", "outcome", "why"),
    [
        (date(2026, 11, 22), FAIL, "Valable jusqu’au 22/11/2026."),
        (date(2026, 11, 23), VERIFY, "Valable jusqu’au 23/11/2026 (dernier jour)."),
        (date(2026, 11, 24), VERIFY, f"Valable jusqu’au 24/11/2026 (encore 1{NB}jour)."),
        (date(2026, 12, 23), VERIFY, f"Valable jusqu’au 23/12/2026 (encore 30{NB}jours)."),
        (date(2026, 12, 24), PASS, ""),
    ],
)
def test_validity(example: Example, until: date, outcome: Outcome, why: str) -> None:
    result = by_code(example, example.with_piece("health_form", valid_until=until))["validity"]
    assert (result.outcome, result.why) == (outcome, why)


def test_validity_is_counted_from_the_signature_or_the_gift(example: Example) -> None:
    piece = example.dossier.pieces[0]
    assert valid_until(piece) == date(2027, 11, 17)
    assert valid_until(replace(piece, signed_on=date(2026, 11, 16))) == date(2027, 11, 16)
    assert valid_until(replace(piece, valid_until=date(2027, 1, 1))) == date(2027, 1, 1)
    assert valid_until(replace(piece, validity_months=None)) is None
    late = datetime(2026, 11, 17, 23, 30, tzinfo=ZoneInfo("UTC"))
    assert valid_until(replace(piece, given_at=late)) == date(2027, 11, 18)


def test_months_and_birthdays_at_the_ends_of_the_calendar() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(9999, 12, 1), 1) == date.max
    assert birthday(date(2020, 2, 29), 7) == date(2027, 3, 1)
    assert birthday(date(2020, 2, 29), 8) == date(2028, 2, 29)


def test_the_sentence_for_a_list() -> None:
    assert summary_text(1, 1) == f"1{NB}échec, 1{NB}à vérifier"
    assert summary_text(2, 0) == f"2{NB}échecs"
    assert summary_text(0, 3) == f"3{NB}à vérifier"
    assert summary_text(0, 0) == "Tout est bon"
    assert summary_text(None, None) == "Pas encore contrôlé"


MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1), timezones=st.just(ZoneInfo("UTC")))  # noqa: DTZ001 - bounds are naive, the values are not.
DAYS = st.dates()
PIECES = st.builds(
    PieceRow,
    requirement_id=st.integers(1, 5),
    code=st.sampled_from(["health_form", "iban", "bic", "mandate", "photo"]),
    label=st.text(max_size=10),
    kind=st.sampled_from(["file", "iban", "bic", "text", "date"]),
    sensitivity=st.sampled_from(["health", "bank", "plain"]),
    needed=st.booleans(),
    validity_months=st.none() | st.integers(1, 120),
    document_id=st.none() | st.integers(1, 4),
    sha256=st.none() | st.just("a" * 64),
    text_value=st.none() | st.text() | st.just("FR7630006000011234567890189"),
    given_at=st.none() | MOMENTS,
    signed_on=st.none() | DAYS,
    valid_until=st.none() | DAYS,
)
READINGS = st.dictionaries(
    st.integers(1, 4),
    st.builds(
        PieceReading,
        kind=st.just("PDF"),
        pages=st.integers(0, 60),
        hazards=st.lists(st.text()).map(tuple),
        lines=st.lists(st.text() | st.sampled_from(["Nom du débiteur", "IBAN FR76 3000", "Fait le 16/11/2026"])).map(
            tuple
        ),
        refusal=st.just("") | st.text(),
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=5).map(tuple), READINGS, st.none() | DAYS, DAYS)
def test_any_dossier_can_be_checked(
    example: Example, pieces: tuple[PieceRow, ...], readings: dict[int, PieceReading], born: date | None, today: date
) -> None:
    dossier = replace(example.with_child(born_on=born), pieces=pieces, duplicates=((1, "2026-1"),))
    results = run_checks(dossier, readings, today)
    order = [FAIL, VERIFY, PASS]
    assert [order.index(r.outcome) for r in results] == sorted(order.index(r.outcome) for r in results)
    assert all(r.title for r in results)
    assert run_checks(dossier, readings, today) == results
    missing = {p.code for p in pieces if p.needed and not p.given}
    assert {r.requirement_code for r in results if r.code == "piece_missing"} == missing


def test_nothing_is_passed_over_in_a_future_day(example: Example) -> None:
    results = run_checks(example.dossier, example.readings, example.today + timedelta(days=800))
    assert summary(results)[0] >= 4
