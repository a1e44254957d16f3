"""A text field with an icon before the words and its key behind them, for filters and for the search of the window."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from dombes_office.views.icons import icon
from dombes_office.views.palette import current_palette
from dombes_office.views.style import FILTER_HEIGHT, SMALLEST, text_font

_ICON = 15


class SearchField(QLineEdit):
    """A field of filter height; `keys` ("Ctrl+K") gives it the focus and is shown while the field is empty."""

    def __init__(
        self,
        placeholder: str,
        *,
        name: str,
        keys: str = "",
        icon_name: str = "magnifying-glass",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._keys = keys
        self._icon_name = icon_name
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self.setFixedHeight(FILTER_HEIGHT)
        self.setTextMargins(_ICON + 6, 0, self._keys_width() + 6 if keys else 0, 0)
        if keys:
            self.setToolTip(f"{name} ({keys})")
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(self.seize)

    def seize(self) -> None:
        """Take the focus and select what is there."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _keys_width(self) -> int:
        return QFontMetrics(text_font(SMALLEST)).horizontalAdvance(self._keys) + 10

    @override
    def keyPressEvent(self, arg__1: QKeyEvent) -> None:
        if arg__1.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(arg__1)

    @override
    def paintEvent(self, arg__1: QPaintEvent) -> None:
        super().paintEvent(arg__1)
        painter = QPainter(self)
        middle = self.height() // 2
        icon(self._icon_name, "text2").paint(painter, QRect(8, middle - _ICON // 2, _ICON, _ICON))
        if self._keys and not self.text():
            palette = current_palette()
            width = self._keys_width()
            box = QRect(self.width() - width - 8, middle - 8, width, 16)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(palette.color("border"))
            painter.setBrush(palette.color("raised"))
            painter.drawRoundedRect(box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.setPen(palette.color("text2"))
            painter.setFont(text_font(SMALLEST))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._keys)
        painter.end()
