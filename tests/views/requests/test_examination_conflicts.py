"""Examen when something goes wrong around it: overtaken, cut off, twice, left too early."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from dombes_office.errors import AlreadyDecided
from dombes_office.rules.requests import DecisionKind, RequestStatus
from tests.views.requests.examination_desk import ENTER, GONE, Bench
from tests.views.requests.examination_office import OTHER_IBAN, decision, mandate


def _overtaken(bench: Bench) -> None:
    """She has judged everything and typed words; the family sends another mandate; she decides."""
    bench.show(1, 2)
    bench.press("n")
    bench.close_popup()
    bench.say_why("unreadable")
    bench.page.bench.verdict_bar._ask_words()
    bench.press("En bas à droite.")
    bench.page.bench.pieces.view.setFocus()
    bench.press("4")
    bench.press("c")
    bench.office.give_mandate(1, mandate(OTHER_IBAN, mark="second"))
    bench.office.failures["decide"] = AlreadyDecided("La demande a changé.", "Relisez-la.")
    bench.ctrl(ENTER)
    bench.settle()


def test_a_stale_decision_shows_the_difference_and_keeps_what_was_said_of_the_same_files(bench: Bench) -> None:
    _overtaken(bench)
    assert bench.number == "2026-0001"
    assert bench.office.decided == []
    assert "Pièce remplacée\u00a0: Mandat SEPA." in bench.band
    assert "À relire\u00a0: Mandat SEPA." in bench.band
    assert bench.verdicts() == {1: "non_compliant unreadable En bas à droite.", 2: "compliant", 3: "compliant"}


def test_what_another_desk_changed_is_said_at_once_and_nothing_is_lost(bench: Bench) -> None:
    bench.show(1)
    bench.press("c")
    bench.press("c")
    bench.office.give_mandate(1, mandate(OTHER_IBAN, mark="second"))
    bench.announcements.changed.emit("access_request")
    bench.settle()
    assert "Pièce remplacée\u00a0: Mandat SEPA." in bench.band
    assert "À relire\u00a0: Mandat SEPA." in bench.band
    assert bench.verdicts() == {1: "compliant", 2: "compliant", 3: "compliant"}
    assert bench.piece == "Mandat SEPA"


def test_an_announcement_that_changes_nothing_says_nothing(bench: Bench) -> None:
    bench.show(1)
    bench.press("c")
    bench.announcements.changed.emit("access_request")
    bench.settle()
    assert bench.band == ""
    assert bench.verdicts()[1] == "compliant"
    assert bench.office.asked("note_opening") == [1]


def test_an_outage_keeps_everything_and_one_key_decides_again(bench: Bench) -> None:
    bench.show(1, 2)
    bench.press("c")
    bench.press("c")
    bench.office.failures["decide"] = GONE
    bench.ctrl(ENTER)
    bench.settle()
    assert "Le serveur ne répond pas." in bench.band
    assert len(bench.verdicts()) == 4
    bench.office.failures["open_dossier"] = GONE
    bench.page.band.retry.emit()
    bench.settle()
    assert "Le serveur ne répond pas." in bench.band
    bench.office.failures.clear()
    bench.page.band._retry.click()
    bench.settle()
    assert bench.office.decided == []
    assert "n’est pas partie" in bench.band
    assert bench.page.bench.decision.buttons[DecisionKind.VALIDATE].isEnabled()
    bench.ctrl(ENTER)
    bench.settle()
    assert bench.kinds() == [DecisionKind.VALIDATE]
    assert bench.number == "2026-0002"
    assert bench.band == ""


@pytest.mark.parametrize("fails", [False, True])
def test_a_reading_that_was_under_way_says_nothing_of_the_decision(bench: Bench, *, fails: bool) -> None:
    bench.show(1, 2)
    bench.press("c")
    bench.press("c")
    bench.office.reading_gate.clear()
    bench.office.gate.clear()
    bench.press(Qt.Key.Key_F5)
    bench.ctrl(ENTER)
    bench.office.reading_gate.set()
    bench.qtbot.waitUntil(lambda: len(bench.office.asked("open_dossier")) == 3)
    bench.qtbot.wait(100)
    assert bench.band == ""
    if fails:
        bench.office.failures["decide"] = GONE
    bench.office.gate.set()
    bench.settle()
    if not fails:
        assert bench.number == "2026-0002"
        assert bench.band == ""
        return
    # What was read meanwhile may be out of date: it was read again, and so she knows that the server is back.
    assert "Votre décision n’est pas partie" in bench.band
    bench.office.failures.clear()
    bench.ctrl(ENTER)
    bench.settle()
    assert bench.kinds() == [DecisionKind.VALIDATE]


def _lose_an_answer(bench: Bench, *request_ids: int) -> None:
    """The decision is written, but she is only told that the server is gone."""
    bench.show(*request_ids)
    bench.press("c")
    bench.press("c")
    bench.office.loses_answers = True
    bench.ctrl(ENTER)
    bench.settle()
    assert "La connexion est perdue." in bench.band
    bench.office.loses_answers = False


def test_a_decision_that_was_written_although_the_answer_was_lost_is_told_and_not_taken_twice(bench: Bench) -> None:
    _lose_an_answer(bench, 1, 2)
    bench.page.band._retry.click()
    bench.settle()
    assert "Votre décision est bien enregistrée." in bench.band
    assert "Vous avez validé cette demande à 9\u00a0h\u00a042." in bench.band
    assert "Vous pouvez encore l’annuler (Ctrl+Z)." in bench.band
    assert not any(button.isVisible() for button in bench.page.bench.decision.buttons.values())
    bench.ctrl(ENTER)
    bench.settle()
    assert len(bench.office.decided) == 1
    assert bench.window.undo_bar.sentence == "Demande validée pour la famille BERTHOLLET."

    bench.office.change(1, status=RequestStatus.PENDING, decision=None)
    bench.ctrl(Qt.Key.Key_Z)
    bench.qtbot.waitUntil(lambda: bool(bench.office.asked("undo_decision")))
    bench.settle()
    assert bench.office.undone == [1]
    assert bench.number == "2026-0001"
    assert len(bench.verdicts()) == 4
    assert bench.page.bench.draft is not None
    assert bench.page.bench.draft.proposed() is DecisionKind.VALIDATE


def test_a_recorded_decision_that_cannot_be_undone_any_more_is_told_as_such(bench: Bench) -> None:
    bench.office.undo_seconds = 0.0
    _lose_an_answer(bench, 1)
    bench.press(Qt.Key.Key_F5)
    bench.settle()
    assert "Votre décision est bien enregistrée." in bench.band
    assert "annuler" not in bench.band
    assert bench.window.undo_bar.sentence == ""


def test_deciding_again_instead_of_reading_again_tells_the_same(bench: Bench) -> None:
    _lose_an_answer(bench, 1)
    bench.office.failures["decide"] = AlreadyDecided("Cette demande est déjà validée.", "Actualisez.")
    bench.ctrl(ENTER)
    bench.settle()
    assert "Votre décision est bien enregistrée." in bench.band
    assert bench.window.undo_bar.sentence == "Demande validée pour la famille BERTHOLLET."


def test_a_decision_whose_answer_was_lost_is_told_to_who_comes_back_later(bench: Bench) -> None:
    _lose_an_answer(bench, 1, 2)
    bench.alt(Qt.Key.Key_Right)
    bench.settle()
    assert bench.number == "2026-0002"
    bench.alt(Qt.Key.Key_Left)
    bench.settle()
    assert bench.number == "2026-0001"
    assert "Votre décision est bien enregistrée." in bench.band


def test_an_outage_while_a_colleague_decides_tells_both(bench: Bench) -> None:
    bench.show(1)
    bench.press("c")
    bench.press("c")
    bench.office.failures["decide"] = GONE
    bench.ctrl(ENTER)
    bench.settle()
    bench.office.failures.clear()
    hers = decision(1, DecisionKind.REFUSE, decided_by="Odile Vernay", mine=False)
    bench.office.change(1, status=RequestStatus.REFUSED, decision=hers)
    bench.page.band._retry.click()
    bench.settle()
    assert "Votre décision n’est pas partie." in bench.band
    assert "Odile Vernay a refusé cette demande à 9\u00a0h\u00a042." in bench.band


def test_whoever_decided_first_is_named_with_what_she_decided(bench: Bench) -> None:
    bench.show(1)
    bench.press("c")
    bench.press("c")
    hers = decision(1, decided_by="Odile Vernay", mine=False)
    bench.office.change(1, status=RequestStatus.VALIDATED, decision=hers)
    bench.office.failures["decide"] = AlreadyDecided("Cette demande est déjà validée.", "Actualisez.")
    bench.ctrl(ENTER)
    bench.settle()
    assert bench.band == (
        "Odile Vernay a validé cette demande à 9\u00a0h\u00a042. Votre décision n’est pas enregistrée."
    )
    assert "Demande validée par Odile Vernay" in bench.page.bench.decision._sentence.text()


def test_a_request_that_could_not_be_read_is_read_again(bench: Bench) -> None:
    bench.office.failures["open_dossier"] = GONE
    bench.show(1)
    assert "Le serveur ne répond pas." in bench.band
    assert bench.page.bench.pieces.pieces == ()
    bench.office.failures.clear()
    bench.page.band._retry.click()
    bench.settle()
    assert bench.band == ""
    assert bench.number == "2026-0001"


def test_a_file_that_did_not_come_comes_with_the_next_try(bench: Bench) -> None:
    bench.office.failures["read_document"] = GONE
    bench.show(1)
    assert "Le serveur ne répond pas." in bench.band
    assert bench.shown() is None
    bench.office.failures.clear()
    bench.page.band._retry.click()
    bench.settle()
    assert bench.shown() is not None
    assert bench.band == ""
    assert bench.kinds() == []


def test_twice_the_key_is_one_decision(bench: Bench) -> None:
    bench.show(1, 2)
    bench.press("c")
    bench.press("c")
    bench.office.gate.clear()
    bench.ctrl(ENTER)
    bench.ctrl(ENTER)
    bench.page.decider.act(DecisionKind.VALIDATE)
    assert not bench.page.bench.decision.buttons[DecisionKind.VALIDATE].isEnabled()
    assert not bench.page.bench.decision.buttons[DecisionKind.REFUSE].isEnabled()
    bench.office.gate.set()
    bench.settle()
    assert len(bench.office.decided) == 1
    assert bench.number == "2026-0002"


def test_what_is_under_way_cannot_be_changed_or_left(bench: Bench) -> None:
    bench.show(1, 2)
    bench.press("c")
    bench.press("c")
    bench.office.gate.clear()
    bench.ctrl(ENTER)
    sent = bench.verdicts()
    bench.page.bench.pieces.view.setFocus()
    bench.press("n")
    assert bench.verdicts() == sent
    bench.announcements.changed.emit("access_request")
    bench.alt(Qt.Key.Key_Right)
    bench.press(Qt.Key.Key_Escape)
    bench.window.go("requests")
    assert bench.window.page is bench.page
    assert bench.number == "2026-0001"
    assert not bench.window.close()
    assert "part" in bench.band
    assert bench.page.bench.decision.buttons[DecisionKind.VALIDATE].text() == "Envoi…"
    bench.office.failures["decide"] = GONE
    bench.office.gate.set()
    bench.settle()
    assert "Votre décision n’est pas partie" in bench.band
    assert bench.verdicts() == sent
    assert bench.page.bench.decision.buttons[DecisionKind.VALIDATE].isEnabled()
