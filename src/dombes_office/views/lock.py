"""The idle lock: after a set time without input the window shows nothing but a field for the password."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from dombes_office.views.busy import busy
from dombes_office.views.icons import shipped_icon
from dombes_office.views.widgets.field_error import FieldError
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import IconLabel, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.errors import OfficeError
    from dombes_office.views.work import WorkLane

_INPUT = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TabletPress,
    QEvent.Type.InputMethod,
}


class IdleWatch(QObject):
    """Emits `idle` once nobody has touched keyboard or mouse for `seconds`; 0 never does.

    It listens to the windows themselves, through which all input comes, rather than to every event of the application.
    """

    idle = Signal()

    def __init__(self, seconds: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True, interval=round(seconds * 1000))
        self._timer.timeout.connect(self.idle)
        self._on = seconds > 0
        self._windows: list[QWindow] = []
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self.watch)
        self.touch()

    @Slot(QWindow)
    def watch(self, window: QWindow | None) -> None:
        """Listen to one more window of the application."""
        if window is not None and window not in self._windows:
            self._windows.append(window)
            window.destroyed.connect(self._forget)
            window.installEventFilter(self)

    @Slot(QObject)
    def _forget(self, gone: QObject) -> None:
        self._windows = [window for window in self._windows if window is not gone]

    @Slot()
    def touch(self) -> None:
        """Somebody is there: begin to count anew."""
        if self._on:
            self._timer.start()

    def pause(self) -> None:
        """Stop counting, while the window is locked."""
        self._timer.stop()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._timer.isActive() and event.type() in _INPUT:
            self._timer.start()
        return False


class LockPage(QFrame):
    """Asks for the password of the agent who is signed in; `unlocked` follows the right one.

    `unlock` is called in the lane and raises an `OfficeError` for a wrong password.
    """

    unlocked = Signal()

    def __init__(
        self, agent: str, unlock: Callable[[str], None], lane: WorkLane, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "frame")
        self._unlock = unlock
        self._lane = lane
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setProperty("kind", "large")
        self.field.setAccessibleName("Mot de passe")
        self.field.returnPressed.connect(self._try)
        self.button = ActionButton("Déverrouiller", kind="primary", size="large")
        self.button.clicked.connect(self._try)
        self.error = FieldError(self.field)
        self._lay_out(agent)

    def _lay_out(self, agent: str) -> None:
        lock = IconLabel(shipped_icon("lock", "text2"), size=32)
        card = QFrame()
        card.setProperty("kind", "card")
        card.setFixedWidth(420)
        column = QVBoxLayout(card)
        column.setContentsMargins(36, 32, 36, 32)
        column.setSpacing(8)
        column.addWidget(lock)
        column.addWidget(words("Session verrouillée", "title"))
        column.addWidget(words(f"{agent}, saisissez votre mot de passe pour continuer.", "context", wrap=True))
        column.addSpacing(8)
        label = words("&Mot de passe", "strong")
        label.setBuddy(self.field)
        column.addWidget(label)
        column.addWidget(self.field)
        column.addWidget(self.error)
        column.addSpacing(8)
        column.addWidget(self.button)
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(3)

    def begin(self) -> None:
        """Empty the field and wait for the password."""
        self.field.clear()
        self.error.say("")
        self.field.setFocus()

    @Slot()
    def _try(self) -> None:
        password = self.field.text()
        if not password:
            self.error.say("Saisissez votre mot de passe.")
            return
        self.error.say("")
        self._lane.start(
            partial(self._unlock, password),
            done=self._right,
            refused=self._wrong,
            key="unlock",
            busy=busy(self.button, "Vérification…"),
        )

    def _right(self, _nothing: None) -> None:
        self.field.clear()
        self.unlocked.emit()

    def _wrong(self, error: OfficeError) -> None:
        self.field.selectAll()
        self.field.setFocus()
        self.error.say(str(error))
