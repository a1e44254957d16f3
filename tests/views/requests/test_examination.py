"""Examen by keyboard: pieces, verdicts and decisions on real files, with plain functions for the database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QFrame, QLabel, QLineEdit, QPlainTextEdit, QRadioButton, QWidget

from dombes_office.errors import AlreadyDecided, ServerUnreachable, UndoTooLate
from dombes_office.rules.requests import Action, CheckResult, DecisionKind, HistoryEvent, Outcome, RequestStatus
from dombes_office.views.requests.examination.refusal_dialog import RefusalDialog
from tests.views.accessibility import assert_accessible
from tests.views.requests.examination_desk import (
    NOW,
    OTHER_IBAN,
    FakeOffice,
    dossier,
    mandate,
    missing_piece,
    part,
    row,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.views.requests.examination_desk import Bench

GONE = ServerUnreachable("Le serveur ne répond pas.", "Vérifiez le réseau.")
ENTER = Qt.Key.Key_Return


def in_dialog(act: Callable[[RefusalDialog], object]) -> list[RefusalDialog]:
    """Do something in the refusal dialog as soon as it is there; the list holds it once it was."""
    seen: list[RefusalDialog] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, RefusalDialog) and dialog.isActiveWindow():
            seen.append(dialog)
            act(dialog)
            QTimer.singleShot(200, dialog, dialog.reject)
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(0, look)
    return seen


def test_the_first_piece_is_shown_at_once(bench: Bench) -> None:
    bench.show(1, 2)
    assert bench.number == "2026-0001"
    assert bench.piece == "Fiche santé"
    assert bench.shown() == bench.office.dossiers[1].pieces[0].sha256
    assert bench.page.bench.pieces.view.hasFocus()
    assert "1\u00a0sur\u00a02" in bench.page._place.text()


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
    assert bench.page.bench.draft.proposed() is Action.COMPLEMENT
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
    bench.page.act(Action.COMPLEMENT)
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


# Refusing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["button", "alt"])
def test_refusing_without_a_reason_is_impossible(bench: Bench, way: str) -> None:
    bench.show(1)

    def try_all(dialog: RefusalDialog) -> None:
        bench.press(ENTER, Qt.KeyboardModifier.ControlModifier)
        dialog.accept()
        assert dialog.isVisible()
        other = next(b for b in dialog.findChildren(QRadioButton) if b.property("code") == "other")
        other.click()
        part(dialog, QPlainTextEdit).setPlainText("  \n ")
        dialog.accept()
        assert dialog.isVisible()
        bench.press(Qt.Key.Key_Escape)

    seen = in_dialog(try_all)
    if way == "button":
        bench.page.bench.decision.buttons[Action.REFUSE].click()
        bench.qtbot.waitUntil(lambda: bool(seen))
    else:
        bench.alt(Qt.Key.Key_R)
    bench.settle()
    assert len(seen) == 1
    assert bench.office.decided == []
    assert bench.number == "2026-0001"


def test_refusing_with_a_reason_by_keyboard_and_the_words_come_back(bench: Bench) -> None:
    bench.show(1, 2)

    def write(dialog: RefusalDialog) -> None:
        bench.press(Qt.Key.Key_Space)
        part(dialog, QPlainTextEdit).setFocus()
        bench.press("Manon a douze ans.")

    in_dialog(write)
    bench.alt(Qt.Key.Key_R)
    bench.come_back()
    assert bench.office.decided == []

    def send(dialog: RefusalDialog) -> None:
        assert dialog.typed == "Manon a douze ans."
        assert_accessible(dialog)
        part(dialog, QPlainTextEdit).setFocus()
        bench.ctrl(ENTER)

    in_dialog(send)
    bench.alt(Qt.Key.Key_R)
    bench.qtbot.waitUntil(lambda: bool(bench.office.decided))
    bench.settle()
    _, draft, letter = bench.office.decided[0]
    assert (draft.kind, draft.reason_code, draft.words) == (
        DecisionKind.REFUSE,
        "age_out_of_range",
        "Manon a douze ans.",
    )
    assert "Manon a douze ans." in letter.body
    assert bench.number == "2026-0002"


def test_control_enter_never_refuses(bench: Bench) -> None:
    bench.show(1)
    bench.ctrl(ENTER)
    bench.settle()
    assert bench.office.decided == []


# Changed meanwhile, outages, undo -------------------------------------------------------------------------------------


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
    assert bench.page.bench.decision.buttons[Action.VALIDATE].isEnabled()
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
    bench.qtbot.wait(150)
    bench.settle()
    assert bench.office.undone == [1]
    assert bench.window.page is bench.page
    assert bench.number == "2026-0001"
    assert bench.verdicts()[4] == "non_compliant not_signed"
    assert bench.page.bench.draft is not None
    assert bench.page.bench.draft.proposed() is Action.COMPLEMENT


@pytest.mark.parametrize("following", [(2,), ()])
def test_an_undo_that_comes_too_late_is_said_where_the_agent_is(bench: Bench, following: tuple[int, ...]) -> None:
    _decide_first(bench, *following)
    bench.office.failures["undo_decision"] = UndoTooLate("Le courriel est parti.", "Rouvrez la demande.")
    bench.ctrl(Qt.Key.Key_Z)
    bench.qtbot.wait(150)
    bench.settle()
    assert bench.window.page is bench.page
    assert "Le courriel est parti." in bench.band


def test_an_undo_during_an_outage_is_offered_again(bench: Bench) -> None:
    _decide_first(bench, 2)
    bench.office.failures["undo_decision"] = GONE
    bench.ctrl(Qt.Key.Key_Z)
    bench.qtbot.wait(150)
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
    bench.page.act(Action.VALIDATE)
    assert not bench.page.bench.decision.buttons[Action.VALIDATE].isEnabled()
    assert not bench.page.bench.decision.buttons[Action.REFUSE].isEnabled()
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
    assert bench.page.bench.decision.buttons[Action.VALIDATE].text() == "Envoi…"
    bench.office.failures["decide"] = GONE
    bench.office.gate.set()
    bench.settle()
    assert "Le serveur ne répond pas." in bench.band
    assert bench.verdicts() == sent
    assert bench.page.bench.decision.buttons[Action.VALIDATE].isEnabled()


# Moving, reading, closing ---------------------------------------------------------------------------------------------


def test_verdicts_wait_for_the_agent_to_come_back(bench: Bench) -> None:
    bench.show(1, 2)
    bench.press("c")
    bench.alt(Qt.Key.Key_Right)
    bench.settle()
    assert bench.number == "2026-0002"
    bench.alt(Qt.Key.Key_Left)
    bench.settle()
    assert bench.verdicts()[1] == "compliant"
    bench.press(Qt.Key.Key_Escape)
    bench.settle()
    assert bench.window.page is bench.queue
    bench.window.open("examination", bench.queue.shown[-1])
    bench.settle()
    assert bench.number == "2026-0001"
    assert bench.verdicts()[1] == "compliant"


def test_opening_and_closing_are_written_down_once(bench: Bench) -> None:
    bench.show(1, 2)
    bench.page.refresh()
    bench.settle()
    bench.alt(Qt.Key.Key_Right)
    bench.settle()
    bench.press(Qt.Key.Key_Escape)
    bench.settle()
    assert bench.office.asked("note_opening") == [1, 2]
    assert bench.office.asked("note_closing") == [1, 2]


def test_an_agent_who_may_not_decide_reads_only(bench: Bench) -> None:
    bench.show(1, agent=replace(bench.agent, groups=frozenset({"office_finance"})))
    bench.press("c")
    bench.ctrl(ENTER)
    bench.alt(Qt.Key.Key_R)
    bench.settle()
    assert bench.office.decided == []
    assert not any(button.isVisible() for button in bench.page.bench.decision.buttons.values())
    assert not bench.page.bench.verdict_bar.isEnabled()
    assert bench.office.asked("note_opening") == []
    assert "sans la décider" in bench.page.bench.decision._sentence.text()


def test_a_decided_request_says_who_decided_and_when(bench: Bench) -> None:
    bench.office.change(1, status=RequestStatus.VALIDATED)
    bench.office.history = (
        HistoryEvent(NOW, "mail", "Dombes Office", "Courriel envoyé"),
        HistoryEvent(NOW, "decided", "Sophie Berthelier", "Demande validée"),
    )
    bench.show(1)
    bench.press("c")
    bench.alt(Qt.Key.Key_R)
    bench.settle()
    assert bench.office.decided == []
    said = bench.page.bench.decision._sentence.text()
    assert said == "Demande validée par Sophie Berthelier le 23/11/2026 à 9\u00a0h\u00a042."


def test_a_decision_that_was_undone_does_not_count(bench: Bench) -> None:
    bench.office.change(1, status=RequestStatus.REFUSED)
    bench.office.history = (
        HistoryEvent(NOW, "decided", "Sophie Berthelier", "Demande refusée", "Hors du territoire."),
        HistoryEvent(NOW, "undone", "Léa Morandat", "Décision annulée"),
        HistoryEvent(NOW, "decided", "Léa Morandat", "Demande validée"),
    )
    bench.show(1)
    assert "Sophie Berthelier" in bench.page.bench.decision._sentence.text()
    assert "Hors du territoire." in bench.page.bench.decision._sentence.text()


def test_a_colleague_who_has_it_open_is_named(bench: Bench) -> None:
    bench.office.add(1, opened_by="S. Berthelier")
    bench.show(1)
    assert "S.\u00a0Berthelier" in bench.band.replace("S. B", "S.\u00a0B")


def test_a_request_without_any_piece_can_be_decided(bench: Bench) -> None:
    bench.office.dossiers[1] = dossier(row(1), ())
    bench.show(1, 2)
    assert bench.piece == ""
    assert bench.page.bench.draft is not None
    assert bench.page.bench.draft.dossier.checks
    bench.ctrl(ENTER)
    bench.settle()
    assert bench.kinds() == [DecisionKind.VALIDATE]


def test_every_control_has_a_name_and_can_be_reached(bench: Bench) -> None:
    bench.office.give_mandate(1, mandate(OTHER_IBAN))
    bench.show(1, 2)
    assert_accessible(bench.page)
    bench.press("4")
    bench.press("n")
    assert_accessible(bench.page)
    bench.page.bench.verdict_bar._ask_words()
    assert_accessible(bench.page)
    bench.page.bench.pieces.view.setFocus()
    bench.page.bench.decision.letter_wanted.emit()
    assert_accessible(bench.dialogs()[0])
    bench.dialogs()[0].close()
    bench.page._ask_history()
    bench.settle()
    assert_accessible(bench.dialogs()[0])


def test_f6_goes_through_the_areas(bench: Bench) -> None:
    bench.show(1)
    seen = []
    for _ in bench.page.areas():
        focus = QApplication.focusWidget()
        seen.append(next(a for a in bench.page.areas() if focus is not None and (a is focus or a.isAncestorOf(focus))))
        bench.window.next_area()
    assert seen == list(bench.page.areas())


def test_the_email_can_be_read_before_it_leaves(bench: Bench) -> None:
    bench.show(1)
    bench.press("c")
    bench.press("c")
    bench.page.bench.decision.letter_wanted.emit()
    text = part(bench.dialogs()[0], QPlainTextEdit)
    assert "Manon" in text.toPlainText()
    assert text.verticalScrollBar().maximum() == 0


def test_the_history_is_a_table(bench: Bench) -> None:
    bench.office.history = (HistoryEvent(NOW, "decided", "Léa Morandat", "Demande refusée", "Mots. " * 60),)
    bench.show(1)
    bench.page.bench.history.click()
    bench.settle()
    assert "Historique" in bench.dialogs()[0].windowTitle()


def test_a_page_of_nine_pieces_and_long_names_fits(bench: Bench) -> None:
    office: FakeOffice = bench.office
    long = "Anne-Charlotte-Émilienne-" * 3 + "Marie"
    pieces = list(office.dossiers[1].pieces)
    for number in range(5, 10):
        office.files[100 + number] = mandate(mark=f"more {number}")
        piece = office.file_piece(
            number, f"more{number}", f"Justificatif n° {number} de la famille", 100 + number, "x.pdf"
        )
        pieces.append(replace(piece, file_name="y" * 200 + ".pdf"))
    old = dossier(row(1), tuple(pieces))
    office.dossiers[1] = replace(
        old,
        child=replace(old.child, last_name=long, first_name=long, care_note="Allergie aux arachides. " * 84),
        family=replace(old.family, name=long, holder_last_name=long, email=f"{'a' * 60}@example.org"),
        service=replace(old.service, name="Service " * 10),
    )
    bench.show(1)
    for number in range(1, 10):
        bench.press(str(number))
        bench.settle()
        sha256 = office.dossiers[1].pieces[number - 1].sha256
        assert sha256 is None or bench.shown() == sha256
    assert bench.window.width() == 1366
    facts = bench.page.bench.facts
    assert part(facts, QFrame).width() <= facts.viewport().width()
    draft = bench.page.bench.draft
    assert draft is not None
    titles = {check.title for check in draft.dossier.checks}
    assert "Mandat scanné\u00a0: à lire à l’œil" not in titles


# Writing --------------------------------------------------------------------------------------------------------------


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
    bench.page.act(Action.REFUSE)
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
