"""What stands where there is nothing to list: an icon, one sentence, one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from dombes_office.views.icons import icon
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.labels import IconLabel

SIZE = 32


class EmptyState(QFrame):
    """`wanted` is the click on the button ("Effacer les filtres")."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "surface")
        self._icon = IconLabel(size=SIZE)
        self._sentence = QLabel()
        self._sentence.setProperty("kind", "context")
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._button = ActionButton("")
        self._button.clicked.connect(self.wanted)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        for widget in (self._icon, self._sentence, self._button):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, sentence: str, *, icon_name: str, button: str = "") -> None:
        """Say why there is nothing, and what can be done about it."""
        self._icon.set_icon(icon(icon_name, "text2"))
        self._sentence.setText(sentence)
        self._sentence.setMinimumWidth(min(480, self._sentence.fontMetrics().horizontalAdvance(sentence) + 8))
        self._button.setText(button)
        self._button.setVisible(bool(button))
