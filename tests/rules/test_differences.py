"""What changed meanwhile: one sentence for each change, and nothing that should stay hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from dombes_office.rules.differences import STATUS_LABELS, describe_differences
from dombes_office.rules.requests import RequestStatus

if TYPE_CHECKING:
    from tests.rules.conftest import Example

NB = "\u00a0"


def test_nothing_changed(example: Example) -> None:
    assert describe_differences(example.dossier, example.dossier) == ()
    newer = replace(example.dossier, request=replace(example.dossier.request, version=9, opened_by="S. Berthelier"))
    assert describe_differences(example.dossier, newer) == ()


def test_every_state_has_its_words() -> None:
    assert set(STATUS_LABELS) == set(RequestStatus)


def test_somebody_decided(example: Example) -> None:
    after = replace(example.dossier, request=replace(example.dossier.request, status=RequestStatus.VALIDATED))
    assert describe_differences(example.dossier, after, decided_by="Sonia Berthelier") == (
        f"L’état de la demande est maintenant «{NB}Validée{NB}», décidé par Sonia Berthelier.",
    )
    assert describe_differences(example.dossier, after) == (f"L’état de la demande est maintenant «{NB}Validée{NB}».",)


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
    found = describe_differences(example.dossier, example.with_piece(code, **changes))
    assert found == ((sentence,) if sentence else ())


def test_a_piece_given_and_withdrawn(example: Example) -> None:
    without = example.without_piece("mandate")
    assert describe_differences(without, example.dossier) == (f"Pièce donnée{NB}: Mandat de prélèvement.",)
    assert describe_differences(example.dossier, without) == (f"Pièce retirée{NB}: Mandat de prélèvement.",)


def test_a_piece_no_longer_asked(example: Example) -> None:
    fewer = replace(example.dossier, pieces=example.dossier.pieces[:3])
    assert describe_differences(example.dossier, fewer) == (
        f"Une pièce n’est plus demandée{NB}: Mandat de prélèvement.",
    )
    assert describe_differences(fewer, example.dossier) == (
        f"Une pièce de plus est demandée{NB}: Mandat de prélèvement.",
    )


def test_a_health_answer_is_not_repeated(example: Example) -> None:
    before = example.with_piece("health_form", kind="text", text_value="rien")
    after = example.with_piece("health_form", kind="text", text_value="asthme")
    assert describe_differences(before, after) == (f"Réponse changée{NB}: Fiche santé.",)


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
    assert describe_differences(example.dossier, example.with_child(**changes)) == (sentence,)


def test_what_stands_around_changed(example: Example) -> None:
    before = example.dossier
    after = replace(
        before,
        request=replace(before.request, by_debit=False),
        family=replace(before.family, holder_first_name="Marc", town="Neuville"),
        service=replace(before.service, service_id=2, name="Cantine", max_age=12),
    )
    assert [sentence.partition(NB)[0] for sentence in describe_differences(before, after)] == [
        "Mode de paiement",
        "Titulaire du compte",
        "Adresse de la famille",
        "Service demandé",
        "Les âges admis par le service ont changé.",
    ]
