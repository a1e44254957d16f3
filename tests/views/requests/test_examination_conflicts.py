"""Examen when something goes wrong around it: overtaken, cut off, taken back, twice, left too early."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from dombes_office.errors import AlreadyDecided, UndoTooLate
from dombes_office.rules.requests import DecisionKind, RequestStatus
from tests.views.requests.examination_desk import ENTER, GONE, Bench
from tests.views.requests.examination_office import OTHER_IBAN, mandate


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


def test_a_decision_that_was_written_although_the_answer_was_lost_is_not_taken_twice(bench: Bench) -> None:
    bench.show(1)
    bench.press("c")
    bench.press("c")
    bench.office.failures["decide"] = GONE
    bench.ctrl(ENTER)
    bench.settle()
    bench.office.failures.clear()
    bench.office.change(1, status=RequestStatus.VALIDATED)
    bench.page.band._retry.click()
    bench.settle()
    assert "est maintenant «\u00a0Validée\u00a0»" in bench.band
    bench.ctrl(ENTER)
    bench.settle()
    assert bench.office.decided == []


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


def _decide_first(bench: Bench, *following: int) -> None:
    bench.show(1, *following)
    bench.press("c")
    bench.press("4")
    bench.press("n")
    bench.say_why("not_signed")
    bench.page.bench.pieces.view.setFocus()
    bench.ctrl(ENTER)
    bench.settle()
    bench.office.change(1, status=RequestStatus.AWAITING_FAMILY)


@pytest.mark.parametrize("following", [(2, 3), ()])
def test_undo_reopens_the_request_as_it_was(bench: Bench, following: tuple[int, ...]) -> None:
    _decide_first(bench, *following)
    assert bench.window.undo_bar.sentence == "Complément demandé à la famille BERTHOLLET."
    assert bench.number == "2026-0002" if following else bench.window.page is bench.queue
    bench.office.change(1, status=RequestStatus.PENDING)
    bench.ctrl(Qt.Key.Key_Z)
    bench.qtbot.waitUntil(lambda: bool(bench.office.asked("undo_decision")))
    bench.settle()
    assert bench.office.undone == [1]
    assert bench.window.page is bench.page
    assert bench.number == "2026-0001"
    assert bench.verdicts()[4] == "non_compliant not_signed"
    assert bench.page.bench.draft is not None
    assert bench.page.bench.draft.proposed() is DecisionKind.COMPLEMENT


@pytest.mark.parametrize("following", [(2,), ()])
def test_an_undo_that_comes_too_late_is_said_where_the_agent_is(bench: Bench, following: tuple[int, ...]) -> None:
    _decide_first(bench, *following)
    bench.office.failures["undo_decision"] = UndoTooLate("Le courriel est parti.", "Rouvrez la demande.")
    bench.ctrl(Qt.Key.Key_Z)
    bench.qtbot.waitUntil(lambda: bool(bench.office.asked("undo_decision")))
    bench.settle()
    assert bench.window.page is bench.page
    assert "Le courriel est parti." in bench.band


def test_an_undo_during_an_outage_is_offered_again(bench: Bench) -> None:
    _decide_first(bench, 2)
    bench.office.failures["undo_decision"] = GONE
    bench.ctrl(Qt.Key.Key_Z)
    bench.qtbot.waitUntil(lambda: bool(bench.office.asked("undo_decision")))
    bench.settle()
    assert bench.window.undo_bar.sentence == "Complément demandé à la famille BERTHOLLET."
    assert "Le serveur ne répond pas." in bench.band


def test_twice_the_key_is_one_decision(bench: Bench) -> None:
    bench.show(1, 2)
    bench.press("c")
    bench.press("c")
    bench.office.gate.clear()
    bench.ctrl(ENTER)
    bench.ctrl(ENTER)
    bench.page.act(DecisionKind.VALIDATE)
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
    assert "Le serveur ne répond pas." in bench.band
    assert bench.verdicts() == sent
    assert bench.page.bench.decision.buttons[DecisionKind.VALIDATE].isEnabled()
