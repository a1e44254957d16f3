"""Examen by keyboard: pieces, verdicts and decisions on real files, with plain functions for the database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QFrame, QLabel, QLineEdit, QPlainTextEdit, QRadioButton, QWidget

from dombes_office.rules.requests import CheckResult, DecisionKind, HistoryEvent, Outcome, RequestStatus
from tests.views.requests.examination_desk import ENTER, Bench, in_dialog, part
from tests.views.requests.examination_office import NOW, OTHER_IBAN, mandate, missing_piece

if TYPE_CHECKING:
    from dombes_office.views.requests.examination.decision.refusal_dialog import RefusalDialog


def test_the_first_piece_is_shown_at_once(bench: Bench) -> None:
    bench.show(1, 2)
    assert bench.number == "2026-0001"
    assert bench.piece == "Fiche santé"
    assert bench.shown() == bench.office.dossiers[1].pieces[0].sha256
    assert bench.page.bench.pieces.view.hasFocus()
    assert "1\u00a0sur\u00a02" in bench.page._steps.place


class Windows(QObject):
    """Hears of every window that opens."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[QWidget] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name.
        """Note windows only."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.opened.append(watched)
        return False


def test_no_part_flashes_up_as_a_window_of_its_own(bench: Bench, qapp: QApplication) -> None:
    windows = Windows()
    qapp.installEventFilter(windows)
    bench.office.reading_gate.clear()
    bench.office.change(2, status=RequestStatus.PENDING, checks=(CheckResult("age", Outcome.FAIL, "Trop jeune"),))
    bench.show(1, 2, wait=False)
    bench.qtbot.wait(1300)
    bench.office.reading_gate.set()
    bench.settle()
    bench.press("4")
    bench.alt(Qt.Key.Key_Right)
    bench.settle()
    qapp.removeEventFilter(windows)
    assert windows.opened == [bench.window]


def test_conforme_goes_to_the_next_piece_that_nobody_judged(bench: Bench) -> None:
    bench.show(1)
    # IBAN and BIC are exactly what the checks compare, and they passed.
    assert bench.verdicts() == {2: "compliant", 3: "compliant"}
    bench.press("c")
    assert bench.piece == "Mandat SEPA"
    assert bench.verdicts() == {1: "compliant", 2: "compliant", 3: "compliant"}


def test_twenty_requests_are_decided_without_the_mouse(bench: Bench) -> None:
    for request_id in range(1, 21):
        bench.office.add(request_id)
    for request_id in (4, 9, 14, 19):
        bench.office.give_mandate(request_id, mandate(OTHER_IBAN, mark=str(request_id)))
    bench.show(*range(1, 21))
    for request_id in range(1, 21):
        bench.qtbot.waitUntil(lambda rid=request_id: bench.number == f"2026-{rid:04}")  # type: ignore[misc]
        bench.settle()
        bench.press("c")
        bench.press("n" if request_id % 5 == 4 else "c")
        bench.ctrl(ENTER)
        bench.settle()
    assert [d.request.request_id for d, _, _ in bench.office.decided] == list(range(1, 21))
    assert bench.kinds().count(DecisionKind.COMPLEMENT) == 4
    assert bench.kinds().count(DecisionKind.VALIDATE) == 16
    assert bench.window.page is bench.queue


@pytest.mark.parametrize(("keys", "label"), [("&", "Fiche santé"), ("é", "IBAN"), ('"', "BIC"), ("'", "Mandat SEPA")])
def test_the_figures_of_a_french_keyboard_choose_pieces(bench: Bench, keys: str, label: str) -> None:
    bench.show(1)
    bench.press("3" if label != "BIC" else "1")
    bench.press(keys)
    assert bench.piece == label


def test_non_conforme_asks_why_and_proposes_what_the_checks_found(bench: Bench) -> None:
    bench.office.give_mandate(1, mandate(OTHER_IBAN))
    bench.show(1)
    bench.press("4")
    bench.press("n")
    assert bench.verdicts()[4] == "non_compliant iban_different"
    assert isinstance(QApplication.focusWidget(), QComboBox)
    assert bench.page.bench.draft is not None
    assert bench.page.bench.draft.proposed() is DecisionKind.COMPLEMENT
    bench.ctrl(ENTER)
    bench.settle()
    assert bench.kinds() == [DecisionKind.COMPLEMENT]
    assert "n’est pas celui que vous avez saisi" in bench.office.decided[0][2].body


def test_asking_again_without_a_reason_goes_to_the_reason_instead(bench: Bench) -> None:
    bench.show(1)
    bench.press("n")
    assert bench.verdicts()[1] == "non_compliant"
    bench.close_popup()
    for modifier, key in (
        (Qt.KeyboardModifier.ControlModifier, ENTER),
        (Qt.KeyboardModifier.AltModifier, Qt.Key.Key_D),
    ):
        bench.page.bench.pieces.view.setFocus()
        bench.press(key, modifier)
        bench.qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
        bench.settle()
        assert bench.office.decided == []
        bench.close_popup()
    bench.page.decider.act(DecisionKind.COMPLEMENT)
    assert QApplication.activePopupWidget() is not None
    bench.close_popup()


def test_a_reason_of_ones_own_needs_words(bench: Bench) -> None:
    bench.show(1)
    bench.press("n")
    bench.say_why("other")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    bench.press("   ")
    bench.ctrl(ENTER)
    bench.settle()
    assert bench.office.decided == []
    bench.press("La page 2 est coupée.")
    bench.ctrl(ENTER)
    bench.settle()
    assert bench.kinds() == [DecisionKind.COMPLEMENT]
    assert "La page 2 est coupée." in bench.office.decided[0][2].body


def test_single_keys_do_nothing_while_somebody_writes(bench: Bench) -> None:
    bench.show(1)
    bench.press("n")
    bench.close_popup()
    before = bench.verdicts()
    bench.reason.setFocus()
    for sign in "c+1r":
        bench.press(sign)
    assert bench.verdicts().keys() == before.keys()
    assert bench.piece == "Fiche santé"
    bench.page.bench.verdict_bar._ask_words()
    bench.press("cn1 r+")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "cn1 r+"
    assert bench.piece == "Fiche santé"
    assert bench.page.bench.viewer._rotation == 0


def test_a_missing_piece_can_only_be_asked_for(bench: Bench) -> None:
    old = bench.office.dossiers[1]
    bench.office.dossiers[1] = replace(old, pieces=(*old.pieces[:3], missing_piece()))
    bench.show(1)
    bench.press("4")
    bench.press("c")
    assert 4 not in bench.verdicts()
    bench.press("n")
    assert bench.verdicts()[4] == "non_compliant missing"
    assert "manquante" in bench.page.bench.pieces.view.entries.entries[3].lines


def test_nobody_takes_the_cursor_from_her_while_she_writes(bench: Bench) -> None:
    bench.show(1)
    bench.press("n")
    bench.say_why("unreadable")
    bench.page.bench.verdict_bar._ask_words()
    bench.press("En bas ")
    field = QApplication.focusWidget()
    bench.office.give_mandate(1, mandate(OTHER_IBAN, mark="second"))
    bench.announcements.changed.emit("access_request")
    bench.settle()
    assert "Pièce remplacée" in bench.band
    assert QApplication.focusWidget() is field
    bench.press("c'est noir.")
    assert bench.verdicts()[1] == "non_compliant unreadable En bas c'est noir."


def test_escape_leaves_the_words_first_and_keeps_them(bench: Bench) -> None:
    bench.show(1)
    bench.press("n")
    bench.say_why("unreadable")
    bench.page.bench.verdict_bar._ask_words()
    bench.press("Flou.")
    bench.press(Qt.Key.Key_Escape)
    assert bench.window.page is bench.page
    assert bench.page.bench.pieces.view.hasFocus()
    assert bench.verdicts()[1] == "non_compliant unreadable Flou."


@pytest.mark.parametrize("where", ["reason", "words"])
def test_enter_goes_on_to_the_next_piece(bench: Bench, where: str) -> None:
    bench.show(1)
    bench.press("n")
    bench.say_why("unreadable")
    if where == "words":
        bench.page.bench.verdict_bar._ask_words()
        bench.press("Flou.")
    else:
        bench.reason.setFocus()
    bench.press(ENTER)
    assert bench.piece == "Mandat SEPA"
    assert bench.page.bench.pieces.view.hasFocus()


def test_a_refusal_is_not_sent_when_the_request_changed_behind_the_question(bench: Bench) -> None:
    bench.show(1)

    def choose(dialog: RefusalDialog) -> None:
        dialog.findChildren(QRadioButton)[0].click()
        part(dialog, QPlainTextEdit).setPlainText("Mes mots.")
        bench.office.give_mandate(1, mandate(OTHER_IBAN, mark="second"))
        bench.announcements.changed.emit("access_request")
        bench.settle()
        dialog.accept()

    seen = in_dialog(choose)
    bench.page.decider.act(DecisionKind.REFUSE)
    bench.qtbot.waitUntil(lambda: bool(seen) and not bench.dialogs())
    bench.settle()
    assert bench.office.decided == []
    assert "Pièce remplacée" in bench.band
    draft = bench.page.bench.draft
    assert draft is not None
    assert (draft.refusal_code, draft.refusal_words) == ("age_out_of_range", "Mes mots.")


def test_the_reasons_are_never_cut(bench: Bench) -> None:
    bench.office.give_mandate(1, mandate(OTHER_IBAN))
    bench.show(1)
    for key in "1234":
        bench.page.bench.choose_piece(int(key))
        bench.press("n")
        bench.close_popup()
        widest = max(
            bench.reason.fontMetrics().horizontalAdvance(bench.reason.itemText(i)) for i in range(bench.reason.count())
        )
        assert bench.reason.width() >= widest + 28
        bar = bench.page.bench.verdict_bar
        assert bar.width() <= bench.page.bench.viewer.width()
        bench.page.bench.pieces.view.setFocus()


def test_failures_and_three_more_checks_are_in_sight_on_a_low_screen(bench: Bench) -> None:
    bench.office.give_mandate(1, mandate(OTHER_IBAN))
    bench.show(1)
    bench.press("c")
    bench.press("n")
    bench.qtbot.wait(50)
    facts = bench.page.bench.facts
    draft = bench.page.bench.draft
    assert draft is not None
    lines = [
        w
        for w in part(facts, QFrame).findChildren(QFrame)
        if w.toolTip() or w.property("kind") in {"plain", "failure-box"}
    ]
    in_sight = [
        line
        for line in lines
        if line.isVisible() and line.mapTo(facts.viewport(), line.rect().bottomLeft()).y() <= facts.viewport().height()
    ]
    assert draft.dossier.checks[0].outcome is Outcome.FAIL
    assert len(in_sight) >= 4


def test_the_history_says_the_selected_line_in_full(bench: Bench) -> None:
    words = "Mandat SEPA : signature manquante. " * 8
    bench.office.history = (HistoryEvent(NOW, "decided", "Léa Morandat", "Demande refusée", words),)
    bench.show(1)
    bench.page.bench.history.click()
    bench.settle()
    assert any(words.strip() in label.text() for label in bench.dialogs()[0].findChildren(QLabel))
