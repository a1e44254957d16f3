"""The foot of the window: connection, mailer and backup in words, how fresh the figures are, and the keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget
from typing_extensions import override

from dombes_office.views.icons import icon
from dombes_office.views.palette import current_palette
from dombes_office.views.style import SECONDARY, SMALLEST, text_font

if TYPE_CHECKING:
    from dombes_office.views.widgets.marks import Mark

_ICON, _GAP, _PADDING = 14, 5, 6


@dataclass(frozen=True, slots=True)
class StatusRow:
    """What the status bar says; a mark's tooltip is the detail, in whole sentences. None leaves a place empty."""

    connection: Mark | None = None
    mailer: Mark | None = None
    backup: Mark | None = None


class _StatusButton(QToolButton):
    """A state in small words; a click asks for the detail."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = name
        self._mark: Mark | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_mark(None)

    @property
    def mark(self) -> Mark | None:
        return self._mark

    def set_mark(self, mark: Mark | None) -> None:
        self._mark = mark
        self.setVisible(mark is not None)
        said = mark.words if mark else ""
        self.setAccessibleName(f"{self.name}\u00a0: {said}" if said else self.name)
        self.setToolTip(mark.tooltip if mark else "")
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        said = self._mark.words if self._mark else ""
        width = QFontMetrics(text_font(SECONDARY)).horizontalAdvance(said)
        return QSize(width + _ICON + _GAP + 2 * _PADDING, 22)

    @override
    def paintEvent(self, arg__1: QPaintEvent) -> None:
        if self._mark is None:
            return
        painter = QPainter(self)
        palette = current_palette()
        box = QRect(_PADDING, (self.height() - _ICON) // 2, _ICON, _ICON)
        icon(self._mark.icon_name, self._mark.state).paint(painter, box)
        painter.setFont(text_font(SECONDARY))
        painter.setPen(palette.color("text" if self.underMouse() else "text2"))
        room = self.rect().adjusted(_PADDING + _ICON + _GAP, 0, 0, 0)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), self._mark.words)
        painter.end()


class _KeysButton(QToolButton):
    """The key `?` in its frame, and what it opens."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Raccourcis clavier")
        self.setToolTip("Raccourcis clavier (?)")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @override
    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(text_font(SECONDARY)).horizontalAdvance("Raccourcis") + 32, 22)

    @override
    def paintEvent(self, arg__1: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = current_palette()
        box = QRect(4, (self.height() - 16) // 2, 14, 16)
        painter.setPen(palette.color("border"))
        painter.setBrush(palette.color("surface"))
        painter.drawRoundedRect(box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setPen(palette.color("text" if self.underMouse() else "text2"))
        painter.setFont(text_font(SMALLEST))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "?")
        painter.setFont(text_font(SECONDARY))
        painter.drawText(self.rect().adjusted(22, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), "Raccourcis")
        painter.end()


class StatusBar(QStatusBar):
    """`detail_wanted` carries "connection", "mailer" or "backup"; `keys_wanted` is the click on "Raccourcis"."""

    detail_wanted = Signal(str)
    keys_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setFixedHeight(26)
        self.setContentsMargins(4, 0, 4, 0)
        self._buttons: dict[str, _StatusButton] = {}
        for key, name in (("connection", "Connexion"), ("mailer", "Courriels"), ("backup", "Sauvegarde")):
            button = _StatusButton(name, self)
            button.setObjectName(key)
            button.clicked.connect(self._tell)
            self._buttons[key] = button
            self.addWidget(button)
        self._freshness = QLabel()
        self._freshness.setProperty("kind", "secondary")
        self._freshness.setContentsMargins(0, 0, 12, 0)
        self.addPermanentWidget(self._freshness)
        keys = _KeysButton(self)
        keys.clicked.connect(self.keys_wanted)
        self.addPermanentWidget(keys)

    def show_row(self, row: StatusRow) -> None:
        """Say how connection, mailer and backup are."""
        marks = {"connection": row.connection, "mailer": row.mailer, "backup": row.backup}
        for key, mark in marks.items():
            self._buttons[key].set_mark(mark)

    def mark(self, key: str) -> Mark | None:
        """What a place says now; `key` is as in `detail_wanted`."""
        return self._buttons[key].mark

    def name(self, key: str) -> str:
        """What a place speaks of ("Courriels")."""
        return self._buttons[key].name

    def place(self, key: str) -> QWidget:
        """Where it stands."""
        return self._buttons[key]

    def set_freshness(self, sentence: str) -> None:
        """Say how old the figures are ("Données à jour à 9 h 42")."""
        self._freshness.setText(sentence)

    @Slot()
    def _tell(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.detail_wanted.emit(sender.objectName())
