"""A clerk at her desk: the application as it is, her eyes on the window and her hands on the keyboard."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QLineEdit, QRadioButton, QWidget

from dombes_office import settings
from dombes_office.app import Office
from dombes_office.database.desk import check_desk
from dombes_office.signing_in import Opening
from dombes_office.views.messages import BugReporter
from dombes_office.views.requests.examination.decision.refusal_dialog import RefusalDialog
from dombes_office.views.requests.examination.page import ExaminationPage
from dombes_office.views.requests.queue_page import QueuePage
from dombes_office.views.widgets.field_error import FieldError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from dombes_office.database.engine import Database
    from dombes_office.rules.requests import DecisionKind, PieceRow
    from dombes_office.views.page import Page

MORNING = datetime(2026, 11, 23, 8, 42, tzinfo=UTC)
"""When the stories happen; the papers were signed and sent in the week before."""
PATIENCE = 30_000
"""Milliseconds for what takes a moment on a busy machine."""
PLAIN = Qt.KeyboardModifier.NoModifier
ENTER = Qt.Key.Key_Return

W = TypeVar("W", bound=QWidget)
P = TypeVar("P", bound="Page")


class Clerk:
    """One agent at the real window. Keys go where the keyboard's go: to the window in front, and through it."""

    def __init__(
        self,
        qtbot: QtBot,
        database: Database,
        *,
        unlock: Callable[[str], None] | None = None,
        lock_seconds: float | None = None,
    ) -> None:
        self.qtbot = qtbot
        self.agent = database.transact(check_desk)
        self.office = Office(
            Opening(database, self.agent, unlock),
            now=lambda: MORNING,
            bugs=BugReporter(version=settings.VERSION),
            lock_seconds=lock_seconds,
        )
        self.window = self.office.window
        self.window.resize(1366, 768)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.turn_to()
        self.office.start()

    def go_home(self) -> None:
        """Close what is open, the window last, as the last one to leave does."""
        for dialog in self.dialogs():
            dialog.close()
        self.window.hide()
        self.office.close()
        self.window.deleteLater()
        self.office.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    # Hands --------------------------------------------------------------------------------------------------------

    def turn_to(self) -> None:
        """Have this desk's window in front."""
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow, timeout=PATIENCE)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
        """Press and release a key of the keyboard."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            # A list lives as long as it is open; Python would take its window for an earlier one at the same place.
            QTest.keyClick(popup.focusWidget() or popup, key, modifier)  # type: ignore[truthy-bool] # May be None.
        else:
            QTest.keyPress(self._front(), key, modifier)
            if QApplication.activePopupWidget() is None:
                QTest.keyRelease(self._front(), key, modifier)

    def ctrl(self, key: Qt.Key) -> None:
        """Ctrl and a key."""
        self.press(key, Qt.KeyboardModifier.ControlModifier)

    def alt(self, key: Qt.Key) -> None:
        """Alt and a key."""
        self.press(key, Qt.KeyboardModifier.AltModifier)

    def type(self, text: str) -> None:
        """Type a text; what a French keyboard gives for accents is known to no simulated one, so it is sent as text."""
        for sign in text:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(self._front(), QKeyEvent(kind, ord(sign.upper()), PLAIN, sign))

    def _front(self) -> QWindow:
        """The window that the keyboard writes to: a dialog that is open, else the main window."""
        dialog = QApplication.activeModalWidget()
        front = (self.window if dialog is None else dialog).windowHandle()
        assert front is not None
        return front

    def back_from_popup(self) -> None:
        """Without a real screen nothing brings the main window in front again once a list or a dialog is gone."""
        self.until(lambda: QApplication.activePopupWidget() is None and QApplication.activeModalWidget() is None)
        self.turn_to()

    def hear_nothing_more(self) -> None:
        """From here on the announcements of other desks are lost on the way."""
        self.office.announcements.blockSignals(True)
        self.settle()

    # Eyes ---------------------------------------------------------------------------------------------------------

    def until(self, seen: Callable[[], bool]) -> None:
        """Wait for something to be seen."""
        self.qtbot.waitUntil(seen, timeout=PATIENCE)

    def within_two_seconds(self, seen: Callable[[], bool]) -> None:
        """Wait for what another desk or a family did, no longer than was promised."""
        self.qtbot.waitUntil(seen, timeout=2000)

    def settle(self) -> None:
        """Wait until nothing is under way any more."""
        self.until(lambda: not (self.office.lane.is_busy or self.office.documents.is_busy))

    @property
    def queue(self) -> QueuePage:
        """The page "Demandes"."""
        return next(page for page in self.window.pages.values() if isinstance(page, QueuePage))

    @property
    def examination(self) -> ExaminationPage:
        """The page "Examen"."""
        # Pages are made when they are first opened; whoever looks for this one is about to see it.
        self.window.stack.page_for("examination")
        return next(page for page in self.window.pages.values() if isinstance(page, ExaminationPage))

    @property
    def families(self) -> list[str]:
        """The families in the queue, from above."""
        return [row.family_name for row in self.queue.table.rows]

    @property
    def request(self) -> str:
        """The number of the request on the screen, "" before there is one."""
        draft = self.examination.bench.draft
        return "" if draft is None else draft.dossier.request.number

    @property
    def place(self) -> str:
        """Where she stands in the queue, as the header says it."""
        return self.examination._steps.place.replace("\u00a0", " ")

    @property
    def piece(self) -> PieceRow:
        """The piece on the screen."""
        current = self.examination.bench.pieces.current()
        assert current is not None
        return current

    @property
    def band(self) -> str:
        """What the message under the header says."""
        assert self.window.page is not None
        return self.window.page.band.words

    @property
    def offer(self) -> str:
        """What can be taken back now."""
        return self.window.undo_bar.sentence

    def dialogs(self) -> list[QDialog]:
        """The dialogs that are open."""
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]

    @property
    def decided(self) -> str:
        """What the panel of the decision says: where the verdicts lead, or who decided what."""
        labels = self.examination.bench.decision.findChildren(QLabel)
        return " ".join(label.text() for label in labels if label.isVisible())

    @property
    def complaint(self) -> str:
        """What stands in red under the fields of the window in front."""
        front = QApplication.activeModalWidget() or self.window
        return " ".join(error.text() for error in front.findChildren(FieldError) if error.isVisible())

    def verdicts(self) -> dict[str, str]:
        """What was said of each piece, by its code."""
        draft = self.examination.bench.draft
        assert draft is not None
        codes = {piece.requirement_id: piece.code for piece in draft.dossier.pieces}
        return {
            codes[v.requirement_id]: " ".join(filter(None, (v.kind.value, v.reason_code, v.words)))
            for v in draft.verdicts
        }

    @property
    def proposed(self) -> DecisionKind | None:
        """The decision that Ctrl+Entrée would take."""
        draft = self.examination.bench.draft
        return None if draft is None else draft.proposed()

    # A morning's work ---------------------------------------------------------------------------------------------

    def see_queue(self, count: int) -> None:
        """Wait for so many requests in the queue."""
        self.until(lambda: self.window.page is self.queue and len(self.families) == count)
        self.settle()

    def open_selected(self) -> None:
        """Entrée in the queue, then look until the first piece is there and the checks have spoken."""
        self.press(ENTER)
        self.see_request()

    def see_request(self, number: str = "") -> None:
        """Wait until a request is on the screen, read and checked."""
        bench = self.examination.bench
        self.until(lambda: self.window.page is self.examination and bool(self.request) and number in self.request)
        self.settle()
        assert bench.draft is not None
        self.until(lambda: bool(bench.draft and bench.draft.dossier.checks))

    def see_why(self) -> QComboBox:
        """After N: the field or the list of reasons has the focus."""
        field = part(self.examination.bench.verdict_bar, QComboBox)
        self.until(lambda: field.hasFocus() or QApplication.activePopupWidget() is not None)
        return field

    def choose_why(self, label: str) -> None:
        """Choose a reason in the list that opens by itself where the checks propose none."""
        field = self.see_why()
        self.until(lambda: QApplication.activePopupWidget() is not None)
        labels = [field.itemText(at) for at in range(field.count())]
        at = field.view().currentIndex().row()
        for _ in range(labels.index(label) - at):
            self.press(Qt.Key.Key_Down)
        self.press(ENTER)
        self.back_from_popup()
        assert field.currentText() == label

    def add_words(self, text: str) -> None:
        """From the reason to "Préciser…" and into the words, which Entrée ends."""
        field = part(self.examination.bench.verdict_bar, QLineEdit)
        if not field.hasFocus():
            self.press(Qt.Key.Key_Tab)
            self.press(Qt.Key.Key_Space)
            self.until(field.hasFocus)
        self.type(text)
        self.press(ENTER)

    def ask_to_refuse(self) -> RefusalDialog:
        """Alt+R, and the question why."""
        self.alt(Qt.Key.Key_R)
        self.until(lambda: isinstance(QApplication.activeModalWidget(), RefusalDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, RefusalDialog)
        self.until(lambda: dialog.isAncestorOf(QApplication.focusWidget() or self.window))
        return dialog

    def choose_refusal(self, label: str) -> None:
        """Down to this reason for refusing, from the first one, which Espace chooses."""
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        reasons = dialog.findChildren(QRadioButton)
        assert reasons[0].hasFocus()
        wanted = [reason.text().replace("&", "") for reason in reasons].index(label)
        for _ in range(wanted):
            self.press(Qt.Key.Key_Down)
        if wanted == 0:
            self.press(Qt.Key.Key_Space)
        assert reasons[wanted].isChecked()


def part(widget: QWidget, kind: type[W]) -> W:
    """The first widget of a kind inside another one."""
    found = widget.findChild(kind)
    assert found is not None
    return found
