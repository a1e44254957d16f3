"""Reads the history of the request on the screen and shows it; and from there the e-mails that were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from dombes_office.rules.french import hour, numeric_date, office_day
from dombes_office.rules.letters import MAIL_STATES
from dombes_office.views.busy import busy
from dombes_office.views.requests.examination.decision.letter_dialog import LetterDialog
from dombes_office.views.requests.examination.history.history_dialog import HistoryDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton, QWidget

    from dombes_office.errors import OfficeError
    from dombes_office.rules.letters import SentLetter
    from dombes_office.rules.requests import HistoryEvent, RequestRow
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.work import Desk


class HistoryReader(QObject):
    """One history at a time. What comes once the request has been left, or behind the lock page, is not shown."""

    failed = Signal(object)
    """An `OfficeError`."""

    def __init__(self, desk: Desk, acts: RequestActs, *, button: QAbstractButton, page: QWidget) -> None:
        super().__init__(page)
        self._desk = desk
        self._acts = acts
        self._button = button
        self._page = page
        self._asked: RequestRow | None = None
        self._dialog: HistoryDialog | None = None

    def show_history(self, request: RequestRow) -> None:
        """Open the dialog once the history has been read."""
        self._asked = request
        self._desk.run(
            self._acts.read_history,
            request.request_id,
            done=self._came,
            refused=self._refused,
            key="history",
            busy=busy(self._button, "Lecture…"),
        )

    def forget(self) -> None:
        """The request has been left: its history is not wanted any more."""
        self._asked = None

    @Slot(object)
    def _came(self, events: tuple[HistoryEvent, ...]) -> None:
        request, self._asked = self._asked, None
        if request is None or not self._page.isVisible():
            return
        dialog = HistoryDialog(request.number, events, self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.letter_wanted.connect(self._read_letter)
        dialog.finished.connect(self._closed)
        self._dialog = dialog
        dialog.open()

    @Slot(object)
    def _refused(self, error: OfficeError) -> None:
        self._asked = None
        self.failed.emit(error)

    @Slot(int)
    def _read_letter(self, decision_id: int) -> None:
        if self._dialog is not None:
            self._desk.run(
                self._acts.read_letter,
                decision_id,
                done=self._letter_came,
                refused=self._letter_refused,
                key="letter",
                busy=busy(self._dialog.read_letter, "Lecture…"),
            )

    @Slot(object)
    def _letter_came(self, sent: SentLetter) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            when = f"le {numeric_date(office_day(sent.at))} à {hour(sent.at)}"
            letter = LetterDialog(sent.address, sent.letter, f"{MAIL_STATES[sent.state]}, {when}", self._dialog)
            letter.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            letter.open()

    @Slot(object)
    def _letter_refused(self, error: OfficeError) -> None:
        if self._dialog is not None:
            self._dialog.say(str(error))

    @Slot()
    def _closed(self) -> None:
        self._dialog = None
