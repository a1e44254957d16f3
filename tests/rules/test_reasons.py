"""Coded reasons: each kind of piece has its own, and each says something to the family."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dombes_office.rules.checks import run_checks
from dombes_office.rules.reasons import (
    OTHER,
    REFUSAL_REASONS,
    piece_reason,
    piece_reasons,
    proposed_reason,
    reason_label,
    refusal_reason,
    words_missing,
)

if TYPE_CHECKING:
    from tests.rules.conftest import Example


def test_each_reason_is_well_made(example: Example) -> None:
    lists = [REFUSAL_REASONS, *(piece_reasons(piece) for piece in example.dossier.pieces)]
    lists.append(piece_reasons(example.without_piece("mandate").pieces[3]))
    for reasons in lists:
        codes = [reason.code for reason in reasons]
        assert len(codes) == len(set(codes))
        assert codes[-1] == OTHER
        for reason in reasons:
            assert re.fullmatch(r"[a-z]+(_[a-z]+)*", reason.code)
            assert reason.label
            assert reason.words_required is (reason.code == OTHER)
            assert reason.words_required or reason.sentence.endswith(".")
            assert "'" not in reason.label + reason.sentence


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("health_form", {"unreadable", "expired", "page_missing", "not_signed", "wrong_document", "name_different"}),
        ("mandate", {"iban_different", "not_signed", "unreadable"}),
        ("iban", {"iban_invalid", "iban_different", "expired"}),
        ("bic", {"bic_invalid", "bic_different"}),
    ],
)
def test_reasons_fit_the_piece(example: Example, code: str, expected: set[str]) -> None:
    piece = next(p for p in example.dossier.pieces if p.code == code)
    assert expected <= {reason.code for reason in piece_reasons(piece)}
    for reason in piece_reasons(piece):
        assert piece_reason(piece, reason.code) is reason


def test_a_missing_piece_has_its_own_reason(example: Example) -> None:
    piece = example.without_piece("mandate").pieces[3]
    assert [reason.code for reason in piece_reasons(piece)] == ["missing", OTHER]
    found = piece_reason(example.dossier.pieces[3], "missing")
    assert found is not None
    assert found.code == "missing"


def test_any_stored_code_has_a_label(example: Example) -> None:
    for reasons in (REFUSAL_REASONS, *map(piece_reasons, example.dossier.pieces)):
        assert all(reason_label(reason.code) != reason.code for reason in reasons)
    assert reason_label("missing") == "Pièce manquante"


def test_unknown_codes() -> None:
    assert reason_label("nothing") == "nothing"
    assert refusal_reason("nothing") is None
    assert refusal_reason(None) is None


@pytest.mark.parametrize(
    ("code", "words", "missing"),
    [(OTHER, "", True), (OTHER, " \n", True), (OTHER, "Oui", False), ("expired", "", False)],
)
def test_other_wants_words(code: str, words: str, *, missing: bool) -> None:
    assert words_missing(code, words) is missing


def test_the_failed_check_proposes_the_reason(example: Example, other_iban: str) -> None:
    readings = example.with_line("FR76 3000 6000 0112 3456 7890 189", other_iban)
    checks = run_checks(example.dossier, readings, example.today)
    proposed = {p.code: proposed_reason(p, checks) for p in example.dossier.pieces}
    assert {code: reason and reason.code for code, reason in proposed.items()} == {
        "health_form": None, "iban": None, "bic": None, "mandate": "iban_different",
    }  # fmt: skip


@pytest.mark.parametrize(("typed", "code"), [("CEPAFRPP", "bic_different"), ("CEPA", "bic_invalid")])
def test_a_wrong_bic_proposes_which_fault(example: Example, typed: str, code: str) -> None:
    dossier = example.with_piece("bic", text_value=typed)
    reason = proposed_reason(dossier.pieces[2], run_checks(dossier, example.readings, example.today))
    assert reason is not None
    assert reason.code == code


def test_a_piece_not_given_proposes_missing(example: Example) -> None:
    reason = proposed_reason(replace(example.dossier.pieces[0], document_id=None), ())
    assert reason is not None
    assert reason.code == "missing"
