"""The history from Examen: of the request that was asked for, never behind the lock, and with its e-mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit

from dombes_office.errors import NotAllowed
from dombes_office.rules.requests import HistoryEvent
from dombes_office.views.requests.examination.decision.letter_dialog import LetterDialog
from dombes_office.views.requests.examination.history.history_dialog import HistoryDialog
from tests.views.accessibility import assert_accessible
from tests.views.requests.examination_desk import GONE, Bench, part
from tests.views.requests.examination_office import NOW

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

EVENTS = (
    HistoryEvent(NOW, "mail", "Dombes Office", "Courriel envoyé\u00a0: Votre demande", letter_of=7),
    HistoryEvent(NOW, "decided", "Léa Morandat", "Demande refusée", "Le service est complet."),
)


def said(dialog: QDialog) -> str:
    """All the words on a dialog."""
    return " ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog))


def ask(bench: Bench) -> HistoryDialog:
    """Press the link and wait for the dialog."""
    bench.office.history = EVENTS
    bench.show(1, 2)
    bench.page.bench.history.click()
    bench.settle()
    (dialog,) = bench.dialogs()
    assert isinstance(dialog, HistoryDialog)
    return dialog


def test_the_history_of_a_request_that_was_left_is_not_shown(bench: Bench) -> None:
    bench.show(1, 2)
    bench.office.history_gate.clear()
    bench.page.bench.history.click()
    bench.alt(Qt.Key.Key_Right)
    bench.office.history_gate.set()
    bench.settle()
    assert bench.number == "2026-0002"
    assert bench.dialogs() == []
    bench.page.bench.history.click()
    bench.settle()
    assert bench.office.asked("read_history") == [1, 2]
    assert "2026-0002" in bench.dialogs()[0].windowTitle()


def test_nothing_opens_over_a_page_that_is_hidden(bench: Bench) -> None:
    bench.show(1)
    bench.office.history_gate.clear()
    bench.page.bench.history.click()
    # As the lock page does: all that the page shows goes out of sight.
    bench.window.stack.hide()
    bench.office.history_gate.set()
    bench.settle()
    assert bench.dialogs() == []
    bench.window.stack.show()


def test_the_link_waits_while_the_history_is_read(bench: Bench) -> None:
    bench.show(1)
    bench.office.history_gate.clear()
    bench.page.bench.history.click()
    assert not bench.page.bench.history.isEnabled()
    assert bench.page.bench.history.text() == "Lecture…"
    bench.office.history_gate.set()
    bench.settle()
    assert bench.page.bench.history.isEnabled()
    assert bench.page.bench.history.text() == "Historique"


def test_an_outage_is_told_and_the_link_comes_back(bench: Bench) -> None:
    bench.office.failures["read_history"] = GONE
    bench.show(1)
    bench.page.bench.history.click()
    bench.settle()
    assert "Le serveur ne répond pas." in bench.band
    assert bench.page.bench.history.isEnabled()


def test_the_email_that_was_sent_can_be_read(bench: Bench) -> None:
    dialog = ask(bench)
    assert dialog.read_letter.isVisible()
    assert_accessible(dialog)
    dialog.read_letter.click()
    bench.settle()
    letter = next(shown for shown in bench.dialogs() if isinstance(shown, LetterDialog))
    assert bench.office.asked("read_letter") == [7]
    assert part(letter, QPlainTextEdit).toPlainText() == "Bonjour,\n\nÀ bientôt"
    assert "Courriel envoyé, le 23/11/2026 à 9\u00a0h\u00a042" in said(letter)
    assert "claire@example.org" in said(letter)


def test_only_a_line_that_tells_of_an_email_offers_it(bench: Bench) -> None:
    dialog = ask(bench)
    dialog.view.selectRow(1)
    assert not dialog.read_letter.isVisible()
    dialog.view.selectRow(0)
    assert dialog.read_letter.isVisible()


def test_who_may_not_read_an_email_is_told_so(bench: Bench) -> None:
    bench.office.failures["read_letter"] = NotAllowed("Vos droits ne permettent pas cette action.")
    dialog = ask(bench)
    dialog.read_letter.click()
    bench.settle()
    assert bench.dialogs() == [dialog]
    assert "Vos droits ne permettent pas cette action." in said(dialog)
