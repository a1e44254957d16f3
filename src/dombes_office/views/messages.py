"""The two windows that interrupt: an apology for a bug, and the question before what cannot be undone."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from dombes_office.incidents import note, outline
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import icon_label, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class BugReporter(QObject):
    """Keeps an incident in the log under a number, and shows one window at a time to say so."""

    _told = Signal(object)

    def __init__(self, *, version: str, window: QWidget | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._version = version
        self._window = window
        self._shown: BugWindow | None = None
        # A bug may be told from a lane's thread; windows belong to this one.
        self._told.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def set_window(self, window: QWidget) -> None:
        """The window above which the apology stands."""
        self._window = window

    def report(self, error: BaseException) -> None:
        """Log the incident and apologise, from any thread."""
        number = note(error)
        report = f"Incident {number}, version {self._version}\n{outline(error)}"
        self._told.emit((number, report))

    @property
    def shown(self) -> BugWindow | None:
        """The window that stands open now."""
        return self._shown

    @Slot(object)
    def _show(self, incident: tuple[str, str]) -> None:
        if self._shown is not None:
            return
        self._shown = BugWindow(*incident, self._window)
        self._shown.finished.connect(self._closed)
        self._shown.open()

    @Slot()
    def _closed(self) -> None:
        if self._shown is not None:
            self._shown.deleteLater()
            self._shown = None


def install_excepthook(reporter: BugReporter) -> Callable[[], None]:
    """Send every exception that nobody caught to `reporter`; returns the function that takes this back."""
    before, before_threads = sys.excepthook, threading.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before(kind, error, trace)
        else:
            reporter.report(error)

    def thread_hook(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            reporter.report(told.exc_value)

    def restore() -> None:
        sys.excepthook, threading.excepthook = before, before_threads

    sys.excepthook, threading.excepthook = hook, thread_hook
    return restore


class BugWindow(QDialog):
    """The apology: what happened is our fault, nothing typed is sent anywhere, here is the number to give."""

    def __init__(self, number: str, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report = report
        self.setWindowTitle("Incident")
        self.setModal(True)
        self._copy = ActionButton("&Copier", icon_name="copy")
        self._copy.clicked.connect(self.copy)
        close = ActionButton("Continuer", kind="primary")
        close.clicked.connect(self.accept)
        sentence = (
            "L’application a rencontré une erreur qui n’était pas prévue. Ce que vous voyez à l’écran est peut-être "
            "incomplet\u00a0: actualisez la page (F5) avant de continuer."
        )
        more = "Transmettez ce numéro à votre administrateur\u00a0: il ne contient aucune donnée personnelle."
        _lay_out(self, "Toutes nos excuses", sentence, (f"Incident {number}", more), ("warning-fill", "verify"))
        _add_buttons(self, self._copy, close)
        close.setDefault(True)

    @Slot()
    def copy(self) -> None:
        """Put the report on the clipboard."""
        QGuiApplication.clipboard().setText(self._report)
        self._copy.setText("Copié")


class ConfirmDialog(QDialog):
    """Asks before what cannot be undone; the button names the act and its count, and the safe answer has the focus.

    Open it with `open()` and listen to `accepted`.
    """

    def __init__(
        self, question: str, consequence: str, act: str, *, danger: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Confirmer")
        self.setModal(True)
        self.act = ActionButton(act, kind="danger" if danger else "primary")
        self.act.setAutoDefault(False)
        self.act.clicked.connect(self.accept)
        self.keep = ActionButton("Annuler", keys="Échap")
        self.keep.clicked.connect(self.reject)
        _lay_out(self, question, consequence, (), ("warning-fill", "verify"))
        _add_buttons(self, self.keep, self.act)
        self.keep.setDefault(True)
        self.keep.setFocus()


def _lay_out(dialog: QDialog, title: str, sentence: str, more: tuple[str, ...], mark: tuple[str, str]) -> None:
    """Icon, title, sentences one below the other."""
    dialog.setMinimumWidth(440)
    whole = QVBoxLayout(dialog)
    whole.setContentsMargins(24, 20, 24, 16)
    whole.setSpacing(12)
    head = QHBoxLayout()
    head.setSpacing(8)
    head.addWidget(icon_label(*mark))
    head.addWidget(words(title, "panel-title", wrap=True), 1)
    whole.addLayout(head)
    if sentence:
        whole.addWidget(words(sentence, wrap=True))
    for line in more:
        shown = words(line, "strong" if line.startswith("Incident") else "secondary", wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        whole.addWidget(shown)


def _add_buttons(dialog: QDialog, *buttons: ActionButton) -> None:
    """The row of buttons at the foot, at the right."""
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    layout = dialog.layout()
    if isinstance(layout, QVBoxLayout):
        layout.addSpacing(4)
        layout.addLayout(row)
