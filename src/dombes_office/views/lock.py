"""The idle lock: after a set time without input the window shows nothing but a field for the password."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget
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


@dataclass(frozen=True, slots=True)
class LockRule:
    """After how many seconds without input the window locks (0: never), and what a password is tried with."""

    seconds: float
    unlock: Callable[[str], None]


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

    `unlock` is called in the lane and raises an `OfficeError` for a wrong password. Where `may_change_agent`, somebody
    else may ask to sign in instead: `change_wanted`.
    """

    unlocked = Signal()
    change_wanted = Signal()

    def __init__(
        self,
        agent: str,
        unlock: Callable[[str], None],
        lane: WorkLane,
        *,
        may_change_agent: bool = False,
        parent: QWidget | None = None,
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
        self.change = ActionButton("&Changer d’agent…", kind="link")
        self.change.clicked.connect(self.change_wanted)
        self.change.setVisible(may_change_agent)
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
        column.addSpacing(4)
        column.addWidget(self.change, 0, Qt.AlignmentFlag.AlignHCenter)
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        # Between stretches rather than aligned: only so is the card as high as its sentences become when they wrap.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        whole.addLayout(middle)
        whole.addStretch(3)

    def begin(self) -> None:
        """Empty the field and wait for the password."""
        self.field.clear()
        self.error.say("")
        self.field.setFocus()

    def say(self, sentence: str) -> None:
        """Say something to whoever stands before the locked window."""
        self.error.say(sentence)

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


class LockCover(QStackedWidget):
    """The content of a window, or the lock page in its place: by hand, or after nobody was there for a while.

    Dialogs stand in windows of their own: they are hidden too, and come back with what was typed in them. Without a
    `rule` the content is all that there is.
    """

    locked_changed = Signal(bool)
    change_wanted = Signal()

    def __init__(
        self,
        content: QWidget,
        agent: str,
        lane: WorkLane,
        rule: LockRule | None,
        *,
        may_change_agent: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._content = content
        self._hidden: list[QWidget] = []
        self._idle = IdleWatch(0 if rule is None else rule.seconds, self)
        self._idle.idle.connect(self.lock)
        self._page: LockPage | None = None
        self.addWidget(content)
        if rule is not None:
            self._page = LockPage(agent, rule.unlock, lane, may_change_agent=may_change_agent)
            self._page.unlocked.connect(self.unlock)
            self._page.change_wanted.connect(self.change_wanted)
            self.addWidget(self._page)

    @property
    def locked(self) -> bool:
        """Whether the lock page hides everything."""
        return self._page is not None and self.currentWidget() is self._page

    def watch(self, window: QWindow | None) -> None:
        """Listen to a window of the application: who types there is there."""
        self._idle.watch(window)

    def say(self, sentence: str) -> None:
        """Say something to whoever stands before the locked window; nothing while it is open."""
        if self._page is not None and self.locked:
            self._page.say(sentence)

    @Slot()
    def lock(self) -> None:
        """Hide everything behind the lock page."""
        if self._page is None or self.locked:
            return
        self._idle.pause()
        for widget in QApplication.topLevelWidgets():
            if widget is not self.window() and widget.isVisible():
                self._put_away(widget)
        self.setCurrentWidget(self._page)
        self.locked_changed.emit(True)
        self._page.begin()

    def _put_away(self, widget: QWidget) -> None:
        """Hide a dialog for later; a list or a menu that stands open is closed."""
        if widget.windowType() == Qt.WindowType.Popup:
            widget.close()
        else:
            self._hidden.append(widget)
            widget.setVisible(False)

    @Slot()
    def unlock(self) -> None:
        """Show everything again, after the right password."""
        self.setCurrentWidget(self._content)
        self.locked_changed.emit(False)
        for widget in self._hidden:
            widget.setVisible(True)
        self._hidden = []
        self._idle.touch()
