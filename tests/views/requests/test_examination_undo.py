"""Taking a decision back from Examen: while its e-mail waits, from where she stands then, and never by mistake."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from dombes_office.errors import UndoTooLate
from dombes_office.rules.requests import DecisionKind, RequestStatus
from tests.views.requests.examination_desk import ENTER, GONE, Bench


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


def _validate(bench: Bench) -> None:
    """The request on the screen is fine."""
    bench.press("c")
    bench.press("c")
    bench.ctrl(ENTER)


def test_nothing_is_taken_back_while_the_next_decision_is_on_its_way(bench: Bench) -> None:
    bench.show(1, 2, 3)
    _validate(bench)
    bench.settle()
    assert bench.number == "2026-0002"
    assert bench.undo.isEnabled()
    bench.office.gate.clear()
    _validate(bench)
    assert bench.window.undo_bar.sentence == "Demande validée pour la famille BERTHOLLET."
    assert not bench.undo.isEnabled()
    bench.ctrl(Qt.Key.Key_Z)
    bench.office.gate.set()
    bench.settle()
    assert bench.office.asked("undo_decision") == []
    assert bench.number == "2026-0003"
    assert bench.undo.isEnabled()
    bench.ctrl(Qt.Key.Key_Z)
    bench.qtbot.waitUntil(lambda: bool(bench.office.undone))
    assert bench.office.undone == [2]


def test_the_decision_before_can_be_taken_back_again_when_the_next_one_fails(bench: Bench) -> None:
    bench.show(1, 2, 3)
    _validate(bench)
    bench.settle()
    bench.office.failures["decide"] = GONE
    _validate(bench)
    bench.settle()
    assert bench.number == "2026-0002"
    assert bench.undo.isEnabled()
    bench.ctrl(Qt.Key.Key_Z)
    bench.qtbot.waitUntil(lambda: bool(bench.office.undone))
    bench.settle()
    assert bench.office.undone == [1]
    assert (bench.number, bench.place) == ("2026-0001", "1 sur 3")


def test_undoing_brings_back_to_where_she_stood_then(bench: Bench) -> None:
    bench.show(1, 2, 3)
    bench.alt(Qt.Key.Key_Right)
    bench.settle()
    assert bench.place == "2 sur 3"
    _validate(bench)
    bench.settle()
    assert (bench.number, bench.place) == ("2026-0003", "2 sur 2")
    bench.alt(Qt.Key.Key_Left)
    bench.settle()
    assert (bench.number, bench.place) == ("2026-0001", "1 sur 2")
    bench.ctrl(Qt.Key.Key_Z)
    bench.qtbot.waitUntil(lambda: bool(bench.office.undone))
    bench.settle()
    assert (bench.number, bench.place) == ("2026-0002", "2 sur 3")


def test_the_bar_counts_the_seconds_that_the_server_leaves(bench: Bench) -> None:
    bench.office.undo_seconds = 3.4
    bench.show(1, 2)
    _validate(bench)
    bench.settle()
    assert bench.undo.text() in {"Annuler (4\u00a0s)", "Annuler (3\u00a0s)"}
    bench.office.failures["undo_decision"] = GONE
    bench.qtbot.wait(1000)
    bench.ctrl(Qt.Key.Key_Z)
    bench.qtbot.waitUntil(lambda: bool(bench.office.asked("undo_decision")))
    bench.settle()
    assert bench.undo.text() in {"Annuler (3\u00a0s)", "Annuler (2\u00a0s)", "Annuler (1\u00a0s)"}


def test_what_is_too_late_is_not_offered(bench: Bench) -> None:
    bench.office.undo_seconds = 0.0
    bench.show(1, 2)
    _validate(bench)
    bench.settle()
    assert bench.number == "2026-0002"
    assert bench.window.undo_bar.sentence == ""
