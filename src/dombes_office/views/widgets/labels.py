"""Plain words and small icons: the smallest parts of panels, bands and dialogs."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from dombes_office.views.icons import SMALL, icon


def words(text: str, kind: str = "", *, wrap: bool = False) -> QLabel:
    """A label of plain text: what people typed is never read as markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    if kind:
        label.setProperty("kind", kind)
    return label


class IconLabel(QWidget):
    """An icon painted anew each time, so that it stays sharp on any screen and follows a change of scheme."""

    def __init__(self, icon_shown: QIcon | None = None, *, size: int = SMALL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon_shown or QIcon()
        self._size = size
        self.setFixedSize(size, size)

    def set_icon(self, icon_shown: QIcon) -> None:
        """Show another icon."""
        self._icon = icon_shown
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()


def icon_label(name: str, role: str = "text2") -> IconLabel:
    """A small Phosphor icon that stands before words; the words say it all, so it has none of its own."""
    return IconLabel(icon(name, role))
