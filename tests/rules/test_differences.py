"""What changed meanwhile: one sentence for each change, and nothing that should stay hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from dombes_office.rules.decisions import decision_line, decision_sentence
from dombes_office.rules.differences import describe_differences
from dombes_office.rules.requests import STATUS_WORDS, DecisionKind, DecisionRow, RequestDossier, RequestStatus

if TYPE_CHECKING:
    from tests.rules.conftest import Example

NB = "\u00a0"
TODAY = date(2026, 11, 23)


def decided(kind: DecisionKind, *, mine: bool = False) -> DecisionRow:
    at = datetime(2026, 11, 23, 8, 42, tzinfo=UTC)
    return DecisionRow(1, 1187, kind, 3, "Odile Vernay", mine, at, None, "", 0)


def told(before: RequestDossier, after: RequestDossier) -> tuple[str, ...]:
    return describe_differences(before, after, TODAY)


def test_nothing_changed(example: Example) -> None:
    assert told(example.dossier, example.dossier) == ()
    newer = replace(example.dossier, request=replace(example.dossier.request, version=9, opened_by="S. Berthelier"))
    assert told(example.dossier, newer) == ()


def test_every_state_has_its_words() -> None:
    assert set(STATUS_WORDS) == set(RequestStatus)
    assert all(words.one and words.several for words in STATUS_WORDS.values())


def test_somebody_decided(example: Example) -> None:
    after = replace(
        example.dossier,
        request=replace(example.dossier.request, status=RequestStatus.VALIDATED),
        decision=decided(DecisionKind.VALIDATE),
    )
    assert told(example.dossier, after) == (f"Odile Vernay a validé cette demande à 9{NB}h{NB}42.",)
    undone = replace(after, request=example.dossier.request, decision=None)
    assert told(after, undone) == (f"L’état de la demande est maintenant «{NB}À examiner{NB}».",)


@pytest.mark.parametrize(
    ("kind", "mine", "today", "sentence"),
    [
        (DecisionKind.REFUSE, False, TODAY, f"Odile Vernay a refusé cette demande à 9{NB}h{NB}42."),
        (DecisionKind.COMPLEMENT, False, TODAY, f"Odile Vernay a demandé un complément à la famille à 9{NB}h{NB}42."),
        (DecisionKind.VALIDATE, True, TODAY, f"Vous avez validé cette demande à 9{NB}h{NB}42."),
        (
            DecisionKind.VALIDATE,
            False,
            date(2026, 11, 24),
            f"Odile Vernay a validé cette demande le 23{NB}novembre à 9{NB}h{NB}42.",
        ),
    ],
)
def test_who_decided_what_and_when(kind: DecisionKind, today: date, sentence: str, *, mine: bool) -> None:
    assert decision_sentence(decided(kind, mine=mine), today) == sentence


def test_a_decision_is_told_with_its_reason_and_words() -> None:
    refused = replace(decided(DecisionKind.REFUSE), reason_code="service_full", words="Liste d’attente ouverte.")
    assert decision_line(refused) == (
        f"Demande refusée par Odile Vernay le 23/11/2026 à 9{NB}h{NB}42. Le service est complet."
        " Liste d’attente ouverte."
    )
    mine = decided(DecisionKind.COMPLEMENT, mine=True)
    assert decision_line(mine) == f"Complément demandé à la famille par vous le 23/11/2026 à 9{NB}h{NB}42."


def test_a_family_that_answered_a_complement_is_told_too(example: Example) -> None:
    after = replace(
        example.dossier,
        request=replace(example.dossier.request, status=RequestStatus.COMPLEMENT_RECEIVED),
        decision=decided(DecisionKind.COMPLEMENT),
    )
    assert told(example.dossier, after) == (
        f"Odile Vernay a demandé un complément à la famille à 9{NB}h{NB}42.",
        f"L’état de la demande est maintenant «{NB}Complément reçu{NB}».",
    )


@pytest.mark.parametrize(
    ("code", "changes", "sentence"),
    [
        ("mandate", {"sha256": "c" * 64, "document_id": 204}, f"Pièce remplacée{NB}: Mandat de prélèvement."),
        ("mandate", {"signed_on": date(2026, 11, 20)}, f"Mandat de prélèvement, date de signature{NB}: 20/11/2026."),
        ("bic", {"text_value": "CEPAFRPP"}, f"BIC{NB}: «{NB}AGRIFRPP{NB}» devient «{NB}CEPAFRPP{NB}»."),
        (
            "iban",
            {"text_value": "FR7630006000011234567980108"},
            f"IBAN changé{NB}: FR76{NB}••••{NB}0189 devient FR76{NB}••••{NB}0108.",
        ),
        ("health_form", {"needed": False}, f"Une pièce n’est plus obligatoire{NB}: Fiche santé."),
        ("health_form", {"label": "Fiche"}, None),
    ],
)
def test_a_piece_changed(example: Example, code: str, changes: dict[str, object], sentence: str | None) -> None:
    found = told(example.dossier, example.with_piece(code, **changes))
    assert found == ((sentence,) if sentence else ())


def test_a_piece_given_and_withdrawn(example: Example) -> None:
    without = example.without_piece("mandate")
    assert told(without, example.dossier) == (f"Pièce donnée{NB}: Mandat de prélèvement.",)
    assert told(example.dossier, without) == (f"Pièce retirée{NB}: Mandat de prélèvement.",)


def test_a_piece_no_longer_asked(example: Example) -> None:
    fewer = replace(example.dossier, pieces=example.dossier.pieces[:3])
    assert told(example.dossier, fewer) == (f"Une pièce n’est plus demandée{NB}: Mandat de prélèvement.",)
    assert told(fewer, example.dossier) == (f"Une pièce de plus est demandée{NB}: Mandat de prélèvement.",)


def test_a_health_answer_is_not_repeated(example: Example) -> None:
    before = example.with_piece("health_form", kind="text", text_value="rien")
    after = example.with_piece("health_form", kind="text", text_value="asthme")
    assert told(before, after) == (f"Réponse changée{NB}: Fiche santé.",)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"first_name": "Manoé"}, f"Nom de l’enfant{NB}: BERTHOLLET Manon devient BERTHOLLET Manoé."),
        ({"born_on": date(2018, 3, 12)}, f"Date de naissance de l’enfant{NB}: 12/03/2018."),
        ({"born_on": None}, f"Date de naissance de l’enfant{NB}: effacée."),
        ({"school_level": "CE2"}, f"Classe{NB}: «{NB}CE1{NB}» devient «{NB}CE2{NB}»."),
        ({"care_note": "Diabète"}, "Les informations complémentaires de l’enfant ont changé."),
        ({"photo_sha256": "d" * 64}, "La photo d’identité de l’enfant a changé."),
    ],
)
def test_the_child_changed(example: Example, changes: dict[str, object], sentence: str) -> None:
    assert told(example.dossier, example.with_child(**changes)) == (sentence,)


def test_what_stands_around_changed(example: Example) -> None:
    before = example.dossier
    after = replace(
        before,
        request=replace(before.request, by_debit=False),
        family=replace(before.family, holder_first_name="Marc", town="Neuville"),
        service=replace(before.service, service_id=2, name="Cantine", max_age=12),
    )
    assert [sentence.partition(NB)[0] for sentence in told(before, after)] == [
        "Mode de paiement",
        "Titulaire du compte",
        "Adresse de la famille",
        "Service demandé",
        "Les âges admis par le service ont changé.",
    ]
