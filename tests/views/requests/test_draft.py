"""A decision being prepared: verdicts, reasons, the sentence beside the buttons, and what is kept when files change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dombes_office.rules.requests import (
    CheckResult,
    DecisionKind,
    Outcome,
    PieceRow,
    RequestDossier,
    RequestStatus,
    VerdictKind,
)
from dombes_office.views.requests.examination.draft import Draft
from tests.views.requests.examination_office import FakeOffice, decision, dossier, mandate, missing_piece, row

GOOD, BAD = VerdictKind.COMPLIANT, VerdictKind.NON_COMPLIANT
IBAN_FINE = CheckResult("iban_valid", Outcome.PASS, "IBAN saisi valide", requirement_code="iban")
BIC_FINE = CheckResult("bic_matches", Outcome.PASS, "BIC", requirement_code="bic")
IBAN_DIFFERS = CheckResult("mandate_iban", Outcome.FAIL, "IBAN ≠", requirement_code="mandate", spoken="1", found="2")


@pytest.fixture
def office() -> FakeOffice:
    """One request."""
    made = FakeOffice()
    made.add(1)
    return made


def fresh(office: FakeOffice, *, may_decide: bool = True) -> Draft:
    """A draft on which nothing has been said."""
    return Draft(office.dossiers[1], may_decide=may_decide)


def pieces(draft: Draft) -> dict[str, PieceRow]:
    """The pieces by their codes."""
    return {piece.code: piece for piece in draft.dossier.pieces}


def judged(office: FakeOffice, **verdicts: VerdictKind) -> Draft:
    """A draft with these verdicts by codes."""
    draft = fresh(office)
    for code, kind in verdicts.items():
        draft.judge(pieces(draft)[code], kind)
    return draft


def with_pieces(office: FakeOffice, *given: PieceRow) -> RequestDossier:
    """The request with other pieces."""
    office.dossiers[1] = dossier(row(1), given)
    return office.dossiers[1]


def test_nothing_is_said_at_first(office: FakeOffice) -> None:
    draft = fresh(office)
    assert draft.verdicts == ()
    assert draft.proposed() is None
    assert draft.allowed() == {DecisionKind.REFUSE}
    assert draft.sentence() == "Reste à examiner\u00a0: 4\u00a0pièces."
    assert draft.waiting_sentence() == "Valider attend quatre pièces conformes."


@pytest.mark.parametrize(
    ("checks", "judged_codes"),
    [
        ((IBAN_FINE, BIC_FINE), {"iban", "bic"}),
        ((replace(IBAN_FINE, outcome=Outcome.VERIFY), BIC_FINE), {"bic"}),
        ((replace(IBAN_FINE, outcome=Outcome.FAIL),), set()),
        ((), set()),
    ],
)
def test_typed_values_that_passed_their_checks_count_as_compliant(
    office: FakeOffice, checks: tuple[CheckResult, ...], judged_codes: set[str]
) -> None:
    draft = fresh(office)
    assert {piece.code for piece in draft.take_checks(checks)} == judged_codes
    assert {v.requirement_id for v in draft.verdicts} == {pieces(draft)[code].requirement_id for code in judged_codes}


def test_a_machine_never_judges_a_file_nor_against_the_agent(office: FakeOffice) -> None:
    draft = judged(office, iban=BAD)
    passed = CheckResult("mandate_iban", Outcome.PASS, "IBAN du mandat", requirement_code="mandate")
    assert [piece.code for piece in draft.take_checks((IBAN_FINE, BIC_FINE, passed))] == ["bic"]
    assert draft.verdict(pieces(draft)["iban"]) is not None
    assert draft.verdict(pieces(draft)["iban"]).kind is BAD  # type: ignore[union-attr]
    assert fresh(office, may_decide=False).take_checks((IBAN_FINE,)) == ()


def test_all_compliant_proposes_to_validate(office: FakeOffice) -> None:
    draft = judged(office, health_form=GOOD, iban=GOOD, bic=GOOD, mandate=GOOD)
    assert draft.proposed() is DecisionKind.VALIDATE
    assert draft.waiting_sentence() == ""
    assert draft.sentence().startswith("Toutes les pièces sont conformes.")
    assert draft.next_unjudged() is None


@pytest.mark.parametrize(
    ("after", "following"),
    [(None, "health_form"), ("health_form", "bic"), ("bic", "mandate"), ("mandate", "health_form")],
)
def test_the_next_piece_goes_round(office: FakeOffice, after: str | None, following: str) -> None:
    draft = judged(office, iban=GOOD)
    known = pieces(draft)
    assert draft.next_unjudged(None if after is None else known[after]) == known[following]


def test_a_failed_check_proposes_the_reason(office: FakeOffice) -> None:
    draft = fresh(office)
    draft.take_checks((IBAN_DIFFERS,))
    draft.judge(pieces(draft)["mandate"], BAD)
    assert draft.verdicts[0].reason_code == "iban_different"
    assert draft.unexplained() is None
    assert draft.proposed() is DecisionKind.COMPLEMENT
    assert draft.sentence() == (
        "Le courriel demandera un nouveau mandat\u00a0: «\u00a0L’IBAN n’est pas celui saisi en ligne.\u00a0»"
    )


def test_without_a_reason_nothing_is_proposed(office: FakeOffice) -> None:
    draft = judged(office, health_form=BAD)
    assert draft.unexplained() == pieces(draft)["health_form"]
    assert draft.proposed() is None
    assert draft.sentence() == "Motif à choisir pour\u00a0: Fiche santé."
    draft.explain(pieces(draft)["health_form"], "other", "  \n")
    assert draft.proposed() is None
    draft.explain(pieces(draft)["health_form"], "other", "Page 2 coupée.")
    assert draft.proposed() is DecisionKind.COMPLEMENT
    assert draft.sentence() == "Le courriel demandera une nouvelle fiche\u00a0: «\u00a0Page 2 coupée.\u00a0»"


def test_several_pieces_are_named_and_many_are_counted(office: FakeOffice) -> None:
    draft = judged(office, health_form=BAD, iban=BAD)
    draft.explain(pieces(draft)["health_form"], "unreadable", "")
    draft.explain(pieces(draft)["iban"], "iban_invalid", "")
    assert draft.sentence() == "Le courriel demandera une nouvelle fiche et un nouvel IBAN."
    for code in ("bic", "mandate"):
        draft.judge(pieces(draft)[code], BAD, "expired")
    assert draft.sentence() == "Le courriel demandera 4\u00a0pièces."


def test_a_missing_piece_is_asked_for_by_its_name(office: FakeOffice) -> None:
    with_pieces(office, missing_piece())
    draft = fresh(office)
    draft.judge(draft.dossier.pieces[0], GOOD)
    assert not list(draft.verdicts)
    draft.judge(draft.dossier.pieces[0], BAD)
    assert draft.verdicts[0].reason_code == "missing"
    assert draft.sentence() == "Le courriel demandera le mandat."
    assert draft.waiting_sentence() == "Valider attend une pièce conforme."


def test_a_slip_of_the_finger_costs_no_words(office: FakeOffice) -> None:
    draft = judged(office, mandate=BAD)
    piece = pieces(draft)["mandate"]
    draft.explain(piece, "not_signed", "En bas à droite.")
    for kind in (BAD, GOOD, BAD):
        draft.judge(piece, kind)
    assert (draft.verdicts[0].reason_code, draft.verdicts[0].words) == ("not_signed", "En bas à droite.")


def test_words_about_a_compliant_piece_are_not_sent(office: FakeOffice) -> None:
    draft = judged(office, mandate=BAD)
    piece = pieces(draft)["mandate"]
    draft.explain(piece, "not_signed", "En bas.")
    draft.judge(piece, GOOD)
    assert (draft.verdicts[0].reason_code, draft.verdicts[0].words) == (None, "")


@pytest.mark.parametrize(("code", "words"), [(None, ""), ("other", " ")])
def test_refusing_leaves_out_verdicts_that_nobody_explained(office: FakeOffice, code: str | None, words: str) -> None:
    draft = judged(office, health_form=GOOD, mandate=BAD)
    draft.explain(pieces(draft)["mandate"], code, words)
    draft.refusal_code, draft.refusal_words = "outside_area", "Lyon."
    written = draft.decision(DecisionKind.REFUSE)
    assert [v.kind for v in written.verdicts] == [GOOD]
    assert (written.reason_code, written.words) == ("outside_area", "Lyon.")
    assert draft.decision(DecisionKind.COMPLEMENT).reason_code is None


# Newer dossiers -------------------------------------------------------------------------------------------------------


def test_verdicts_stay_on_the_same_documents_only(office: FakeOffice) -> None:
    draft = judged(office, health_form=GOOD, mandate=BAD)
    draft.explain(pieces(draft)["mandate"], "not_signed", "En bas.")
    draft.refusal_code, draft.refusal_words = "other", "Mes mots."
    office.give_mandate(1, mandate(mark="new"))
    carried, cleared = draft.carried_to(office.dossiers[1])
    assert cleared == ("Mandat SEPA",)
    assert [v.requirement_id for v in carried.verdicts] == [1]
    assert (carried.refusal_code, carried.refusal_words) == ("other", "Mes mots.")
    carried.judge(pieces(carried)["mandate"], BAD)
    assert carried.verdicts[-1].words == "En bas."


def test_a_reason_that_no_longer_fits_does_not_come_back(office: FakeOffice) -> None:
    with_pieces(office, missing_piece())
    draft = fresh(office)
    draft.judge(draft.dossier.pieces[0], BAD)
    office.files[15] = mandate()
    piece = office.file_piece(4, "mandate", "Mandat SEPA", 15, "m.pdf")
    carried, cleared = draft.carried_to(with_pieces(office, piece))
    assert cleared == ("Mandat SEPA",)
    carried.judge(piece, BAD)
    assert carried.verdicts[0].reason_code is None


def test_a_request_decided_elsewhere_and_reopened_can_be_decided_again(office: FakeOffice) -> None:
    draft = judged(office, health_form=GOOD)
    closed, _ = draft.carried_to(office.change(1, status=RequestStatus.VALIDATED))
    assert not closed.may_decide
    assert closed.allowed() == frozenset()
    reopened, _ = closed.carried_to(office.change(1, status=RequestStatus.PENDING))
    assert reopened.may_decide
    assert [v.requirement_id for v in reopened.verdicts] == [1]


def test_carrying_gives_no_right(office: FakeOffice) -> None:
    carried, _ = fresh(office, may_decide=False).carried_to(office.change(1))
    assert carried.allowed() == frozenset()
    assert carried.sentence() == "Vous pouvez lire cette demande, sans la décider."


@pytest.mark.parametrize(
    ("status", "kept"),
    [(RequestStatus.COMPLEMENT_RECEIVED, [GOOD]), (RequestStatus.AWAITING_FAMILY, [GOOD, BAD])],
)
def test_the_last_decision_counts_for_what_was_compliant_and_is_shown_once_decided(
    office: FakeOffice, status: RequestStatus, kept: list[VerdictKind]
) -> None:
    first, *_, last = office.dossiers[1].pieces
    judged_pieces = (
        replace(first, verdict=GOOD),
        replace(last, verdict=BAD, verdict_reason="not_signed", verdict_words="En bas."),
    )
    office.dossiers[1] = dossier(row(1, status=status), judged_pieces)
    draft = fresh(office)
    assert [v.kind for v in draft.verdicts] == kept
    if status is RequestStatus.AWAITING_FAMILY:
        assert draft.verdicts[1].words == "En bas."
        draft.dossier = replace(draft.dossier, decision=decision(1, DecisionKind.COMPLEMENT))
        assert draft.sentence().startswith("Complément demandé à la famille par vous le 23/11/2026")
