"""The parts of the sign-in window: the password's field, the warning of the caps lock key, lines and notices."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from dombes_office.errors import OfficeError, Outage
from dombes_office.views.icons import shipped_icon
from dombes_office.views.palette import current_palette
from dombes_office.views.style import ROW_HEIGHT, set_kind, text_font
from dombes_office.views.widgets.focus_ring import FocusRing
from dombes_office.views.widgets.labels import IconLabel, words

if TYPE_CHECKING:
    from collections.abc import Callable

_EYE = 24


def system_caps_lock() -> bool | None:
    """Whether the caps lock key is on; None where the operating system does not say."""
    if sys.platform == "win32":
        # Windows only, and of no use before a password is typed.
        import ctypes  # noqa: PLC0415

        caps_lock_key = 0x14
        return bool(ctypes.windll.user32.GetKeyState(caps_lock_key) & 1)
    return None


class CapsLockWatch(QObject):
    """Tells whether caps lock is on while a field has the focus.

    Where the operating system does not say, the letters typed do: a capital without Shift, or a small letter with it.
    """

    changed = Signal(bool)

    def __init__(self, field: QLineEdit, ask: Callable[[], bool | None] = system_caps_lock) -> None:
        super().__init__(field)
        self._ask = ask
        self._on = False
        self._field = field
        field.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FocusOut:
            self.changed.emit(False)
        elif kind == QEvent.Type.FocusIn:
            self._learn(self._ask())
        elif isinstance(event, QKeyEvent) and kind in {QEvent.Type.KeyPress, QEvent.Type.KeyRelease}:
            asked = self._ask()
            self._learn(self._guess(event) if asked is None else asked)
        return False

    def _guess(self, event: QKeyEvent) -> bool:
        """What a key that went down tells; the same as before where it tells nothing."""
        if event.type() != QEvent.Type.KeyPress:
            return self._on
        if event.key() == Qt.Key.Key_CapsLock:
            return not self._on
        letter = event.text()
        if len(letter) != 1 or letter.upper() == letter.lower():
            return self._on
        with_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return letter.isupper() != with_shift

    def _learn(self, on: bool | None) -> None:  # noqa: FBT001 - one fact, and it has a name.
        if on is not None:
            self._on = on
        self.changed.emit(self._on)


class PasswordField(QLineEdit):
    """A field whose words are hidden, with an eye at its right that shows them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setProperty("kind", "large")
        self.setAccessibleName("Mot de passe")
        self.setTextMargins(0, 0, _EYE + 2, 0)
        self.eye = QToolButton(self)
        self.eye.setProperty("kind", "quiet")
        self.eye.setCheckable(True)
        self.eye.setIconSize(QSize(18, 18))
        self.eye.setFixedSize(_EYE, _EYE)
        self.eye.setCursor(Qt.CursorShape.PointingHandCursor)
        self.eye.toggled.connect(self.show_words)
        self.show_words(shown=False)

    @Slot(bool)
    def show_words(self, shown: bool) -> None:  # noqa: FBT001 - the signature of Qt's signal.
        """Show what is typed, or hide it again."""
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.eye.setIcon(shipped_icon("eye-slash" if shown else "eye", "text2"))
        name = "Masquer le mot de passe" if shown else "Afficher le mot de passe"
        self.eye.setAccessibleName(name)
        self.eye.setToolTip(name)

    @override
    def resizeEvent(self, arg__1: QResizeEvent) -> None:
        super().resizeEvent(arg__1)
        self.eye.move(self.width() - _EYE - 5, (self.height() - _EYE) // 2)


class StateLine(QWidget):
    """A small icon and a few words beside it, which may take several lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel(size=14)
        self._words = words("", wrap=True)
        # "Ignored" lets the words break where their neighbours need the room.
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._words.setMinimumHeight(18)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        # The icon stands beside the first line, however many follow.
        beside = QVBoxLayout()
        beside.setContentsMargins(0, 2, 0, 0)
        beside.addWidget(self._icon)
        beside.addStretch(1)
        row.addLayout(beside)
        row.addWidget(self._words, 1)

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def say(self, sentence: str, icon_name: str, role: str, more: str = "") -> None:
        """Say something under an icon in the colour of `role`; `more` is its tooltip."""
        self._icon.set_icon(shipped_icon(icon_name, role))
        self._words.setText(sentence)
        self.setToolTip(more)
        self.setAccessibleName(f"{sentence} {more}".strip())


class Notice(QFrame):
    """A refusal or an outage inside a narrow window: an icon, the sentence, the way out below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel()
        self._sentence = words("", "strong", wrap=True)
        self._way_out = words("", wrap=True)
        for label in (self._sentence, self._way_out):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self._sentence)
        column.addWidget(self._way_out)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        self.hide()

    @property
    def words(self) -> str:
        """All that it says, "" while it is hidden."""
        return "" if self.isHidden() else f"{self._sentence.text()} {self._way_out.text()}".strip()

    def show_error(self, error: OfficeError) -> None:
        """Tell of it."""
        outage = isinstance(error, Outage)
        self._icon.set_icon(shipped_icon(*(("cloud-slash", "verify") if outage else ("x-circle-fill", "failure"))))
        self._sentence.setText(error.sentence)
        self._way_out.setText(error.way_out)
        self._way_out.setVisible(bool(error.way_out))
        set_kind(self, "outage" if outage else "refusal")
        self.setAccessibleName(str(error))
        self.show()


class NameLine(QStyledItemDelegate):
    """One name of a short list; the current one stands on the selection's colour, behind a bar, in a ring."""

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        # Qt's stubs leave out the fields that an option inherits from QStyleOption.
        given: Any = option
        palette = current_palette()
        box: QRect = given.rect
        if given.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, palette.color("select"))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), palette.color("accent"))
        if given.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(palette.color("accent"), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        painter.setFont(text_font())
        painter.setPen(palette.color("text"))
        inside = box.adjusted(12, 0, -8, 0)
        name = QFontMetrics(text_font()).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), name)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, ROW_HEIGHT)


class WindowRing(FocusRing):
    """The focus ring of one window, blind to what happens in others; connect `follow_here`, not `follow`."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        # Else it shows itself in a corner, around nothing, until a control has the focus.
        self.hide()

    # A slot that overrides the slot of its base is still called after its object is gone: so it has its own name.
    @Slot(QWidget, QWidget)
    def follow_here(self, old: QWidget | None, new: QWidget | None) -> None:
        """As `follow`, for the controls of this window."""
        here = new is not None and new.window() is self._window
        self.follow(old, new if here else None)
