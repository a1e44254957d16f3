"""The e-mails to families: what stands in them, and what never does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dombes_office.rules.iban import compact
from dombes_office.rules.letters import TEMPLATES, Letter, decision_letter
from dombes_office.rules.reasons import REFUSAL_REASONS, piece_reasons
from dombes_office.rules.requests import DecisionDraft, DecisionKind, RequestDossier, Verdict, VerdictKind
from dombes_office.settings import resource

if TYPE_CHECKING:
    from tests.rules.conftest import Example

NB, NN = "\u00a0", "\u202f"
TEXTS = {kind: resource(name).read_text(encoding="utf-8") for kind, name in TEMPLATES.items()}
IBAN = "FR7630006000011234567890189"


def written(dossier: RequestDossier, draft: DecisionDraft) -> Letter:
    return decision_letter(TEXTS[draft.kind], dossier, draft)


def refused(requirement_id: int, reason: str, words: str = "") -> Verdict:
    return Verdict(requirement_id, requirement_id + 100, VerdictKind.NON_COMPLIANT, reason, words)


def test_validated(example: Example) -> None:
    letter = written(example.dossier, DecisionDraft(DecisionKind.VALIDATE, ()))
    assert letter.subject == f"Mercredis sportifs{NB}: la demande de Manon est acceptée"
    assert letter.body == (
        "Bonjour Claire BERTHOLLET,\n\n"
        f"Bonne nouvelle{NB}: la demande n°{NB}2026-1187 est acceptée. Manon peut maintenant fréquenter le service "
        f"«{NB}Mercredis sportifs{NB}» (CC de la Dombes).\n\n"
        "Les réservations se font sur https://dombesconnect.fr"
        f"{NB}: connectez-vous à votre compte, ouvrez «{NB}Mes services{NB}», puis cliquez sur «{NB}Réserver{NB}».\n\n"
        f"Une question{NN}? Nous sommes là pour vous aider{NB}: appelez-nous au 06{NB}39{NB}98{NB}01{NB}01 ou "
        "écrivez-nous à sports@example.org.\n\n"
        "À bientôt,\nCC de la Dombes\n"
    )


def test_complement_names_each_piece_its_reason_and_the_words(example: Example) -> None:
    verdicts = (
        refused(4, "iban_different", "Voyez la ligne IBAN."),
        Verdict(1, 101, VerdictKind.COMPLIANT),
        refused(2, "iban_invalid"),
        refused(3, "other", "Le BIC est barré."),
    )
    body = written(example.dossier, DecisionDraft(DecisionKind.COMPLEMENT, verdicts, words="Merci d’avance.")).body
    assert f"– IBAN{NB}: l’IBAN saisi contient une erreur." in body
    assert f" IBAN saisi{NB}: FR76{NB}••••{NB}0189." in body
    assert f"– BIC{NB}: Le BIC est barré.\n" in body
    assert f"– Mandat de prélèvement{NB}: l’IBAN inscrit sur le mandat" in body
    assert "votre IBAN.\nVoyez la ligne IBAN.\n" in body
    assert "Merci d’avance." in body
    assert "Fiche santé" not in body
    assert "dombesconnect.fr" in body
    assert "«\u00a0Mes services\u00a0»" in body
    assert "06\u00a039\u00a098\u00a001\u00a001" in body
    assert body.index("– IBAN") < body.index("– BIC") < body.index("– Mandat")


@pytest.mark.parametrize("reason", REFUSAL_REASONS, ids=lambda reason: reason.code)
def test_refused_says_the_reason(example: Example, reason: object) -> None:
    assert reason in REFUSAL_REASONS
    chosen = next(r for r in REFUSAL_REASONS if r is reason)
    draft = DecisionDraft(DecisionKind.REFUSE, (), chosen.code, "Le motif en clair.")
    body = written(example.dossier, draft).body
    assert chosen.sentence in body
    assert "Le motif en clair." in body


def test_an_incomplete_file_names_the_pieces(example: Example) -> None:
    draft = DecisionDraft(DecisionKind.REFUSE, (refused(1, "missing"), refused(4, "missing")), "incomplete_file")
    assert f"Pièces en cause{NB}: Fiche santé et Mandat de prélèvement." in written(example.dossier, draft).body


@pytest.mark.parametrize("kind", DecisionKind)
def test_never_the_last_name_of_the_child_nor_health(example: Example, kind: DecisionKind) -> None:
    dossier = example.with_child(last_name="ZYGOMAR", care_note="Asthme d’effort")
    verdicts = tuple(refused(p.requirement_id, piece_reasons(p)[0].code) for p in dossier.pieces)
    letter = written(dossier, DecisionDraft(kind, verdicts, "outside_area"))
    assert "ZYGOMAR" not in f"{letter.subject}{letter.body}".upper()
    assert "asthme" not in f"{letter.subject}{letter.body}".lower()


@pytest.mark.parametrize("kind", DecisionKind)
def test_a_subject_is_one_line(example: Example, kind: DecisionKind) -> None:
    dossier = example.with_child(first_name="Manon\r\nBcc: x@example.org\u2028\x00\u202e")
    service = replace(dossier.service, name="Garderie\n" * 80)
    letter = written(replace(dossier, service=service), DecisionDraft(kind, (), "outside_area"))
    assert letter.subject.isprintable() or set(letter.subject) >= {NB}
    assert not set(letter.subject) & set("\r\n\x00\u2028\u202e")
    assert len(letter.subject) <= 150
    assert "\r" not in letter.body


def test_signs_that_show_nothing_stay_out_of_the_subject(example: Example) -> None:
    """A soft hyphen or a joiner comes along with a name that was pasted: no header takes it."""
    dossier = example.with_child(first_name="Ma\u00adno\u200dn\u200b")
    service = replace(dossier.service, name="Can\u00adtine\u2060")
    letter = written(replace(dossier, service=service), DecisionDraft(DecisionKind.VALIDATE, ()))
    assert "Manon" in letter.subject
    assert "antine" in letter.subject
    assert letter.subject.replace(NB, " ").replace(NN, " ").isprintable()


@pytest.mark.parametrize("kind", DecisionKind)
def test_templates_have_a_subject_and_no_gap(example: Example, kind: DecisionKind) -> None:
    silent = replace(example.dossier.service, authority_phone="", authority_email="")
    letter = written(replace(example.dossier, service=silent), DecisionDraft(kind, ()))
    assert 10 < len(letter.subject) < 100
    assert "$" not in letter.subject + letter.body
    assert "\n\n\n" not in letter.body
    assert "'" not in letter.subject + letter.body


@pytest.mark.parametrize("template", ["Sujet $nothing\nTexte", "Sujet\nTexte $nothing"])
def test_an_unknown_placeholder_is_a_bug(example: Example, template: str) -> None:
    with pytest.raises(KeyError, match="nothing"):
        decision_letter(template, example.dossier, DecisionDraft(DecisionKind.VALIDATE, ()))


def test_words_cannot_be_placeholders(example: Example) -> None:
    draft = DecisionDraft(DecisionKind.VALIDATE, (), words="10 $ et $number et ${child}")
    assert "10 $ et $number et ${child}" in written(example.dossier, draft).body


@given(
    kind=st.sampled_from(DecisionKind),
    before=st.text(st.characters(exclude_categories=("Cs", "L", "N")), max_size=5),
    size=st.integers(1, 8),
    gap=st.sampled_from([" ", "", "\u00a0", "-", "\n"]),
    reason=st.sampled_from(["iban_different", "other", "unreadable", "unknown", None]),
)
def test_no_iban_in_full_in_any_letter(
    example: Example, kind: DecisionKind, before: str, size: int, gap: str, reason: str | None
) -> None:
    words = before + gap.join(IBAN[i : i + size] for i in range(0, len(IBAN), size))
    verdicts = tuple(
        Verdict(p.requirement_id, p.document_id, VerdictKind.NON_COMPLIANT, reason, words)
        for p in example.dossier.pieces
    )
    letter = written(example.with_child(first_name=words), DecisionDraft(kind, verdicts, "other", words))
    assert IBAN[4:-4] not in compact(letter.subject + letter.body)
